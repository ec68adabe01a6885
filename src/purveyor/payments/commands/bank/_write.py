"""Writes what many entries come to at once: payments, what they pay, the books, and what is announced.

Each statement is for all of them, so that ten thousand entries cost about as many statements as one.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.billing.commands import apply_payments
from purveyor.billing.naming import Named
from purveyor.infra import activity, outbox
from purveyor.infra.bulk import array, unanswered
from purveyor.infra.outbox import Whose
from purveyor.kernel.actor import Actor
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id_texts, plain
from purveyor.kernel.money import Money
from purveyor.ledger.commands import Posting, post_many
from purveyor.ledger.types import AccountKind, Leg
from purveyor.payments import models
from purveyor.payments.commands._cases import resolve
from purveyor.payments.commands.bank._book import invoices_behind
from purveyor.payments.events import BalanceDeposited, PayableSettled, PaymentReceived
from purveyor.payments.types_bank import Candidate, Part, Rule

_PAYMENTS = """
INSERT INTO payments_payment (id, reseller_id, customer_id, payer_id, payable_id, amount, currency, allocated, method,
  received_on, reference, occurrence, recorded_at, recorded_by, recorded_by_id)
SELECT id, reseller, customer, payer, payable, amount, currency, allocated, 'bank_transfer', received_on, reference,
  occurrence, %s, %s, %s
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, reseller uuid, customer uuid, payer uuid, payable uuid,
  amount bigint, currency text, allocated bigint, received_on date, reference text, occurrence int)"""
_ALLOCATIONS = """
INSERT INTO payments_allocation (id, payment_id, payable_id, reseller_id, customer_id, payer_id, amount, currency)
SELECT id, payment, payable, reseller, customer, payer, amount, currency
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, payment uuid, payable uuid, reseller uuid, customer uuid, payer uuid,
  amount bigint, currency text)"""
_PAYABLES = """
UPDATE payments_payable p SET paid = r.paid, status = r.status,
  settled_at = CASE WHEN r.status = 'settled' THEN coalesce(p.settled_at, %s) END
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, paid bigint, status text) WHERE p.id = r.id"""
_MATCHES = """
INSERT INTO payments_bankmatch (id, entry_id, payment_id, payable_id, refund_id, payer_id, amount, rule, matched_at,
  matched_by)
SELECT id, entry, payment, payable, NULL, payer, amount, rule, %s, %s
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, entry uuid, payment uuid, payable uuid, payer uuid, amount bigint,
  rule text)"""
_ENTRIES = """
UPDATE payments_bankentry e SET status = r.status, reason = r.waits, suggestion = r.suggestion,
  to_balance = r.to_balance, decided_at = %s, decided_by = %s
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, status text, waits text, suggestion jsonb, to_balance bigint)
WHERE e.id = r.id"""
_COLLECTED = """
UPDATE payments_paymentfileitem SET closed_at = %s WHERE payable_id = ANY(%s::uuid[]) AND closed_at IS NULL"""
_DUNNED = """
SELECT * FROM payments_dunningcase WHERE invoice_id = ANY(%s::uuid[]) AND resolved_at IS NULL
ORDER BY id FOR NO KEY UPDATE"""
# Payments that a person typed in, and others like these: told apart by their occurrence.
_TWINS = """
SELECT p.id, coalesce(p.payable_id, p.payer_id), p.amount, p.currency, p.received_on, p.reference, p.occurrence,
  m.id IS NULL AND NOT EXISTS (SELECT FROM payments_reversal r WHERE r.payment_id = p.id)
FROM payments_payment p LEFT JOIN payments_bankmatch m ON m.payment_id = p.id
WHERE (p.payable_id = ANY(%s::uuid[]) OR (p.payable_id IS NULL AND p.payer_id = ANY(%s::uuid[])))
  AND p.method = 'bank_transfer'
