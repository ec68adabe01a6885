"""What a call may reach: roles that may look, and customers named in a query or body."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.infra.clock import business_date
from purveyor.interfaces.api import door
from purveyor.interfaces.api.door import ApiRequest
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.paging import read_cursor
from purveyor.parties import queries as parties
from purveyor.parties.authority import may
from purveyor.parties.types import Organization


def see(actor: Actor, act: str = "view") -> None:
    """What a role may not see does not exist for it. Raises NotFound."""
    if not may(actor, act):
        raise NotFound()


def own_payer(actor: Actor) -> UUID | None:
    """The organization whose money the caller spends; None for the operator, which pays nothing."""
    return None if actor.scope == "operator" else actor.organization_id


def party_id(text: str, *, field: str) -> UUID:
    """The id of the customer or reseller that a body names in ``field``. Raises NotFound."""
    prefix = text.partition("_")[0]
    if prefix not in ("cus", "res"):
        raise NotFound(kind="organization", field=field)
    return door.path_id(prefix, text, kind="organization")


def customer(actor: Actor, text: str) -> Organization:
    """The customer that a body names. Raises NotFound (``field`` customer)."""
    try:
        return parties.get_customer(actor=actor, customer_id=door.path_id("cus", text, kind="customer"))
    except NotFound as error:
        raise NotFound(kind="customer", field="customer") from error


def customer_filter(actor: Actor, text: str | None) -> UUID | None:
    """The customer that ``?customer=`` names, or None. A filter on another's customer is refused, not empty.

    Raises: NotFound.
    """
    if text is None:
        return None
    customer_id = door.path_id("cus", text, kind="customer")
    if actor.scope != "customer":
        return customer(actor, text).id
    if customer_id != actor.customer_id:
        raise NotFound(kind="customer", field="customer")
    return customer_id


def instant_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The (instant, id) behind a cursor. Raises Invalid."""
    key = read_cursor(cursor, parts=2)
    if key is None:
        return None
    try:
        at, last = datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    if at.tzinfo is None:
        raise Invalid(field="cursor", reason="not_a_cursor")
    return at, last


def day_cursor(cursor: str | None) -> tuple[date, UUID] | None:
    """The (date, id) behind a cursor. Raises Invalid."""
    key = read_cursor(cursor, parts=2)
    if key is None:
        return None
    try:
        return date.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def numbers_cursor(cursor: str | None, *, parts: int, field: str = "cursor") -> tuple[int, ...] | None:
    """Whole numbers behind a cursor, none beyond a database's. Raises Invalid."""
    try:
        key = read_cursor(cursor, parts=parts)
        if key is None:
            return None
        found = tuple(int(part) for part in key)
    except (Invalid, ValueError) as error:
        raise Invalid(field=field, reason="not_a_cursor") from error
    if any(not 0 <= one < 2**63 for one in found):
        raise Invalid(field=field, reason="not_a_cursor")
    return found


def period(request: ApiRequest, since: str | None, until: str | None) -> tuple[date, date]:
    """The first and the last day asked for; without them the month so far. Dates as in ISO 8601."""
    today = business_date(request.call.now)
    last = today if until is None else date.fromisoformat(until)
    first = last.replace(day=1) if since is None else date.fromisoformat(since)
    return first, last
