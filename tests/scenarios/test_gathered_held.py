"""A gathered invoice that cannot be issued yet waits with all its lines, as any other, and comes by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.catalog import commands as catalog
from purveyor.infra import clock, tx
from purveyor.interfaces.api import account, documents, held_shapes
from purveyor.interfaces.doubles.vies import ViesDouble, number_of_code
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties import queries
from purveyor.parties.types import CustomerInput
from purveyor.tax import vies as client
from tests.scenarios.stage import MONTH, Json, Stage, books_closed, new, open_stage
from tests.scenarios.test_gathered import bought, gathered, renewals
from tests.scenarios.test_gathered import split_of as lines_of
from tests.support.counter import Browser, text_of
from tests.support.filled import everything
from tests.support.shop import START
from tests.support.vies import live_vies

ANSWER_OF_NOBODY = "MS_UNAVAILABLE"
HELD = "SELECT reason, subject_kind, supplied_on::text FROM billing_heldinvoice WHERE released_at IS NULL"


@pytest.fixture(scope="module")
def vies() -> Iterator[ViesDouble]:
    with live_vies() as double:
        yield double


@pytest.fixture(scope="module")
def stage(db: object, vies: ViesDouble) -> Stage:
    """A house that gathers, and whose answers serve for a day."""
    stage = open_stage("2026-03-04T09:00:00+00:00")
    stage.operator.patch(house_of(stage), {"gathering_allowed": True, "gathered_due_days": 10}).ok()
    stage.reseller.patch(house_of(stage), {"billing_mode": "gathered"}).ok()
    seller_with(vat_answer_days=1)
    return stage


@pytest.fixture(autouse=True)
def up_again(vies: ViesDouble) -> Iterator[None]:
    yield
    vies.switches.down = None
    client.forget_rest()


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Alpha GmbH", "DE", bill_to="reseller")


def house_of(stage: Stage) -> str:
    return f"/resellers/{show('res', stage.house.id)}"


def seller_with(*, vat_number: str | None = None, vat_answer_days: int | None = None) -> None:
    """The seller's data, with this changed."""
    with tx.enter(system_actor()):
        seller = queries.get_seller()
        one = seller.organization
        number = one.vat_number if vat_number is None else vat_number
        parties.update_seller(
            actor=system_actor(),
            now=clock.now(),
            given=CustomerInput(one.name, one.country, one.email, one.language, one.address, number),
            iban=seller.iban,
            bic=seller.bic,
            bank_name=seller.bank_name,
            help_email=seller.help_email,
            help_url=seller.help_url,
            vat_answer_days=vat_answer_days,
        )


def number_of_the_house(stage: Stage, number: str) -> None:
    """The reseller has another VAT number from now on."""
    one = stage.house
    parties.update_reseller(
        actor=stage.shop.houses.operator,
        now=clock.now(),
        reseller_id=one.id,
        given=CustomerInput(one.name, one.country, one.email, one.language, one.address, number),
        help_name="",
        help_email="",
        help_url="",
        notify_customer_contact=False,
        documents_to_bill_to=False,
    )


def on_account(stage: Stage) -> list[tuple[int, int]]:
    """Of each account: what is on it, and how much of that has an invoice that is held."""
    found = stage.reseller.get("/on-account").ok(account.OnAccount)["accounts"]
    return [(one["net"]["amount"], one["held"]["amount"]) for one in found]


def split_of(invoice: Json) -> list[tuple[str, int, int]]:
    """Its lines in an order of their own: those of one customer stand by their subscriptions."""
    return sorted(lines_of(invoice))


def the_queue(stage: Stage) -> str:
    desk = Browser(stage.shop.houses.seller.organization, "admin", stage.shop.houses.first_customer)
    return text_of(desk.get(f"{desk.root}held-invoices"))


