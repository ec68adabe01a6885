"""Resellers, offers, prices and the sandbox as the operator's pages: refused beside the field, run once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import override_settings

from purveyor.catalog import queries as catalog
from purveyor.catalog.types import Terms
from purveyor.infra import clock, mailbox, tx
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.seats import queries as seats
from tests.support.counter import SYSTEM, Browser, text_of
from tests.support.houses import Houses
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop, offer_of


@pytest.fixture
def operator(shop: Shop) -> Browser:
    return Browser(shop.houses.seller.organization, "admin")


# -- resellers ----------------------------------------------------------------------------------------------

NEW = {
    "name": "Neu IT", "email": "office@neu.example", "country": "DE", "language": "de", "line1": "Weg 1",
    "postal_code": "10115", "city": "Berlin", "currency": "EUR", "percent": "12.5", "admin_email": "chef@neu.example",
}  # fmt: skip


def test_a_reseller_is_opened_with_its_discount_and_its_first_administrator(
    shop: Shop, operator: Browser
) -> None:
    once = str(uuid4())
    for _time in range(2):
        answer = operator.post(operator.root + "resellers/new", NEW, once=once)
        assert answer.status_code == 302, text_of(answer)
    with tx.enter(SYSTEM):
        found = parties.list_resellers(actor=SYSTEM, q="neu it")
        assert len(found) == 1
        house = found[0][0]
        today = clock.business_date(clock.now())
        discounts = catalog.list_discounts(actor=SYSTEM, reseller_id=house.id, on=today)
        invited = seats.list_staff_invitations(actor=SYSTEM, organization_id=house.id)
    assert [one.percent for one in discounts] == [Decimal("12.5")]
    assert [(one.email, one.role) for one in invited] == [("chef@neu.example", "admin")]
    assert "12.5%" in text_of(operator.get(answer["Location"]))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("vat_number", "DE136695977"),
        ("admin_email", "chef@@neu"),
        ("code", "lower case"),
        ("percent", "120"),
        ("country", ""),
    ],
)
def test_a_reseller_is_refused_whole_beside_the_field(
    shop: Shop, operator: Browser, field: str, typed: str
) -> None:
    answer = operator.post(operator.root + "resellers/new", {**NEW, "name": "Halb GmbH", field: typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Halb GmbH" in text_of(answer)
    with tx.enter(SYSTEM):
        assert not parties.list_resellers(actor=SYSTEM, q="halb")


def test_a_resellers_data_and_discounts_are_corrected(shop: Shop, operator: Browser) -> None:
    house = shop.houses.second
    url = f"{operator.root}resellers/{house.public_id}"
    sent = {**NEW, "name": "Sol Nube y Hijos", "help_email": "ayuda@sol.example"}
    assert operator.post(url + "/edit", sent).status_code == 302
    assert "Sol Nube y Hijos" in text_of(operator.get(url))
    today = clock.business_date(clock.now())
    wanted = {"offer": str(shop.month.id), "percent": "7", "valid_from": today.isoformat()}
    assert operator.post(url + "/discount", wanted).status_code == 302
    bad = operator.post(url + "/discount", {**wanted, "valid_to": today.isoformat()})
    assert bad.status_code == 422
    assert bad.context["form"].errors["valid_to"]
    assert "lockbox-business-1m" in text_of(operator.get(url))
    not_one = f"{operator.root}resellers/{show('res', shop.houses.first_customer.id)}"
    assert operator.get(not_one).status_code == 404


# -- offers and prices --------------------------------------------------------------------------------------


def test_an_offer_shows_each_of_its_rules(shop: Shop, operator: Browser) -> None:
    page = text_of(operator.get(f"{operator.root}offers/{show('off', shop.year.id)}"))
    for part in (
        "14 days",
        "12 months",
        "1 to 100,000",
        "Whole months",
        "€48.00",
        "The whole term is billed",
    ):
        assert part in page, part


RENEWAL = {
    "renewal_lock_days": "5", "notice_days": "14, 45", "price_notice_days": "45", "price_consent_percent": "10",
    "prepay": "on", "cut_off_day": "26", "cut_off_min_days": "5", "cut_off_zone": "America/Mexico_City",
    "suspend_after_days": "2", "end_after_days": "20",
}  # fmt: skip
WRONG = (
    ("quantity_max", "1"), ("term_months", "61"), ("notice_days", "soon"), ("notice_days", "0"),
    ("notice_days", "400"), ("cut_off_zone", "Mars/Base"), ("cut_off_day", "29"), ("end_after_days", "1"),
    ("price_consent_percent", "101"), ("renewal_lock_days", ""),
)  # fmt: skip


def test_from_vendor_to_offer_to_price(shop: Shop, operator: Browser) -> None:
    mark = uuid4().hex[:6]

    def made(kind: str, **sent: str) -> str:
        once = str(uuid4())
        url = f"{operator.root}offers/new?kind={kind}"
        operator.post(url, sent, once=once)
        answer = operator.post(url, sent, once=once)
        assert answer.status_code == 302, text_of(answer)
        return str(answer["Location"])

    made("vendor", code=f"v-{mark}", name="Maker")
    with tx.enter(SYSTEM):
        vendor = next(one for one in catalog.list_vendors() if one.code == f"v-{mark}")
    made("product", vendor=str(vendor.id), code=f"p-{mark}", name="Thing")
    with tx.enter(SYSTEM):
        product = catalog.list_products(vendor_id=vendor.id)[0]
    made("plan", product=str(product.id), code=f"t-{mark}", name="Eco", rank="1")
    with tx.enter(SYSTEM):
        plan = catalog.list_plans(product_id=product.id)[0]
    sent = {
        "plan": str(plan.id), "code": f"o-{mark}", "term_months": "12", "trial_days": "7",
        "invoice_due_days": "30", "quantity_min": "2", "quantity_max": "9", "renewal_window_days": "60",
        "available_from": "2026-01-01", **RENEWAL,
    }  # fmt: skip
    for field, typed in WRONG:
        wrong = operator.post(operator.root + "offers/new", {**sent, field: typed})
        assert wrong.status_code == 422
        assert list(wrong.context["form"].errors) == [field], typed
    where = made("offer", **sent)
    page = text_of(operator.get(where))
    for part in (
        "Before it begins",
        "Before day 26",
        "America/Mexico_City",
        "45 and 14",
        "Above 10%",
        "5 days",
    ):
        assert part in page, part
    with tx.enter(SYSTEM):
        offer = catalog.get_offer(offer_ref=f"o-{mark}")
    assert offer.terms == Terms(
        trial_days=7, invoice_due_days=30, quantity_min=2, quantity_max=9, renewal_window_days=60, prepay=True,
        renewal_lock_days=5, notice_days=(45, 14), price_notice_days=45, price_consent_percent=10, cut_off_day=26,
        cut_off_min_days=5, cut_off_zone="America/Mexico_City", suspend_after_days=2, end_after_days=20,
    )  # fmt: skip
    assert offer.billing_months == 12
    prices = f"{operator.root}prices/{show('prl', shop.eur.id)}"
    wrong = operator.post(prices, {str(offer.id): "1.999"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors[str(offer.id)]
    assert operator.post(prices, {str(offer.id): "19.99"}).status_code == 302
    with tx.enter(SYSTEM):
        today = clock.business_date(clock.now())
        found = catalog.price_for(offer_id=offer.id, currency="EUR", on=today)
    assert found.amount == Money(1999, "EUR")


def test_an_offer_is_withdrawn_after_a_confirmation(shop: Shop, operator: Browser) -> None:
    offer = offer_of(shop, f"gone-{uuid4().hex[:6]}")
    url = f"{operator.root}offers/{offer.public_id}"
    assert "for good" in text_of(operator.get(url + "/withdraw"))
    assert operator.post(url + "/withdraw").status_code == 302
    assert "Withdrawn" in text_of(operator.get(url))
    assert operator.post(url + "/withdraw").status_code == 409


def test_a_price_list_begins_with_the_prices_of_another(shop: Shop, operator: Browser) -> None:
    code = f"eur-{uuid4().hex[:6]}"
    start = clock.business_date(clock.now()) + timedelta(days=400)
    sent = {
        "code": code,
        "currency": "EUR",
        "valid_from": start.isoformat(),
        "copy_from": str(shop.eur.id),
    }
    answer = operator.post(operator.root + "prices/new", sent)
    assert answer.status_code == 302, text_of(answer)
    assert "48.00" in text_of(operator.get(answer["Location"]))
    taken = operator.post(operator.root + "prices/new", sent)
    assert taken.status_code == 422
    assert taken.context["form"].errors["code"]
    assert code in text_of(taken)


# -- the sandbox --------------------------------------------------------------------------------------------


def test_the_clock_moves_forward_once(shop: Shop, operator: Browser) -> None:
    url = operator.root + "clock"
    before = clock.now()
    to = operator.get(url).context["steps"][0][2]
    for _time in range(2):  # a double click reaches the same instant
        assert operator.post(url, {"to": to, "step": "1"}).status_code == 302
    assert timedelta(hours=23) < clock.now() - before < timedelta(hours=25)
    back = operator.post(url, {"to": (datetime.fromisoformat(to) - timedelta(days=3)).isoformat()})
    assert back.status_code == 422
    assert back.context["form"].errors["to"]
    for typed in ("soon", "", "2345-01-01T00:00", "2027-01-01T00:00+00:00"):
        assert operator.post(url, {"to": typed}).status_code == 422, typed


def test_mails_are_read_with_links_that_work(shop: Shop, operator: Browser) -> None:
    operator.post(
        operator.root + "resellers/new",
        {**NEW, "name": "Post IT", "vat_number": "", "admin_email": "post@neu.example"},
    )
    run_pending_jobs()
    with tx.enter(SYSTEM):
        mail = mailbox.list_mail(actor=SYSTEM, to="post@neu.example")[0]
    listed = text_of(operator.get(operator.root + "mailbox?q=POST@neu"))
    assert str(mail.id) in listed
    opened = text_of(operator.get(f"{operator.root}mailbox?mail={mail.id}"))
    assert f'href="{mail.links[0]}"' in opened
    assert operator.get(f"{operator.root}mailbox?mail={uuid4()}").status_code == 404


def test_outside_a_sandbox_none_of_it_is_there(shop: Shop, operator: Browser) -> None:
    assert operator.client.get("/gallery").status_code == 200
    with override_settings(SANDBOX=False):
        for url in (operator.root + "clock", operator.root + "mailbox", "/gallery"):
            assert operator.client.get(url).status_code == 404, url
        assert operator.post(operator.root + "clock", {"to": "2090-01-01T00:00"}).status_code == 404


def test_the_desk_reads_only_what_is_its_own(shop: Shop, customer: Organization, reseller: Browser) -> None:
    """A balance is asked for by address only by the operator; others see their own whatever they ask for."""
    asked = f"{reseller.root}balance?of={shop.houses.second.public_id}"
    assert "Sol Nube" not in text_of(reseller.get(asked))
    assert Houses.reseller(shop.houses.first).reseller_id == shop.houses.first.id
