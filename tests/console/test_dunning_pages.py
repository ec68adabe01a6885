"""Unpaid invoices at the console: who sees what, the operator's hand on a case, the ladder, the balance's order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.parties.types import Organization
from purveyor.payments import queries as payments
from purveyor.payments.types import DunningCase
from tests.support.counter import SYSTEM, Browser, bought, quoted, text_of
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop


def case_of(shop: Shop) -> DunningCase:
    with tx.enter(SYSTEM):
        return payments.list_dunning_cases(actor=SYSTEM, reseller_id=shop.houses.first.id)[0]


@pytest.fixture(scope="module")
def operator(shop: Shop) -> Browser:
    return Browser(shop.houses.seller.organization, "admin", shop.houses.first_customer)


@pytest.fixture(scope="module")
def case(shop: Shop) -> DunningCase:
    """A renewal of the first reseller that nobody paid, dunned until new orders are refused."""
    bought(shop, shop.houses.first_customer)
    clock.move(clock.now() + timedelta(days=400))
    run_pending_jobs()
    return case_of(shop)


def test_the_reseller_sees_what_it_owes_and_what_happens_when(
    shop: Shop, case: DunningCase, reseller: Browser, operator: Browser
) -> None:
    listed = text_of(reseller.get(f"{reseller.root}debts"))
    assert case.number in listed
    assert "New orders are refused" in listed
    page = text_of(reseller.get(f"{reseller.root}debts/{show('dun', case.id)}"))
    assert "Final notice" in page
    assert "Suspend the subscriptions" in page
    assert "Put on hold" not in page
    assert "Put on hold" in text_of(operator.get(f"{operator.root}debts/{show('dun', case.id)}"))
    assert case.number in text_of(operator.get(f"{operator.root}debts?q={case.number[-4:]}"))
    assert case.number not in text_of(operator.get(f"{operator.root}debts?status=resolved"))
    other = Browser(shop.houses.second, "admin", shop.houses.second_customer)
    assert other.get(f"{other.root}debts/{show('dun', case.id)}").status_code == 404
    assert (
        reseller.post(f"{reseller.root}debts/{show('dun', case.id)}", {"act": "release"}).status_code == 403
    )


def test_whoever_begins_to_buy_is_told_first(case: DunningCase, reseller: Browser) -> None:
    assert "New orders are refused" in text_of(reseller.get(f"{reseller.on}buy"))


def test_a_price_of_a_debtor_has_no_button_to_order(
    shop: Shop, case: DunningCase, reseller: Browser, customer: Organization
) -> None:
    quote_id = show("quo", quoted(shop, customer))
    # Whoever would order it for the debtor reads the same.
    for browser in (reseller, Browser(shop.houses.seller.organization, "admin", customer)):
        page = text_of(browser.get(f"{browser.on}quotes/{quote_id}"))
        assert "Order for" not in page
        assert "must be paid first" in page
        assert f'href="{browser.root}debts"' in page
        assert "Pay what is overdue first" in page
    sent = reseller.post(f"{reseller.on}quotes/{quote_id}", {"payment_method": "bank_transfer"})
    assert sent.status_code == 422


def test_the_operator_holds_promises_and_releases(shop: Shop, case: DunningCase, operator: Browser) -> None:
    url = f"{operator.root}debts/{show('dun', case.id)}"
    assert operator.post(url, {"act": "hold", "reason": ""}).status_code == 422
    assert operator.post(url, {"act": "hold", "reason": "Two seats too many"}).status_code == 302
    assert "Two seats too many" in text_of(operator.get(url))
    day = clock.business_date(clock.now())
    late = (day + timedelta(days=200)).isoformat()
    assert operator.post(url, {"act": "promise", "date": late}).status_code == 422
    until = day + timedelta(days=5)
    assert operator.post(url, {"act": "promise", "date": until.isoformat()}).status_code == 302
    assert (case_of(shop).status, case_of(shop).promised_until) == ("promised", until)
    assert operator.post(url, {"act": "release"}).status_code == 302
    assert case_of(shop).status == case.status


def test_the_ladder_is_edited_refused_and_reset(shop: Shop, operator: Browser, reseller: Browser) -> None:
    url = f"{operator.root}resellers/{show('res', shop.houses.first.id)}/ladder"
    assert "The default holds" in text_of(operator.get(url))
    sent = {
        "days_0": "4", "action_0": "remind", "audience_0": ["payer", "operator"],
        "days_1": "9", "action_1": "suspend", "audience_1": ["payer"],
        **{f"action_{at}": "remind" for at in range(2, 8)},
    }  # fmt: skip
    refused = operator.post(url, sent)
    assert refused.status_code == 422
    assert "without a final notice" in text_of(refused)
    assert operator.post(url, {**sent, "action_1": "final_notice"}).status_code == 302
    with tx.enter(SYSTEM):
        held = payments.get_ladder(actor=SYSTEM, reseller_id=shop.houses.first.id)
    assert [(one.days, one.action) for one in held.steps] == [(4, "remind"), (9, "final_notice")]
    assert shop.houses.first.name in text_of(operator.get(f"{operator.root}ladder"))
    assert operator.post(url, {"reset": "1"}).status_code == 302
    with tx.enter(SYSTEM):
        assert not payments.get_ladder(actor=SYSTEM, reseller_id=shop.houses.first.id).is_own
    assert reseller.get(f"{reseller.root}ladder").status_code == 404


def test_the_balance_pays_in_a_stated_order(shop: Shop, customer: Organization) -> None:
    # The other house: it owes nothing, so it may buy.
    house, theirs = shop.houses.second, shop.houses.second_customer
    browser = Browser(house, "admin", theirs)
    page = text_of(browser.get(f"{browser.root}balance/use"))
    assert "The balance pays no renewal" in page
    assert Browser(customer, "admin", customer).get(f"/{customer.public_id}/balance/use").status_code == 200


def test_a_customer_may_be_let_pay_for_itself(shop: Shop, reseller: Browser, customer: Organization) -> None:
    assert "Let it pay for itself" in text_of(reseller.get(f"{reseller.on}business"))
    assert reseller.post(f"{reseller.on}business/paying", {"allow": "1"}).status_code == 302
    assert "No longer allow it" in text_of(reseller.get(f"{reseller.on}business"))
    own = Browser(customer, "admin", customer)
    assert own.post(f"{own.on}business/paying", {"allow": "0"}).status_code == 302
    assert "No longer allow it" in text_of(reseller.get(f"{reseller.on}business"))
    technician = Browser(shop.houses.first, "technician", customer)
    assert technician.post(f"{technician.on}business/paying", {"allow": "0"}).status_code == 403
