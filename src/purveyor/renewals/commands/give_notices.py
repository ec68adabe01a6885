"""The morning's notices: a chunk at a time, then one word to each organization that has any."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import connection

from purveyor.infra import outbox, tx
from purveyor.infra.clock import business_date, zone
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.renewals import events, models
from purveyor.renewals.commands import _notice_balance, _notice_cards, _notice_cases
from purveyor.renewals.commands._notice_cases import Given
from purveyor.renewals.rules import notices
from purveyor.renewals.types import NoticeKind

FIRST = UUID(int=0)
# Notices go out at six in the morning, in the operator's zone.
MORNING = 6
# Who has notices of a day: counted by the database, a row for each customer, payer and kind.
_OF_THE_DAY = """
SELECT n.reseller_id, n.customer_id, n.payer_id, n.kind, count(*), bool_or(p.notify_customer_contact)
FROM renewals_notice n JOIN parties_resellerprofile p ON p.organization_id = n.reseller_id
WHERE n.noticed_on = %s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""


@command
def find_short(*, actor: Actor, now: datetime) -> frozenset[UUID]:
    """The subscriptions whose renewal the balance will not suffice for, or whose card cannot pay on its day; once for
    all chunks of a morning.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    on = business_date(now)
    pairs = _notice_cases.watched(on)
    return _notice_balance.find_short(actor=actor, on=on, pairs=pairs) | _notice_cards.find_without_card(
        pairs=pairs
    )


@command
def give_notices(
    *, actor: Actor, now: datetime, after: UUID = FIRST, short: Collection[UUID] = frozenset()
) -> UUID | None:
    """Write down what the ends of the next chunk of terms owe this morning; the id to go on after, None at the end.

    ``short`` is what :func:`find_short` has found.

    A fixed number of statements a chunk. Each notice is given once: its unique key says so, so a chunk may be
    repeated. Nobody is told before :func:`announce_notices`.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    on = business_date(now)
    found = _notice_cases.ending(on=on, pairs=_notice_cases.watched(on), after=after)
    if not found:
        return None
    _write(now, on, _notice_cases.given_for(actor=actor, on=on, found=found, short=short))
    return found[-1].id if len(found) == _notice_cases.CHUNK else None


@command
def give_reminders(*, actor: Actor, now: datetime, after: UUID = FIRST) -> UUID | None:
    """The same for renewals that wait for their money: reminders before their cut-off (rules.md d).

    Raises: Forbidden.
    """
    authority.require(actor, "operate")
    on = business_date(now)
    given, last = _notice_cases.waiting(now=now, after=after)
    _write(now, on, given)
    return last


@command
def announce_notices(*, actor: Actor, now: datetime, daily_id: UUID, next_at: datetime) -> int:
    """Tell each organization that it has notices of today, once, and come back at ``next_at``; how many were told.

    One transaction with the end of the day's work: a worker that dies before it leaves all of it to the next.

    Raises: Forbidden.
    Emits: notices.given, one for each organization.
    """
    authority.require(actor, "operate")
    on = business_date(now)
    told = _audiences(on)
    for (reseller_id, customer_id), kinds in sorted(told.items(), key=lambda pair: str(pair[0])):
        own = reseller_id if customer_id is None else customer_id
        outbox.emit(
            events.NoticesGiven(
                organization_id=str(own), day=on.isoformat(), kinds=dict(sorted(kinds.items()))
            ),
            now=now,
            subject_id=own,
            reseller_id=reseller_id,
            customer_id=customer_id,
            payer_id=own,
        )
    tx.execute("UPDATE renewals_daily SET due_at = %s WHERE id = %s", (next_at, daily_id))
    return len(told)


@command
def note_rebased(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    customer_id: UUID,
    payer_id: UUID,
    subscription_id: UUID,
    period_end: date,
    facts: dict[str, str | int],
) -> None:
    """A scheduled change was re-based: told with the next morning's notices, as often as it happens.

    Raises: Forbidden.
    """
    authority.require(actor, "operate")
    earlier = models.Notice.objects.filter(
        subscription_id=subscription_id, period_end=period_end, kind="rebased"
    ).count()
    morning = models.Daily.objects.filter(name="notices").values_list("due_at", flat=True).first()
    following = next_morning(now)
    on = business_date(following if morning is None else max(morning, following))
    one = Given(
        reseller_id, customer_id, payer_id, subscription_id, period_end,
        notices.Owed("rebased", earlier + 1), dict(facts),
    )  # fmt: skip
    _write(now, on, [one])


def _write(now: datetime, on: date, given: Iterable[Given]) -> None:
    models.Notice.objects.bulk_create(
        [
            models.Notice(
                id=new_id(),
                reseller_id=one.reseller_id,
                customer_id=one.customer_id,
                payer_id=one.payer_id,
                subscription_id=one.subscription_id,
                period_end=one.period_end,
                kind=one.owed.kind,
                step=one.owed.step,
                facts=one.facts,
                noticed_at=now,
                noticed_on=on,
            )
            for one in given
        ],
        ignore_conflicts=True,
    )


def _audiences(on: date) -> dict[tuple[UUID, UUID | None], Counter[NoticeKind]]:
    """Which organizations hear of the day's notices, each with how many of which kind."""
    told: dict[tuple[UUID, UUID | None], Counter[NoticeKind]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_DAY, [on])
        rows = cursor.fetchall()
    for reseller_id, customer_id, payer_id, kind, count, is_told in rows:
        for key, scope, own in (
            ((reseller_id, None), "reseller", reseller_id),
            ((reseller_id, customer_id), "customer", customer_id),
        ):
            if kind in notices.kinds_for(scope=scope, pays=payer_id == own, is_told=is_told):
                told.setdefault(key, Counter())[kind] += count
    return told


def next_morning(after: datetime) -> datetime:
    """The first instant after ``after`` at which notices go out."""
    day = business_date(after)
    found = _morning_of(day)
    return found if found > after else _morning_of(day + timedelta(days=1))


def _morning_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=zone()).astimezone(UTC)
