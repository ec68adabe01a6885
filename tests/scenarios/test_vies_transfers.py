"""An order that is paid later: the number on which it has no VAT is looked at again before its invoice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.interfaces.doubles.vies import ViesDouble
from purveyor.tax import vies as client
from tests.scenarios.stage import MONTH, Json, Stage, books_closed, new, open_stage
from tests.support.vies import live_vies

NUMBER = "DE136695976"


@pytest.fixture(scope="module")
def vies() -> Iterator[ViesDouble]:
    with live_vies() as double:
        yield double


@pytest.fixture(scope="module")
def stage(db: object, vies: ViesDouble) -> Stage:
    stage = open_stage("2026-11-22T09:00:00+00:00")
    stage.pay_in(100_000)
    return stage


@pytest.fixture(autouse=True)
def up_again(vies: ViesDouble) -> Iterator[None]:
    yield
    vies.switches.down = None
    vies.switches.answers.clear()
    client.forget_rest()


def ordered(stage: Stage, name: str) -> Json:
    customer = stage.customer(name, "DE", vat_number=NUMBER)
    order = stage.buy(customer, new(3, MONTH), method="bank_transfer")
    assert order["vat"]["amount"] == 0
    return order


def paid(stage: Stage, order: Json, on: str) -> Json:
    stage.transfer(order, order["gross"]["amount"], on)
    found: Json = stage.operator.get(f"/orders/{order['id']}").ok()
    return found


def test_the_proof_is_of_the_day_of_the_invoice(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        order = ordered(stage, "Immer GmbH")
        stage.move("2026-11-25T09:00:00Z")
        found = paid(stage, order, "2026-11-25")
        stage.invoiced.append((order["net"]["amount"], 0))
        invoice = stage.operator.get(f"/invoices/{found['invoice']['id']}").ok()
        assert f"{NUMBER} valid on 2026-11-25" in invoice["taxes"][0]["reason"]


def test_a_number_that_turned_invalid_stops_the_sale_and_keeps_the_money(
    stage: Stage, vies: ViesDouble
) -> None:
    with books_closed(stage):
        order = ordered(stage, "Einmal GmbH")
        stage.move("2026-11-29T09:00:00Z")
        before = stage.available()
        vies.switches.answers[NUMBER] = "invalid"
        found = paid(stage, order, "2026-11-29")
        assert (found["status"], found["hold_reason"], found.get("invoice")) == (
            "on_hold",
            "vat_changed",
            None,
        )
        assert stage.available() == before + order["gross"]["amount"]


def test_silence_does_not_break_a_sale(stage: Stage, vies: ViesDouble) -> None:
    """What was valid at the order serves while nobody answers."""
    with books_closed(stage):
        order = ordered(stage, "Still GmbH")
        stage.move("2026-12-02T09:00:00Z")
        vies.switches.down = "MS_UNAVAILABLE"
        found = paid(stage, order, "2026-12-02")
        stage.invoiced.append((order["net"]["amount"], 0))
        assert found["status"] == "completed"
        invoice = stage.operator.get(f"/invoices/{found['invoice']['id']}").ok()
        assert (invoice["vat"]["amount"], invoice["tax_decision"]["rule"]) == (0, "reverse_charge")
