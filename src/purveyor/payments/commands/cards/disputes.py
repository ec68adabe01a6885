"""Chargebacks: the holder's bank takes the money back, and gives it again where the dispute is won.

What invoices were paid with is owed again, each of them, and their dunning rests while the dispute lasts. What had gone
to the balance is taken from there as far as it suffices; the rest is a loss, because a balance is never below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from purveyor.billing import queries as billing
from purveyor.billing.commands import apply_payment, withdraw_payment
from purveyor.billing.credits import credited_seats
from purveyor.billing.types import Document
from purveyor.infra import tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.ledger.commands import post
from purveyor.ledger.legs import charged_back
from purveyor.ledger.types import Leg
from purveyor.payments import events, models
from purveyor.payments.commands._rows import announce_balance, lock_payable
from purveyor.payments.commands.cancel_payable import cancel_payable
from purveyor.payments.commands.cards import _rows
from purveyor.payments.commands.dunning_case import open_case, resolve_case
from purveyor.payments.commands.dunning_pause import put_on_hold, release
from purveyor.payments.commands.open_payable import open_payable
from purveyor.payments.errors import DunningCaseClosed, DunningNotPaused
from purveyor.payments.ports import ProviderDispute
from purveyor.payments.types import Payable

# The reason of the hold, as it stands on the case.
HOLD = "Chargeback"
# As many renewals as one order pays.
MANY = 200


def follow(*, now: datetime, found: ProviderDispute) -> str:
    """Apply what the provider says about a chargeback. Safe to repeat, in any order.

    Emits: dispute.opened, dispute.closed, and dunning.resolved where a won one pays the invoice again.
    """
    actor = system_actor()
    with tx.enter(actor):
        payment = models.Payment.objects.filter(method="card", reference=found.charge).first()
        if payment is None or payment.payable_id is None:
            return "not_ours"
        payable = lock_payable(id=payment.payable_id)
        row = models.CardDispute.objects.select_for_update(no_key=True).filter(provider_id=found.id).first()
        if row is None:
            row = _open(actor, now, payable, payment, found)
        if found.status == "open" or row.status != "open":
            return "applied"
        _close(actor, now, payable, row, won=found.status == "won")
    return "applied"


def _open(
    actor: Actor, now: datetime, payable: Payable, payment: models.Payment, found: ProviderDispute
) -> models.CardDispute:
    amount = min(found.amount, Money(payment.amount, payment.currency))
    zero = Money.zero(amount.currency)
    parts = _parts(actor, _invoices_of(payable), min(amount, Money(payment.allocated, payment.currency)))
    again = Money.total((part for _, part in parts), amount.currency)
    rest = amount - again
    available = ledger.available(actor=actor, party_id=payment.payer_id, currency=amount.currency)
    from_balance = max(zero, min(rest, available))
    row = models.CardDispute(
        id=new_id(),
        reseller_id=payment.reseller_id,
        customer_id=payment.customer_id,
        payer_id=payment.payer_id,
        payment_id=payment.id,
        provider_id=found.id,
        invoice_id=parts[0][0].id if parts else None,
        amount=amount.amount,
        currency=amount.currency,
        from_balance=from_balance.amount,
        loss=(rest - from_balance).amount,
        reason=found.reason[:100],
        status="open",
        opened_at=now,
    )
    _book(actor, now, row, again=again, back=False)
    row.reopened = again.amount if payable.subject_kind == "invoice" else 0
    row.save(force_insert=True)
    for invoice, part in parts:
        withdraw_payment(actor=actor, now=now, document_id=invoice.id, amount=part)
        if payable.subject_kind == "invoice":
            _reopen(payable, part)
        else:
            _ask_anew(actor, now, row, invoice, part)
        _hold(actor, now, invoice.id)
    _rows.announce(row, events.DisputeOpened(**_about(row)), now, row.id)
    _note(actor, now, row, "dispute.opened")
    return row


def _close(actor: Actor, now: datetime, payable: Payable, row: models.CardDispute, *, won: bool) -> None:
    row.status, row.closed_at = ("won" if won else "lost"), now
    row.save(update_fields=["status", "closed_at"])
    if won:
        _give_back(actor, now, payable, row)
    else:
        for invoice_id in invoices_of(row):
            _release(actor, now, invoice_id)
    _rows.announce(row, events.DisputeClosed(**_about(row), won=won), now, row.id)
    _note(actor, now, row, "dispute.closed", outcome=row.status)


def _give_back(actor: Actor, now: datetime, payable: Payable, row: models.CardDispute) -> None:
    """The money is back: for the invoices as far as they are still open, else for the balance."""
    total = Money(row.amount - row.from_balance - row.loss, row.currency)
    # Whatever was lost comes back as a gain of the same; what nothing waits for is the payer's to spend.
    if row.reopened:
        again = _settle_again(actor, now, payable, row, total)
    else:
        again = Money.total((_pay_part(actor, now, part) for part in _parts_of(row)), row.currency)
    to_balance = total - again
    _book(actor, now, row, again=again, back=True, to_balance=to_balance)
    for invoice_id in invoices_of(row):
        if not billing.get_document(actor=actor, document_id=invoice_id).open:
            resolve_case(actor=actor, now=now, invoice_id=invoice_id)
        else:
            _release(actor, now, invoice_id)
    announce_balance(
        now=now,
        reason="dispute_won",
        amount=to_balance + Money(row.from_balance, row.currency),
        reseller_id=row.reseller_id,
        customer_id=_rows.customer_of(row),
        payer_id=row.payer_id,
    )


def _settle_again(
    actor: Actor, now: datetime, payable: Payable, row: models.CardDispute, total: Money
) -> Money:
    """Count the money towards the payable that stood open again for it; how much it took."""
    if row.invoice_id is None or payable.status not in ("open", "partially_paid"):
        return Money.zero(row.currency)
    again = min(total, payable.open)
    apply_payment(actor=actor, now=now, document_id=row.invoice_id, amount=again)
    _settle(now, payable, again)
    row.reopened -= again.amount
    row.save(update_fields=["reopened"])
    return again


def _pay_part(actor: Actor, now: datetime, part: models.CardDisputePart) -> Money:
    """Count the money towards an invoice for which nobody has paid meanwhile; how much it took."""
    asked = lock_payable(id=part.asked_id)
    if asked.status != "open" or asked.open.amount != part.amount:
        return Money.zero(asked.open.currency)
    apply_payment(actor=actor, now=now, document_id=part.invoice_id, amount=asked.open)
    cancel_payable(actor=actor, now=now, payable_id=asked.id)
    return asked.open


def _parts_of(row: models.CardDispute) -> QuerySet[models.CardDisputePart]:
    return models.CardDisputePart.objects.filter(dispute_id=row.id).order_by("id")


def invoices_of(row: models.CardDispute) -> list[UUID]:
    """The invoices that stood open again for it, in their order."""
    parts = [part.invoice_id for part in _parts_of(row)]
    return parts or ([] if row.invoice_id is None else [row.invoice_id])


def _invoices_of(payable: Payable) -> list[tuple[UUID, Money]]:
    """The invoices that this money paid, as far as they are issued, and the most that it paid of each."""
    if payable.subject_kind == "invoice":
        return [(payable.subject_id, payable.amount)]
    row = models.Payable.objects.filter(id=payable.id).values_list("invoice_id", flat=True).first()
    if row is not None or payable.subject_kind != "order":
        return [] if row is None else [(row, payable.amount)]
    issued = billing.list_documents(
        actor=system_actor(), kind="invoice", order_id=payable.subject_id, limit=MANY
    )
    before = models.PaidInvoice.objects.filter(payable_id=payable.id).order_by("id")
    return [(one.id, one.gross) for one in reversed(issued)] + [
        (one.invoice_id, Money(one.amount, payable.amount.currency)) for one in before
    ]


def _parts(
    actor: Actor, invoices: Sequence[tuple[UUID, Money]], amount: Money
) -> list[tuple[Document, Money]]:
    """How much of it each of these invoices had, in this order. Left out are those that had nothing, and of several
    those that were credited whole, whose money is back already."""
    found = []
    for invoice_id, most in invoices:
        invoice = billing.get_document(actor=actor, document_id=invoice_id)
        part = min(amount, invoice.paid, most)
        if part and (len(invoices) == 1 or not _is_credited(actor, invoice)):
            found.append((invoice, part))
            amount -= part
    return found


def _is_credited(actor: Actor, invoice: Document) -> bool:
    seats = credited_seats(actor=actor, invoice_id=invoice.id)
    return all(seats.get(line.id, 0) == line.quantity for line in invoice.lines)


def _ask_anew(actor: Actor, now: datetime, row: models.CardDispute, invoice: Document, amount: Money) -> None:
    asked = open_payable(
        actor=actor,
        now=now,
        reseller_id=invoice.reseller_id,
        customer_id=invoice.customer_id,
        payer_id=invoice.payer_id,
        subject_kind="invoice",
        subject_id=invoice.id,
        amount=amount,
        method="bank_transfer",
    )
    models.CardDisputePart(
        id=new_id(),
        reseller_id=invoice.reseller_id,
        customer_id=invoice.customer_id,
        payer_id=invoice.payer_id,
        dispute_id=row.id,
        invoice_id=invoice.id,
        amount=amount.amount,
        asked_id=asked.id,
    ).save(force_insert=True)


def _reopen(payable: Payable, amount: Money) -> None:
    paid = payable.paid - amount
    models.Payable.objects.filter(id=payable.id).update(
        paid=paid.amount, status="partially_paid" if paid else "open", settled_at=None
    )


def _settle(now: datetime, payable: Payable, amount: Money) -> None:
    paid = payable.paid + amount
    is_all = paid == payable.owed
    models.Payable.objects.filter(id=payable.id).update(
        paid=paid.amount, status="settled" if is_all else "partially_paid", settled_at=now if is_all else None
    )


def _hold(actor: Actor, now: datetime, invoice_id: UUID) -> None:
    case = models.DunningCase.objects.filter(invoice_id=invoice_id, resolved_at__isnull=True).first()
    if case is None:
        return
    try:
        put_on_hold(actor=actor, now=now, case_id=case.id, reason=HOLD)
    except DunningCaseClosed:
        return


def _release(actor: Actor, now: datetime, invoice_id: UUID) -> None:
    case = models.DunningCase.objects.filter(invoice_id=invoice_id, status="on_hold", reason=HOLD).first()
    if case is None:
        return
    try:
        release(actor=actor, now=now, case_id=case.id)
    except DunningNotPaused:
        return


def hold_if_disputed(actor: Actor, now: datetime, invoice_id: UUID) -> None:
    """An invoice that falls overdue while its chargeback lasts is not dunned: its case rests from the beginning."""
    disputed = Q(invoice_id=invoice_id) | Q(part__invoice_id=invoice_id)
    if models.CardDispute.objects.filter(disputed, status="open").exists():
        open_case(actor=actor, now=now, invoice_id=invoice_id)
        _hold(actor, now, invoice_id)


def _book(
    actor: Actor,
    now: datetime,
    row: models.CardDispute,
    *,
    again: Money,
    back: bool,
    to_balance: Money | None = None,
) -> None:
    from_balance = Money(row.from_balance, row.currency)
    if to_balance is not None:
        from_balance += to_balance
    booked = charged_back(
        payer_id=row.payer_id, open_again=again, from_balance=from_balance, loss=Money(row.loss, row.currency)
    )
    if back:
        booked = [Leg(leg.kind, -leg.amount, leg.party_id) for leg in booked]
    post(
        actor=actor,
        now=now,
        reseller_id=row.reseller_id,
        customer_id=_rows.customer_of(row),
        payer_id=row.payer_id,
        kind="dispute_won" if back else "dispute",
        reference=f"dispute:{row.id}:{'won' if back else 'opened'}",
        legs=booked,
    )


def _about(row: models.CardDispute) -> dict[str, Any]:
    return {
        "dispute_id": str(row.id),
        "payment_id": str(row.payment_id),
        "payer_id": str(row.payer_id),
        "invoice_id": None if row.invoice_id is None else str(row.invoice_id),
        "invoice_ids": [str(one) for one in invoices_of(row)],
        "amount": row.amount,
        "currency": row.currency,
        "reason": row.reason,
    }


def _note(actor: Actor, now: datetime, row: models.CardDispute, kind: str, **facts: str) -> None:
    _rows.note(
        actor, row, now, kind, ("payment", row.payment_id),
        amount=row.amount, currency=row.currency, reason=row.reason, **facts,
    )  # fmt: skip
