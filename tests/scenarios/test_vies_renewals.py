"""Renewals while nobody knows the buyer's number: terms go on, invoices wait, and a person sees them wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from purveyor.catalog import commands as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock, tx
from purveyor.interfaces.doubles.vies import ViesDouble, number_of_code
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties import queries
from purveyor.parties.types import CustomerInput, VatUnknownPolicy
from tests.scenarios.stage import MONTH, Json, Stage, new, open_stage, period
from tests.support.counter import Browser, text_of
from tests.support.filled import everything
from tests.support.shop import START
from tests.support.vies import live_vies

NET = 3 * 400
AHEAD = "ahead-1m"


@pytest.fixture(scope="module")
def vies() -> Iterator[ViesDouble]:
    with live_vies() as double:
        yield double


@pytest.fixture(scope="module")
def stage(db: object, vies: ViesDouble) -> Stage:
    stage = open_stage("2026-11-22T09:00:00+00:00")
    stage.pay_in(100_000)
    seller_with(vat_answer_days=1)
    return stage


def seller_with(*, vat_answer_days: int | None = None, vat_unknown: VatUnknownPolicy | None = None) -> None:
    """The seller's policy, with this changed."""
    with tx.enter(system_actor()):
        seller = queries.get_seller()
        one = seller.organization
        parties.update_seller(
            actor=system_actor(),
            now=clock.now(),
            given=CustomerInput(one.name, one.country, one.email, one.language, one.address, one.vat_number),
            iban=seller.iban,
            bic=seller.bic,
            bank_name=seller.bank_name,
            help_email=seller.help_email,
            help_url=seller.help_url,
            vat_answer_days=vat_answer_days,
            vat_unknown=vat_unknown,
        )


def bought(stage: Stage, name: str, code: str, method: str, *, offer: str = MONTH) -> str:
    customer = stage.customer(name, "DE", vat_number=number_of_code(code))
    subscription = str(stage.buy(customer, new(3, offer))["subscriptions"][0])
    stage.reseller.patch(f"/subscriptions/{subscription}", {"renewal_payment_method": method}).ok()
    return subscription


def invoices_of(stage: Stage, subscription: str) -> list[Json]:
    return [
        one for one in stage.invoices() if any(line["subscription"] == subscription for line in one["lines"])
    ]


def test_terms_go_on_and_their_invoices_wait(stage: Stage, vies: ViesDouble) -> None:
    by_transfer = bought(stage, "Spaeter GmbH", "105", "bank_transfer")
    by_balance = bought(stage, "Guthaben GmbH", "106", "balance")
    stage.move("2026-12-19T12:00:00Z")
    vies.switches.down = "MS_UNAVAILABLE"
    before = stage.available()
    stage.move("2026-12-22T12:00:00Z")
    for subscription in (by_transfer, by_balance):
        assert period(stage.subscription(subscription)) == ("2026-12-22", "2027-01-22")
        assert len(invoices_of(stage, subscription)) == 1
    # VAT as for a consumer is set aside.
    assert stage.available() == before - 1428
    desk = Browser(stage.shop.houses.seller.organization, "admin", stage.shop.houses.first_customer)
    page = text_of(desk.get(f"{desk.root}held-invoices"))
    assert f"Nobody can say whether the VAT number {number_of_code('105')} is valid" in page
    assert page.count("Issue with VAT now") == 2
    vies.switches.down = None
    stage.move("2026-12-22T18:00:00Z")
    asked, paid = (invoices_of(stage, one)[-1] for one in (by_transfer, by_balance))
    assert (asked["vat"]["amount"], asked["status"]) == (0, "issued")
    assert (paid["vat"]["amount"], paid["status"]) == (0, "paid")
    assert stage.available() == before - NET
    assert "No invoice is held" in text_of(desk.get(f"{desk.root}held-invoices"))
    stage.transfer(asked, NET, "2026-12-23")
    assert invoices_of(stage, by_transfer)[-1]["status"] == "paid"


def first_paid(stage: Stage) -> None:
    """An offer whose renewals are paid before they begin."""
    desk: dict[str, Any] = {"actor": stage.shop.houses.operator, "now": clock.now()}
    offer = catalog.create_offer(
        **desk,
        plan_id=stage.shop.plan_id,
        code=AHEAD,
        term_months=1,
        terms=Terms(prepay=True),
        available_from=START,
    )
    price = Money(500, "EUR")
    catalog.set_price(**desk, price_list_id=stage.shop.eur.id, offer_id=offer.id, price=price)


def never_renew(stage: Stage) -> None:
    for one in stage.reseller.get("/subscriptions?status=active&limit=200").ok()["data"]:
        stage.reseller.patch(f"/subscriptions/{one['id']}", {"auto_renew": False}).ok()


def renewal(stage: Stage, subscription: str) -> Json:
    rows = stage.reseller.get("/renewals?until=2027-12-31&limit=200").ok()["data"]
    found = next(row for row in rows if row["subscription"] == subscription)
    shown: Json = stage.reseller.get(f"/renewals/{found['id']}").ok()
    return shown


def kept(subscription: str) -> tuple[str, str | None, str | None]:
    """Status, invoice and day of payment of its newest renewal."""
    rows = everything(
        "SELECT status, invoice_id, paid_at::date::text FROM renewals_renewal WHERE subscription_id = %s"
        " ORDER BY period_start DESC LIMIT 1",
        read("sub", subscription),
    )
    ((status, invoice, paid),) = rows
    return status, None if invoice is None else show("inv", invoice), paid


