"""Who may give whom which role (rules.md b and f)."""

from __future__ import annotations

from purveyor.kernel.errors import Forbidden, Invalid
from purveyor.seats.errors import ConfirmationRequired
from purveyor.seats.types import MemberRole

ROLES: tuple[MemberRole, ...] = ("member", "manager", "admin")
CONFIRM = "discount_lost"


def known_role(role: str) -> MemberRole:
    """The role, if there is one of that name.

    Raises:
        Invalid: field role, reason choice.
    """
    for known in ROLES:
        if role == known:
            return known
    raise Invalid(field="role", reason="choice", choices=list(ROLES))


def check_giving(*, role: MemberRole, may_promote: bool, confirm: str | None) -> None:
    """Refuse a role above the giver's own, and an administrator nobody was warned about.

    What an administrator buys is at list price: the reseller's discount is lost (rules.md b).

    Raises:
        Forbidden, ConfirmationRequired.
    """
    if role != "admin":
        return
    if not may_promote:
        raise Forbidden(act="promote", field="role")
    if confirm != CONFIRM:
        raise ConfirmationRequired(confirm=CONFIRM, field="role")


def check_touching(*, role: str, may_promote: bool) -> None:
    """Refuse somebody who is no administrator to change or remove one.

    Raises:
        Forbidden.
    """
    if role == "admin" and not may_promote:
        raise Forbidden(act="promote")
