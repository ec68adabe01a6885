"""What follows from a declined card, and when it is tried again (rules.md d)."""

from __future__ import annotations

from datetime import date, timedelta

from purveyor.payments.types_cards import DeclineKind

# Days after the first try of a series.
RETRY_DAYS = (1, 3, 5, 7)
# The holder's bank will say the same tomorrow: trying again costs goodwill, and at the card schemes a fee.
_HARD = frozenset(
    {
        *("lost_card", "stolen_card", "fraudulent", "pickup_card", "restricted_card", "expired_card"),
        *(
            "merchant_blacklist",
            "security_violation",
            "invalid_account",
            "incorrect_number",
            "invalid_number",
        ),
        *("card_not_supported", "currency_not_supported", "new_account_information_available"),
        *("revocation_of_authorization", "revocation_of_all_authorizations", "stop_payment_order"),
        *("transaction_not_allowed", "service_not_allowed", "no_action_taken", "testmode_decline"),
        # The provider does not know the card (any more).
        *(
            "resource_missing",
            "card_unusable",
            "payment_method_unactivated",
            "payment_method_unexpected_state",
        ),
    }
)
_AUTHENTICATION = frozenset({"authentication_required", "payment_intent_authentication_failure"})


def kind_of(code: str) -> DeclineKind:
    """What follows from a decline. An unknown word is soft: the next tries are few."""
    if code in _AUTHENTICATION:
        return "authentication"
    return "hard" if code in _HARD else "soft"


def next_retry(*, series_on: date, today: date) -> date | None:
    """The next day on which a soft decline is tried again; None when all days are over."""
    days = (series_on + timedelta(days=days) for days in RETRY_DAYS)
    return next((day for day in days if day > today), None)
