"""Each rule of an offer as a setting with the sentence that says what it does."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from purveyor.catalog.types import Offer, Terms
from purveyor.interfaces.texts import explanations, formats


@dataclass(frozen=True, slots=True)
class Rule:
    """A setting, its value, and what follows from it."""

    name: str
    value: str
    effect: str


def rules(offer: Offer) -> list[Rule]:
    """All rules of an offer; none is left out because it has its usual value."""
    terms = offer.terms
    term = explanations.months_text(offer.term_months)
    billing = explanations.months_text(offer.billing_months)
    return [
        Rule(_("Term"), term, _("Seats are bought for this long. At the end the term renews or ends.")),
        Rule(
            _("Billing"),
            billing,
            _("The whole term is billed at once.")
            if offer.billing_months == offer.term_months
            else _("The term is billed in equal parts of this length."),
        ),
        Rule(
            _("Seats added later"),
            _("Whole months"),
            _("Charged for the rest of the term; a month that has begun counts as a whole one."),
        ),
        _trial(terms),
        Rule(
            _("Time to pay"),
            explanations.days_text(terms.invoice_due_days),
            _("An invoice that is not paid by then is overdue."),
        ),
        Rule(
            _("Seats in one order"),
            _("%(least)s to %(most)s")
            % {
                "least": formats.number_text(terms.quantity_min),
                "most": formats.number_text(terms.quantity_max),
            },
            _("An order for fewer or more is refused."),
        ),
        Rule(
            _("Ends soon"),
            explanations.days_text(terms.renewal_window_days),
            _("This long before its end a term is shown as ending soon."),
        ),
        _lock(terms),
        _notices(terms),
        *_prices(terms),
        *_prepaid(terms),
    ]


def _lock(terms: Terms) -> Rule:
    if not terms.renewal_lock_days:
        return Rule(_("Renewal locked"), _("Never"), _("It can be changed until the last day of the term."))
    return Rule(
        _("Renewal locked"),
        explanations.days_text(terms.renewal_lock_days),
        _("This long before the end of the term nothing about the renewal can be changed any more."),
    )


def _notices(terms: Terms) -> Rule:
    if not terms.notice_days:
        return Rule(_("Notices"), _("None"), _("Only a higher price and a missing payment are told."))
    listed = formats.list_text(formats.number_text(days) for days in terms.notice_days)
    return Rule(
        _("Notices"),
        _("%(days)s days before") % {"days": listed},
        _("What happens at the end of the term is told on these days, unless a month goes on unchanged."),
    )


def _prices(terms: Terms) -> list[Rule]:
    notice = Rule(
        _("Notice of a higher price"),
        explanations.days_text(terms.price_notice_days),
        _(
            "The running term keeps its price. A higher one counts at a renewal if its list has held this long."
        ),
    )
    if not terms.price_consent_percent:
        return [
            notice,
            Rule(_("Consent to a higher price"), _("Not needed"), _("A renewal takes the new price.")),
        ]
    consent = Rule(
        _("Consent to a higher price"),
        _("Above %(percent)s") % {"percent": formats.percent_text(terms.price_consent_percent)},
        _("A rise above this must be accepted by the payer. Refused or unanswered, the term is not renewed."),
    )
    return [notice, consent]


def _prepaid(terms: Terms) -> list[Rule]:
    if not terms.prepay:
        return [
            Rule(
                _("Renewal is paid"),
                _("By invoice"),
                _("The new term begins at once, and its invoice is paid within the time above."),
            )
        ]
    if terms.cut_off_day:
        value = _("Before day %(day)s") % {"day": formats.number_text(terms.cut_off_day)}
        effect = _(
            "An unpaid renewal is at risk from this day of the month on, %(days)s after the end of the term at the"
            " earliest. It is in time until the day before, %(zone)s time."
        ) % {
            "days": explanations.days_text(terms.cut_off_min_days),
            "zone": terms.cut_off_zone or settings.PURVEYOR_ZONE,
        }
    else:
        value = explanations.days_text(terms.invoice_due_days)
        effect = _("This long after the end of the term an unpaid renewal is at risk.")
    return [
        Rule(
            _("Renewal is paid"),
            _("Before it begins"),
            _("It waits with a pro-forma invoice. The new term begins when its money is there."),
        ),
        Rule(_("Cut-off"), value, effect),
        Rule(
            _("Suspended after"),
            explanations.days_text(terms.suspend_after_days),
            _(
                "This long after the cut-off an unpaid one is suspended: its members lose access until it is paid."
            ),
        ),
        Rule(
            _("Ends after"),
            explanations.days_text(terms.end_after_days),
            _("This long after the cut-off an unpaid one ends."),
        ),
    ]


def _trial(terms: Terms) -> Rule:
    if not terms.trial_days:
        return Rule(_("Trial"), _("None"), _("It is paid for from the first day."))
    return Rule(
        _("Trial"),
        explanations.days_text(terms.trial_days),
        _("A customer may try it this long without paying; then it becomes a paid term or ends."),
    )
