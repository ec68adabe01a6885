"""Forms of gathered billing: the reseller's choice, the operator's limits, seats taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.interfaces.console.forms.operator import AMOUNT_DIGITS, money_or_error
from purveyor.kernel.money import Money


class BillingModeForm(forms.Form):
    """At once, or one invoice a month."""

    billing_mode = forms.ChoiceField(
        label=_("How we are billed"),
        widget=forms.RadioSelect,
        choices=[
            ("at_once", _("At once: a document of its own for everything bought")),
            ("gathered", _("Gathered: one invoice a month for all customers")),
        ],
    )


class GatheringTermsForm(forms.Form):
    """The operator's limits of one reseller."""

    allowed = forms.BooleanField(label=_("May gather into one invoice a month"), required=False)
    due_days = forms.IntegerField(
        label=_("Days to pay the gathered invoice"), min_value=0, max_value=90, initial=14
    )
    cap = forms.DecimalField(
        label=_("At most on account"),
        required=False,
        max_digits=AMOUNT_DIGITS,
        min_value=Decimal(0),
        help_text=_(
            "Net, in the reseller's currency. Empty: no limit. What goes beyond it is billed at once."
        ),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        """The cap in minor units, or None for no limit."""
        data = super().clean() or self.cleaned_data
        cap = data.get("cap")
        found = None if cap is None else money_or_error(self, "cap", cap, self.currency, zero=True)
        data["cap_amount"] = None if found is None else found.amount
        return data


def cap_shown(cap: Money | None) -> Decimal | None:
    """The cap as the form's field takes it."""
    return None if cap is None else cap.decimal()


class TakeBackForm(forms.Form):
    """How many seats go back."""

    quantity = forms.IntegerField(label=_("Seats to take back"), min_value=1, initial=1)