def lines_that_wait(stage: Stage) -> list[tuple[str, int]]:
    """Customer and seats of each line of the one that is held, by the API: it is for many, and its lines name them."""
    (row,) = stage.operator.get("/held-invoices").ok(documents.Listed[held_shapes.HeldRow])["data"]
    assert (row["customer"], row["order"], row["subscription"]) == (None, None, None)
    whole = stage.operator.get(f"/held-invoices/{row['id']}").ok(held_shapes.HeldInvoiceOut)
    return sorted((one["customer"], one["quantity"]) for one in whole["lines"])


def never_renew(stage: Stage) -> None:
    for one in stage.reseller.get("/subscriptions?status=active").ok()["data"]:
        stage.reseller.patch(f"/subscriptions/{one['id']}", {"auto_renew": False}).ok()


def test_nobody_knows_the_resellers_number(stage: Stage, customer: str, vies: ViesDouble) -> None:
    """The month waits whole: order, renewal and all; what is bought meanwhile belongs to the next one."""
    with books_closed(stage):
        year = bought(stage, customer, new(5))
        monthly = bought(stage, customer, new(2, MONTH))
        stage.move("2026-04-05T09:00:00Z")
        first = gathered(stage)[-1]
        assert (first["vat"]["amount"], split_of(first)) == (
            0,
            [("Alpha GmbH", 2, 800), ("Alpha GmbH", 5, 5 * 3840)],
        )
        stage.invoiced.append((800 + 5 * 3840, 0))
        stage.transfer(first, first["gross"]["amount"], "2026-04-05")
        # A renewal is on account since the 4th, and three seats more since today.
        more = bought(stage, customer, new(3))
        number = number_of_code("903")
        vies.switches.answers[number] = ANSWER_OF_NOBODY
        number_of_the_house(stage, number)
        stage.events()
        stage.move("2026-05-01T09:00:00Z")
        told = stage.events()
        assert ("invoice.held" in told, "invoice.issued" in told, "account.billed" in told) == (
            True,
            False,
            False,
        )
        the_month_waits(stage, customer, more, number)
        stage.move("2026-05-02T09:00:00Z")
        never_renew(stage)
        bought(stage, customer, new(1))
        assert on_account(stage) == [(800 + 4 * 3840, 800 + 3 * 3840)]
        vies.switches.answers[number] = "valid"
        # Nobody has known for a month: it is asked about once a day by now.
        stage.move("2026-05-03T15:00:00Z")
        second = gathered(stage)[-1]
        assert (second["vat"]["amount"], second["status"]) == (0, "issued")
        assert second["due_on"] == f"2026-05-1{second['issued_on'][-1]}"
        assert split_of(second) == [("Alpha GmbH", 2, 800), ("Alpha GmbH", 3, 3 * 3840)]
        assert f"{number} valid on {second['issued_on']}" in second["taxes"][0]["reason"]
        told = stage.events()
        assert {"invoice.released", "invoice.issued", "account.billed"} <= set(told)
        assert renewals(monthly["subscriptions"][0]) == [("pending", second["id"])]
        orders = {one["id"]: one.get("invoice") for one in stage.reseller.get("/orders").ok()["data"]}
        assert orders[more["id"]] == {"id": second["id"], "number": second["number"]}
        assert orders[year["id"]] == {"id": first["id"], "number": first["number"]}
        stage.invoiced.append((800 + 3 * 3840, 0))
        stage.transfer(second, second["gross"]["amount"], "2026-05-03")
        assert renewals(monthly["subscriptions"][0]) == [("paid", second["id"])]
        assert on_account(stage) == [(3840, 0)]
        stage.move("2026-06-01T09:00:00Z")
        third = gathered(stage)[-1]
        assert split_of(third) == [("Alpha GmbH", 1, 3840)]
        stage.invoiced.append((3840, 0))
        stage.transfer(third, 3840, "2026-06-01")


