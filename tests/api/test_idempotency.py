"""Same key, same answer; another body is refused; nobody waits (api.md, manners)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from purveyor.interfaces.api.resources import customers
from tests.api.caller import Answer, Caller
from tests.api.test_story import GMBH
from tests.support.world import World, cus

By = Callable[..., Caller]


def test_the_first_answer_comes_again_byte_for_byte(by: By) -> None:
    reseller = by("reseller")
    body = GMBH | {"name": "Einmal — “genau” \\u0000 GmbH"}
    first = reseller.post("/customers", body, key="once-1")
    first.ok(status=201)
    # Another order of the fields, another language: the same call.
    again = by("reseller", "fr").post("/customers", dict(reversed(body.items())), key="once-1")
    assert (again.status, again.raw, again.type) == (201, first.raw, first.type)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(reseller.get("/customers?q=einmal").ok()["data"]) == 1


def test_another_body_or_call_under_the_same_key_is_refused(world: World, by: By) -> None:
    reseller = by("reseller")
    reseller.post("/customers", GMBH | {"name": "One"}, key="once-2").ok(status=201)
    reseller.post("/customers", GMBH | {"name": "Two"}, key="once-2").refused(422, "idempotency_key_reused")
    line = {"type": "new", "offer": "lockbox-business-1m", "quantity": 1}
    quote = {"customer": cus(world.customer), "lines": [line]}
    reseller.post("/quotes", quote, key="once-2").refused(422, "idempotency_key_reused")
    # Keys belong to an organization.
    by("other_reseller").post("/customers", GMBH | {"name": "Two"}, key="once-2").ok(status=201)


def test_a_refusal_is_not_stored(by: By) -> None:
    reseller = by("reseller")
    reseller.post("/customers", GMBH | {"country": "XX"}, key="once-3").refused(422, "invalid")
    reseller.post("/customers", GMBH | {"name": "Later"}, key="once-3").ok(status=201)


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "é"])
def test_a_malformed_key_is_invalid(by: By, key: str) -> None:
    facts = by("reseller").post("/customers", GMBH, key=key).refused(422, "invalid")
    assert facts["field"] == "Idempotency-Key"


def test_a_call_in_flight_is_told_and_nobody_waits(by: By, monkeypatch: pytest.MonkeyPatch) -> None:
    entered, leave = threading.Event(), threading.Event()
    create = customers.commands.create_customer

    def slow(**given: Any) -> Any:
        entered.set()
        assert leave.wait(20)
        return create(**given)

    monkeypatch.setattr(customers.commands, "create_customer", slow)
    found: list[Answer] = []

    def first() -> None:
        try:
            found.append(by("reseller").post("/customers", GMBH | {"name": "Slow"}, key="once-4"))
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert entered.wait(20)
        by("reseller").post("/customers", GMBH | {"name": "Slow"}, key="once-4").refused(409, "in_progress")
    finally:
        leave.set()
        thread.join()
    made = found[0].ok(status=201)
    assert by("reseller").post("/customers", GMBH | {"name": "Slow"}, key="once-4").ok(status=201) == made
