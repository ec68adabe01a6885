"""The renewal run meets invoices that cannot be issued: their terms go on, they wait with the rule's name, and nobody
else waits for them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from purveyor.catalog import commands as catalog
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from tests.scenarios.stage import MONTH, Json, Stage, new, open_stage, period
from tests.scenarios.test_gathered_held import never_renew, seller_with, the_queue
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.shop import START

HELD = (
    "SELECT h.subject_id, h.reason, h.rules FROM billing_heldinvoice h"
    " WHERE h.released_at IS NULL AND h.subject_kind = 'renewal'"
)
RENEWALS = (
    "SELECT subscription_id, status, invoice_id IS NOT NULL FROM renewals_renewal WHERE status <> 'ended'"
    " AND period_start = %s"
)


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-03-02T09:00:00+00:00")
    shop = stage.shop
    kronor = catalog.create_price_list(**shop.desk, code="sek-2025", currency="SEK", valid_from=START)
    catalog.set_price(**shop.desk, price_list_id=kronor.id, offer_id=shop.month.id, price=Money(5_600, "SEK"))
    stage.pay_in(100_000)
    body = {
        "organization": show("res", stage.house.id),
        "amount": {"amount": 1_000_000, "currency": "SEK"},
        "reference": "kronor",
    }
    stage.operator.post("/balance/deposits", body).ok(status=201)
    return stage


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """A rate serves for ten days, as outside of a sandbox."""
    with override_settings(EXCHANGE_RATE_DAYS=10):
        yield


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The subscriptions that the run left to the single renewal."""
    left: list[UUID] = []
    run = importlib.import_module("purveyor.renewals.commands.run_renewals")
    really = run.renew_term

    def watched(**given: Any) -> bool:
        left.append(given["subscription_id"])
        return really(**given)

    monkeypatch.setattr(run, "renew_term", watched)
    return left


def rates(stage: Stage, *rows: str) -> None:
    text = "\n".join(["currency,rate,date,source", *rows])
    stage.operator.call("POST", "/exchange-rates", raw=text.encode(), content_type="text/csv").ok(status=201)


def bought(stage: Stage, name: str, country: str, postal_code: str, **more: str) -> str:
    """A monthly subscription of three seats, renewed by transfer."""
    customer = stage.customer(name, country, postal_code, **more)
    return str(stage.buy(customer, new(3, MONTH))["subscriptions"][0])


def newest(stage: Stage, subscription: str) -> Json:
    rows = [one for one in stage.invoices() if one["lines"][0]["subscription"] == subscription]
    return rows[-1]


def held() -> dict[str, tuple[str, list[str]]]:
    return {show("sub", id): (reason, json.loads(rules)) for id, reason, rules in everything(HELD)}


def renewals(day: str) -> dict[str, tuple[str, bool]]:
    """Of each subscription: the renewal's status, and whether it has its invoice."""
    return {show("sub", id): (status, has) for id, status, has in everything(RENEWALS, day)}


def test_what_waits_keeps_nobody(stage: Stage, one_by_one: list[UUID]) -> None:
    rates(stage, "SEK,0.0911,2026-03-02,ECB")
    german = bought(stage, "Umgekehrt GmbH", "DE", "10115", vat_number="DE136695976")
    swede = bought(stage, "Hemma AB", "SE", "111 29")
    swiss = bought(stage, "Draussen AG", "CH", "8001")
    kronor = bought(stage, "Kronor AG", "CH", "8001", currency="SEK")
    own = stage.shop.houses.seller.organization.vat_number
    one_by_one.clear()
    # The seller's own number is gone, and a month later the rate no longer serves.
    seller_with(vat_number="")
    stage.move("2026-04-02T09:00:00Z")
    for subscription in (german, swede, swiss, kronor):
        assert period(stage.subscription(subscription)) == ("2026-04-02", "2026-05-02")
    assert held() == {
        german: ("would_not_validate", ["BR-AE-02"]),
        swede: ("would_not_validate", ["BR-S-02"]),
        kronor: ("rate_missing", []),
    }
    assert renewals("2026-04-02") == {
        german: ("pending", False),
        swede: ("pending", False),
        kronor: ("pending", False),
        swiss: ("pending", True),
    }
    assert {show("sub", id) for id in one_by_one} == {german, swede, kronor}
    assert everything("SELECT count(*) FROM infra_parked") == [(0,)]
    page = the_queue(stage)
    assert "The invoice would break these rules of EN 16931: BR-AE-02" in page
    assert "The invoice would break these rules of EN 16931: BR-S-02" in page
    assert "No exchange rate of the day is known for SEK" in page
    assert everything("SELECT due, billed, parked FROM renewals_run ORDER BY started_at DESC LIMIT 1") == [
        (4, 4, 0)
    ]
    it_is_mended(stage, own, german, swede, kronor)


