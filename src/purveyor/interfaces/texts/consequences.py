"""What happens next with a renewal, as a sentence; ``renewals`` says it as data."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.texts import formats
from purveyor.interfaces.texts.facts import Facts


def _seats(count: int) -> str:
    return ngettext("%(count)s seat", "%(count)s seats", count) % {"count": formats.number_text(count)}


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": formats.number_text(count)}


def _says(text: Callable[[], str], *, days: tuple[str, ...] = ()) -> Callable[[Facts], str]:
    """A sentence with the due day, the seats, and other days by their names."""

    def write(facts: Facts) -> str:
        named = {name: facts.day(name) for name in days}
        return text() % {"on": facts.day("on"), "seats": _seats(facts.count("quantity")), **named}

    return write


def _renews(facts: Facts) -> str:
    return _("Renews on %(on)s with %(seats)s. The invoice is due in %(days)s.") % {
        "on": facts.day("on"),
        "seats": _seats(facts.count("quantity")),
        "days": _days(facts.count("days")),
    }


def _renews_balance(facts: Facts) -> str:
    return _(
        "Renews on %(on)s with %(seats)s, from the balance. If that is too low, an invoice is due in %(days)s."
    ) % {
        "on": facts.day("on"),
        "seats": _seats(facts.count("quantity")),
        "days": _days(facts.count("days")),
    }


WRITERS: dict[str, Callable[[Facts], str]] = {
    "consequence.renews": _renews,
    "consequence.renews_balance": _renews_balance,
    "consequence.renews_card": _says(
        lambda: _("Renews on %(on)s with %(seats)s. The card is charged on that day.")
    ),
    "consequence.prepays_card": _says(
        lambda: _("On %(on)s the card is charged for %(seats)s. If it does not pay, pay by %(last_day)s."),
        days=("last_day",),
    ),
    "consequence.renews_on_account": _says(
        lambda: _("Renews on %(on)s with %(seats)s, on account. The month's invoice bills it.")
    ),
    "consequence.prepays": _says(
        lambda: _("On %(on)s a pro-forma invoice for %(seats)s is sent. Pay it by %(last_day)s."),
        days=("last_day",),
    ),
    "consequence.prepays_balance": _says(
        lambda: _(
            "Renews on %(on)s with %(seats)s, from the balance. If that is too low, pay by %(last_day)s."
        ),
        days=("last_day",),
    ),
    "consequence.ends": _says(lambda: _("Ends on %(on)s. Its members lose their seats then.")),
    "consequence.trial_ends": _says(lambda: _("The trial ends on %(on)s and is not continued.")),
    "consequence.ends_suspended": _says(
        lambda: _("Is suspended, so it ends on %(on)s unless it is resumed.")
    ),
    "consequence.ends_not_sold": _says(
        lambda: _("Ends on %(on)s: the offer is not sold or has no price then.")
    ),
    "consequence.ends_refused": _says(lambda: _("Ends on %(on)s: the new price was refused.")),
    "consequence.needs_consent": _says(
        lambda: _("Ends on %(on)s unless the new price is accepted before that day.")
    ),
    "consequence.other_pays": _says(lambda: _("Renews on %(on)s. Somebody else pays for it.")),
    "consequence.prepay_pending": _says(
        lambda: _(
            "Pay by %(last_day)s. If nothing comes, it is suspended on %(suspend_on)s and ends on %(end_on)s."
        ),
        days=("last_day", "suspend_on", "end_on"),
    ),
    "consequence.prepay_at_risk": _says(
        lambda: _(
            "The last day to pay was %(last_day)s. It is suspended on %(suspend_on)s unless you pay now."
        ),
        days=("last_day", "suspend_on"),
    ),
    "consequence.prepay_missed": _says(
        lambda: _("It is suspended for want of payment. It ends on %(end_on)s unless you pay before."),
        days=("end_on",),
    ),
    "consequence.on_account": _says(
        lambda: _("Renewed on %(on)s. It is on account: the gathered invoice of the month bills it.")
    ),
    "consequence.invoice_pending": _says(lambda: _("Renewed on %(on)s. The invoice is not paid yet.")),
    "consequence.invoice_at_risk": _says(
        lambda: _("Renewed on %(on)s. The invoice is overdue; the reminders say what follows.")
    ),
    "consequence.invoice_missed": _says(
        lambda: _("Suspended because the invoice is not paid. It goes on when the money has arrived.")
    ),
    "consequence.paid": _says(lambda: _("Renewed on %(on)s and paid.")),
    "consequence.paid_late": _says(lambda: _("Paid late. The new term began on %(on)s all the same.")),
    "consequence.ended": _says(lambda: _("Ended on %(on)s.")),
    "consequence.unpaid": _says(lambda: _("Ended because the renewal of %(on)s was not paid.")),
}
