"""Short words for the tests of payments: owe, receive, fill, charge, and what the books say afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.billing.commands import issue_invoice
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.ledger.types import AccountKind
from purveyor.payments import queries
from purveyor.payments.commands import charge_balance, deposit, open_payable, record_transfer
from purveyor.payments.types import Payable, Payment
from tests.rooms.books import NOW, SYSTEM, TODAY, House, draft, eur, operator, within
from tests.support.feed import feed

OPERATOR = operator()


def owe(house: House, amount: int = 1500, *, actor: Actor | None = None, **more: Any) -> Payable:
    values: dict[str, Any] = {
        "reseller_id": house.reseller.id,
        "customer_id": house.first.id,
        "payer_id": house.reseller.id,
        "subject_kind": "order",
        "subject_id": new_id(),
        "method": "bank_transfer",
    }
    return open_payable(actor=actor or house.actor, now=NOW, amount=eur(amount), **(values | more))


def invoice(house: House) -> Payable:
    document = issue_invoice(actor=SYSTEM, now=NOW, draft=draft(house))
    return owe(house, subject_kind="invoice", subject_id=document.id)


def receive(payable: Payable, amount: int, reference: str = "bank 1", **more: Any) -> Payment:
    return record_transfer(
        actor=OPERATOR,
        now=NOW,
        payable_id=payable.id,
        amount=eur(amount),
        received_on=TODAY,
        reference=reference,
        **more,
    )


def fill(house: House, amount: int, reference: str = "ahead") -> Payment:
    return deposit(
        actor=OPERATOR, now=NOW, organization_id=house.reseller.id, amount=eur(amount), reference=reference
    )


def available(house: House) -> int:
    def found() -> Money:
        return ledger.available(actor=house.actor, party_id=house.reseller.id, currency="EUR")

    return within(house.actor, found).amount


def booked(house: House, kind: AccountKind) -> int:
    def found() -> Money:
        return ledger.account_sum(actor=SYSTEM, reseller_id=house.reseller.id, kind=kind, currency="EUR")

    return within(SYSTEM, found).amount


def reread(house: House, payable: Payable) -> Payable:
    return within(house.actor, lambda: queries.get_payable(actor=house.actor, payable_id=payable.id))


def events(house: House) -> list[str]:
    return [event.kind for event in feed(SYSTEM) if event.payer_id == house.reseller.id]


def charge(house: House, amount: int, subject: UUID | None = None) -> Payable:
    return charge_balance(
        actor=house.actor,
        now=NOW,
        reseller_id=house.reseller.id,
        customer_id=house.first.id,
        payer_id=house.reseller.id,
        subject_kind="order",
        subject_id=subject or new_id(),
        amount=eur(amount),
    )
