"""Notices of the card provider: only what it signed leaves a trace, once, whatever else comes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purveyor.interfaces.doubles.card import CardDouble
from tests.support.cards import card_provider, do_due, post_notice
from tests.support.filled import everything
from tests.support.shop import build_shop

EASY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(
    [
        *("payment_intent.succeeded", "payment_intent.payment_failed", "charge.refunded", "refund.updated"),
        *("charge.dispute.created", "checkout.session.completed", "payment_method.detached"),
        *("setup_intent.succeeded", "invoice.paid", "something.new", "charge.", "refund.", ""),
    ]
)


@pytest.fixture(scope="module")
def double(db: object) -> Iterator[CardDouble]:
    build_shop()
    with card_provider() as found:
        yield found


def kept() -> int:
    return int(everything("SELECT count(*) FROM payments_cardevent")[0][0])


def money() -> list[Any]:
    return everything("SELECT count(*) FROM ledger_entry")


@EASY
@given(body=st.binary(max_size=400), signature=st.text(max_size=80))
def test_garbage_is_refused(double: CardDouble, body: bytes, signature: str) -> None:
    before = kept()
    safe = signature.encode("ascii", "ignore").decode().replace("\n", "").replace("\r", "")
    assert post_notice(Client(), body, safe).status_code == 400
    assert kept() == before


@EASY
@given(value=JSON)
def test_signed_nonsense_is_refused(double: CardDouble, value: Any) -> None:
    """Even the provider's own signature makes no notice of what is none."""
    body = json.dumps(value).encode()
    before = kept()
    assert post_notice(Client(), body, double.sign(body)).status_code == 400
    assert kept() == before


@EASY
@given(kind=KINDS, object_id=st.text(max_size=40), event_id=st.uuids(), more=JSON)
def test_signed_notices_about_nothing_change_nothing(
    double: CardDouble, kind: str, object_id: str, event_id: Any, more: Any
) -> None:
    event = {"id": f"evt_{event_id}", "type": kind, "data": {"object": {"id": object_id, "x": more}}}
    body = json.dumps(event).encode()
    before = money()
    response = post_notice(Client(), body, double.sign(body))
    assert response.status_code in (200, 400)
    do_due()
    assert money() == before
    assert everything("SELECT count(*) FROM infra_parked") == [(0,)]
    stuck = "SELECT count(*) FROM payments_cardevent WHERE handled_at IS NULL"
    assert everything(stuck) == [(0,)]


def test_a_signature_is_of_this_body_and_of_now(double: CardDouble) -> None:
    body = json.dumps({"id": "evt_1", "type": "a.b", "data": {"object": {"id": "x"}}}).encode()
    before = kept()
    late = double.sign(body, at=int(time.time()) - 301)
    assert post_notice(Client(), body, late).status_code == 400
    assert post_notice(Client(), body + b" ", double.sign(body)).status_code == 400
    assert post_notice(Client(), body, double.sign(body).replace("v1=", "v0=")).status_code == 400
    assert Client().get("/webhooks/card").status_code == 405
    assert kept() == before
    assert post_notice(Client(), body, double.sign(body)).json() == {"received": True, "new": True}
    assert post_notice(Client(), body, double.sign(body)).json() == {"received": True, "new": False}
    assert kept() == before + 1


def test_a_body_too_large_is_not_read(double: CardDouble) -> None:
    body = b"x" * (600 * 1024)
    assert post_notice(Client(), body, double.sign(body)).status_code == 400
