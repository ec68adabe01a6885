"""Money of the operator's own on its account: what the bank keeps or pays, and whatever a person says it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.kernel.text import clean_line
from purveyor.ledger.commands import post
from purveyor.ledger.types import AccountKind, Leg
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import bank, models
from purveyor.payments.commands.bank._book import lock_entry
from purveyor.payments.commands.bank._write import Decided, write_decided
from purveyor.payments.errors_bank import EntryNotOpen
from purveyor.payments.models.bank import OWN_ACCOUNTS
from purveyor.payments.types_bank import Entry, OwnAccount


@command
def book_entry(*, actor: Actor, now: datetime, entry_id: UUID, account: OwnAccount, text: str = "") -> Entry:
    """Book an entry that waits, in or out, as a charge of the bank, as interest or, with a text, as something else:
    into an account of the operator's own books, against the money at the bank. ``unmatch_entry`` takes it back.

    Money out that was noted before it could be booked may be booked as well. The operator's act.

    Raises: Forbidden; NotFound; EntryNotOpen; Invalid (account; text, which "bank_other" needs).
    """
    authority.require(actor, "operate")
    row = lock_entry(entry_id)
    if not bank.get_entry(actor=actor, entry_id=entry_id).can_be_booked:
        raise EntryNotOpen(status=row.status)
    if account not in OWN_ACCOUNTS:
        raise Invalid(field="account", reason="choice", choices=list(OWN_ACCOUNTS))
    note = clean_line(text, field="text") if account == "bank_other" or text.strip() else ""
    owner = parties.get_seller().organization.id
    match = models.BankMatch(
        id=new_id(),
        entry_id=entry_id,
        payer_id=owner,
        amount=abs(row.amount),
        rule=account,
        note=note,
        matched_at=now,
        matched_by=actor.name,
    )
    match.save(force_insert=True)
    amount = Money(row.amount, row.currency)
    post(
        actor=actor,
        now=now,
        reseller_id=owner,
        kind=account,
        reference=f"bank:{match.id}",
        legs=[Leg(AccountKind.CASH_CLEARING, amount), Leg(AccountKind(account), -amount)],
    )
    write_decided(actor, now, [Decided(row.id, "booked")])
    _record(actor, now, row, "bank.booked", account, note)
    return bank.get_entry(actor=actor, entry_id=entry_id)


def take_back(actor: Actor, now: datetime, row: models.BankEntry) -> bool:
    """Book the reverse of what the entry was booked as; False where it was not. The entry waits again."""
    matches = models.BankMatch.objects.filter(
        entry_id=row.id, undone_at__isnull=True, rule__in=OWN_ACCOUNTS, payer_id__isnull=False
    )
    match = matches.first()
    if match is None:
        return False
    assert match.payer_id is not None  # looked for so
    amount = Money(row.amount, row.currency)
    post(
        actor=actor,
        now=now,
        reseller_id=match.payer_id,
        kind="bank_undone",
        reference=f"bank:{match.id}:reversed",
        legs=[Leg(AccountKind.CASH_CLEARING, -amount), Leg(AccountKind(match.rule), amount)],
    )
    matches.update(undone_at=now)
    write_decided(actor, now, [Decided(row.id, "open", "unmatched")])
    _record(actor, now, row, "bank.unbooked", match.rule, match.note)
    return True


def _record(actor: Actor, now: datetime, row: models.BankEntry, kind: str, account: str, note: str) -> None:
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="bank_entry",
        subject_id=row.id,
        reseller_id=None,
        facts={"account": account, "reference": note or row.text[:200] or row.key[:200]},
    )
