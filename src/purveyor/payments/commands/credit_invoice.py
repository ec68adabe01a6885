"""Correct an invoice by a credit note, with all that follows from it: seats, what is open, and the money back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import issue_credit_note, prepare_credit
from purveyor.billing.types import Document
from purveyor.billing.types_credit import CreditDraft
from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import legs
from purveyor.ledger.commands import post
from purveyor.parties import authority
from purveyor.payments import events, models
from purveyor.payments.commands._rows import announce_balance
from purveyor.payments.commands.dunning_case import resolve_case
from purveyor.payments.commands.finish_refund import announce, note
from purveyor.payments.errors import InvoiceInOrder
from purveyor.payments.refunds import paid_on
from purveyor.payments.rows import refund_of
from purveyor.payments.rules.refunds import split_refund
from purveyor.payments.types_refunds import CreditLine, CreditNote, Refund, RefundTo, Share
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Status

_OVER = (Status.ENDED, Status.CANCELLED)


@command
def credit_invoice(
    *,
    actor: Actor,
    now: datetime,
    invoice_id: UUID,
    lines: Sequence[CreditLine],
    refund_to: RefundTo,
    reason: str,
    end_seats: bool = False,
) -> CreditNote:
    """Answer an invoice by a credit note over some seats of some lines, or all. The operator's act.

    What is open on the invoice is reduced first. The rest was paid: it goes to the payer's balance at once, or with
    ``refund_to="source"`` back the way it came, by card or transfer, as refunds that are sent by whoever hears of
    them; what came from the balance goes back there. With ``end_seats`` the credited seats end now: those must be
    free, and where all of a subscription's are credited it ends. Source: rules.md c3.

    Not safe to repeat: the edge keeps the answer.

    Raises: Forbidden; NotFound; DocumentNotCreditable; Invalid (lines, quantity, reason, refund_to);
        CreditExceedsLine; InvoiceInOrder; SeatsInUse, SubscriptionNotActive, PeriodEnded.
    Emits: credit_note.issued; invoice.paid and dunning.resolved when nothing is open any more; refund.asked;
        balance.deposited; subscription.seats_removed or subscription.ended.
    """
    authority.require(actor, "operate")
    if refund_to not in ("balance", "source"):
        raise Invalid(field="refund_to", reason="choice", choices=["balance", "source"])
    wanted = _wanted(lines)
    ended = _end_seats(actor, now, invoice_id, wanted) if end_seats else ()
    payable = _lock_payable(invoice_id)
    draft = prepare_credit(actor=actor, now=now, invoice_id=invoice_id, wanted=wanted)
    if draft.settles and payable is not None and payable.status == "cancelled":
        raise InvoiceInOrder(number=draft.invoice.number)
    paid = paid_on(draft.invoice) if draft.rest else []
    shares = split_refund(draft.rest, refund_to, paid)
    document_id = new_id()
    _book(actor, now, draft, document_id, shares)
    if payable is not None and draft.settles:
        _reduce(payable, now, draft.settles)
    pending = Money.total((share.amount for share in shares if share.method != "balance"), draft.net.currency)
    document = issue_credit_note(
        actor=actor, now=now, draft=draft, document_id=document_id, reason=reason, pending=pending
    )
    refunds = tuple(_refund(actor, now, draft, document, share) for share in shares)
    if draft.settles == draft.invoice.open:
        resolve_case(actor=actor, now=now, invoice_id=invoice_id)
    _note(actor, now, draft, document)
    return CreditNote(document=document, settled=draft.settles, refunds=refunds, ended=ended)


def _wanted(lines: Sequence[CreditLine]) -> dict[UUID, int]:
    wanted = {line.line_id: line.quantity for line in lines}
    if len(wanted) != len(lines):
        raise Invalid(field="lines", reason="repeated")
    return wanted


def _end_seats(
    actor: Actor, now: datetime, invoice_id: UUID, wanted: dict[UUID, int]
) -> tuple[tuple[UUID, int], ...]:
    """End the credited seats, in the order in which everybody locks subscriptions; how many ended of each."""
    invoice = billing.get_document(actor=actor, document_id=invoice_id)
    seats: dict[UUID, int] = {}
    for line in invoice.lines:
        if line.subscription_id is not None and wanted.get(line.id):
            seats[line.subscription_id] = seats.get(line.subscription_id, 0) + wanted[line.id]
    ended = []
    for subscription_id in sorted(seats):
        found = lock_subscription(actor=actor, subscription_id=subscription_id)
        if found.status in _OVER:
            continue
        if seats[subscription_id] >= found.quantity:
            subscriptions.end_subscription(
                actor=actor, now=now, subscription_id=subscription_id, reason="credited"
            )
        else:
            subscriptions.remove_seats(
                actor=actor, now=now, subscription_id=subscription_id, quantity=seats[subscription_id]
            )
        ended.append((subscription_id, min(seats[subscription_id], found.quantity)))
    return tuple(ended)


def _lock_payable(invoice_id: UUID) -> models.Payable | None:
    """The last payable that asks for the invoice's money, locked; an invoice paid with its order has none."""
    rows = models.Payable.objects.select_for_update(no_key=True)
    return rows.filter(subject_kind="invoice", subject_id=invoice_id).order_by("-opened_at", "-id").first()


