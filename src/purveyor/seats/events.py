"""What this room announces. Ids are UUID texts; never a token."""

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class MemberInvited(Event):
    """An invitation is to be sent, for the first time or again (``again``)."""

    kind: ClassVar[str] = "member.invited"
    invitation_id: str
    member_id: str
    customer_id: str
    again: bool


@dataclass(frozen=True)
class StaffInvited(Event):
    """Somebody is to join the staff of a reseller or of the operator."""

    kind: ClassVar[str] = "staff.invited"
    invitation_id: str
    organization_id: str
    again: bool


@dataclass(frozen=True)
class MemberActivated(Event):
    """The member has accepted and may sign in; reserved seats are active."""

    kind: ClassVar[str] = "member.activated"
    member_id: str
    customer_id: str
    person_id: str


@dataclass(frozen=True)
class MemberRemoved(Event):
    """The member is gone and holds no seat any more. ``reason``: removed, expired or withdrawn."""

    kind: ClassVar[str] = "member.removed"
    member_id: str
    customer_id: str
    reason: str


@dataclass(frozen=True)
class MemberRoleChanged(Event):
    """The member may do more, or less."""

    kind: ClassVar[str] = "member.role_changed"
    member_id: str
    customer_id: str
    old: str
    new: str


@dataclass(frozen=True)
class SeatAssigned(Event):
    """A member has a seat; ``status`` is reserved until the member has activated."""

    kind: ClassVar[str] = "seat.assigned"
    assignment_id: str
    subscription_id: str
    member_id: str
    customer_id: str
    status: str


@dataclass(frozen=True)
class SeatReleased(Event):
    """A seat is free again (or given on, ``replaced_by``)."""

    kind: ClassVar[str] = "seat.released"
    assignment_id: str
    subscription_id: str
    member_id: str
    customer_id: str
    replaced_by: str | None


@dataclass(frozen=True)
class InvitationExpired(Event):
    """Nobody accepted in time; the reserved seats are free."""

    kind: ClassVar[str] = "invitation.expired"
    invitation_id: str
    member_id: str | None
    organization_id: str


@dataclass(frozen=True)
class InvitationWithdrawn(Event):
    """The link is void. ``reason``: withdrawn, removed or address_changed."""

    kind: ClassVar[str] = "invitation.withdrawn"
    invitation_id: str
    member_id: str | None
    organization_id: str
    reason: str
