"""Fills the database in bulk, by COPY as `purveyor_run`, with rows that keep every rule of the rooms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from bench import ids
from bench.world import World
from purveyor.infra import clock
from purveyor.kernel.ids import show
from purveyor.kernel.names import search_key, sort_key
from purveyor.subscriptions.rules.calendar import term_end

SUBSCRIPTIONS_EACH = 5
MEMBERS_EACH = 5
# Of each subscription's members so many hold a seat from the start; the bench seats the others.
SEATED = 2
QUANTITY = 20
OTHERS = 1_000
_TOWNS = ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Bremen", "Essen", "Bonn")
_NAMES = ("Adler", "Brandt", "Çelik", "Dörfler", "Engel", "Fuchs", "Groß", "Hartmann", "Ivanov", "Jäger")


@dataclass(frozen=True)
class Size:
    """How much there is: customers of the largest reseller; each of the others has `OTHERS`."""

    customers: int

    @property
    def subscriptions(self) -> int:
        """The largest reseller's."""
        return self.customers * SUBSCRIPTIONS_EACH


@dataclass(frozen=True)
class _Customer:
    number: int
    reseller: UUID
    subscriptions: int
    members: int
    name: str
    created_at: datetime

    @property
    def id(self) -> str:
        return ids.text(ids.CUSTOMER, self.number)


def load(connection: psycopg.Connection[Any], world: World, size: Size) -> dict[str, int]:
    """Write everything in one transaction, bring the statistics up to date, and count what is there."""
    customers = list(_customers(world, size))
    offers = _offers(connection)
    copy(connection, "parties_organization", ORGANIZATION, map(_organization, customers))
    copy(connection, "parties_person", _PERSON, _people(customers))
    copy(connection, "parties_membership", _MEMBERSHIP, _memberships(customers))
    copy(connection, "seats_member", _MEMBER, _members(customers))
    subscriptions = list(_subscriptions(customers, world, offers))
    copy(
        connection,
        "subscriptions_subscription",
        _SUBSCRIPTION,
        (row[: len(_COLUMNS)] for row in subscriptions),
    )
    copy(connection, "subscriptions_term", _TERM, map(_term, subscriptions))
    copy(connection, "seats_assignment", _ASSIGNMENT, _assignments(customers))
    copy(connection, "infra_activity", _ACTIVITY, _activity(subscriptions))
    copy(connection, "infra_event", _EVENT, _events(customers))
    connection.commit()
    counted = {}
    for table in ("parties_organization", "seats_member", "subscriptions_subscription", "seats_assignment",
                  "infra_activity", "infra_event"):  # fmt: skip
        counted[table] = _count(connection, table)
    return counted


def copy(
    connection: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Sequence[Any]]
) -> None:
    """COPY rows into a table; both names are constants of the bench."""
    statement: LiteralString = f"COPY {table} ({columns}) FROM STDIN"  # type: ignore[assignment]  # constants below
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    statement: LiteralString = f"SELECT count(*) FROM {table}"  # type: ignore[assignment]  # constants above
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


def _customers(world: World, size: Size) -> Iterator[_Customer]:
    began = datetime(2025, 1, 2, 8, 0, tzinfo=UTC)
    counts = [size.customers, *[OTHERS] * (len(world.resellers) - 1)]
    number = 0
    for reseller, count in zip(world.resellers, counts, strict=True):
        for _ in range(count):
            number += 1
            large = reseller == world.resellers[0]
            name = f"{_NAMES[number * 7 % 10]} {_TOWNS[number * 3 % 8]} {number}"
            yield _Customer(
                number=number, reseller=reseller, subscriptions=SUBSCRIPTIONS_EACH if large else 1,
                members=MEMBERS_EACH if large else SEATED, name=name,
                created_at=began + timedelta(minutes=number),
            )  # fmt: skip


ORGANIZATION = (
    "id, kind, name, search_key, sort_key, country, email, language, currency, currency_frozen, vat_number,"
    " vat_status, bill_to, line1, line2, city, region, postal_code, reseller_id, customer_id, created_at,"
    " may_pay_itself"
)