def test_paid_first_while_the_invoice_is_held(stage: Stage, vies: ViesDouble) -> None:
    """The money is there, so the terms begin; it waits for the invoices, and what was paid for VAT comes back."""
    never_renew(stage)
    first_paid(stage)
    alone, one, other = (
        bought(stage, f"Voraus {code} GmbH", code, "bank_transfer", offer=AHEAD)
        for code in ("110", "111", "112")
    )
    every = (alone, one, other)
    begun = stage.subscription(alone)["period"]
    vies.switches.down = "MS_UNAVAILABLE"
    # The answers serve for a day.
    stage.move(f"{begun['end']}T12:00:00Z")
    rows = [renewal(stage, subscription) for subscription in every]
    assert [(row["status"], row["gross"]["amount"]) for row in rows] == [("pending", 1428)] * 3
    before = stage.available()
    paid_alone = {
        "renewal": rows[0]["id"],
        "amount": rows[0]["gross"],
        "received_on": begun["end"],
        "reference": rows[0]["payment"]["reference"],
    }
    stage.operator.post("/payments", paid_alone).ok(status=201)
    body = {"renewals": [row["id"] for row in rows[1:]], "payment_method": "bank_transfer"}
    order = stage.reseller.post("/renewals/pay", body).ok(status=201)
    stage.transfer(order, 2 * 1428, begun["end"])
    for subscription in every:
        stage.reseller.patch(f"/subscriptions/{subscription}", {"auto_renew": False}).ok()
        assert stage.subscription(subscription)["period"]["start"] == begun["end"]
        assert kept(subscription) == ("paid", None, begun["end"])
        assert len(invoices_of(stage, subscription)) == 1
    assert stage.available() == before
    waiting = "SELECT count(*), sum(paid) FROM billing_heldinvoice WHERE released_at IS NULL"
    assert everything(waiting) == [(3, 3 * 1428)]
    vies.switches.down = None
    later = clock.now() + timedelta(hours=8)
    stage.move(later.isoformat())
    assert everything(waiting) == [(0, None)]
    for subscription in every:
        invoice = invoices_of(stage, subscription)[-1]
        assert (invoice["net"]["amount"], invoice["vat"]["amount"], invoice["status"]) == (NET, 0, "paid")
        assert kept(subscription) == ("paid", invoice["id"], begun["end"])
        assert stage.subscription(subscription)["payment_status"] == "ok"
    assert stage.available() == before + 3 * 228


def test_an_invoice_that_nobody_paid_is_corrected(stage: Stage, vies: ViesDouble) -> None:
    """VAT was charged meanwhile and the invoice is overdue: it is credited, its reminders end, and the new one asks for
    the net alone, in its own time."""
    subscription = bought(stage, "Korrektur GmbH", "113", "bank_transfer")
    end = stage.subscription(subscription)["period"]["end"]
    number = number_of_code("113")
    seller_with(vat_unknown="charge_then_correct")
    vies.switches.answers[number] = "MS_UNAVAILABLE"
    stage.move(f"{end}T12:00:00Z")
    stage.reseller.patch(f"/subscriptions/{subscription}", {"auto_renew": False}).ok()
    first = invoices_of(stage, subscription)[-1]
    assert (first["vat"]["amount"], first["status"]) == (228, "issued")
    stage.transfer(first, 100, end)
    late = date.fromisoformat(end) + timedelta(days=18)
    stage.move(f"{late}T12:00:00Z")
    (case,) = [
        one for one in stage.operator.get("/dunning-cases").ok()["data"] if one["invoice"] == first["id"]
    ]
    assert case["status"] == "reminded"
    before = stage.available()
    vies.switches.answers[number] = "valid"
    stage.move(f"{late + timedelta(days=1)}T12:00:00Z")
    old, new_one = (
        stage.operator.get(f"/invoices/{one}").ok() for one in (first["id"], newest(stage, subscription))
    )
    assert (old["status"], old["open"]["amount"], old["paid"]["amount"]) == ("paid", 0, 100)
    assert len(old["credit_notes"]) == 1
    assert stage.operator.get(f"/dunning-cases/{case['id']}").ok()["status"] == "resolved"
    # The part that was paid is on the balance.
    assert stage.available() == before + 100
    assert (new_one["status"], new_one["vat"]["amount"], new_one["open"]["amount"]) == ("issued", 0, NET)
    assert new_one["due_on"] > str(late)
    assert kept(subscription)[:2] == ("pending", new_one["id"])
    assert stage.subscription(subscription)["payment_status"] == "ok"
    stage.transfer(new_one, NET, new_one["issued_on"])
    assert kept(subscription)[:2] == ("paid", new_one["id"])
    # What still comes for the old one is the payer's.
    stage.transfer(first, 1328, new_one["issued_on"])
    assert stage.available() == before + 100 + 1328
    seller_with(vat_unknown="hold_invoice")


def newest(stage: Stage, subscription: str) -> str:
    return str(invoices_of(stage, subscription)[-1]["id"])


def test_a_person_lets_one_go(stage: Stage, vies: ViesDouble) -> None:
    vies.switches.answers[number_of_code("107")] = "MS_UNAVAILABLE"
    subscription = bought(stage, "Geduldig GmbH", "107", "balance")
    assert invoices_of(stage, subscription) == []
    desk = Browser(stage.shop.houses.seller.organization, "admin", stage.shop.houses.first_customer)
    page = desk.get(f"{desk.root}held-invoices").content.decode()
    held = page.split('name="held" value="')[1].split('"')[0]
    assert desk.post(f"{desk.root}held-invoices", {"held": held}).status_code == 302
    (invoice,) = invoices_of(stage, subscription)
    assert (invoice["vat"]["amount"], invoice["status"]) == (228, "paid")
    assert "could not be checked by" in invoice["taxes"][0]["reason"]
