"""The payables that a chunk of entries may be for, read and locked once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.billing import naming
from purveyor.billing.naming import Named
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.payments.models import BankEntry, PaidInvoice
from purveyor.payments.rules.bank.matching import Book
from purveyor.payments.rules.bank.naming import numbers_of, references_of
from purveyor.payments.types_bank import Candidate, ReadEntry

_FIELDS = (
    "p.id, p.reseller_id, p.customer_id, p.payer_id, p.subject_kind, p.subject_id, p.reference, p.amount - p.credited,"
    " p.paid, p.currency, p.status, p.opened_at, p.invoice_id"
)
_LOCK = f"""
SELECT {_FIELDS} FROM payments_payable p WHERE p.id IN (
  SELECT id FROM payments_payable WHERE reference = ANY(%s::text[])
  UNION SELECT id FROM payments_payable WHERE subject_id = ANY(%s::uuid[])
  UNION SELECT id FROM payments_payable WHERE payer_id = ANY(%s::uuid[]) AND status IN ('open', 'partially_paid')
  UNION SELECT id FROM payments_payable WHERE id = ANY(%s::uuid[])
) ORDER BY p.id FOR NO KEY UPDATE"""
_BY_AMOUNT = f"""
SELECT {_FIELDS} FROM payments_payable p WHERE p.status IN ('open', 'partially_paid')
AND (p.amount - p.credited - p.paid, p.currency) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
ORDER BY p.opened_at DESC LIMIT 500"""
_ACCOUNT = "SELECT pg_advisory_xact_lock(hashtext('bank statement'), hashtext(%s))"
# Who paid from an account before, as matched then, or gave a mandate over it.
_PAYERS = """
SELECT DISTINCT e.debtor_iban, m.payer_id FROM payments_bankentry e JOIN payments_bankmatch m ON m.entry_id = e.id
WHERE e.debtor_iban = ANY(%s::text[]) AND e.debtor_iban <> '' AND e.status IN ('matched', 'partial')
  AND m.undone_at IS NULL AND m.payer_id IS NOT NULL
UNION SELECT iban, payer_id FROM payments_mandate WHERE iban = ANY(%s::text[]) AND revoked_at IS NULL"""


def lock_account(account: str) -> None:
    """One import or match of an account at a time: the others wait for its end."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, (account,))


def lock_entry(entry_id: UUID) -> BankEntry:
    """The entry, locked for this transaction. Raises NotFound."""
    row = BankEntry.objects.select_for_update(no_key=True).filter(id=entry_id).first()
    if row is None:
        raise NotFound(kind="bank_entry")
    return row


def read_book(actor: Actor, entries: Sequence[ReadEntry]) -> Book:
    """Everything that these entries may be for, by what they say; open payables locked. Five statements."""
    references = {one for entry in entries for one in references_of(entry)}
    numbers = {one for entry in entries for one in numbers_of(entry)}
    payers = payers_of({entry.debtor_iban for entry in entries if entry.debtor_iban})
    named = naming.find_by_number(actor=actor, numbers=numbers)
    subjects = {one.id for one in named} | {one.order_id for one in named if one.order_id is not None}
    found = lock_candidates(
        references=references,
        subject_ids=subjects,
        payer_ids={payer for some in payers.values() for payer in some},
    )
    found += _of_payers_learned_here(entries, found, payers)
    book = Book(payers=payers)
    by_subject = {one.subject_id: one for one in found}
    for one in found:
        if one.reference:
            book.by_reference[one.reference] = one
        if one.is_open:
            book.by_payer.setdefault(one.payer_id, []).append(one)
    for document in named:
        paid_by = by_subject.get(document.id) or by_subject.get(document.order_id or document.id)
        if paid_by is not None:
            book.by_number[document.number] = paid_by
    return book


def _of_payers_learned_here(
    entries: Sequence[ReadEntry], found: Sequence[Candidate], known: dict[str, set[UUID]]
) -> list[Candidate]:
    """What else payers owe whose account this very chunk tells: named on one entry, not on another."""
    by_reference = {one.reference: one.payer_id for one in found}
    told: dict[str, set[UUID]] = {}
    silent = set()
    for entry in entries:
        if not entry.debtor_iban or entry.debtor_iban in known:
            continue
        payers = {by_reference[name] for name in references_of(entry) if name in by_reference}
        if payers:
            told.setdefault(entry.debtor_iban, set()).update(payers)
        else:
            silent.add(entry.debtor_iban)
    payers = {payer for iban in silent for payer in told.get(iban, ())}
    seen = {one.id for one in found}
    return [one for one in lock_candidates(payer_ids=payers) if one.id not in seen]


def payers_of(ibans: Collection[str]) -> dict[str, set[UUID]]:
    """Who paid from these accounts before."""
    found: dict[str, set[UUID]] = {}
    if ibans:
        for iban, payer_id in _rows(_PAYERS, [list(ibans), list(ibans)]):
            found.setdefault(iban, set()).add(payer_id)
    return found


def lock_candidates(
    *,
    references: Iterable[str] = (),
    subject_ids: Iterable[UUID] = (),
    payer_ids: Iterable[UUID] = (),
    ids: Iterable[UUID] = (),
) -> list[Candidate]:
    """These payables, locked in the order of their ids; of a payer the open ones alone."""
    params = [list(references), list(subject_ids), list(payer_ids), list(ids)]
    return [_candidate(row) for row in _rows(_LOCK, params)] if any(params) else []


def find_by_amount(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], list[Candidate]]:
    """Open payables of anybody with these open amounts, to suggest; not locked."""
    found: dict[tuple[int, str], list[Candidate]] = {}
    if wanted:
        for row in _rows(
            _BY_AMOUNT, [[amount for amount, _ in wanted], [currency for _, currency in wanted]]
        ):
            one = _candidate(row)
            found.setdefault((one.open, one.currency), []).append(one)
    return found


def invoices_behind(actor: Actor, candidates: Collection[Candidate]) -> dict[UUID, list[Named]]:
    """The invoices towards which money for each of these is counted, by payable; none for what has none yet.

    An order that was carried out has become its invoice, a renewal one of its own; one over several renewals has paid
    invoices that were there before it.
    """
    wanted = {one.subject_id for one in candidates if one.subject_kind in ("invoice", "order")}
    wanted |= {one.invoice_id for one in candidates if one.invoice_id is not None}
    before = _paid_before([one.id for one in candidates if one.subject_kind == "order"])
    wanted |= {invoice_id for some in before.values() for invoice_id in some}
    found: dict[UUID, list[Named]] = {}
    documents = naming.find_of_subjects(actor=actor, subject_ids=wanted)
    for document in documents:
        if document.kind == "invoice":
            found.setdefault(document.id, []).append(document)
            if document.order_id is not None:
                found.setdefault(document.order_id, []).append(document)
    return {
        one.id: [
            *found.get(one.invoice_id or one.subject_id, []),
            *(named for invoice_id in before.get(one.id, ()) for named in found.get(invoice_id, [])),
        ]
        for one in candidates
    }


def _paid_before(payable_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The invoices older than their order that each of these payables has paid."""
    found: dict[UUID, list[UUID]] = {}
    if payable_ids:
        rows = PaidInvoice.objects.filter(payable_id__in=payable_ids).order_by("id")
        for payable_id, invoice_id in rows.values_list("payable_id", "invoice_id"):
            found.setdefault(payable_id, []).append(invoice_id)
    return found


def _candidate(row: Sequence[Any]) -> Candidate:
    found = Candidate(*row[:12])
    found.invoice_id = row[12]
    return found


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
