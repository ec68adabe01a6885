"""Statements that came to harm on their way: refused in a sentence with nothing written, or read and in balance."""

from __future__ import annotations

import random

import pytest

from tests.scenarios.stage import Stage, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.statements import Line, camt, mt940

REFUSED = {"statement_unreadable", "statement_does_not_add_up", "statement_too_large"}
HARM = (b"<", b"&a;", b":61:", b":62F:", b"\x00", b"9" * 30, b"-", b"\xff\xfe", b"<!DOCTYPE a>", b"")
TABLES = (
    *("payments_bankstatement", "payments_bankentry", "payments_payment", "payments_allocation"),
    *("ledger_transaction", "ledger_entry", "infra_event", "infra_activity"),
)


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-02T09:00:00+00:00")


def written() -> list[int]:
    """How many rows each table has that an upload could write to."""
    return [everything(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def test_what_cannot_be_read_leaves_no_trace(stage: Stage) -> None:
    customer = stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")
    order = stage.buy(customer, new(2), method="bank_transfer")
    reference = order["payment"]["reference"]
    lines = [Line(order["gross"]["amount"], "B1", rf=reference), Line(1234, "B2", text="Danke")]
    dice = random.Random(20260302)
    refused = 0
    for good, kind in ((camt(lines), "application/xml"), (mt940(lines), "text/plain")):
        for _ in range(40):
            at, cut = dice.randrange(len(good)), dice.randrange(60)
            broken = good[:at] + dice.choice(HARM) + good[at + cut :]
            before = written()
            answer = stage.operator.call("POST", "/bank-statements", raw=broken, content_type=kind)
            if answer.status == 200:
                run_pending_jobs()
                continue
            assert answer.type == "application/problem+json", answer.raw
            assert answer["code"] in REFUSED, answer.raw
            assert answer["detail"]
            assert written() == before
            refused += 1
    assert refused > 20
