"""Forms of the catalog: vendors, products, plans, offers with their terms, price lists and prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.catalog.types import (
    MAX_DUE_DAYS,
    MAX_QUANTITY,
    MAX_RENEWAL_WINDOW,
    MAX_TRIAL_DAYS,
    PriceList,
    Terms,
)
from purveyor.interfaces.console.forms.operator import (
    AMOUNT_DIGITS,
    Choices,
    day_field,
    money_or_error,
    offer_choices,
)
from purveyor.kernel.money import Money

_STANDARD = Terms()


class _Coded(forms.Form):
    """A name, and the code by which programs know the thing."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("Small letters, digits and hyphens. Programs rely on it: it never changes."),
    )


class VendorForm(_Coded):
    """Who makes the software."""


class ProductForm(_Coded):
    """What a vendor makes."""

    vendor = forms.ChoiceField(label=_("Vendor"))
    field_order = ("vendor", "name", "code")

    def __init__(self, *args: Any, vendors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "vendor", vendors)


class PlanForm(_Coded):
    """A tier of a product."""

    product = forms.ChoiceField(label=_("Product"))
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=1000,
        initial=1,
        help_text=_("The lowest tier is 1. A higher one offers more, and no two share a rank."),
    )
    field_order = ("product", "name", "code", "rank")

    def __init__(self, *args: Any, products: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "product", products)


class OfferForm(forms.Form):
    """A plan for a term, and every rule under which it is sold."""

    plan = forms.ChoiceField(label=_("Plan"))
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("Small letters, digits and hyphens. Programs rely on it: it never changes."),
    )
    term_months = forms.IntegerField(
        label=_("Term in months"), min_value=1, max_value=60, initial=12, help_text=_("Usually 1 or 12.")
    )
    available_from = day_field(_("On sale from"))
    available_to = day_field(
        _("On sale until"), required=False, help_text=_("The first day on which it is no longer sold.")
    )
    trial_days = forms.IntegerField(
        label=_("Trial days"),
        min_value=0,
        max_value=MAX_TRIAL_DAYS,
        initial=_STANDARD.trial_days,
        help_text=_("How long a customer may try it without paying. 0 for none."),
    )
    invoice_due_days = forms.IntegerField(
        label=_("Days to pay an invoice"),
        min_value=0,
        max_value=MAX_DUE_DAYS,
        initial=_STANDARD.invoice_due_days,
        help_text=_("After them an invoice is overdue."),
    )
    quantity_min = forms.IntegerField(
        label=_("Fewest seats in an order"),
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=_STANDARD.quantity_min,
    )
    quantity_max = forms.IntegerField(
        label=_("Most seats in an order"),
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=_STANDARD.quantity_max,
    )
    renewal_window_days = forms.IntegerField(
        label=_("Days before the end that count as ending soon"),
        min_value=0,
        max_value=MAX_RENEWAL_WINDOW,
        initial=_STANDARD.renewal_window_days,
        help_text=_("From then on the term is shown where a hand is needed."),
    )

    def __init__(self, *args: Any, plans: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "plan", plans)

    def clean(self) -> dict[str, Any]:
        """The largest order is not below the smallest."""
        data = super().clean() or {}
        least, most = data.get("quantity_min"), data.get("quantity_max")
        if least is not None and most is not None and most < least:
            self.add_error("quantity_max", _("This must not be less than the fewest seats."))
        return data

    def terms(self) -> Terms:
        """The rules as the catalog keeps them."""
        data = self.cleaned_data
        return Terms(
            trial_days=data["trial_days"],
            quantity_min=data["quantity_min"],
            quantity_max=data["quantity_max"],
            invoice_due_days=data["invoice_due_days"],
            renewal_window_days=data["renewal_window_days"],
        )


class PriceListForm(forms.Form):
    """A price list of one currency from a day on."""

    code = forms.CharField(
        label=_("Code"), max_length=64, help_text=_("Such as eur-2027. It is named on each order.")
    )
    currency = forms.CharField(
        label=_("Currency"), min_length=3, max_length=3, help_text=_("Three letters, such as EUR or SEK.")
    )
    valid_from = day_field(
        _("Valid from"), help_text=_("The list of this currency that runs until then ends on this day.")
    )
    valid_to = day_field(
        _("Valid until"), required=False, help_text=_("The first day without it. Left empty, it has no end.")
    )
    copy_from = forms.ChoiceField(
        label=_("Begin with the prices of"), required=False, help_text=_("A list of the same currency.")
    )

    def __init__(self, *args: Any, lists: list[PriceList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.id), f"{one.code} ({one.currency})") for one in lists]
        offer_choices(self, "copy_from", [("", str(_("No list: all prices are still to be set"))), *named])


class PricesForm(forms.Form):
    """The price of one seat for the whole term, for each offer. An empty field leaves what is there."""

    def __init__(self, *args: Any, currency: str, offers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for key, label in offers:
            self.fields[key] = forms.DecimalField(
                label=label, required=False, min_value=Decimal(0), max_digits=AMOUNT_DIGITS
            )

    def prices(self) -> dict[str, Money]:
        """The prices that were typed, by field. Errors are added for those with too many decimals."""
        found = {}
        for key, amount in list(self.cleaned_data.items()):
            if amount is not None:
                # Nothing is a price too.
                money = money_or_error(self, key, amount, self.currency, zero=True)
                if money is not None:
                    found[key] = money
        return found
