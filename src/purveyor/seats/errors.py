"""Refusals of this room."""

from purveyor.kernel.errors import DomainError


class MemberExists(DomainError):
    """The customer has a member with this address. Facts: ``field``, ``member``."""

    code = "member_exists"
    status = 409


class AlreadyAssigned(DomainError):
    """The member holds a seat of this subscription. Facts: ``field``, ``assignment``."""

    code = "already_assigned"
    status = 409


class LastAdmin(DomainError):
    """Somebody must be left who can administer the organization."""

    code = "last_admin"
    status = 409


class ConfirmationRequired(DomainError):
    """An administrator buys at list price: the reseller's discount is lost. Facts: ``confirm``, what to send."""

    code = "confirmation_required"
    status = 409


class InvitationNotOpen(DomainError):
    """The link was used, withdrawn, replaced by a newer one or is over. Facts: ``status`` where known."""

    code = "invitation_not_open"
    status = 409


class InvitationForAnother(DomainError):
    """Somebody with another address is signed in: the invitation is not theirs."""

    code = "invitation_for_another"
    status = 403


class SignInRequired(DomainError):
    """The address has an account: sign in with it, then accept."""

    code = "sign_in_required"
    status = 409
