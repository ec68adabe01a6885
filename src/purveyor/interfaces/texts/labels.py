"""Names of states, roles and kinds, in the language active now. A code without a name is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATUSES: dict[str, Promise] = {
    "accepted": pgettext_lazy("state", "Accepted"),
    "active": pgettext_lazy("state", "Active"),
    "at_risk": pgettext_lazy("state", "At risk"),
    "awaiting_link": pgettext_lazy("state", "Awaiting link"),
    "awaiting_payment": _("Awaiting payment"),
    "cancelled": pgettext_lazy("state", "Cancelled"),
    "completed": pgettext_lazy("state", "Completed"),
    "ended": pgettext_lazy("state", "Ended"),
    "expired": pgettext_lazy("state", "Expired"),
    "final_notice": pgettext_lazy("state", "Final notice given"),
    "retrying": pgettext_lazy("state", "Card is tried again"),
    "extended": pgettext_lazy("state", "Extended"),
    "done": pgettext_lazy("state", "Done"),
    "failed": pgettext_lazy("state", "Failed"),
    "invalid": pgettext_lazy("state", "Not valid"),
    "invited": pgettext_lazy("state", "Invited"),
    "issued": pgettext_lazy("state", "Issued"),
    "missed": pgettext_lazy("state", "Missed"),
    "none": pgettext_lazy("state", "None"),
    "ok": pgettext_lazy("state", "In order"),
    "on_hold": pgettext_lazy("state", "On hold"),
    "open": pgettext_lazy("state", "Open"),
    "overdue": pgettext_lazy("state", "Overdue"),
    "paid": pgettext_lazy("state", "Paid"),
    "partially_paid": pgettext_lazy("state", "Partly paid"),
    "past_due": pgettext_lazy("state", "Payment overdue"),
    "pending": pgettext_lazy("state", "Pending"),
    "promised": pgettext_lazy("state", "Promised"),
    "provision_failed": pgettext_lazy("state", "Setting up failed"),
    "provisioning": pgettext_lazy("state", "Being set up"),
    "queued": pgettext_lazy("state", "Queued"),
    "reminded": pgettext_lazy("state", "Reminded"),
    "removed": pgettext_lazy("state", "Removed"),
    "reserved": pgettext_lazy("state", "Reserved"),
    "resolved": pgettext_lazy("state", "Resolved"),
    "sent": pgettext_lazy("state", "Sent"),
    "settled": pgettext_lazy("state", "Settled"),
    "suspended": pgettext_lazy("state", "Suspended"),
    "terminated": pgettext_lazy("state", "Terminated"),
    "trial": pgettext_lazy("state", "Trial"),
    "unknown": pgettext_lazy("state", "Not known"),
    "upcoming": pgettext_lazy("state", "Upcoming"),
    "valid": pgettext_lazy("state", "Valid"),
    "withdrawn": pgettext_lazy("state", "Withdrawn"),
    "written_off": pgettext_lazy("state", "Written off"),
}

ROLES: dict[str, Promise] = {
    "admin": pgettext_lazy("role", "Administrator"),
    "manager": pgettext_lazy("role", "Manager"),
    "member": pgettext_lazy("role", "Member"),
    "technician": pgettext_lazy("role", "Technician"),
    "system": pgettext_lazy("role", "System"),
}

DOCUMENT_KINDS: dict[str, Promise] = {
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "pro_forma": _("Pro-forma invoice"),
}

PAYMENT_METHODS: dict[str, Promise] = {
    "bank_transfer": _("Bank transfer"),
    "balance": _("Prepaid balance"),
    "card": _("Card"),
}

ORGANIZATION_KINDS: dict[str, Promise] = {
    "operator": _("Operator"),
    "reseller": _("Reseller"),
    "customer": _("Customer"),
}

VERDICTS: dict[str, Promise] = {
    "added": _("Added"),
    "assigned": _("Seat assigned"),
    "already_member": _("Is a member already"),
    "already_assigned": _("Has a seat already"),
    "invalid_email": _("This is not an e-mail address"),
    "repeated": _("Is in the list twice"),
    "seats_exhausted": _("No seat was free any more"),
}

# A kind of notice, and what it tells.
NOTICES: dict[str, tuple[Promise, Promise]] = {
    "renews": (
        _("Renews by itself"),
        _("A term that renews for less than a year. A month that goes on unchanged is not told."),
    ),
    "ends": (_("Ends"), _("A term or a trial that ends and does not renew.")),
    "commits": (_("Commits for a year or more"), _("A term that renews for twelve months or more.")),
    "price": (_("The price rises"), _("A higher price at the renewal, and whether it must be accepted.")),
    "payment": (
        _("The balance will not suffice"),
        _("A renewal that is to be paid from a balance that holds less."),
    ),
    "pending": (_("Waits for its payment"), _("A renewal that must be paid before a certain day.")),
    "unused": (
        _("Seats that nobody holds"),
        _(
            "Free seats, while they can still be given back. Those of a month that goes on only when that is news."
        ),
    ),
    "rebased": (_("A scheduled change was adjusted"), _("Seats were added after fewer had been scheduled.")),
}


# What a mail about money told of, by its event.
TOLD: dict[str, Promise] = {
    "order.placed": _("What to transfer"),
    "order.completed": _("Payment received"),
    "invoice.issued": _("Invoice"),
    "invoice.overdue": _("Invoice overdue"),
    "dunning.reminded": pgettext_lazy("mail", "Reminder"),
    "dunning.final_notice": pgettext_lazy("mail", "Final notice"),
    "dunning.orders_blocked": pgettext_lazy("mail", "New orders blocked"),
    "dunning.suspend_due": pgettext_lazy("mail", "Suspended"),
    "dunning.terminate_due": pgettext_lazy("mail", "Ended"),
    "dunning.resolved": pgettext_lazy("mail", "Paid, goes on"),
}


def _named(table: Mapping[str, Promise], code: str) -> str:
    return str(table.get(code, code))


def status(code: str) -> str:
    """The name of a state of anything: "Awaiting payment"."""
    return _named(STATUSES, code)


def role(code: str) -> str:
    """The name of a role: "Administrator"."""
    return _named(ROLES, code)


def document_kind(code: str) -> str:
    """The name of a kind of document: "Pro-forma invoice"."""
    return _named(DOCUMENT_KINDS, code)


def payment_method(code: str) -> str:
    """The name of a way to pay: "Bank transfer"."""
    return _named(PAYMENT_METHODS, code)


def organization_kind(code: str) -> str:
    """The name of a kind of organization: "Reseller"."""
    return _named(ORGANIZATION_KINDS, code)


def verdict(code: str) -> str:
    """What became of one pasted row."""
    return _named(VERDICTS, code)


def notice_kind(code: str) -> str:
    """The name of a kind of notice: "Renews by itself"."""
    return str(NOTICES[code][0]) if code in NOTICES else code


def notice_text(code: str) -> str:
    """What a kind of notice tells, in a sentence."""
    return str(NOTICES[code][1]) if code in NOTICES else ""


def told(what: str) -> str:
    """What a mail about money told of: "Invoice overdue"."""
    return _named(TOLD, what)
