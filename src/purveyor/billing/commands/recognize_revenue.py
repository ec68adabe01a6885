"""The days that are over are earned: a day's share of every running line goes from deferred to revenue."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from purveyor.billing import models
from purveyor.billing.recognition import PARTS
from purveyor.infra import bulk, tx
from purveyor.infra.bulk import NULL, Cursor, Scope
from purveyor.infra.clock import business_date, zone
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.ledger import bulk as ledger
from purveyor.ledger import legs as movements
from purveyor.parties import authority
from purveyor.parties import queries as parties

# The day before is closed in the morning: whatever was begun before midnight is written by then. It is the hour of
# the morning's notices too, so that a day has one instant more for neither.
HOUR = 6
# With it whose the rows are, as the rows before say: there is one operator, for ever.
_LOCK = """
SELECT through, marker, (SELECT payer_id FROM billing_recognition LIMIT 1)
FROM billing_recognitionstate WHERE id = %s FOR UPDATE"""
_FIRST = "SELECT min(issued_on) FROM billing_document WHERE kind IN ('invoice', 'credit_note')"
_WRITE = (
    PARTS
    + """, written AS (
  INSERT INTO billing_recognition (reseller_id, customer_id, payer_id, day, offer_id, currency, amount)
  SELECT reseller_id, NULL, %(operator)s, day, offer_id, currency, sum(amount)
  FROM part GROUP BY reseller_id, day, offer_id, currency HAVING sum(amount) <> 0
  RETURNING reseller_id, day, currency, amount
)
SELECT day, reseller_id, currency, sum(amount)::bigint FROM written
GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3"""
)
_DONE = "UPDATE billing_recognitionstate SET through = %s, marker = %s, due_at = %s WHERE id = %s"


def recognize_revenue(*, actor: Actor, now: datetime, state_id: UUID, next_at: datetime) -> int:
    """Recognize what the days before ``now`` have earned, since the last time; returns how many transactions of the
    ledger that made: one a reseller and day. Comes back at ``next_at``.

    Lines of credit notes count below zero over the same period; what has no period is earned when it is issued; a
    document that bears an earlier date than its writing is made up for. One statement reads and breaks down by
    offer, three more book, however many days were missed. Safe to repeat: what is done is known by the locked row,
    and each day is booked once. Source: rules.md e.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    through = business_date(now) - timedelta(days=1)
    with bulk.connected() as connection, connection.transaction():
        cursor = connection.cursor()
        row = cursor.execute(_LOCK, (state_id,)).fetchone()
        if row is None:
            raise ValueError("the row of the recognition is gone")
        before: date | None = row[0]
        marker = new_id()
        first = cursor.execute(_FIRST).fetchone() if before is None else (before + timedelta(days=1),)
        begins = None if first is None else first[0]
        if begins is None or begins > through:
            cursor.execute(
                "UPDATE billing_recognitionstate SET due_at = %s WHERE id = %s", (next_at, state_id)
            )
            return 0
        done = _recognize(cursor, now, begins, through, row[1] or UUID(int=0), row[2] or _operator(actor))
        cursor.execute(_DONE, (through, marker, next_at, state_id))
    return done


def _operator(actor: Actor) -> UUID:
    with tx.enter(actor):
        return parties.get_seller().organization.id


def _recognize(
    cursor: Cursor, now: datetime, begins: date, through: date, marker: UUID, operator_id: UUID
) -> int:
    rows = cursor.execute(
        _WRITE, {"first": begins, "last": through, "marker": marker, "operator": operator_id}
    ).fetchall()
    days: dict[tuple[date, UUID], list[Money]] = defaultdict(list)
    for day, reseller_id, currency, amount in rows:
        days[(day, reseller_id)].append(Money(amount, currency))
    at, operator = now.isoformat(), str(operator_id)
    postings = []
    for (day, reseller_id), amounts in days.items():
        reseller = str(reseller_id)
        scope = Scope(
            reseller_id, operator_id, operator_id, reseller, NULL, operator, f"{reseller}\t{NULL}\t{operator}"
        )
        legs = [leg for amount in amounts for leg in movements.earned(amount)]
        postings.append(
            ledger.Posting(scope, at, day.isoformat(), "recognition", f"recognition:{day.isoformat()}", legs)
        )
    ledger.post(cursor, postings)
    return len(postings)


def postpone_recognition(*, actor: Actor, state_id: UUID, next_at: datetime) -> None:
    """Come back at ``next_at``, which takes all days until then.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    with tx.enter(actor):
        models.RecognitionState.objects.filter(id=state_id).update(due_at=next_at)


def next_closing(after: datetime) -> datetime:
    """The first instant after ``after`` at which a day is closed."""
    day = business_date(after)
    found = _closing_of(day)
    return found if found > after else _closing_of(day + timedelta(days=1))


def last_closing(until: datetime) -> datetime:
    """The last instant not after ``until`` at which a day is closed."""
    day = business_date(until)
    found = _closing_of(day)
    return found if found <= until else _closing_of(day - timedelta(days=1))


def _closing_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=zone()).astimezone(UTC)
