"""Lines on account: put there when they are delivered, taken back, and closed by the invoice that bills them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, Sum

from purveyor.billing.account_rows import read_open
from purveyor.billing.errors import NotOnAccount
from purveyor.billing.models import Gathering, Unbilled
from purveyor.billing.queries import account_row
from purveyor.billing.rules.gathering import first_of_next_month, left_of, net_of, newest_first, seats_left
from purveyor.billing.types import Account, AccountLine, AccountRow, Closing
from purveyor.infra import tx
from purveyor.infra.bulk import array
from purveyor.infra.clock import business_date, start_of
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money, is_currency
from purveyor.parties import authority

# One statement: the row is locked, and the sum goes up only within the operator's cap.
_CLAIM = """
INSERT INTO billing_gathering AS g (id, reseller_id, currency, net, cap, due_at)
VALUES (%(id)s, %(reseller)s, %(currency)s, %(net)s, NULL, %(due_at)s)
ON CONFLICT (reseller_id, currency) DO UPDATE
  SET net = g.net + excluded.net, due_at = coalesce(g.due_at, excluded.due_at)
  WHERE g.cap IS NULL OR g.net + excluded.net <= g.cap
RETURNING g.id
"""
_CLOSE = """
UPDATE billing_unbilled SET closed_at = %s, document_id = %s WHERE id = ANY(%s::uuid[]) AND closed_at IS NULL"""
_HOLD = "UPDATE billing_unbilled SET held_id = %s WHERE id = ANY(%s::uuid[]) AND closed_at IS NULL AND held_id IS NULL"


@command
def claim_account(*, actor: Actor, now: datetime, reseller_id: UUID, net: Money) -> UUID | None:
    """Make room for ``net`` on the reseller's account; None where the operator's cap leaves none.

    The caller puts lines that sum to it there (:func:`put_on_account`) in the same transaction, or bills them at
    once. The account's row stays locked until then: claim after the subscriptions are locked.
    """
    values: dict[str, Any] = {
        "id": new_id(),
        "reseller": reseller_id,
        "currency": net.currency,
        "net": net.amount,
        "due_at": start_of(first_of_next_month(business_date(now))),
    }
    with tx.widen(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    return None if row is None else row[0]


@command
def put_on_account(
    *, actor: Actor, now: datetime, gathering_id: UUID, reseller_id: UUID, lines: Sequence[AccountLine]
) -> None:
    """Put delivered lines on the reseller's account, for which :func:`claim_account` made room.

    Not safe to repeat by itself: the caller guards its subject (an order, a renewal).
    """
    Unbilled.objects.bulk_create([_row(now, gathering_id, reseller_id, line) for line in lines])


def _row(now: datetime, gathering_id: UUID, reseller_id: UUID, line: AccountLine) -> Unbilled:
    return Unbilled(
        id=new_id(),
        reseller_id=reseller_id,
        customer_id=line.customer_id,
        payer_id=reseller_id,
        gathering_id=gathering_id,
        kind=line.kind,
        order_id=line.order_id,
        offer_id=line.offer_id,
        subscription_id=line.subscription_id,
        customer_name=line.customer_name,
        currency=line.net.currency,
        description=line.description.as_json(),
        quantity=line.quantity,
        months=line.months,
        unit_price=line.unit_price.amount,
        discount_percent=line.discount_percent,
        net=line.net.amount,
        explanation=[one.as_json() for one in line.explanation],
        period_start=line.period_start,
        period_end=line.period_end,
        put_at=now,
    )


@command
def take_back_on_account(*, actor: Actor, now: datetime, subscription_id: UUID, quantity: int) -> Money:
    """Counter ``quantity`` seats that were added to a subscription and are not billed yet, the newest first.

    Returns what is no longer owed. The caller has locked the subscription and takes the seats from it.

    Raises: NotOnAccount when fewer are there. Invalid (``quantity``).
    """
    if type(quantity) is not int or quantity < 1:
        raise Invalid(field="quantity", reason="too_small", min=1)
    first = Unbilled.objects.filter(subscription_id=subscription_id, closed_at=None, held_id=None).first()
    if first is None:
        raise NotOnAccount(field="quantity", wanted=quantity, left=0)
    # Locked before the rows are read: what is being billed just now is no longer there afterwards.
    gathering = Gathering.objects.select_for_update(no_key=True).get(id=first.gathering_id)
    held = _open(gathering_id=gathering.id, subscription_id=subscription_id)
    if gathering.due_at is not None and now >= gathering.due_at:
        held = [row for row in held if row.put_at >= gathering.due_at]
    if (left := seats_left(held)) < quantity:
        raise NotOnAccount(field="quantity", wanted=quantity, left=left)
    taken = newest_first(held, quantity)
    Unbilled.objects.bulk_create([_counter(now, gathering, row, count) for row, count in taken])
    less = Money.total((net_of(row, count) for row, count in taken), gathering.currency)
    gathering.net -= less.amount
    gathering.save(update_fields=["net"])
    return less


def _counter(now: datetime, gathering: Gathering, row: AccountRow, count: int) -> Unbilled:
    line = AccountLine(
        kind="take_back",
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        subscription_id=row.subscription_id,
        offer_id=row.offer_id,
        description=Explanation("line.take_back", {**row.description.facts, "quantity": count}),
        quantity=-count,
        months=row.months,
        unit_price=row.unit_price,
        discount_percent=row.discount_percent,
        net=-net_of(row, count),
        explanation=(),
        period_start=row.period_start,
        period_end=row.period_end,
        order_id=row.order_id,
    )
    made = _row(now, gathering.id, gathering.reseller_id, line)
    made.counters_id = row.id
    return made


@command
def hold_account(*, actor: Actor, now: datetime, gathering_id: UUID) -> Closing | None:
    """Lock what is due to be billed and say what it comes to; None where nothing is due. Safe to repeat.

    Rows put there since the due instant belong to the next month. ``lines`` is empty where all was taken back.
    """
    gathering = Gathering.objects.select_for_update(no_key=True).filter(id=gathering_id).first()
    if gathering is None or gathering.due_at is None or now < gathering.due_at:
        return None
    held = read_open(gathering_id=gathering_id, until=gathering.due_at)
    due = [row for row in held if row.put_at < gathering.due_at]
    if len(due) < len(held):
        of_due = {row.id for row in due}
        # A counter-line goes with the line it counters, whenever it was written.
        due += [row for row in held if row.counters in of_due and row.id not in of_due]
    lines, billed, netted = left_of(due)
    return Closing(
        gathering_id=gathering_id,
        reseller_id=gathering.reseller_id,
        due_at=gathering.due_at,
        net=Money.total((line.net for line in lines), gathering.currency),
        lines=tuple(lines),
        billed=tuple(billed),
        netted=tuple(netted),
    )


@command
def settle_account(
    *, actor: Actor, now: datetime, closing: Closing, document_id: UUID | None, held_id: UUID | None = None
) -> None:
    """Close the rows of ``closing``: those that are billed with their document, the others without one. Where the
    invoice is held (``held_id``) the first stay open for it, and count as what is on account until it is issued."""
    with connection.cursor() as cursor:
        done = 0
        if held_id is not None:
            cursor.execute(_HOLD, [held_id, array(closing.billed)])
            done += cursor.rowcount
        elif closing.billed:
            cursor.execute(_CLOSE, [now, document_id, array(closing.billed)])
            done += cursor.rowcount
        if closing.netted:
            cursor.execute(_CLOSE, [now, None, array(closing.netted)])
            done += cursor.rowcount
    if done != len(closing.billed) + len(closing.netted):
        raise ValueError("rows on account were closed by somebody else")
    following = start_of(first_of_next_month(business_date(closing.due_at)))
    _sum_up(closing.gathering_id, due_at=following)


@command
def settle_held_account(
    *, actor: Actor, now: datetime, gathering_id: UUID, held_id: UUID, document_id: UUID
) -> int:
    """Close the rows that waited for a held invoice with the document that it became; how many."""
    due_at = (
        Gathering.objects.select_for_update(no_key=True).values_list("due_at", flat=True).get(id=gathering_id)
    )
    rows = Unbilled.objects.filter(held_id=held_id, closed_at=None)
    closed = rows.update(closed_at=now, document_id=document_id)
    _sum_up(gathering_id, due_at=due_at)
    return closed


def _sum_up(gathering_id: UUID, *, due_at: datetime | None) -> None:
    """The account's sum anew, after rows were closed; it is due where one is left that nothing bills yet."""
    left = Unbilled.objects.filter(gathering_id=gathering_id, closed_at=None).aggregate(
        net=Sum("net"), free=Count("id", filter=Q(held_id=None))
    )
    Gathering.objects.filter(id=gathering_id).update(
        net=left["net"] or 0, due_at=due_at if left["free"] else None
    )


