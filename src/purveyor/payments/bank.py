"""Reads of the bank: statements, their entries and what these came to. The operator's alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.rules.bank.own import account_of_code
from purveyor.payments.types_bank import (
    Entry,
    EntryStatus,
    Match,
    Rule,
    Statement,
    StatementFormat,
    Waits,
    Warning,
)

LIMIT_MAX = 200


def get_statement(*, actor: Actor, statement_id: UUID) -> Statement:
    """A statement. Raises Forbidden, NotFound."""
    authority.require(actor, "operate")
    row = models.BankStatement.objects.filter(id=statement_id).first()
    if row is None:
        raise NotFound(kind="bank_statement")
    return _statements([row])[0]


def list_statements(
    *, actor: Actor, cursor: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[Statement]:
    """Statements, the last imported first. Raises Forbidden."""
    authority.require(actor, "operate")
    rows = models.BankStatement.objects.all()
    if cursor is not None:
        rows = rows.filter(Q(imported_at__lt=cursor[0]) | Q(imported_at=cursor[0], id__lt=cursor[1]))
    return _statements(list(rows.order_by("-imported_at", "-id")[: min(limit, LIMIT_MAX + 1)]))


def list_entries(
    *,
    actor: Actor,
    statement_id: UUID | None = None,
    statuses: Collection[str] = (),
    q: str = "",
    after: int | None = None,
    cursor: tuple[date, UUID] | None = None,
    limit: int | None = 50,
) -> list[Entry]:
    """Entries with their matches: of a statement in its order (``after`` a position), else the newest first.

    ``q`` is a part of what the payer wrote, of its name or its account. Two statements, however many entries.

    Raises: Forbidden.
    """
    authority.require(actor, "operate")
    rows: QuerySet[models.BankEntry] = models.BankEntry.objects.all()
    if statement_id is not None:
        rows = rows.filter(statement_id=statement_id)
    if statuses:
        rows = rows.filter(status__in=list(statuses))
    wanted = q.strip().replace("\x00", "")
    if wanted:
        part = Q(text__icontains=wanted) | Q(debtor_name__icontains=wanted) | Q(reference__icontains=wanted)
        rows = rows.filter(part | Q(debtor_iban__icontains=wanted) | Q(end_to_end__icontains=wanted))
    if statement_id is not None:
        rows = rows.filter(position__gt=after) if after is not None else rows
        rows = rows.order_by("position")
    else:
        if cursor is not None:
            rows = rows.filter(Q(value_date__lt=cursor[0]) | Q(value_date=cursor[0], id__lt=cursor[1]))
        rows = rows.order_by("-value_date", "-id")
    return _entries(list(rows if limit is None else rows[: min(limit, LIMIT_MAX + 1)]))


def get_entry(*, actor: Actor, entry_id: UUID) -> Entry:
    """An entry with its matches. Raises Forbidden, NotFound."""
    authority.require(actor, "operate")
    row = models.BankEntry.objects.filter(id=entry_id).first()
    if row is None:
        raise NotFound(kind="bank_entry")
    return _entries([row])[0]


def count_waiting(*, actor: Actor) -> int:
    """How many entries wait for a person. Raises Forbidden."""
    authority.require(actor, "operate")
    return models.BankEntry.objects.filter(status="open").count()


def find_reversed(*, actor: Actor, payment_ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of the payments that were taken back, each with the reason (``returned``, ``unmatched``)."""
    rows = models.Reversal.objects.filter(payment_id__in=payment_ids)
    if actor.scope == "reseller":
        rows = rows.filter(Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id))
    if actor.scope == "customer":
        rows = rows.filter(Q(payer_id=actor.customer_id))
    return dict(rows.values_list("payment_id", "reason"))


def _statements(rows: Sequence[models.BankStatement]) -> list[Statement]:
    counts: dict[UUID, dict[str, int]] = {}
    found = models.BankEntry.objects.filter(statement_id__in=[row.id for row in rows])
    for statement_id, status, count in found.values_list("statement_id", "status").annotate(
        count=Count("id")
    ):
        counts.setdefault(statement_id, {})[status] = count
    return [
        Statement(
            id=row.id,
            account=row.account,
            reference=row.reference,
            sequence=row.sequence,
            opening=Money(row.opening, row.currency),
            closing=Money(row.closing, row.currency),
            opening_on=row.opening_on,
            closing_on=row.closing_on,
            format=cast(StatementFormat, row.format),
            warnings=tuple(Warning(one["code"], one["facts"]) for one in row.warnings),
            skipped=row.skipped,
            imported_at=row.imported_at,
            imported_by=row.imported_by,
            counts=counts.get(row.id, {}),
        )
        for row in rows
    ]


def _entries(rows: Sequence[models.BankEntry]) -> list[Entry]:
    matches: dict[UUID, list[Match]] = {}
    found = models.BankMatch.objects.filter(entry_id__in=[row.id for row in rows]).select_related("payable")
    currencies = {row.id: row.currency for row in rows}
    for one in found.order_by("matched_at", "id"):
        matches.setdefault(one.entry_id, []).append(_match(one, currencies[one.entry_id]))
    return [_entry(row, matches.get(row.id, [])) for row in rows]


def _match(row: models.BankMatch, currency: str) -> Match:
    payable = row.payable
    return Match(
        id=row.id,
        payment_id=row.payment_id,
        payable_id=row.payable_id,
        refund_id=row.refund_id,
        subject_kind="" if payable is None else payable.subject_kind,
        subject_id=None if payable is None else payable.subject_id,
        payer_id=row.payer_id,
        amount=Money(row.amount, currency),
        rule=cast(Rule, row.rule),
        matched_at=row.matched_at,
        matched_by=row.matched_by,
        undone_at=row.undone_at,
        note=row.note,
    )


def _entry(row: models.BankEntry, matches: Sequence[Match]) -> Entry:
    given: dict[str, Any] = row.suggestion
    return Entry(
        id=row.id,
        statement_id=row.statement_id,
        position=row.position,
        account=row.account,
        amount=Money(row.amount, row.currency),
        value_date=row.value_date,
        booked_on=row.booked_on,
        is_reversal=row.is_reversal,
        reference=row.reference,
        end_to_end=row.end_to_end,
        debtor_name=row.debtor_name,
        debtor_iban=row.debtor_iban,
        text=row.text,
        status=cast(EntryStatus, row.status),
        waits=cast(Waits, row.reason),
        suggested=tuple(UUID(one) for one in given.get("payables", [])),
        to_balance=Money(row.to_balance, row.currency),
        decided_by=row.decided_by,
        code=row.code,
        suggested_refunds=tuple(UUID(one) for one in given.get("refunds", [])),
        suggested_account=account_of_code(row.code) if row.status in ("open", "outgoing") else None,
        matches=tuple(matches),
    )
