"""Members join a customer: one by one, or many pasted at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.seats.commands import _write
from purveyor.seats.errors import MemberExists
from purveyor.seats.queries import read_member
from purveyor.seats.rules import roles
from purveyor.seats.types import Member, PastedRow, RowVerdict

ROWS_MAX = 1000


@command
def add_member(
    *,
    actor: Actor,
    now: datetime,
    customer_id: UUID,
    email: str,
    name: str = "",
    language: str = "",
    role: str = "member",
    confirm: str | None = None,
) -> Member:
    """Invite somebody; the answer is ``invited`` whether or not the address has an account.

    ``language`` defaults to the customer's. An administrator needs ``confirm="discount_lost"``.

    Raises:
        MemberExists, ConfirmationRequired, Invalid, NotFound, Forbidden.
    Emits: member.invited.
    """
    authority.require(actor, "assign", customer_id=customer_id)
    given = roles.known_role(role)
    roles.check_giving(role=given, may_promote=authority.may(actor, "promote"), confirm=confirm)
    wish = _write.Wish(
        email=clean_email(email), name=clean_line(name, field="name", required=False), role=given
    )
    # Whose customer it is, before anything is said about its members.
    parties.get_customer(actor=actor, customer_id=customer_id)
    known = _write.find_members(customer_id=customer_id, keys=[wish.email])
    if not known:
        made = _write.make_members(actor, now, customer_id=customer_id, wishes=[wish], language=language)
        if made:
            return read_member(actor, made[wish.email].id)
        known = _write.find_members(customer_id=customer_id, keys=[wish.email])
    raise MemberExists(field="email", member=str(known[wish.email].id) if known else "")


@command
def add_members(
    *, actor: Actor, now: datetime, customer_id: UUID, rows: Sequence[PastedRow], language: str = ""
) -> tuple[RowVerdict, ...]:
    """Invite many as members, at most 1,000. A bad row never blocks a good one; each gets its verdict, in order.

    Raises:
        Invalid: too many rows. NotFound. Forbidden.
    Emits: member.invited for each that is new.
    """
    authority.require(actor, "assign", customer_id=customer_id)
    parties.get_customer(actor=actor, customer_id=customer_id)
    clean, bad = sort_out(rows)
    known = _write.find_members(customer_id=customer_id, keys=[wish.email for wish in clean.values()])
    new = [wish for wish in clean.values() if wish.email not in known]
    made = _write.make_members(actor, now, customer_id=customer_id, wishes=new, language=language)
    verdicts = dict(bad)
    for position, wish in clean.items():
        member = made.get(wish.email)
        other = known.get(wish.email)
        verdicts[position] = RowVerdict(
            position=position, email=wish.email, name=wish.name,
            verdict="added" if member else "already_member",
            member_id=member.id if member else (other.id if other else None),
        )  # fmt: skip
    return tuple(verdicts[position] for position in sorted(verdicts))


def sort_out(rows: Sequence[PastedRow]) -> tuple[dict[int, _write.Wish], dict[int, RowVerdict]]:
    """Good rows cleaned and bad ones with their verdict, by position.

    Raises:
        Invalid: more than 1,000 rows, or none.
    """
    if not rows:
        raise Invalid(field="emails", reason="required")
    if len(rows) > ROWS_MAX:
        raise Invalid(field="emails", reason="too_many", max=ROWS_MAX)
    clean: dict[int, _write.Wish] = {}
    bad: dict[int, RowVerdict] = {}
    seen: set[str] = set()
    for position, row in enumerate(rows):
        try:
            wish = _write.Wish(
                email=clean_email(row.email),
                name=clean_line(row.name, field="name", required=False),
                role="member",
            )
        except Invalid:
            bad[position] = RowVerdict(
                position=position, email=row.email, name=row.name, verdict="invalid_email"
            )
            continue
        if wish.email in seen:
            bad[position] = RowVerdict(
                position=position, email=wish.email, name=wish.name, verdict="repeated"
            )
            continue
        seen.add(wish.email)
        clean[position] = wish
    return clean, bad