def the_month_waits(stage: Stage, customer: str, more: Json, number: str) -> None:
    """In the queue of the operator, on the page and in the API; on account until its invoice is issued."""
    assert everything(HELD) == [("number_unknown", "account", "2026-04-30")]
    assert len(gathered(stage)) == 1
    assert f"whether the VAT number {number} is valid" in the_queue(stage)
    assert lines_that_wait(stage) == [(customer, 2), (customer, 3)]
    assert on_account(stage) == [(800 + 3 * 3840, 800 + 3 * 3840)]
    subscription = more["subscriptions"][0]
    stage.reseller.post(f"/subscriptions/{subscription}/take-back", {"quantity": 1}).refused(
        409, "not_on_account"
    )


def test_nobody_ever_answers(stage: Stage, customer: str, vies: ViesDouble) -> None:
    """The supplies are complete with June, so the invoice is issued on 15 July, with VAT, and stays so."""
    with books_closed(stage):
        bought(stage, customer, new(2, MONTH))
        never_renew(stage)
        number = number_of_code("902")
        vies.switches.answers[number] = ANSWER_OF_NOBODY
        number_of_the_house(stage, number)
        stage.move("2026-07-14T09:00:00Z")
        assert everything(HELD) == [("number_unknown", "account", "2026-06-30")]
        stage.move("2026-07-15T09:00:00Z")
        assert everything(HELD) == []
        invoice = gathered(stage)[-1]
        assert (invoice["issued_on"], invoice["net"]["amount"], invoice["vat"]["amount"]) == (
            "2026-07-15",
            800,
            152,
        )
        stage.invoiced.append((800, 152))
        stage.transfer(invoice, 952, "2026-07-15")
        vies.switches.answers[number] = "valid"
        number_of_the_house(stage, "DE136695976")


def test_it_would_break_the_norm(stage: Stage, customer: str) -> None:
    """Reverse charge wants the seller's own number: it waits with the rule's name until the data are corrected."""
    with books_closed(stage):
        bought(stage, customer, new(1, MONTH))
        never_renew(stage)
        own = stage.shop.houses.seller.organization.vat_number
        seller_with(vat_number="")
        stage.move("2026-08-01T09:00:00Z")
        assert everything(HELD) == [("would_not_validate", "account", "2026-07-31")]
        assert "BR-AE-02" in the_queue(stage)
        seller_with(vat_number=own)
        stage.move("2026-08-01T09:05:00Z")
        assert everything(HELD) == []
        stage.invoiced.append((400, 0))
        stage.transfer(gathered(stage)[-1], 400, "2026-08-01")


def test_no_rate_of_the_day_is_known(stage: Stage) -> None:
    """One currency waits, the other is billed; rates that are uploaded let it go."""
    shop = stage.shop
    kronor = catalog.create_price_list(**shop.desk, code="sek-2025", currency="SEK", valid_from=START)
    catalog.set_price(**shop.desk, price_list_id=kronor.id, offer_id=shop.month.id, price=Money(5_600, "SEK"))
    swede = stage.customer("Kronor AB", "SE", "111 29", currency="SEK", bill_to="reseller")
    bought(stage, swede, new(2, MONTH))
    never_renew(stage)
    before = len(gathered(stage))
    stage.move("2026-09-01T09:00:00Z")
    assert everything(HELD) == [("rate_missing", "account", "2026-08-31")]
    assert "No exchange rate of the day is known for SEK" in the_queue(stage)
    assert (2 * 4_480, 2 * 4_480) in on_account(stage)
    text = "currency,rate,date,source\nSEK,0.0911,2026-09-01,ECB"
    stage.operator.call("POST", "/exchange-rates", raw=text.encode(), content_type="text/csv").ok(status=201)
    stage.move("2026-09-01T09:05:00Z")
    assert everything(HELD) == []
    assert len(gathered(stage)) == before + 1
    invoice: Json = gathered(stage)[-1]
    assert (invoice["net"], invoice["exchange"]["rate"]) == ({"amount": 8_960, "currency": "SEK"}, "0.0911")
