"""What other rooms and the edges see of members, invitations and assignments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

MemberRole = Literal["member", "manager", "admin"]
MemberStatus = Literal["invited", "active", "removed"]
AssignmentStatus = Literal["reserved", "active", "ended"]
InvitationStatus = Literal["pending", "accepted", "withdrawn", "expired"]
Verdict = Literal[
    "added", "assigned", "already_member", "already_assigned", "invalid_email", "repeated", "seats_exhausted"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSeat:
    """A seat as it is shown beside its member."""

    assignment_id: UUID
    subscription_id: UUID
    status: AssignmentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A customer's user. ``email`` is the member's own; a person's login is never changed through it."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    person_id: UUID | None
    email: str
    name: str
    language: str
    role: MemberRole
    status: MemberStatus
    created_at: datetime
    seats: tuple[HeldSeat, ...] = ()
    invitation_id: UUID | None = None
    invitation_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A member in a seat; reserved until the member has activated. Who ``leaves_at_renewal`` has it until the end of
    the term.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    subscription_id: UUID
    member_id: UUID
    member_email: str
    member_name: str
    member_status: MemberStatus
    status: AssignmentStatus
    since: datetime
    ended_at: datetime | None = None
    leaves_at_renewal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowVerdict:
    """What became of one pasted row. ``added`` and ``assigned`` are the good ones."""

    position: int
    email: str
    name: str
    verdict: Verdict
    member_id: UUID | None = None
    assignment_id: UUID | None = None

    @property
    def good(self) -> bool:
        """Whether the row did what was asked."""
        return self.verdict in {"added", "assigned"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedRow:
    """One address read from pasted text."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation without its secret. ``member_id`` is None for a reseller's or the operator's staff."""

    id: UUID
    reseller_id: UUID | None
    customer_id: UUID | None
    organization_id: UUID
    organization_name: str
    member_id: UUID | None
    name: str
    email: str
    role: str
    language: str
    status: InvitationStatus
    expires_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """What the holder of a link may see: ``open`` is False when it was used, withdrawn or is over."""

    invitation: Invitation
    open: bool
    has_account: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An accepted invitation: who may sign in now, and where to."""

    person_id: UUID
    organization_id: UUID
    customer_id: UUID | None
    role: str
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MySeat:
    """What a member has, from whom, until when (``until`` is exclusive)."""

    assignment_id: UUID
    subscription_id: UUID
    customer_id: UUID
    customer_name: str
    offer_code: str
    product: str
    plan: str
    status: AssignmentStatus
    subscription_status: str
    since: datetime
    until: date | None
    renews: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationKey:
    """The ids behind a token."""

    invitation_id: UUID
    organization_id: UUID
    reseller_id: UUID | None
    customer_id: UUID | None