def _organization(one: _Customer) -> tuple[Any, ...]:
    email = f"office@c{one.number}.example"
    return (
        one.id, "customer", one.name, search_key(f"{one.name} {email}"), sort_key(one.name), "DE", email, "de",
        "EUR", True, "", "none", "customer", f"Straße {one.number}", "", _TOWNS[one.number % 8], "", "10115",
        one.reseller, one.id, one.created_at, False,
    )  # fmt: skip


def member_id(customer: int, slot: int) -> str:
    """The member in place `slot` (0 to 4) of a customer."""
    return ids.text(ids.MEMBER, customer * 8 + slot)


def email_of(customer: int, slot: int) -> str:
    """That member's address."""
    return f"m{slot}@c{customer}.example"


def _slots(customers: Iterable[_Customer]) -> Iterator[tuple[_Customer, int, str]]:
    for one in customers:
        for slot in range(one.members):
            yield one, slot, f"{_NAMES[(one.number + slot) % 10]} {slot}"


@cache
def _keys(name: str) -> tuple[str, str]:
    """What a member is found and listed by; there are fifty names."""
    return search_key(name), sort_key(name)


_PERSON = "id, password, last_login, email, name, language, is_active, created_at"


def _people(customers: Sequence[_Customer]) -> Iterator[tuple[Any, ...]]:
    for one, slot, name in _slots(customers):
        yield (
            _other(one, slot, 1), "!unusable", None, email_of(one.number, slot), name, "de", True, one.created_at,
        )  # fmt: skip


def _other(one: _Customer, slot: int, what: int) -> str:
    return ids.text(ids.OTHER, one.number * 64 + slot * 8 + what)


_MEMBERSHIP = "id, person_id, organization_id, role, reseller_id, customer_id, created_at, ended_at"


def _memberships(customers: Sequence[_Customer]) -> Iterator[tuple[Any, ...]]:
    for one, slot, _ in _slots(customers):
        yield (
            _other(one, slot, 2), _other(one, slot, 1), one.id, _role(slot), one.reseller, one.id, one.created_at,
            None,
        )  # fmt: skip


def _role(slot: int) -> str:
    return "admin" if slot == 0 else "member"


_MEMBER = (
    "id, reseller_id, customer_id, person_id, email, email_key, name, language, role, status, search_key,"
    " sort_key, created_at, removed_at"
)


def _members(customers: Sequence[_Customer]) -> Iterator[tuple[Any, ...]]:
    for one, slot, name in _slots(customers):
        email = email_of(one.number, slot)
        yield (
            member_id(one.number, slot), one.reseller, one.id, _other(one, slot, 1), email, email, name, "de",
            _role(slot), "active", f"{_keys(name)[0]} {email}", _keys(name)[1], one.created_at, None,
        )  # fmt: skip


_COLUMNS = (
    "id", "reseller_id", "customer_id", "payer_id", "offer_id", "status", "payment_status", "quantity",
    "seats_assigned", "term_months", "term_price", "currency", "price_list", "started_on", "anchor_day",
    "period_start", "period_end", "trial_end", "auto_renew", "renewal_quantity", "renewal_payment_method", "due_at",
    "created_at", "ended_at", "end_reason", "customer_sort", "ends_sort", "search_key", "offer_search",
    "seats_leaving", "suspend_reason",
)  # fmt: skip
_SUBSCRIPTION = ", ".join(_COLUMNS)


def customer_of(subscription: int) -> int:
    """The number of the customer whose subscription this is (of the largest reseller)."""
    return (subscription - 1) // SUBSCRIPTIONS_EACH + 1


def subscription_number(customer: int, place: int) -> int:
    """The number of a customer's subscription at `place` (0 to 4)."""
    return (customer - 1) * SUBSCRIPTIONS_EACH + place + 1


