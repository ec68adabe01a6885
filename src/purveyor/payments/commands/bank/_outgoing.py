"""Money that left the account: refunds that the bank carried out, and payments that it took back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.payments import models
from purveyor.payments.commands.bank._write import Decided, write_decided
from purveyor.payments.commands.bank.return_payout import return_payout
from purveyor.payments.commands.bank.reverse_payment import reverse_payment
from purveyor.payments.commands.finish_refund import finish_refund
from purveyor.payments.errors_bank import MoneySpent
from purveyor.payments.rules.bank import own
from purveyor.payments.rules.bank.matching import SUGGESTED_MAX
from purveyor.payments.rules.bank.naming import references_in
from purveyor.payments.types_bank import Rule

Row = models.BankEntry


def is_outward(amount: int, is_reversal: bool, *texts: str) -> bool:
    """Whether an entry is money out, or may be such money that came back."""
    return amount < 0 or is_reversal or bool(own.payouts_in(*texts))


def settle_outgoing(actor: Actor, now: datetime, row: Row) -> bool:
    """Decide an entry of money out, or of a payout that came back. Money out that is neither a payout of ours nor takes
    a payment back is the operator's own, and waits for a person who says what it is.

    False for money that came in and is no payout: it may be anything else.
    """
    if row.amount > 0:
        return _payout_came_back(actor, now, row)
    if row.is_reversal or not _is_payout(actor, now, row):
        original = _original(row)
        if original is not None:
            _take_back(actor, now, row, original)
        else:
            waits = "unknown_return" if row.is_reversal else "own_money"
            write_decided(actor, now, [Decided(row.id, "open", waits)])
    return True


def came_back(actor: Actor, now: datetime, row: Row, refund: models.Refund) -> None:
    """The entry is this payout's money, which goes to its payer's balance."""
    return_payout(actor=actor, now=now, refund_id=refund.id, reason=row.text)
    models.PaymentFileItem.objects.filter(refund_id=refund.id, closed_at__isnull=True).update(closed_at=now)
    note_match(actor, now, row, "return", refund=refund)
    write_decided(actor, now, [Decided(row.id, "returned")])


def find_payouts(amount: int, currency: str) -> tuple[UUID, ...]:
    """Payouts of this amount that may have come back, the last first."""
    rows = models.Refund.objects.filter(
        method="bank_transfer", status__in=["sent", "done"], amount=amount, currency=currency
    )
    return tuple(rows.order_by("-asked_at", "-id").values_list("id", flat=True)[:SUGGESTED_MAX])


def note_match(
    actor: Actor,
    now: datetime,
    row: Row,
    rule: Rule,
    *,
    payment: models.Payment | None = None,
    refund: models.Refund | None = None,
) -> None:
    """Note on an entry of money out what it was."""
    payer_id = payment.payer_id if payment is not None else refund.payer_id if refund is not None else None
    models.BankMatch(
        id=new_id(),
        entry_id=row.id,
        payment_id=None if payment is None else payment.id,
        payable_id=None if payment is None else payment.payable_id,
        refund_id=None if refund is None else refund.id,
        payer_id=payer_id,
        amount=abs(row.amount),
        rule=rule,
        matched_at=now,
        matched_by=actor.name,
    ).save(force_insert=True)


def _item(row: Row) -> models.PaymentFileItem | None:
    """The payout of one of our files that the entry is about, by its end-to-end id."""
    named = {row.end_to_end, *own.payouts_in(row.end_to_end, row.reference, row.text)} - {""}
    if not named:
        return None
    items = models.PaymentFileItem.objects.filter(end_to_end__in=named, refund_id__isnull=False)
    return items.filter(amount=abs(row.amount)).order_by("-id").first()


def _refund_of(item: models.PaymentFileItem) -> UUID:
    assert item.refund_id is not None  # looked for by it
    return item.refund_id


def _is_payout(actor: Actor, now: datetime, row: Row) -> bool:
    item = _item(row)
    if item is None:
        return False
    refund = models.Refund.objects.get(id=_refund_of(item))
    if refund.status not in ("pending", "sent"):
        return False
    finish_refund(actor=actor, now=now, refund_id=refund.id, outcome="done", provider_id=row.key[:200])
    models.PaymentFileItem.objects.filter(id=item.id).update(closed_at=now)
    note_match(actor, now, row, "refund", refund=refund)
    write_decided(actor, now, [Decided(row.id, "outgoing")])
    return True


def _payout_came_back(actor: Actor, now: datetime, row: Row) -> bool:
    """A payout that the other bank sent back, before or after it was seen to leave; False for what is none."""
    item = _item(row)
    refund = None if item is None else models.Refund.objects.filter(id=_refund_of(item)).first()
    if refund is not None and refund.status in ("sent", "done") and refund.currency == row.currency:
        came_back(actor, now, row, refund)
        return True
    if row.is_reversal:
        likely = find_payouts(row.amount, row.currency)
        write_decided(actor, now, [Decided(row.id, "open", "unknown_return", refunds=likely)])
    return row.is_reversal


def _original(row: Row) -> Row | None:
    """The entry that this one takes back: matched, of the same amount, with the same reference; the last of them."""
    came = models.BankEntry.objects.filter(
        account=row.account,
        amount=-row.amount,
        currency=row.currency,
        status__in=["matched", "partial"],
        value_date__lte=row.value_date,
    ).exclude(id=row.id)
    for one in came.order_by("-value_date", "-id")[:200]:
        if _same_reference(one, row):
            return one
    return None


def _same_reference(one: Row, other: Row) -> bool:
    if one.end_to_end and one.end_to_end == other.end_to_end:
        return True
    return bool(_names(one) & _names(other)) or (one.key == other.key)


def _names(row: Row) -> set[str]:
    texts = (row.reference, row.end_to_end, row.text)
    return {name for text in texts if "RF" in text.upper() for name in references_in(text)} | (
        {row.reference} - {""}
    )


def _take_back(actor: Actor, now: datetime, row: Row, original: Row) -> None:
    matches = models.BankMatch.objects.filter(
        entry_id=original.id, payment_id__isnull=False, undone_at__isnull=True
    )
    payment = models.Payment.objects.get(id=matches.values_list("payment_id", flat=True)[:1].get())
    try:
        with tx.attempt():
            reverse_payment(actor=actor, now=now, payment_id=payment.id, reason="returned")
    except MoneySpent:
        write_decided(actor, now, [Decided(row.id, "open", "balance_spent")])
        return
    matches.update(undone_at=now)
    note_match(actor, now, row, "return", payment=payment)
    write_decided(actor, now, [Decided(row.id, "returned"), Decided(original.id, "returned")])
    _release_collection(now, original)


def _release_collection(now: datetime, original: Row) -> None:
    """A direct debit that came back may be tried again: its invoice is in no open file any more."""
    if original.end_to_end:
        items = models.PaymentFileItem.objects.filter(end_to_end=original.end_to_end, closed_at__isnull=True)
        items.update(closed_at=now)