@command
def set_account_cap(
    *, actor: Actor, now: datetime, reseller_id: UUID, currency: str, cap: int | None
) -> Account:
    """The most that the reseller may have on account in a currency (net, minor units; None: no limit).

    What is beyond it is billed at once, as if the reseller did not gather. Safe to repeat.

    Raises: Forbidden for everybody but the operator. Invalid (``currency``, ``cap``).
    """
    authority.require(actor, "operate")
    if not is_currency(currency):
        raise Invalid(field="currency", reason="currency")
    if cap is not None and cap < 0:
        raise Invalid(field="cap", reason="too_small", min=0)
    row, _made = Gathering.objects.get_or_create(
        reseller_id=reseller_id, currency=currency, defaults={"id": new_id(), "cap": cap}
    )
    if row.cap != cap:
        Gathering.objects.filter(id=row.id).update(cap=cap)
    limit = None if cap is None else Money(cap, currency)
    held = Unbilled.objects.filter(gathering_id=row.id, closed_at=None, held_id__isnull=False)
    net = held.aggregate(net=Sum("net"))["net"] or 0
    return Account(reseller_id, Money(row.net, currency), limit, row.due_at, Money(net, currency))


def _open(**only: UUID) -> list[AccountRow]:
    return [
        account_row(row)
        for row in Unbilled.objects.filter(closed_at=None, held_id=None, **only).order_by("put_at", "id")
    ]
