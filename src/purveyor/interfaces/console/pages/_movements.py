"""Movements of a prepaid balance in words, each with the document that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.interfaces.console.desk import Desk
from purveyor.kernel.money import Money
from purveyor.ledger.types import Movement
from purveyor.parties import queries as parties
from purveyor.payments import queries as payments


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A change of a balance, and what was there after it where that is known."""

    movement: Movement
    text: str
    after: Money | None
    number: str
    url: str
    customer: str


def rows_of(desk: Desk, movements: Sequence[Movement], now: Money | None) -> list[MovementRow]:
    """The rows of a list that begins with the balance ``now``; None where it begins further back."""
    subjects = _subjects(desk, movements)
    numbers = billing.numbers_of(actor=desk.actor, subject_ids=set(subjects.values()))
    ids = {one.customer_id for one in movements if one.customer_id is not None}
    names = parties.names_of(actor=desk.actor, ids=ids - {desk.organization.id})
    shown: list[MovementRow] = []
    for one in movements:
        subject = subjects.get(one.id)
        document = numbers.get(subject) if subject is not None else None
        shown.append(
            MovementRow(
                one,
                _text(one),
                now,
                document[1] if document else "",
                desk.url("document", document_id=document[0]) if document else "",
                names.get(one.customer_id, "") if one.customer_id is not None else "",
            )
        )
        now = None if now is None else now - one.amount
    return shown


def _subjects(desk: Desk, movements: Sequence[Movement]) -> dict[int, UUID]:
    """The order or invoice behind each movement: its reference names a payment, a payable or an order."""
    named = {one.id: pair for one in movements if (pair := _named(one.reference)) is not None}
    paid = {
        one.id: one.payable_id
        for one in payments.find_payments_by_id(
            actor=desk.actor, ids=[key for kind, key in named.values() if kind == "payment"]
        )
        if one.payable_id is not None
    }
    wanted = [key for kind, key in named.values() if kind == "payable"]
    payables = {
        one.id: one.subject_id
        for one in payments.find_payables_by_id(actor=desk.actor, ids=[*wanted, *paid.values()])
    }
    found: dict[int, UUID] = {}
    for movement, (kind, key) in named.items():
        subject = key if kind in ("order", "credit_note") else payables.get(paid.get(key, key))
        if subject is not None:
            found[movement] = subject
    return found


_KINDS = ("payment", "payable", "order", "credit_note")


def _named(reference: str) -> tuple[str, UUID] | None:
    kind, _colon, rest = reference.partition(":")
    try:
        return (kind, UUID(rest.split(":")[0])) if kind in _KINDS else None
    except ValueError:
        return None


def _text(one: Movement) -> str:
    texts = {
        "deposit": _("Paid in"),
        "transfer": _("The part of a transfer that was not needed"),
        "payment": _("Paid from the balance"),
        "card": _("The part of a card payment that was not needed, or paid in"),
        "dispute": _("A card payment that its bank took back"),
        "dispute_won": _("A card payment that its bank gave back"),
        "vat_not_owed": _("VAT that was paid and is not owed"),
        "order_held": _("Money back from an order on hold"),
        "order_cancelled": _("Money back from a cancelled order"),
        "refund": _("Money back with a credit note"),
        "refund_failed": _("A refund that could not be paid out"),
        "reversal": _("Money that went back to its bank, or was matched to something else"),
    }
    return texts.get(one.kind, one.kind)
