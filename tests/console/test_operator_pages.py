"""Billing and money as pages, and who sees the operator's: what is refused where, once is once."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from purveyor.billing import queries as billing
from purveyor.infra import clock, parking, tx
from purveyor.interfaces.texts import formats
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.parties.types import Organization
from purveyor.payments import queries as payments
from purveyor.payments.types import Payable
from purveyor.sales import commands as sales
from tests.support.counter import SYSTEM, Browser, actor_on, bought, quoted, text_of
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop

OPERATORS = [
    "resellers", "resellers/new", "money", "money?show=open", "money/receive", "balances", "offers", "offers/new",
    "offers/new?kind=vendor", "offers/new?kind=product", "offers/new?kind=plan", "prices", "prices/new", "parked",
    "clock", "mailbox",
]  # fmt: skip
ROLES = [
    ("reseller", "admin"), ("reseller", "technician"), ("customer", "admin"), ("customer", "manager"),
    ("customer", "member"),
]  # fmt: skip


@pytest.fixture
def operator(shop: Shop) -> Browser:
    return Browser(shop.houses.seller.organization, "admin")


def waiting(shop: Shop, customer: Organization) -> Payable:
    """What is owed for an order of two seats by transfer: 76.80 EUR."""
    quote_id = quoted(shop, customer)
    actor = actor_on(shop, customer)
    order = sales.accept_quote(
        actor=actor, now=clock.now(), quote_id=quote_id, payment_method="bank_transfer"
    )
    found = payable_of_order(order.id)
    assert found is not None
    return found


def payable_of_order(order_id: UUID) -> Payable | None:
    with tx.enter(SYSTEM):
        return payments.find_payable_for(actor=SYSTEM, subject_kind="order", subject_id=order_id)


def again(payable: Payable) -> Payable:
    with tx.enter(SYSTEM):
        return payments.get_payable(actor=SYSTEM, payable_id=payable.id)


def available(organization: Organization) -> int:
    with tx.enter(SYSTEM):
        return ledger.available(actor=SYSTEM, party_id=organization.id, currency="EUR").amount


def invoice_of(customer: Organization) -> UUID:
    with tx.enter(SYSTEM):
        found = billing.list_documents(actor=SYSTEM, customer_id=customer.id, kind="invoice")
    return found[0].id


def transfer(amount: str, **more: str) -> dict[str, str]:
    return {
        "amount": amount,
        "received_on": clock.business_date(clock.now()).isoformat(),
        "reference": "Zahlung Nr. 7",
        **more,
    }


# -- who sees what ------------------------------------------------------------------------------------------


def detail_paths(shop: Shop) -> list[str]:
    reseller, offer = show("res", shop.houses.first.id), show("off", shop.month.id)
    return [
        f"resellers/{reseller}",
        f"resellers/{reseller}/edit",
        f"resellers/{reseller}/discount",
        f"offers/{offer}",
        f"offers/{offer}/withdraw",
        f"prices/{show('prl', shop.eur.id)}",
        f"balances/deposit?of={reseller}",
        f"balance?of={reseller}",
    ]


def test_the_operators_pages_answer_the_operator(shop: Shop, operator: Browser) -> None:
    for path in [*OPERATORS, *detail_paths(shop), "billing"]:
        assert operator.get(operator.root + path).status_code == 200, path
    assert operator.get(operator.root + "balance").status_code == 302


@pytest.mark.parametrize(("scope", "role"), ROLES)
def test_they_are_not_there_for_others(shop: Shop, customer: Organization, scope: str, role: str) -> None:
    browser = Browser(shop.houses.first if scope == "reseller" else customer, role)
    for path in [*OPERATORS, *detail_paths(shop)[:-1]]:
        assert browser.get(browser.root + path).status_code == 404, path
        assert browser.post(browser.root + path).status_code == 404, path


@pytest.mark.parametrize(("scope", "role"), ROLES)
def test_documents_answer_those_who_may_see_money(
    shop: Shop, customer: Organization, scope: str, role: str
) -> None:
    bought(shop, customer)
    document = show("inv", invoice_of(customer))
    browser = Browser(shop.houses.first if scope == "reseller" else customer, role, customer)
    allowed = 403 if role in ("manager", "member") else 200
    for path in ("billing", "balance"):
        assert browser.get(browser.root + path).status_code == allowed, path
    assert browser.get(browser.on + "billing").status_code == allowed
    # The reseller paid: its customer's administrator does not see what it paid.
    shown = 404 if (scope, role) == ("customer", "admin") else allowed
    for root in (browser.root, browser.on):
        assert browser.get(f"{root}billing/{document}").status_code == shown


def test_a_document_is_not_there_for_the_house_next_door(shop: Shop, customer: Organization) -> None:
    bought(shop, customer)
    document = show("inv", invoice_of(customer))
    stranger = Browser(shop.houses.second, "admin", customer)
    assert stranger.get(f"{stranger.root}billing/{document}").status_code == 404
    assert stranger.get(f"{stranger.on}billing/{document}").status_code == 404
    other = Browser(shop.houses.first, "admin", shop.houses.first_customer)
    assert other.get(f"{other.on}billing/{document}").status_code == 404


# -- documents ----------------------------------------------------------------------------------------------


def test_an_invoice_says_what_it_is_made_of(shop: Shop, customer: Organization, reseller: Browser) -> None:
    bought(shop, customer)
    document_id = invoice_of(customer)
    page = text_of(reseller.get(f"{reseller.root}billing/{show('inv', document_id)}"))
    for part in (
        "3 seats x €48.00 - 20% = €115.20", "reverse charge (Art. 196", "Form and check digit only", "DE136695976",
        "Nordlicht AB", "Kunde GmbH", "This invoice is paid", "Prepaid balance",
    ):  # fmt: skip
        assert part in page, part
    assert "Please transfer" not in page


def test_a_pro_forma_says_how_to_pay(shop: Shop, customer: Organization, reseller: Browser) -> None:
    payable = waiting(shop, customer)
    with tx.enter(SYSTEM):
        document_id, number = billing.numbers_of(actor=SYSTEM, subject_ids={payable.subject_id})[
            payable.subject_id
        ]
    page = text_of(reseller.get(f"{reseller.on}billing/{show('inv', document_id)}"))
    assert number in page
    assert "Please transfer €76.80" in page
    assert "SE45 5000 0000 0583 9825 7466" in page
    found = text_of(reseller.get(f"{reseller.root}billing?q={number[-6:]}&kind=pro_forma"))
    assert number in found
    assert "Nothing found" in text_of(reseller.get(f"{reseller.root}billing?q=nothing-like-it"))


def test_the_balance_shows_how_it_moved(shop: Shop, customer: Organization, reseller: Browser) -> None:
    bought(shop, customer)
    page = text_of(reseller.get(reseller.root + "balance"))
    assert "Paid in" in page
    assert "Paid from the balance" in page
    assert "-€115.20" in page
    assert formats.money_text(Money(available(shop.houses.first), "EUR")) in page


# -- money received -----------------------------------------------------------------------------------------


def test_a_transfer_is_found_by_what_people_know(
    shop: Shop, customer: Organization, operator: Browser
) -> None:
    payable = waiting(shop, customer)
    shown = show("pbl", payable.id)
    with tx.enter(SYSTEM):
        number = billing.numbers_of(actor=SYSTEM, subject_ids={payable.subject_id})[payable.subject_id][1]
    reference = payable.reference or ""
    for q in (reference, f"{reference[:4]} {reference[4:]}".lower(), number, show("ord", payable.subject_id)):
        assert shown in text_of(operator.get(operator.root + "money/receive", data={"q": q})), q
    assert "Adler IT" in text_of(operator.get(operator.root + "money/receive?q=adler"))


def test_the_exact_amount_is_recorded_at_once_and_completes_the_order(
    shop: Shop, customer: Organization, operator: Browser
) -> None:
    payable = waiting(shop, customer)
    url, once = f"{operator.root}money/receive?for={show('pbl', payable.id)}", str(uuid4())
    for _time in range(2):  # a double click
        answer = operator.post(url, transfer("76.80"), once=once)
        assert answer.status_code == 302, text_of(answer)
    run_pending_jobs()
    assert again(payable).status == "settled"
    with tx.enter(SYSTEM):
        assert len(payments.list_payments(actor=SYSTEM, payable_id=payable.id)) == 1
        assert billing.list_documents(actor=SYSTEM, customer_id=customer.id, kind="invoice")


@pytest.mark.parametrize(
    ("amount", "sentence", "status", "rest"),
    [
        ("20", "€56.80 are missing, and the order waits", "partially_paid", 0),
        ("100", "€23.20 go to the balance of Adler IT", "settled", 2320),
    ],
)
def test_another_amount_is_explained_before_it_is_recorded(
    shop: Shop, customer: Organization, operator: Browser, amount: str, sentence: str, status: str, rest: int
) -> None:
    payable, before = waiting(shop, customer), available(shop.houses.first)
    url = f"{operator.root}money/receive?for={show('pbl', payable.id)}"
    asked = operator.post(url, transfer(amount))
    assert asked.status_code == 200
    assert sentence in text_of(asked)
    assert again(payable).status == "open"
    agreed = asked.context["agreed"]
    # What was agreed to holds for that amount only.
    assert operator.post(url, transfer("30", agreed=agreed)).status_code == 200
    assert operator.post(url, transfer(amount, agreed=agreed)).status_code == 302
    assert again(payable).status == status
    assert available(shop.houses.first) == before + rest


def test_a_refusal_stands_beside_the_field_and_keeps_what_was_typed(
    shop: Shop, customer: Organization, operator: Browser
) -> None:
    payable = waiting(shop, customer)
    url = f"{operator.root}money/receive?for={show('pbl', payable.id)}"
    for amount in ("0", "1.234", "ten"):
        answer = operator.post(url, transfer(amount))
        assert answer.status_code == 422, amount
        assert answer.context["form"].errors["amount"], amount
        assert "Zahlung Nr. 7" in text_of(answer)
    part = operator.post(url, transfer("20"))
    sent = transfer("20", agreed=part.context["agreed"])
    assert operator.post(url, sent).status_code == 302
    # The same transfer once more, by another person: refused, unless it is said to be another one.
    asked = operator.post(url, transfer("20"))
    twin = transfer("20", agreed=asked.context["agreed"])
    answer = operator.post(url, twin)
    assert answer.status_code == 422
    assert answer.context["form"].errors["reference"]
    assert "is_another" in text_of(answer)
    assert operator.post(url, {**twin, "is_another": "on"}).status_code == 302
    assert again(payable).paid == Money(4000, "EUR")


def test_a_deposit_is_on_the_balance_once(shop: Shop, operator: Browser) -> None:
    house = shop.houses.second
    url, once = f"{operator.root}balances/deposit?of={house.public_id}", str(uuid4())
    sent = transfer("250.50", currency="EUR", reference=uuid4().hex)
    for _time in range(2):
        assert operator.post(url, sent, once=once).status_code == 302
    assert available(house) == 25050
    assert operator.post(url, {**sent, "amount": "-1"}).status_code == 422
    assert "€250.50" in text_of(operator.get(operator.root + "balances?q=sol"))


def test_parked_work_is_tried_again_by_a_person(shop: Shop, operator: Browser) -> None:
    with tx.enter(SYSTEM) as now:
        parking.park(source="renewal", piece=str(uuid4()), due_at=now, reason=ValueError("no such price"))
        piece = parking.list_parked()[0]
    assert "no such price" in text_of(operator.get(operator.root + "parked"))
    for _time in range(2):
        assert operator.post(operator.root + "parked", {"piece": str(piece.id)}).status_code == 302
    with tx.enter(SYSTEM):
        assert piece.id not in {one.id for one in parking.list_parked()}