def it_is_mended(stage: Stage, own: str, german: str, swede: str, kronor: str) -> None:
    """Each is released by what was wrong with it, and asks for its money from then on."""
    seller_with(vat_number=own)
    stage.move("2026-04-03T09:00:00Z")
    assert held() == {kronor: ("rate_missing", [])}
    assert newest(stage, german)["vat"]["amount"] == 0
    assert newest(stage, swede)["vat"]["amount"] == 300
    rates(stage, "SEK,0.0905,2026-04-02,ECB")
    stage.move("2026-04-03T10:00:00Z")
    assert held() == {}
    late = newest(stage, kronor)
    assert (late["issued_on"], late["exchange"]["rate"]) == ("2026-04-03", "0.0905")
    assert set(renewals("2026-04-02").values()) == {("pending", True)}
    invoice = newest(stage, swede)
    stage.transfer(invoice, invoice["gross"]["amount"], "2026-04-03")
    assert renewals("2026-04-02")[swede] == ("paid", True)


def test_another_currency_in_the_run(stage: Stage, one_by_one: list[UUID]) -> None:
    """With a rate of the day the run itself freezes it on the document, to the cent as the single renewal does."""
    never_renew(stage)
    home = bought(stage, "Hemma i Kronor AB", "SE", "111 29", currency="SEK")
    single = bought(stage, "Ensam i Kronor AB", "SE", "111 29", currency="SEK")
    stage.reseller.patch(f"/subscriptions/{single}", {"renewal_payment_method": "balance"}).ok()
    one_by_one.clear()
    stage.move("2026-05-02T15:00:00Z")
    rates(stage, "SEK,0.0897,2026-05-02,ECB")
    stage.move("2026-05-03T09:00:00Z")
    in_bulk, alone = newest(stage, home), newest(stage, single)
    assert read("sub", home) not in one_by_one
    assert read("sub", single) in one_by_one
    assert in_bulk["exchange"] == alone["exchange"]
    assert in_bulk["exchange"]["rate"] == "0.0897"
    # 25 percent of three seats at 44.80.
    assert in_bulk["vat"] == {"amount": 3_360, "currency": "SEK"}
    assert in_bulk["exchange"]["vat"] == {"amount": 301, "currency": "EUR"}
    assert held() == {}


def paid_in_full(stage: Stage, invoice: Json) -> None:
    body = {
        "invoice": invoice["id"],
        "amount": invoice["open"],
        "received_on": "2026-05-03",
        "reference": invoice["number"],
    }
    stage.operator.post("/payments", body).ok(status=201)
    run_pending_jobs()


def test_on_account_what_waits_goes_one_by_one(stage: Stage, one_by_one: list[UUID]) -> None:
    """A payer that gathers: what lacks a rate goes on account by itself, the others by the run, and the month of the
    one currency waits while the other is billed."""
    house = f"/resellers/{show('res', stage.house.id)}"
    stage.operator.patch(house, {"gathering_allowed": True}).ok()
    never_renew(stage)
    for invoice in stage.invoices():
        if invoice["open"]["amount"]:
            paid_in_full(stage, invoice)
    euro, kronor = (
        bought(stage, name, "DE", "10115", bill_to="reseller", **more)
        for name, more in (("Sammelt GmbH", {}), ("Sammelt Kronen GmbH", {"currency": "SEK"}))
    )
    stage.reseller.patch(house, {"billing_mode": "gathered"}).ok()
    one_by_one.clear()
    stage.move("2026-06-03T09:00:00Z")
    assert {show("sub", id) for id in one_by_one} & {euro, kronor} == {kronor}
    assert renewals("2026-06-03") == {euro: ("pending", False), kronor: ("pending", False)}
    never_renew(stage)
    stage.move("2026-07-01T09:00:00Z")
    waiting = "SELECT reason, currency FROM billing_heldinvoice WHERE released_at IS NULL"
    assert everything(waiting) == [("rate_missing", "SEK")]
    assert renewals("2026-06-03") == {euro: ("pending", True), kronor: ("pending", False)}
    rates(stage, "SEK,0.0902,2026-07-01,ECB")
    stage.move("2026-07-01T10:00:00Z")
    assert everything(waiting) == []
    assert renewals("2026-06-03") == {euro: ("pending", True), kronor: ("pending", True)}