ORDER BY p.recorded_at, p.id"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry whose money is for these parts by this rule, and for the payer's balance for the rest.

    ``at`` is the payer where no payable tells it: all of the money is for its balance then.
    """

    entry_id: UUID | str
    amount: Money
    value_date: date
    reference: str
    rule: Rule
    parts: tuple[Part, ...]
    to_balance: int
    at: Candidate


@dataclass(frozen=True, slots=True)
class Decided:
    """What is noted on an entry: its status and, for one that waits, why and what may be meant."""

    entry_id: UUID | str
    status: str
    waits: str = ""
    suggested: tuple[UUID, ...] = ()
    to_balance: int = 0
    refunds: tuple[UUID, ...] = ()


class Twins:
    """Payments for some payables that are on record already."""

    def __init__(self, payable_ids: Sequence[UUID], payer_ids: Sequence[UUID] = ()) -> None:
        """Read them, in one statement."""
        self._seen: Counter[tuple[Any, ...]] = Counter()
        self._unseen: dict[tuple[Any, ...], list[UUID]] = defaultdict(list)
        if not (payable_ids or payer_ids):
            return
        with connection.cursor() as cursor:
            cursor.execute(_TWINS, (array(payable_ids), array(payer_ids)))
            for (
                id,
                payable,
                amount,
                currency,
                received_on,
                reference,
                occurrence,
                unseen,
            ) in cursor.fetchall():
                key = (payable, amount, currency, received_on, reference)
                self._seen[key] = max(self._seen[key], occurrence)
                if unseen:
                    self._unseen[key[:4]].append(id)

    def typed_in(self, payable_id: UUID, amount: Money, received_on: date) -> UUID | None:
        """A payment that a person recorded for it, with this amount and day, that no statement has shown yet."""
        found = self._unseen.get((payable_id, amount.amount, amount.currency, received_on))
        return found.pop(0) if found else None

    def next_occurrence(self, payable_id: UUID, amount: Money, received_on: date, reference: str) -> int:
        """Which one it is of payments that look alike."""
        key = (payable_id, amount.amount, amount.currency, received_on, reference)
        self._seen[key] += 1
        return self._seen[key]


def write_arrivals(
    actor: Actor,
    now: datetime,
    arrivals: Sequence[Arrival],
    twins: Twins,
    *,
    beside: Callable[[], None] | None = None,
) -> None:
    """Store them all. The candidates of the parts are as they are afterwards (``matching.take`` was called).

    ``beside`` sends what belongs to them and needs no answer. PostgreSQL works on one statement while the next one is
    made here.

    Emits: payment.received and what follows from it, for each.
    """
    candidates = {part.candidate.id: part.candidate for one in arrivals for part in one.parts}
    behind = invoices_behind(actor, candidates.values())
    ids = new_id_texts(len(arrivals))
    owners = [outbox.whose(*_scope(one)) for one in arrivals]
    with unanswered():
        if beside is not None:
            beside()
        if not arrivals:
            return
        _insert(actor, now, arrivals, ids, owners, twins)
        counted, postings = _count(arrivals, ids, behind)
        statuses = apply_payments(actor=actor, now=now, amounts=counted)
        post_many(actor=actor, now=now, postings=postings)
        # What was collected is in no open file any more.
        _execute(_COLLECTED, (now, array(one.plain_id for one in candidates.values() if not one.open)))
        _announce(actor, now, arrivals, ids, owners, behind)
    paid = [invoice_id for invoice_id, status in statuses.items() if status == "paid"]
    for case in models.DunningCase.objects.raw(_DUNNED, (array(paid),)):
        resolve(actor, now, case)


def noted(one: Decided) -> dict[str, Any]:
    """What an entry's row says of it."""
    return {
        "id": str(one.entry_id),
        "status": one.status,
        "waits": one.waits,
        "suggestion": {
            name: [str(id) for id in ids]
            for name, ids in (("payables", one.suggested), ("refunds", one.refunds))
            if ids
        },
        "to_balance": one.to_balance,
    }


