"""The bank at the operator's desk: uploading, the queue with one click, un-matching, files, mandates."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.parties.types import Organization
from purveyor.payments import bank
from purveyor.payments import queries as payments
from purveyor.payments.types import Payable
from purveyor.payments.types_bank import Entry
from purveyor.sales import commands as sales
from tests.support.counter import SYSTEM, Browser, actor_on, quoted, text_of
from tests.support.jobs import run_pending_jobs
from tests.support.shop import Shop
from tests.support.statements import Line, camt


@pytest.fixture(scope="module")
def operator(shop: Shop) -> Browser:
    return Browser(shop.houses.seller.organization, "admin", shop.houses.first_customer)


def placed(shop: Shop, customer: Organization) -> UUID:
    """An order that waits for its transfer."""
    quote_id = quoted(shop, customer)
    actor = actor_on(shop, customer)
    return sales.accept_quote(
        actor=actor, now=clock.now(), quote_id=quote_id, payment_method="bank_transfer"
    ).id


def payable(order_id: UUID) -> Payable:
    with tx.enter(SYSTEM):
        found = payments.find_payable_for(actor=SYSTEM, subject_kind="order", subject_id=order_id)
    assert found is not None
    return found


def upload(operator: Browser, content: bytes) -> str:
    file = SimpleUploadedFile("statement.xml", content, content_type="application/xml")
    answer = operator.post(f"{operator.root}bank", {"file": file})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def entries(status: str) -> list[Entry]:
    with tx.enter(SYSTEM):
        return bank.list_entries(actor=SYSTEM, statuses=(status,))


def test_a_statement_is_uploaded_and_shown(shop: Shop, customer: Organization, operator: Browser) -> None:
    page = f"{operator.root}bank"
    assert "No statement yet" in text_of(operator.get(page))
    owed = payable(placed(shop, customer))
    content = camt([Line(owed.open.amount, "A1", rf=owed.reference or "", name="Kunde")])
    address = upload(operator, content)
    shown = text_of(operator.get(address))
    assert "Reference and amount" in shown
    assert "Matched" in shown
    again = operator.get(upload(operator, content))
    assert "was uploaded before" in text_of(again)
    assert "STMT-1" in text_of(operator.get(page))
    wrong = SimpleUploadedFile("x.xml", camt([Line(1, "A2")], closing=5), content_type="text/xml")
    refused = operator.post(page, {"file": wrong})
    assert refused.status_code == 422
    assert "the difference is" in text_of(refused)
    run_pending_jobs()


def test_the_queue_resolves_with_one_click_and_takes_back(
    shop: Shop, customer: Organization, operator: Browser
) -> None:
    owed = payable(placed(shop, customer))
    line = Line(owed.open.amount, "B1", text="no idea", name="Kunde GmbH", iban="")
    upload(operator, camt([line], sequence=2))
    page = f"{operator.root}bank/open"
    listed = text_of(operator.get(page))
    assert "Nothing says what it is for" in listed
    (waiting,) = entries("open")
    assert owed.id in waiting.suggested
    key = show("ben", waiting.id)
    chosen = {"entry": key, "payable": show("pbl", owed.id)}
    assert operator.post(page, chosen).status_code == 302
    here = f"{operator.root}bank/entries/{key}"
    detail = text_of(operator.get(here))
    assert "By hand" in detail
    assert "stands open again with" in detail
    assert operator.post(here, {"act": "unmatch"}).status_code == 302
    assert "Taken back" in text_of(operator.get(f"{operator.root}money"))
    detail = text_of(operator.get(f"{here}?q=Kunde"))
    assert "The match was taken back" in detail
    assert re.search(r'name="payable"[^>]*value="pbl_', detail)
    assert operator.post(here, {"act": "match", "payable": [show("pbl", owed.id)]}).status_code == 302
    assert "does not wait" in text_of(operator.post(here, {"act": "dismiss"}))
    upload(operator, camt([Line(77, "B2", iban="")], sequence=3))
    (waiting,) = entries("open")
    here = f"{operator.root}bank/entries/{show('ben', waiting.id)}"
    operator.post(here, {"act": "dismiss"})
    assert "Take it up again" in text_of(operator.get(here))
    operator.post(here, {"act": "restore"})
    organization = show("cus", customer.id)
    assert operator.post(here, {"act": "balance", "organization": organization}).status_code == 302
    assert operator.post(page, {"act": "again"}).status_code == 302
    assert "Nothing waits" in text_of(operator.get(page))
    run_pending_jobs()


def test_a_charge_is_booked_with_one_click_and_taken_back(operator: Browser) -> None:
    lines = [
        Line(-1490, "F1", text="Account fee", name="Bank", code="ACMT.MDOP.CHRG"),
        Line(-5, "F2", text="What"),
    ]
    address = upload(operator, camt(lines, sequence=30))
    page = f"{operator.root}bank/open"
    listed = text_of(operator.get(page))
    assert "It left the account, and no payout says why" in listed
    assert listed.count('value="bank_interest"') == 1  # the bank says that the first one is a charge
    fee = next(one for one in entries("open") if one.amount.amount == -1490)
    key = show("ben", fee.id)
    here = f"{operator.root}bank/entries/{key}"
    detail = text_of(operator.get(here))
    assert '<option value="bank_fees" selected>' in detail
    assert "The bank calls it ACMT.MDOP.CHRG" in detail
    operator.post(here, {"act": "book", "account": "bank_other", "text": " "})
    assert fee.id in {one.id for one in entries("open")}
    booked = {"act": "book", "entry": key, "account": "bank_fees"}
    assert operator.post(page, booked).status_code == 302
    detail = text_of(operator.get(here))
    assert "Bank charge" in detail
    assert "The entry waits again." in detail
    assert "Account fee" in text_of(operator.get(f"{address}?status=booked"))
    assert "Charges of the bank" in text_of(operator.get(f"{operator.root}ledger"))
    assert operator.post(here, {"act": "unmatch"}).status_code == 302
    given = {"act": "book", "account": "bank_other", "text": "Safe of the first floor"}
    assert operator.post(here, given).status_code == 302
    assert "Safe of the first floor" in text_of(operator.get(here))
    other = next(one for one in entries("open") if one.amount.amount == -5)
    assert (
        operator.post(f"{operator.root}bank/entries/{show('ben', other.id)}", {"act": "dismiss"}).status_code
        == 302
    )


def test_a_large_statement_goes_on_in_steps(operator: Browser) -> None:
    lines = [Line(100 + index, f"C{index}", iban="") for index in range(1, 1202)]
    address = upload(operator, camt(lines, sequence=4))
    assert "0 of 1,201 entries looked at" in text_of(operator.get(address))
    run_pending_jobs()
    shown = text_of(operator.get(address))
    assert "entries looked at" not in shown
    assert "Waits for a person" in shown
    assert operator.get(f"{address}?status=open&after=x").status_code in (400, 404, 422)


def test_files_and_mandates(shop: Shop, operator: Browser) -> None:
    page = f"{operator.root}bank/files"
    assert "No file yet" in text_of(operator.get(page))
    assert "Nothing is due for this file" in text_of(operator.post(page, {"act": "payouts"}))
    mandates = f"{operator.root}bank/mandates"
    house = shop.houses.first
    assert house.name in text_of(operator.get(f"{mandates}?q={house.name}"))
    form = f"{mandates}?for={show('res', house.id)}"
    given = {"iban": "DE89370400440532013000", "name": "House", "signed_on": "2026-01-02"}
    assert operator.post(form, given | {"iban": "DE00"}).status_code == 422
    assert operator.post(form, given).status_code == 302
    listed = text_of(operator.get(mandates))
    assert "DE89370400440532013000" in listed
    found = re.search(r'bank/mandates(\?revoke=man_\w+)"', listed)
    assert found is not None
    assert house.name in text_of(operator.get(mandates + found[1]))
    assert operator.post(mandates + found[1], {}).status_code == 302
    assert "No mandate yet" in text_of(operator.get(mandates))


def test_nobody_else_sees_the_bank(shop: Shop) -> None:
    reseller = Browser(shop.houses.first, "admin")
    for path in ("bank", "bank/open", "bank/files", "bank/mandates"):
        assert reseller.get(f"{reseller.root}{path}").status_code == 404
