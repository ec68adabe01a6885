"""The only place where this room writes."""

from purveyor.seats.commands.accept_invitation import accept_invitation
from purveyor.seats.commands.add_member import add_member, add_members
from purveyor.seats.commands.assign_seat import assign_many, assign_seat
from purveyor.seats.commands.end_staff import end_staff
from purveyor.seats.commands.invitations import (
    expire_invitation,
    invite_staff,
    mark_invitation_sent,
    mint_invitation_token,
    resend_invitation,
    withdraw_invitation,
)
from purveyor.seats.commands.leavers import (
    cancel_scheduled_change,
    plan_leavers,
    release_leavers,
    withdraw_leavers,
)
from purveyor.seats.commands.release_seat import close_assignments, release_seat, replace_assignment
from purveyor.seats.commands.update_member import remove_member, update_member

__all__ = [
    "accept_invitation",
    "add_member",
    "add_members",
    "assign_many",
    "assign_seat",
    "cancel_scheduled_change",
    "close_assignments",
    "end_staff",
    "expire_invitation",
    "invite_staff",
    "mark_invitation_sent",
    "mint_invitation_token",
    "plan_leavers",
    "release_leavers",
    "release_seat",
    "remove_member",
    "replace_assignment",
    "resend_invitation",
    "update_member",
    "withdraw_invitation",
    "withdraw_leavers",
]
