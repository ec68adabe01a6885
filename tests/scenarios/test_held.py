"""Held invoices worked through by a program: found by reason, read with the decision, looked at again, issued."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.interfaces.api import documents, held_shapes
from purveyor.interfaces.doubles.vies import ViesDouble, number_of_code
from purveyor.tax import vies as client
from tests.scenarios.stage import MONTH, Json, Stage, books_closed, new, open_stage
from tests.support.jobs import run_pending_jobs
from tests.support.vies import live_vies

LIST = documents.Listed[held_shapes.HeldRow]


@pytest.fixture(scope="module")
def vies() -> Iterator[ViesDouble]:
    with live_vies() as double:
        yield double


@pytest.fixture(scope="module")
def stage(db: object, vies: ViesDouble) -> Stage:
    stage = open_stage("2026-11-22T09:00:00+00:00")
    stage.pay_in(100_000)
    return stage


def waiting(stage: Stage, query: str = "") -> list[Json]:
    rows: list[Json] = stage.operator.get(f"/held-invoices{query}").ok(LIST)["data"]
    return rows


def held(stage: Stage, name: str, number: str) -> tuple[str, Json]:
    """A customer whose number nobody can check buys; the held invoice of it."""
    customer = stage.customer(name, "DE", vat_number=number)
    order = stage.buy(customer, new(3, MONTH))
    assert order["invoice_held"]
    stage.reseller.patch(f"/subscriptions/{order['subscriptions'][0]}", {"auto_renew": False}).ok()
    (found,) = [one for one in waiting(stage) if one["order"] == order["id"]]
    return order["id"], found


def test_a_person_decides_that_the_waiting_is_over(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        number = number_of_code("301")
        order, row = held(stage, "Schweigen GmbH", number)
        assert (row["status"], row["reason"], row["due_at"]) == (
            "held", "number_unknown", "2026-12-14T23:00:00Z",
        )  # fmt: skip
        assert number in row["text"]
        assert (row["gross"]["amount"], row["paid"]["amount"]) == (1428, 1428)
        path = f"/held-invoices/{row['id']}"
        whole = stage.operator.get(path).ok(held_shapes.HeldInvoiceOut)
        evidence = whole["tax_decision"]["evidence"]
        assert (evidence["number"], evidence["meanwhile"]) == (number, "hold_invoice")
        assert "The invoice waits for the answer" in whole["taxes"][0]["reason"]
        assert (whole["buyer"]["name"], whole["lines"][0]["quantity"]) == ("Schweigen GmbH", 3)
        assert [one["id"] for one in waiting(stage, "?reason=number_unknown")] == [row["id"]]
        assert waiting(stage, "?reason=rate_missing") == []
        stage.operator.get("/held-invoices?reason=mood").refused(422, "invalid")
        # Looked at again: nobody has answered meanwhile.
        assert stage.operator.post(f"{path}/retry").ok(held_shapes.HeldInvoiceOut)["status"] == "held"
        done = stage.operator.post(f"{path}/release").ok(held_shapes.HeldInvoiceOut)
        assert (done["status"], done["due_at"]) == ("released", None)
        invoice = stage.operator.get(f"/invoices/{done['invoice']}").ok()
        assert (invoice["vat"]["amount"], invoice["status"]) == (228, "paid")
        assert waiting(stage) == []
        run_pending_jobs()
        found = stage.reseller.get(f"/orders/{order}").ok(documents.Order)
        assert (found["invoice_held"], found["invoice"]["id"]) == (False, done["invoice"])
        # Once more changes nothing.
        assert stage.operator.post(f"{path}/release").ok() == done


def test_many_wait_on_pages_oldest_first(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        first, second = number_of_code("302"), number_of_code("400")
        _, one = held(stage, "Erste GmbH", first)
        _, two = held(stage, "Zweite GmbH", second)
        page = stage.operator.get("/held-invoices?limit=1").ok(LIST)
        rest = stage.operator.get(f"/held-invoices?limit=1&cursor={page['next_cursor']}").ok(LIST)
        assert [row["id"] for row in [*page["data"], *rest["data"]]] == [one["id"], two["id"]]
        for row in (one, two):
            stage.operator.post(f"/held-invoices/{row['id']}/release").ok()
        client.forget_rest()


def test_it_is_the_operators_desk(stage: Stage) -> None:
    stage.reseller.get("/held-invoices").refused(404, "not_found")
