"""Renewals while nobody knows the buyer's number: terms go on, invoices wait, and a person sees them wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.infra import clock, tx
from purveyor.interfaces.doubles.vies import ViesDouble, number_of_code
from purveyor.kernel.actor import system_actor
from purveyor.parties import commands as parties
from purveyor.parties import queries
from purveyor.parties.types import CustomerInput
from tests.scenarios.stage import MONTH, Json, Stage, new, open_stage, period
from tests.support.counter import Browser, text_of
from tests.support.vies import live_vies

NET = 3 * 400


@pytest.fixture(scope="module")
def vies() -> Iterator[ViesDouble]:
    with live_vies() as double:
        yield double


@pytest.fixture(scope="module")
def stage(db: object, vies: ViesDouble) -> Stage:
    stage = open_stage("2026-11-22T09:00:00+00:00")
    stage.pay_in(100_000)
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
            vat_answer_days=1,
        )
    return stage


def bought(stage: Stage, name: str, code: str, method: str) -> str:
    customer = stage.customer(name, "DE", vat_number=number_of_code(code))
    subscription = str(stage.buy(customer, new(3, MONTH))["subscriptions"][0])
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
