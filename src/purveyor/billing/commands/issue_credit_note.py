"""Answer an invoice, whole or in part, by a credit note: the only way in which an issued invoice is corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Sum

from purveyor.billing.commands._locked import announce, lock
from purveyor.billing.commands.issue import issue_credit_document
from purveyor.billing.credits import preview_credit
from purveyor.billing.events import InvoicePaid
from purveyor.billing.models import Document as Row
from purveyor.billing.rules.credit import part_of
from purveyor.billing.rules.status import status_of
from purveyor.billing.types import Document, DocumentDraft, DocumentLine, DraftLine, Exchange, Status
from purveyor.billing.types_credit import CreditDraft
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.kernel.text import clean_line
from purveyor.parties import authority

REASON_LENGTH_MAX = 300


@command
def prepare_credit(
    *, actor: Actor, now: datetime, invoice_id: UUID, wanted: Mapping[UUID, int]
) -> CreditDraft:
    """What crediting so many seats of each line comes to; the invoice stays locked until the transaction ends.

    Raises: Forbidden; NotFound; DocumentNotCreditable; Invalid (``lines``, ``quantity``); CreditExceedsLine.
    """
    authority.require(actor, "operate")
    lock(invoice_id)
    return preview_credit(actor=actor, invoice_id=invoice_id, wanted=wanted)


@command
def issue_credit_note(
    *,
    actor: Actor,
    now: datetime,
    draft: CreditDraft,
    document_id: UUID,
    reason: str,
    pending: Money | None = None,
) -> Document:
    """Issue the credit note that ``prepare_credit`` drafted in this transaction, and take it off the invoice.

    The invoice's parties, rates and discounts, positive amounts (rules.md c3). What was open on the invoice is
    reduced by ``draft.settles``; ``pending`` of the rest is on its way back, everything else has reached the payer.
    Payments books the money around it. Call it last: the counter's row stays locked until the commit.

    Raises: Invalid (``reason``).
    Emits: credit_note.issued; invoice.paid when nothing is open on the invoice any more.
    """
    why = clean_line(reason, field="reason", length_max=REASON_LENGTH_MAX)
    invoice = draft.invoice
    if draft.settles:
        _set_off(now, invoice.id, draft.settles)
    return issue_credit_document(
        actor=actor,
        now=now,
        draft=DocumentDraft(
            reseller_id=invoice.reseller_id,
            customer_id=invoice.customer_id,
            payer_id=invoice.payer_id,
            bill_to_id=invoice.bill_to_id,
            seller=invoice.seller,
            buyer=invoice.buyer,
            lines=_lines(draft),
            taxes=draft.taxes,
            tax_decision=invoice.tax_decision,
            net=draft.net,
            vat=draft.vat,
            gross=draft.gross,
            paid=draft.gross if pending is None else draft.gross - pending,
            order_id=invoice.order_id,
            # Who could read the invoice reads what takes it back.
            bill_to_may_read=may_bill_to_read(invoice.id),
            document_id=document_id,
            answers_id=invoice.id,
            reason=why,
            exchange=_exchange(draft),
        ),
    )


@command
def settle_credit_note(*, actor: Actor, now: datetime, document_id: UUID, amount: Money) -> Status:
    """So much more of a credit note has reached its payer; its new status. Payments calls it, once a refund.

    Raises: NotFound.
    """
    row = lock(document_id)
    if row.kind != "credit_note":
        raise NotFound(kind="credit_note")
    row.paid = min(row.gross, row.paid + amount.amount)
    status = status_of(gross=row.gross, paid=row.paid, before=cast(Status, row.status))
    row.status = status
    row.save(update_fields=["paid", "status"])
    return status


def may_bill_to_read(document_id: UUID) -> bool:
    """Whether the party named on the document may read it though another one pays."""
    return bool(lock(document_id).bill_to_may_read)


def _exchange(draft: CreditDraft) -> Exchange | None:
    """The invoice's rate; the VAT in the seller's currency of all its credit notes sums to the invoice's."""
    invoice = draft.invoice
    if invoice.exchange is None:
        return None
    credited = Row.objects.filter(answers_id=invoice.id).aggregate(vat=Sum("vat"))["vat"]
    vat = part_of(
        invoice.exchange.vat.amount,
        whole=invoice.vat,
        before=Money(int(credited or 0), invoice.vat.currency),
        part=draft.vat,
    )
    return replace(invoice.exchange, vat=Money(vat, invoice.exchange.vat.currency))


def _set_off(now: datetime, invoice_id: UUID, amount: Money) -> None:
    row = lock(invoice_id)
    row.credited += amount.amount
    status = status_of(gross=row.gross - row.credited, paid=row.paid, before=cast(Status, row.status))
    row.status = status
    if status == "paid":
        row.due_at = None
        announce(InvoicePaid, row, now)
    row.save(update_fields=["credited", "status", "due_at"])


def _lines(draft: CreditDraft) -> tuple[DraftLine, ...]:
    lines = {line.id: line for line in draft.invoice.lines}
    # A document names only the taxes that it has lines of.
    kept = sorted({lines[one.line_id].tax for one in draft.lines})
    return tuple(
        _line(draft.invoice, lines[one.line_id], one.quantity, one.net, kept.index(lines[one.line_id].tax))
        for one in draft.lines
    )


def _line(invoice: Document, line: DocumentLine, quantity: int, net: Money, tax: int) -> DraftLine:
    facts = dict(line.description.facts)
    if "quantity" in facts:
        facts["quantity"] = quantity
    return DraftLine(
        description=replace(line.description, facts=facts),
        quantity=quantity,
        months=line.months,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=net,
        explanation=(
            Explanation(
                "credit.part" if quantity < line.quantity else "credit.whole",
                {
                    "quantity": quantity,
                    "of": line.quantity,
                    "position": line.position,
                    "number": invoice.number,
                    "net_amount": net.amount,
                    "currency": net.currency,
                },
            ),
        ),
        offer_id=line.offer_id,
        subscription_id=line.subscription_id,
        period_start=line.period_start,
        period_end=line.period_end,
        customer_id=line.customer_id,
        customer_name=line.customer_name,
        tax=tax,
        answers_id=line.id,
    )