def _reduce(payable: models.Payable, now: datetime, amount: Money) -> None:
    payable.credited += min(amount.amount, payable.amount - payable.paid - payable.credited)
    if payable.paid + payable.credited == payable.amount:
        payable.status, payable.settled_at = "settled", payable.settled_at or now
    payable.save(update_fields=["credited", "status", "settled_at"])


def _book(
    actor: Actor, now: datetime, draft: CreditDraft, document_id: UUID, shares: Sequence[Share]
) -> None:
    payer_id = draft.invoice.payer_id
    booked = legs.credit(payer_id=payer_id, net=draft.net, vat=draft.vat)
    if booked:
        post(
            kind="credit_note",
            reference=f"credit_note:{document_id}",
            legs=booked,
            **_scope(actor, now, draft),
        )
    for number, share in enumerate(shares):
        leg = legs.refund_to_balance if share.method == "balance" else legs.refund_asked
        post(
            kind="refund",
            reference=f"credit_note:{document_id}:refund:{number}",
            legs=leg(payer_id=payer_id, amount=share.amount),
            **_scope(actor, now, draft),
        )


def _scope(actor: Actor, now: datetime, draft: CreditDraft) -> dict[str, Any]:
    return {
        "actor": actor,
        "now": now,
        "reseller_id": draft.invoice.reseller_id,
        "customer_id": draft.invoice.customer_id,
        "payer_id": draft.invoice.payer_id,
    }


def _refund(actor: Actor, now: datetime, draft: CreditDraft, document: Document, share: Share) -> Refund:
    invoice = draft.invoice
    is_done = share.method == "balance"
    row = models.Refund(
        id=new_id(),
        reseller_id=invoice.reseller_id,
        customer_id=None if invoice.is_gathered else invoice.customer_id,
        payer_id=invoice.payer_id,
        invoice_id=invoice.id,
        credit_note_id=document.id,
        payment_id=share.payment_id,
        number=document.number,
        method=share.method,
        amount=share.amount.amount,
        currency=share.amount.currency,
        status="done" if is_done else "pending",
        name="" if is_done else invoice.buyer.name,
        reference=document.number,
        asked_at=now,
        done_at=now if is_done else None,
    )
    row.save(force_insert=True)
    if is_done:
        announce_balance(
            now=now,
            reason="refund",
            amount=share.amount,
            reseller_id=row.reseller_id,
            customer_id=row.customer_id,
            payer_id=row.payer_id,
        )
    else:
        announce(events.RefundAsked, row, now)
    note(actor, now, row, "refund.done" if is_done else "refund.asked")
    return refund_of(row)


def _note(actor: Actor, now: datetime, draft: CreditDraft, document: Document) -> None:
    invoice = draft.invoice
    activity.record(
        actor,
        now=now,
        kind="invoice.credited",
        subject_kind="invoice",
        subject_id=invoice.id,
        reseller_id=invoice.reseller_id,
        customer_id=None if invoice.is_gathered else invoice.customer_id,
        payer_id=invoice.payer_id,
        facts={
            "number": invoice.number,
            "credit_note": document.number,
            "amount": document.gross.amount,
            "currency": document.gross.currency,
            "reason": document.reason,
        },
    )
