"""Why an invoice is held, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from purveyor.billing.types_held import HeldInvoice


def reason(held: HeldInvoice) -> str:
    """What the invoice waits for, as one sentence."""
    if held.why.reason == "number_unknown":
        evidence = held.draft.tax_decision.get("evidence", {})
        return _("Nobody can say whether the VAT number %(number)s is valid") % {
            "number": evidence.get("number") or ""
        }
    if held.why.reason == "rate_missing":
        return _("No exchange rate of the day is known for %(currency)s") % {
            "currency": held.draft.gross.currency
        }
    return _("The invoice would break these rules of EN 16931: %(rules)s") % {
        "rules": ", ".join(held.why.rules)
    }
