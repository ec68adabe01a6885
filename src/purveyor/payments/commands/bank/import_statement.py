"""Store a bank statement and its entries, each once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.infra import activity, bulk, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id, new_id_texts
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import bank, models
from purveyor.payments.commands.bank._book import lock_account
from purveyor.payments.commands.bank._write import Decided, noted
from purveyor.payments.commands.bank.match_statement import (
    Incoming,
    carry_out,
    decide_incoming,
    is_incoming,
    match_statement,
)
from purveyor.payments.events import StatementImported
from purveyor.payments.rules.bank.reading import read_file, warnings_of
from purveyor.payments.types_bank import Imported, ReadEntry, ReadStatement

_KNOWN = "SELECT key, amount, value_date FROM payments_bankentry WHERE account = %s AND key = ANY(%s)"
_ENTRIES = """
INSERT INTO payments_bankentry (id, statement_id, position, account, key, amount, currency, value_date, booked_on,
  is_reversal, reference, end_to_end, debtor_name, debtor_iban, text, code, status, reason, suggestion, to_balance,
  decided_at, decided_by)
SELECT id, %s, position, %s, key, amount, %s, value_date, booked_on, is_reversal, reference, end_to_end, debtor_name,
  debtor_iban, text, code, status, waits, suggestion, to_balance, CASE WHEN status <> 'new' THEN %s::timestamptz END,
  CASE WHEN status <> 'new' THEN %s ELSE '' END
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, position int, key text, amount bigint, value_date date,
  booked_on date, is_reversal boolean, reference text, end_to_end text, debtor_name text, debtor_iban text,
  text text, code text, status text, waits text, suggestion jsonb, to_balance bigint)"""
# Of an entry that nobody has looked at.
_NEW: dict[str, Any] = {"status": "new", "waits": "", "suggestion": {}, "to_balance": 0}


@command
@bulk.uncollected()
def import_statement(*, actor: Actor, now: datetime, content: bytes, match: bool = False) -> list[Imported]:
    """Read a CAMT.053 or MT940 file and store its statements with their entries, which ``match_statement`` then
    looks at. All of the file, or nothing.

    With ``match`` they are matched before they are stored, all of them now: half as much is written of each. The same
    statement again changes nothing and is returned as ``duplicate``: the same bytes, or the same statement of the
    account without a new entry. An entry that another statement showed is skipped. A gap in the sequence and an opening
    balance that is not the closing before it are warnings. The operator's act. Source: rules.md e.

    Raises: Forbidden; StatementUnreadable; StatementTooLarge; StatementDoesNotAddUp.
    Emits: bank_statement.imported, upon which the rest is matched; with ``match`` what ``match_statement`` does.
    """
    authority.require(actor, "operate")
    read = read_file(content)
    digest = hashlib.sha256(content).hexdigest()
    for account in sorted({one.account for one in read}):
        lock_account(account)
    return [_store(actor, now, one, digest, part, match=match) for part, one in enumerate(read)]


def _store(
    actor: Actor, now: datetime, read: ReadStatement, digest: str, part: int, *, match: bool
) -> Imported:
    statements = models.BankStatement.objects
    row = statements.filter(sha256=digest, part=part).first()
    fresh = [] if row is not None else _new_entries(read)
    if row is None and not fresh:
        row = statements.filter(
            account=read.account,
            reference=read.reference,
            opening=read.opening,
            closing=read.closing,
            closing_on=read.closing_on,
        ).first()
    if row is not None:
        return Imported(bank.get_statement(actor=actor, statement_id=row.id), True)
    id = new_id()
    warnings = warnings_of(read, before=_before(read), seller_iban=parties.get_seller().iban)
    models.BankStatement(
        id=id,
        account=read.account,
        reference=read.reference,
        sequence=read.sequence,
        opening=read.opening,
        closing=read.closing,
        currency=read.currency,
        opening_on=read.opening_on,
        closing_on=read.closing_on,
        format=read.format,
        sha256=digest,
        part=part,
        warnings=[{"code": one.code, "facts": one.facts} for one in warnings],
        skipped=len(read.entries) - len(fresh),
        imported_at=now,
        imported_by=actor.name,
        imported_by_id=actor.person_id,
    ).save(force_insert=True)
    activity.record(
        actor,
        now=now,
        kind="bank.imported",
        subject_kind="bank_statement",
        subject_id=id,
        reseller_id=None,
        facts={"reference": read.reference, "count": len(fresh)},
    )
    outbox.emit(
        StatementImported(bank_statement_id=str(id), entries=len(fresh)),
        now=now,
        subject_id=id,
        reseller_id=None,
    )
    _store_entries(actor, now, id, read, fresh, match=match)
    return Imported(bank.get_statement(actor=actor, statement_id=id), False)


def _before(read: ReadStatement) -> tuple[int | None, int, str] | None:
    """Sequence, closing and currency of the account's last statement until this one opens."""
    rows = models.BankStatement.objects.filter(account=read.account, closing_on__lte=read.closing_on)
    found = rows.order_by("-closing_on", "-sequence", "-id").first()
    return None if found is None else (found.sequence, found.closing, found.currency)


def _new_entries(read: ReadStatement) -> list[tuple[int, ReadEntry]]:
    """The entries that no other statement of the account has shown, with their positions."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, (read.account, [one.key for one in read.entries]))
        known = set(cursor.fetchall())
    return [
        (position, one)
        for position, one in enumerate(read.entries, start=1)
        if (one.key, one.amount, one.value_date) not in known
    ]


def _store_entries(
    actor: Actor,
    now: datetime,
    id: UUID,
    read: ReadStatement,
    entries: Sequence[tuple[int, ReadEntry]],
    *,
    match: bool,
) -> None:
    ids = new_id_texts(len(entries))

    def insert(decided: Sequence[Decided] = ()) -> None:
        noted_on = {one.entry_id: noted(one) for one in decided}
        rows = [
            _row(entry_id, position, one) | noted_on.get(entry_id, _NEW)
            for entry_id, (position, one) in zip(ids, entries, strict=True)
        ]
        with connection.cursor() as cursor:
            params = (id, read.account, read.currency, now, actor.name, json.dumps(rows))
            cursor.execute(_ENTRIES, params)

    if not entries:
        return
    if not match:
        insert()
        return
    incoming = [
        Incoming(entry_id, read.currency, one)
        for entry_id, (_, one) in zip(ids, entries, strict=True)
        if is_incoming(one)
    ]
    carry_out(actor, now, decide_incoming(actor, incoming), insert)
    if len(incoming) < len(entries):
        match_statement(actor=actor, now=now, statement_id=id)


def _row(id: str, position: int, entry: ReadEntry) -> dict[str, Any]:
    return {
        "id": id,
        "position": position,
        "key": entry.key,
        "amount": entry.amount,
        "value_date": entry.value_date.isoformat(),
        "booked_on": entry.booked_on.isoformat(),
        "is_reversal": entry.is_reversal,
        "reference": entry.reference,
        "end_to_end": entry.end_to_end,
        "debtor_name": entry.debtor_name,
        "debtor_iban": entry.debtor_iban,
        "text": entry.text,
        "code": entry.code,
    }
