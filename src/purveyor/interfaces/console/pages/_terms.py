"""Each rule of an offer as a setting with the sentence that says what it does."""

from __future__ import annotations

from dataclasses import dataclass

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
            _("Renewal is paid"),
            _("Before it begins") if terms.prepay else _("By invoice"),
            _("The new term begins when its money is there.")
            if terms.prepay
            else _("The new term begins at once, and its invoice is paid within the time below."),
        ),
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
    ]


def _trial(terms: Terms) -> Rule:
    if not terms.trial_days:
        return Rule(_("Trial"), _("None"), _("It is paid for from the first day."))
    return Rule(
        _("Trial"),
        explanations.days_text(terms.trial_days),
        _("A customer may try it this long without paying; then it becomes a paid term or ends."),
    )
