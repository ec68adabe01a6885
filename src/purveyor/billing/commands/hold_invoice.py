"""Hold an invoice that cannot be issued yet, and issue it when it can be."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.billing import models
from purveyor.billing.commands.issue import issue_invoice
from purveyor.billing.commands.on_account import settle_held_account
from purveyor.billing.events import InvoiceHeld, InvoiceReleased
from purveyor.billing.held import held_of
from purveyor.billing.rules.drafts import draft_json
from purveyor.billing.types import Document, DocumentDraft
from purveyor.billing.types_held import Booking, HeldInvoice, HeldSubject, HoldReason, Why
from purveyor.infra import outbox, tx
from purveyor.infra.clock import business_date, start_of
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.parties import authority

_LATEST_DAY = 15
_DECEMBER = 12


@command
def issue_or_hold(
    *,
    actor: Actor,
    now: datetime,
    draft: DocumentDraft,
    why: Why | None,
    subject_kind: HeldSubject,
    subject_id: UUID,
    booking: Booking,
    supplied_on: date | None = None,
) -> Document | HeldInvoice:
    """Issue an invoice over ``draft``, or keep the draft where ``why`` says that it must wait (``held.why_held``).

    The supply is made in both cases. A held invoice has no number and asks for nothing; what was paid for it
    (``draft.paid``) is the caller's to set aside as an advance. One that waits for an answer about a VAT number is due
    on the 15th of the month after the supply (Dir. 2006/112 art. 222); the others wait for a person, a rate or a
    correction. ``supplied_on`` is the day of the supply, whose law decides the VAT, where it is not today.

    Raises: as ``issue_invoice``.
    Emits: as ``issue_invoice``, or invoice.held.
    """
    if why is None:
        return issue_invoice(actor=actor, now=now, draft=draft)
    paid = draft.paid or Money.zero(draft.gross.currency)
    row = models.HeldInvoice(
        id=new_id(),
        reseller_id=draft.reseller_id,
        customer_id=draft.customer_id,
        payer_id=draft.payer_id,
        bill_to_id=draft.bill_to_id,
        buyer_name=draft.buyer.name,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reason=why.reason,
        rules=list(why.rules),
        draft=draft_json(draft),
        booking={"kind": booking.kind, "reference": booking.reference},
        currency=draft.gross.currency,
        gross=draft.gross.amount,
        paid=paid.amount,
        held_at=now,
        supplied_on=supplied_on,
        due_at=last_instant(supplied_on or business_date(now)) if why.reason == "number_unknown" else None,
    )
    with tx.widen():
        row.save(force_insert=True)
    _announce(
        row,
        now,
        InvoiceHeld(
            held_id=str(row.id), subject_kind=subject_kind, subject_id=str(subject_id), reason=why.reason
        ),
    )
    return held_of(row)


@command
def lock_held(*, actor: Actor, now: datetime, held_id: UUID) -> HeldInvoice:
    """The held invoice, locked for this transaction. Raises: NotFound."""
    row = models.HeldInvoice.objects.select_for_update().filter(id=held_id).first()
    if row is None:
        raise NotFound(kind="held_invoice")
    return held_of(row)


@command
def hold_on(*, actor: Actor, now: datetime, held: HeldInvoice, why: Why) -> None:
    """It goes on waiting, for ``why``."""
    due_at = last_instant(held.supplied_on) if why.reason == "number_unknown" else None
    models.HeldInvoice.objects.filter(id=held.id).update(
        reason=why.reason, rules=list(why.rules), due_at=due_at
    )


@command
def wake_held(
    *, actor: Actor, now: datetime, bill_to_id: UUID | None = None, reason: HoldReason | None = None
) -> int:
    """Let what is held for this party, or for this reason, be looked at again at once; how many there are. Each is
    then issued, or goes on waiting, for itself.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    rows = models.HeldInvoice.objects.filter(released_at__isnull=True)
    if bill_to_id is not None:
        rows = rows.filter(bill_to_id=bill_to_id)
    if reason is not None:
        rows = rows.filter(reason=reason)
    return rows.update(due_at=now)


@command
def issue_held(*, actor: Actor, now: datetime, held: HeldInvoice, draft: DocumentDraft) -> Document:
    """Issue the invoice that was held, as ``draft`` says now; the caller has locked it, and booked the sale. What it
    bills of an account is closed with it.

    Emits: invoice.issued, invoice.paid where nothing is open, invoice.released.
    """
    document = issue_invoice(actor=actor, now=now, draft=draft)
    if held.subject_kind == "account":
        settle_held_account(
            actor=actor, now=now, gathering_id=held.subject_id, held_id=held.id, document_id=document.id
        )
    models.HeldInvoice.objects.filter(id=held.id).update(
        released_at=now, document_id=document.id, due_at=None
    )
    outbox.emit(
        InvoiceReleased(
            held_id=str(held.id),
            subject_kind=held.subject_kind,
            subject_id=str(held.subject_id),
            document_id=str(document.id),
            number=document.number,
        ),
        now=now,
        subject_id=held.id,
        reseller_id=document.reseller_id,
        customer_id=None if document.is_gathered else document.customer_id,
        payer_id=document.payer_id,
    )
    return document


def last_instant(supplied_on: date) -> datetime:
    """When a supply is invoiced at the latest: on the 15th of the following month (Dir. 2006/112 art. 222)."""
    on = supplied_on
    year, month = (on.year + 1, 1) if on.month == _DECEMBER else (on.year, on.month + 1)
    return start_of(date(year, month, _LATEST_DAY))


def _announce(row: models.HeldInvoice, now: datetime, event: Event) -> None:
    outbox.emit(
        event,
        now=now,
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=None if row.customer_id == row.reseller_id else row.customer_id,
        payer_id=row.payer_id,
    )
