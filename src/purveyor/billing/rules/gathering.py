"""What is left of lines on account when they are billed: seats added and taken back come to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from purveyor.billing.types import AccountRow
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money


def first_of_next_month(day: date) -> date:
    """The day on which what was gathered on ``day`` is billed."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def fitting(room: int | None, nets: Sequence[int]) -> list[bool]:
    """Which of these sums an account takes, one after the other, with so much room below its cap (None: no cap).

    What is beyond is billed at once (decision 14); a smaller one after it may fit again.
    """
    found = []
    for net in nets:
        fits = room is None or net <= room
        if fits and room is not None:
            room -= net
        found.append(fits)
    return found


def left_of(rows: Sequence[AccountRow]) -> tuple[list[AccountRow], list[UUID], list[UUID]]:
    """The lines of the invoice in their order, the ids of the rows behind them, and of those that came to nothing.

    A line that was taken back in part says so; its net is exact, because a line's net is its quantity times the
    seat amount (rules.md b). The lines of one customer stand together, by its name, then those of a subscription.
    """
    taken: dict[UUID, list[AccountRow]] = {}
    for row in rows:
        if row.counters is not None:
            taken.setdefault(row.counters, []).append(row)
    lines: list[AccountRow] = []
    billed: list[UUID] = []
    netted: list[UUID] = []
    for row in rows:
        if row.counters is not None:
            continue
        counters = taken.get(row.id, [])
        ids = [row.id, *(one.id for one in counters)]
        less = -sum(one.quantity for one in counters)
        if less == row.quantity:
            netted += ids
            continue
        billed += ids
        lines.append(_less(row, less, counters) if less else row)
    lines.sort(
        key=lambda one: (
            one.customer_name.casefold(),
            one.customer_id,
            one.description.facts.get("product", ""),
            one.subscription_id,
            one.period_start,
            one.put_at,
            one.id,
        )
    )
    return lines, billed, netted


def newest_first(rows: Sequence[AccountRow], quantity: int) -> list[tuple[AccountRow, int]]:
    """From which added rows how many seats are taken back: the newest first. Fewer come back when fewer are there."""
    gone: dict[UUID, int] = {}
    for row in rows:
        if row.counters is not None:
            gone[row.counters] = gone.get(row.counters, 0) - row.quantity
    found: list[tuple[AccountRow, int]] = []
    wanted = quantity
    for row in sorted(rows, key=lambda one: (one.put_at, one.id), reverse=True):
        if row.kind != "add_seats" or wanted == 0:
            continue
        take = min(wanted, row.quantity - gone.get(row.id, 0))
        if take > 0:
            found.append((row, take))
            wanted -= take
    return found


def seats_left(rows: Sequence[AccountRow]) -> int:
    """How many of the seats added are still on account."""
    return sum(row.quantity for row in rows if row.kind in ("add_seats", "take_back"))


def net_of(row: AccountRow, quantity: int) -> Money:
    """What ``quantity`` of the row's seats cost: its net is a whole multiple of its quantity."""
    return Money(row.net.amount // row.quantity * quantity, row.net.currency)


def _less(row: AccountRow, less: int, counters: Sequence[AccountRow]) -> AccountRow:
    quantity = row.quantity - less
    net = Money.total((row.net, *(one.net for one in counters)), row.net.currency)
    why = tuple(_requantified(one, quantity, net.amount) for one in row.explanation)
    note = Explanation("gathered.taken_back", {"added": row.quantity, "taken_back": less})
    return replace(
        row,
        quantity=quantity,
        net=net,
        description=_requantified(row.description, quantity, net.amount),
        explanation=(*why, note),
        whole=False,
    )


def _requantified(one: Explanation, quantity: int, net: int) -> Explanation:
    """The same sentence about fewer seats; what one seat costs does not change."""
    facts = dict(one.facts)
    if "quantity" in facts:
        facts["quantity"] = quantity
    if "net_amount" in facts:
        facts["net_amount"] = net
    return Explanation(one.code, facts)