def _subscriptions(
    customers: Sequence[_Customer], world: World, offers: dict[UUID, str]
) -> Iterator[tuple[Any, ...]]:
    today = clock.business_date(datetime.now(UTC))
    for one in customers:
        name, ordered = search_key(f"{one.name} office@c{one.number}.example"), sort_key(one.name)
        for place in range(one.subscriptions):
            number = subscription_number(one.number, place)
            start = today - timedelta(days=1 + number * 7 % 330)
            end, due = _ends(start)
            offer = world.offers[place]
            yield (
                ids.text(ids.SUBSCRIPTION, number), one.reseller, one.id, one.reseller, offer, "active", "ok",
                QUANTITY, min(SEATED, one.members), 12, 4800, "EUR", "eur-2025", start, start.day, start, end, None,
                True, None, "balance", due, _morning(start, number), None, "", ordered, end,
                f"{name} {offers[offer]}", offers[offer], 0, "", number,
            )  # fmt: skip


@cache
def _ends(start: date) -> tuple[date, datetime]:
    end = term_end(start, 12, start.day)
    return end, clock.start_of(end)


def _morning(day: date, number: int) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(seconds=number % 36000)


def _offers(connection: psycopg.Connection[Any]) -> dict[UUID, str]:
    rows = connection.execute(
        "SELECT o.id, o.code, pr.name, pl.name FROM catalog_offer o JOIN catalog_plan pl ON pl.id = o.plan_id"
        " JOIN catalog_product pr ON pr.id = pl.product_id"
    ).fetchall()
    return {row[0]: search_key(" ".join(row[1:])) for row in rows}


_TERM = (
    'id, reseller_id, customer_id, subscription_id, kind, start, "end", price, currency, price_list, quantity'
)


def _term(row: Sequence[Any]) -> tuple[Any, ...]:
    at = dict(zip(_COLUMNS, row, strict=False))
    return (
        ids.text(ids.TERM, row[-1]), at["reseller_id"], at["customer_id"], at["id"], "paid",
        at["period_start"], at["period_end"], 4800, "EUR", "eur-2025", QUANTITY,
    )  # fmt: skip


_ASSIGNMENT = (
    "id, reseller_id, customer_id, subscription_id, member_id, status, since, ended_at, leaves_at_renewal"
)


def _seats(customers: Sequence[_Customer]) -> Iterator[tuple[_Customer, int, int]]:
    for one in customers:
        for place in range(one.subscriptions):
            for slot in range(min(SEATED, one.members)):
                yield one, subscription_number(one.number, place), slot


def _assignments(customers: Sequence[_Customer]) -> Iterator[tuple[Any, ...]]:
    for one, subscription, slot in _seats(customers):
        yield (
            ids.text(ids.ASSIGNMENT, subscription * 8 + slot), one.reseller, one.id,
            ids.text(ids.SUBSCRIPTION, subscription), member_id(one.number, slot), "active", one.created_at, None,
            False,
        )  # fmt: skip


_ACTIVITY = (
    "id, at, actor_id, actor_name, organization_id, role, via, ip, acting_on, kind, subject_kind, subject_id, facts,"
    " reseller_id, customer_id, payer_id"
)


def _activity(subscriptions: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    facts = json.dumps({"quantity": QUANTITY, "offer": "lockbox-1-business-12m"})
    for row in subscriptions:
        at = dict(zip(_COLUMNS, row, strict=False))
        yield (
            ids.text(ids.ACTIVITY, row[-1]), at["created_at"], None, "Bench", at["reseller_id"], "admin", "api",
            "127.0.0.1", at["customer_id"], "subscription.opened", "subscription", at["id"], facts,
            at["reseller_id"], at["customer_id"], None,
        )  # fmt: skip


_EVENT = "id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload"


def _events(customers: Sequence[_Customer]) -> Iterator[tuple[Any, ...]]:
    for one in customers:
        payload = json.dumps({"customer": show("cus", UUID(one.id)), "name": one.name})
        yield (
            ids.text(ids.OTHER, one.number * 64 + 63), "customer.created", one.created_at, one.id, one.reseller,
            one.id, None, payload,
        )  # fmt: skip
