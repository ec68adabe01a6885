"""What a person does with an entry: match it, take a match back, put it aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import bank, models
from purveyor.payments.commands.bank._book import lock_candidates, lock_entry
from purveyor.payments.commands.bank._outgoing import came_back
from purveyor.payments.commands.bank._write import Arrival, Decided, Twins, write_arrivals, write_decided
from purveyor.payments.commands.bank.match_statement import bank_says, decide_rows
from purveyor.payments.commands.bank.own_money import take_back
from purveyor.payments.commands.bank.reverse_payment import reverse_payment
from purveyor.payments.errors_bank import EntryDoesNotFit, EntryNotMatched, EntryNotOpen
from purveyor.payments.rules.bank import matching
from purveyor.payments.rules.bank.matching import oldest_first, spread
from purveyor.payments.types_bank import Candidate, Decision, Entry, Part


@command
def match_entry(
    *,
    actor: Actor,
    now: datetime,
    entry_id: UUID,
    payable_ids: Sequence[UUID] = (),
    organization_id: UUID | None = None,
    refund_id: UUID | None = None,
) -> Entry:
    """Say what an entry that waits is for: these payables of one payer, the oldest first and what is left for its
    balance; or, with ``organization_id`` alone, a party's balance; or, with ``refund_id`` alone, that this payout came
    back. The operator's act.

    Raises: Forbidden; NotFound; Invalid (none of them or several); EntryNotOpen; EntryDoesNotFit (money out, another
        currency, several payers, no payout of this amount).
    Emits: as for a transfer that was recorded.
    """
    authority.require(actor, "operate")
    row = lock_entry(entry_id)
    if row.status != "open":
        raise EntryNotOpen(status=row.status)
    if row.amount < 0:
        raise EntryDoesNotFit(reason="outgoing")
    if [bool(payable_ids), organization_id is not None, refund_id is not None].count(True) != 1:
        raise Invalid(field="payables", reason="one_of", choices=["payables", "organization", "refund"])
    if refund_id is not None:
        return _came_back(actor, now, row, refund_id)
    found = lock_candidates(ids=payable_ids) if payable_ids else []
    if len(found) != len(set(payable_ids)):
        raise NotFound(kind="payable")
    if any(one.currency != row.currency for one in found):
        raise EntryDoesNotFit(reason="currency")
    if len({one.payer_id for one in found}) > 1:
        raise EntryDoesNotFit(reason="payers")
    order = oldest_first(found)
    parts, left = spread(row.amount, order)
    if order and not parts:
        parts = (Part(order[0], 0),)
    at = order[0] if order else _party(actor, now, organization_id, row.currency)
    decision = Decision("by_hand", parts, left)
    matching.take(decision)
    arrival = Arrival(
        row.id, Money(row.amount, row.currency), row.value_date, bank_says(row), "by_hand", parts, left, at
    )
    twins = Twins([one.id for one in order], [] if order else [at.payer_id])
    write_arrivals(actor, now, [arrival], twins)
    partial = any(part.candidate.open for part in parts)
    write_decided(actor, now, [Decided(row.id, "partial" if partial else "matched", to_balance=left)])
    return bank.get_entry(actor=actor, entry_id=entry_id)


@command
def unmatch_entry(*, actor: Actor, now: datetime, entry_id: UUID) -> Entry:
    """Take a match back by a reversing entry: what it paid stands open again, what went to the balance is taken from
    it, and the entry waits for a person. A payment that a person had typed in stays; only the link to it goes. Money of
    the operator's own is booked back.

    Raises: Forbidden; NotFound; EntryNotMatched; MoneySpent when the balance does not suffice: nothing is done then.
    Emits: payment.reversed.
    """
    authority.require(actor, "operate")
    row = lock_entry(entry_id)
    if row.status == "booked" and take_back(actor, now, row):
        return bank.get_entry(actor=actor, entry_id=entry_id)
    matches = models.BankMatch.objects.filter(entry_id=entry_id, undone_at__isnull=True)
    found = list(matches.filter(payment_id__isnull=False))
    if row.status not in ("matched", "partial") or not found:
        raise EntryNotMatched(status=row.status)
    for payment_id in sorted({one.payment_id for one in found if one.payment_id and one.rule != "recorded"}):
        reverse_payment(actor=actor, now=now, payment_id=payment_id, reason="unmatched")
    matches.update(undone_at=now)
    suggested = tuple(one.payable_id for one in found if one.payable_id is not None)
    write_decided(actor, now, [Decided(row.id, "open", "unmatched", suggested)])
    _note(actor, now, row, "bank.unmatched")
    return bank.get_entry(actor=actor, entry_id=entry_id)


@command
def dismiss_entry(*, actor: Actor, now: datetime, entry_id: UUID) -> Entry:
    """Put an entry that waits aside: it is nothing that anybody owes us. It can be taken up again.

    Raises: Forbidden; NotFound; EntryNotOpen.
    """
    return _aside(actor, now, entry_id, before="open", after="dismissed", kind="bank.dismissed")


@command
def restore_entry(*, actor: Actor, now: datetime, entry_id: UUID) -> Entry:
    """Take up an entry again that was put aside; it is looked at once more.

    Raises: Forbidden; NotFound; EntryNotOpen.
    """
    found = _aside(actor, now, entry_id, before="dismissed", after="open", kind="bank.restored")
    decide_rows(actor, now, [models.BankEntry.objects.get(id=found.id)])
    return bank.get_entry(actor=actor, entry_id=entry_id)


def _aside(actor: Actor, now: datetime, entry_id: UUID, *, before: str, after: str, kind: str) -> Entry:
    authority.require(actor, "operate")
    row = lock_entry(entry_id)
    if row.status != before:
        raise EntryNotOpen(status=row.status)
    models.BankEntry.objects.filter(id=entry_id).update(status=after, decided_at=now, decided_by=actor.name)
    _note(actor, now, row, kind)
    return bank.get_entry(actor=actor, entry_id=entry_id)


def _came_back(actor: Actor, now: datetime, row: models.BankEntry, refund_id: UUID) -> Entry:
    refund = models.Refund.objects.filter(id=refund_id).first()
    if refund is None:
        raise NotFound(kind="refund")
    if (refund.amount, refund.currency) != (row.amount, row.currency) or (
        refund.method != "bank_transfer" or refund.status not in ("sent", "done")
    ):
        raise EntryDoesNotFit(reason="no_payout")
    came_back(actor, now, row, refund)
    return bank.get_entry(actor=actor, entry_id=row.id)


def _party(actor: Actor, now: datetime, organization_id: UUID | None, currency: str) -> Candidate:
    """Whose balance takes all of it: a payable of nothing that tells the payer."""
    assert organization_id is not None  # the caller looked
    found = parties.get_organization(actor=actor, organization_id=organization_id)
    if found.reseller_id is None:
        raise Invalid(field="organization", reason="no_balance")
    customer_id = found.id if found.kind == "customer" else found.reseller_id
    return Candidate(
        found.id,
        found.reseller_id,
        customer_id,
        found.id,
        "",
        found.id,
        None,
        0,
        0,
        currency,
        "cancelled",
        now,
    )


def _note(actor: Actor, now: datetime, row: models.BankEntry, kind: str) -> None:
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="bank_entry",
        subject_id=row.id,
        reseller_id=None,
        facts={"reference": bank_says(row)},
    )