def write_decided(actor: Actor, now: datetime, decided: Sequence[Decided]) -> None:
    """Note on each entry what became of it. One statement."""
    rows = [noted(one) for one in decided]
    if rows:
        _execute(_ENTRIES, (now, actor.name, json.dumps(rows)))


def write_matches(actor: Actor, now: datetime, rows: Sequence[dict[str, Any]]) -> None:
    """Note what entries are for: each row is entry, payment, payable, payer, amount, rule. One statement."""
    given = [
        {name: plain(value) if isinstance(value, UUID) else value for name, value in row.items()}
        for row in rows
    ]
    if given:
        ids = new_id_texts(len(given))
        named = [{"id": id} | row for id, row in zip(ids, given, strict=True)]
        _execute(_MATCHES, (now, actor.name, json.dumps(named)))


def _execute(statement: str, params: tuple[Any, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _scope(one: Arrival) -> tuple[UUID, UUID | None, UUID]:
    """Reseller, customer and payer; no customer for money that pays for several."""
    customers = {part.candidate.customer_id for part in one.parts}
    if not customers and one.at.customer_id != one.at.reseller_id:
        customers = {one.at.customer_id}
    return one.at.reseller_id, customers.pop() if len(customers) == 1 else None, one.at.payer_id


def _insert(
    actor: Actor,
    now: datetime,
    arrivals: Sequence[Arrival],
    ids: Sequence[str],
    owners: Sequence[Whose],
    twins: Twins,
) -> None:
    payments, allocations, matches = [], [], []
    touched: dict[str, Candidate] = {}
    for one, id, whose in zip(arrivals, ids, owners, strict=True):
        reseller, customer, payer = whose["reseller_id"], whose["customer_id"], whose["payer_id"]
        amount, currency = one.amount.amount, one.amount.currency
        first = one.parts[0].candidate if one.parts else None
        payments.append(
            {
                "id": id,
                "reseller": reseller,
                "customer": customer,
                "payer": payer,
                "currency": currency,
                "payable": None if first is None else first.plain_id,
                "amount": amount,
                "allocated": amount - one.to_balance,
                "received_on": one.value_date.isoformat(),
                "reference": one.reference,
                "occurrence": twins.next_occurrence(
                    one.at.payer_id if first is None else first.id, one.amount, one.value_date, one.reference
                ),
            }
        )
        match = {"entry": one.entry_id, "payment": id, "payer": payer, "rule": one.rule}
        for part in one.parts:
            payable = part.candidate.plain_id
            matches.append(match | {"payable": payable, "amount": part.amount})
            if part.amount:
                touched[payable] = part.candidate
                # Each payable's own customer may read what came for it.
                own = customer or str(part.candidate.customer_id)
                allocations.append(
                    {"payment": id, "payable": payable, "reseller": reseller, "customer": own, "payer": payer,
                     "amount": part.amount, "currency": currency}
                )  # fmt: skip
        if not one.parts:
            matches.append(match | {"payable": None, "amount": one.to_balance})
    _execute(_PAYMENTS, (now, actor.name, actor.person_id, json.dumps(payments)))
    if allocations:
        for row, text in zip(allocations, new_id_texts(len(allocations)), strict=True):
            row["id"] = text
        _execute(_ALLOCATIONS, (json.dumps(allocations),))
    states = [{"id": id, "paid": one.paid, "status": one.status} for id, one in touched.items()]
    if states:
        _execute(_PAYABLES, (now, json.dumps(states)))
    write_matches(actor, now, matches)


def _count(
    arrivals: Sequence[Arrival], ids: Sequence[str], behind: dict[UUID, list[Named]]
) -> tuple[dict[UUID, Money], list[Posting]]:
    """How much each invoice is paid by all of them together, and what is booked."""
    room = {named.id: named.open for some in behind.values() for named in some if named.takes_money}
    counted: dict[UUID, int] = defaultdict(int)
    currencies: dict[UUID, str] = {}
    postings = []
    for one, id in zip(arrivals, ids, strict=True):
        currency = one.amount.currency
        sums: dict[AccountKind, int] = defaultdict(int)
        for part in one.parts:
            left = part.amount
            for named in behind[part.candidate.id]:
                taken = min(left, room.get(named.id, 0))
                if taken:
                    room[named.id] -= taken
                    left -= taken
                    counted[named.id] += taken
                    currencies[named.id] = currency
                    sums[AccountKind.RECEIVABLE] += taken
            sums[_waiting_place(part.candidate)] += left
        sums[AccountKind.CUSTOMER_PREPAID] += one.to_balance
        reseller, customer, payer = _scope(one)
        booked = [Leg(kind, Money(-amount, currency), payer) for kind, amount in sums.items() if amount]
        postings.append(
            Posting(
                reseller, customer, payer, "transfer" if one.parts else "deposit", f"payment:{id}",
                [Leg(AccountKind.CASH_CLEARING, one.amount), *booked],
            )
        )  # fmt: skip
    return {id: Money(amount, currencies[id]) for id, amount in counted.items()}, postings


def _waiting_place(candidate: Candidate) -> AccountKind:
    """Where money waits that has no invoice to be counted towards."""
    return AccountKind.CUSTOMER_PREPAID if candidate.subject_kind == "deposit" else AccountKind.ADVANCE


def _announce(
    actor: Actor,
    now: datetime,
    arrivals: Sequence[Arrival],
    ids: Sequence[str],
    owners: Sequence[Whose],
    behind: dict[UUID, list[Named]],
) -> None:
    # Two entries may pay one payable together: it is settled with the second.
    last = {
        part.candidate.plain_id: id
        for one, id in zip(arrivals, ids, strict=True)
        for part in one.parts
        if part.amount
    }
    said: list[tuple[Event, str, Whose]] = []
    acts: list[tuple[str, Whose, dict[str, Any]]] = []
    for one, id, whose in zip(arrivals, ids, owners, strict=True):
        amount, currency = one.amount.amount, one.amount.currency
        first = one.parts[0].candidate if one.parts else None
        received = PaymentReceived(
            payment_id=id,
            payable_id=None if first is None else first.plain_id,
            subject_kind=None if first is None else first.subject_kind,
            subject_id=None if first is None else str(first.subject_id),
            amount=amount,
            currency=currency,
        )
        said.append((received, id, whose))
        for part in one.parts:
            if last.get(part.candidate.plain_id) == id and part.candidate.status == "settled":
                said += _settled(part.candidate, whose, behind[part.candidate.id])
        paid_in = sum(part.amount for part in one.parts if part.candidate.subject_kind == "deposit")
        if one.to_balance + paid_in:
            payer = str(whose["payer_id"])
            deposited = BalanceDeposited(
                organization_id=payer,
                amount=one.to_balance + paid_in,
                currency=currency,
                reason="overpaid" if one.parts and not paid_in else "deposit",
            )
            said.append((deposited, payer, whose))
        facts = {
            "amount": amount,
            "currency": currency,
            "reference": one.reference,
            "received_on": one.value_date.isoformat(),
        }
        acts.append((id, whose, facts))
    outbox.emit_all(said, now=now)
    activity.record_all(actor, now=now, kind="payment.recorded", subject_kind="payment", acts=acts)


def _settled(
    candidate: Candidate, whose: Whose, behind: Sequence[Named]
) -> Iterator[tuple[Event, str, Whose]]:
    """Whoever opened it goes on from here; for one that stood open again, the invoices that it became."""
    reopened = candidate.subject_kind != "invoice" and behind
    subjects = (
        [("invoice", one.id) for one in behind]
        if reopened
        else [(candidate.subject_kind, candidate.subject_id)]
    )
    # Of one that was paid together with others' each is told to its own customer.
    own = whose if whose["customer_id"] else {**whose, "customer_id": str(candidate.customer_id)}
    for kind, subject_id in subjects:
        event = PayableSettled(
            payable_id=candidate.plain_id,
            subject_kind=kind,
            subject_id=str(subject_id),
            method="bank_transfer",
        )
        yield event, candidate.plain_id, own
