"""How each state is named and toned on a badge. One table, so that a state looks the same on every page."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# tone: good (green), wait (amber), bad (red), info (blue), calm (grey)
TONES: dict[str, str] = {
    "active": "good", "paid": "good", "completed": "good", "assigned": "good", "accepted": "good",
    "verified": "good", "confirmed": "good", "matched": "good", "current": "good", "converted": "good",
    "pending": "wait", "invited": "wait", "awaiting_payment": "wait", "open": "wait", "draft": "calm",
    "unverified": "wait", "partly_paid": "wait", "ending": "wait", "suspended": "bad", "trial": "info",
    "scheduled": "info", "quoted": "info", "processing": "info", "issued": "info", "reserved": "info",
    "overdue": "bad", "failed": "bad", "refused": "bad", "unmatched": "bad", "expired": "calm",
    "cancelled": "calm", "ended": "calm", "withdrawn": "calm", "removed": "calm", "closed": "calm",
    "credited": "calm", "free": "calm", "inactive": "calm", "on_hold": "bad", "provisioning": "info",
    "provision_failed": "bad", "awaiting_link": "wait", "extended": "info", "settled": "good",
    "partially_paid": "wait", "past_due": "bad", "upcoming": "info", "at_risk": "bad", "missed": "bad",
    "planned": "info", "sending": "info", "waiting": "wait", "succeeded": "good", "declined": "bad",
    "reminded": "wait", "retrying": "wait", "final_notice": "bad", "terminated": "bad", "promised": "info",
    "resolved": "good",
}  # fmt: skip

LABELS = {
    "active": pgettext_lazy("state", "Active"),
    "paid": pgettext_lazy("state", "Paid"),
    "completed": pgettext_lazy("state", "Completed"),
    "assigned": pgettext_lazy("state", "Assigned"),
    "accepted": pgettext_lazy("state", "Accepted"),
    "verified": pgettext_lazy("state", "Verified"),
    "confirmed": pgettext_lazy("state", "Confirmed"),
    "matched": pgettext_lazy("state", "Matched"),
    "current": pgettext_lazy("state", "Current"),
    "converted": pgettext_lazy("state", "Converted"),
    "pending": pgettext_lazy("state", "Pending"),
    "invited": pgettext_lazy("state", "Invited"),
    "awaiting_payment": _("Awaiting payment"),
    "planned": pgettext_lazy("card payment", "Planned"),
    "sending": pgettext_lazy("card payment", "Being charged"),
    "waiting": pgettext_lazy("card payment", "With the payer"),
    "succeeded": pgettext_lazy("card payment", "Charged"),
    "declined": pgettext_lazy("card payment", "Declined"),
    "open": pgettext_lazy("state", "Open"),
    "draft": pgettext_lazy("state", "Draft"),
    "unverified": _("Not verified"),
    "partly_paid": _("Partly paid"),
    "ending": _("Ends soon"),
    "suspended": pgettext_lazy("state", "Suspended"),
    "trial": pgettext_lazy("state", "Trial"),
    "scheduled": pgettext_lazy("state", "Scheduled"),
    "quoted": pgettext_lazy("state", "Quoted"),
    "processing": _("In progress"),
    "issued": pgettext_lazy("state", "Issued"),
    "reserved": pgettext_lazy("state", "Reserved"),
    "overdue": pgettext_lazy("state", "Overdue"),
    "failed": pgettext_lazy("state", "Failed"),
    "refused": pgettext_lazy("state", "Refused"),
    "unmatched": _("Not matched"),
    "expired": pgettext_lazy("state", "Expired"),
    "cancelled": pgettext_lazy("state", "Cancelled"),
    "ended": pgettext_lazy("state", "Ended"),
    "withdrawn": pgettext_lazy("state", "Withdrawn"),
    "removed": pgettext_lazy("state", "Removed"),
    "closed": pgettext_lazy("state", "Closed"),
    "credited": pgettext_lazy("state", "Credited"),
    "free": pgettext_lazy("state", "Free"),
    "inactive": _("Not active"),
    "on_hold": pgettext_lazy("state", "On hold"),
    "provisioning": pgettext_lazy("state", "Being set up"),
    "provision_failed": pgettext_lazy("state", "Setting up failed"),
    "awaiting_link": pgettext_lazy("state", "Awaiting link"),
    "extended": pgettext_lazy("state", "Extended"),
    "settled": pgettext_lazy("state", "Settled"),
    "partially_paid": pgettext_lazy("state", "Partly paid"),
    "past_due": pgettext_lazy("state", "Payment overdue"),
    "upcoming": pgettext_lazy("state", "Upcoming"),
    "at_risk": pgettext_lazy("state", "At risk"),
    "missed": pgettext_lazy("state", "Missed"),
    "reminded": pgettext_lazy("state", "Reminded"),
    "retrying": pgettext_lazy("state", "Card is tried again"),
    "final_notice": pgettext_lazy("state", "Final notice given"),
    "terminated": pgettext_lazy("state", "Terminated"),
    "promised": pgettext_lazy("state", "Promised"),
    "resolved": pgettext_lazy("state", "Resolved"),
}


@lru_cache(maxsize=512)
def known_badge(status: str, _language: str | None) -> SafeString:
    """A state's badge as the two tables have it, kept by language: a list shows the same few on every row."""
    shown = LABELS.get(status, status.replace("_", " ").capitalize())
    return format_html('<span class="badge tone-{}">{}</span>', TONES.get(status, "calm"), shown)
