"""Forms of the catalog: vendors, products, plans, offers with their terms, price lists and prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.catalog.types import (
    MAX_CUT_OFF_DAY,
    MAX_DUE_DAYS,
    MAX_LADDER_DAYS,
    MAX_LOCK_DAYS,
    MAX_NOTICES,
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
# The fields of an offer's rules, in the groups in which they are asked for.
SALE_RULES = ("trial_days", "invoice_due_days", "quantity_min", "quantity_max")
RENEWAL_RULES = ("renewal_window_days", "renewal_lock_days", "notice_days")
PRICE_RULES = ("price_notice_days", "price_consent_percent")
PREPAY_RULES = (
    "prepay", "cut_off_day", "cut_off_min_days", "cut_off_zone", "suspend_after_days", "end_after_days",
)  # fmt: skip
_RULES = (*SALE_RULES, *RENEWAL_RULES, *PRICE_RULES, *PREPAY_RULES)
_DIGITS = 4


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
    renewal_lock_days = forms.IntegerField(
        label=_("Days before the end in which the renewal is locked"),
        min_value=0,
        max_value=MAX_LOCK_DAYS,
        initial=_STANDARD.renewal_lock_days,
        help_text=_("From then on nothing about the renewal can be changed. 0 for never."),
    )
    notice_days = forms.CharField(
        label=_("Days before the end on which notices are sent"),
        max_length=40,
        required=False,
        initial=", ".join(str(days) for days in _STANDARD.notice_days),
        help_text=_("Several numbers, such as 30, 7. Left empty, only what has to be told is."),
    )
    price_notice_days = forms.IntegerField(
        label=_("Days of notice for a new price"),
        min_value=0,
        max_value=MAX_RENEWAL_WINDOW,
        initial=_STANDARD.price_notice_days,
        help_text=_("A higher price counts at a renewal only if its list has held this long by then."),
    )
    price_consent_percent = forms.IntegerField(
        label=_("Rise in percent above which the payer must agree"),
        min_value=0,
        max_value=100,
        initial=_STANDARD.price_consent_percent,
        help_text=_("Without the payer's yes the term is then not renewed. 0: no rise needs one."),
    )
    prepay = forms.BooleanField(
        label=_("A renewal must be paid before the new term begins"),
        required=False,
        initial=_STANDARD.prepay,
        help_text=_(
            "It then waits with a pro-forma invoice. If not, the term begins at once and is invoiced."
        ),
    )
    cut_off_day = forms.IntegerField(
        label=_("Day of the month before which it must be paid"),
        min_value=0,
        max_value=MAX_CUT_OFF_DAY,
        initial=_STANDARD.cut_off_day,
        help_text=_("The 26th: paid on the 25th is in time. 0: the days to pay an invoice count instead."),
    )
    cut_off_min_days = forms.IntegerField(
        label=_("Least days between the end of the term and that day"),
        min_value=0,
        max_value=MAX_CUT_OFF_DAY,
        initial=_STANDARD.cut_off_min_days,
        help_text=_("With fewer days it is the same day of the next month."),
    )
    cut_off_zone = forms.CharField(
        label=_("Time zone of that day"),
        max_length=64,
        required=False,
        initial=_STANDARD.cut_off_zone,
        help_text=_("Such as America/Mexico_City. Left empty, it is that of the operator."),
    )
    suspend_after_days = forms.IntegerField(
        label=_("Days after that day until it is suspended"),
        min_value=0,
        max_value=MAX_LADDER_DAYS,
        initial=_STANDARD.suspend_after_days,
        help_text=_("Its members then lose access, until it is paid."),
    )
    end_after_days = forms.IntegerField(
        label=_("Days after that day until it ends"),
        min_value=0,
        max_value=MAX_LADDER_DAYS,
        initial=_STANDARD.end_after_days,
        help_text=_("It can then no longer be paid."),
    )

    def __init__(self, *args: Any, plans: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "plan", plans)

    def clean_notice_days(self) -> tuple[int, ...]:
        """Whole numbers of days, in any order and each once."""
        typed: str = self.cleaned_data["notice_days"]
        parts = typed.replace(",", " ").replace(";", " ").split()
        if not all(part.isascii() and part.isdigit() and len(part) <= _DIGITS for part in parts):
            raise forms.ValidationError(_("Write whole numbers of days, such as 30, 7."))
        days = sorted({int(part) for part in parts}, reverse=True)
        if len(days) > MAX_NOTICES or any(not 1 <= one <= MAX_RENEWAL_WINDOW for one in days):
            raise forms.ValidationError(
                _("At most %(count)s numbers, each from 1 to %(most)s.")
                % {"count": MAX_NOTICES, "most": MAX_RENEWAL_WINDOW}
            )
        return tuple(days)

    def clean_cut_off_zone(self) -> str:
        """A zone that exists."""
        zone: str = self.cleaned_data["cut_off_zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone."))
        return zone

    def clean(self) -> dict[str, Any]:
        """The largest order is not below the smallest, and no step of the ladder comes before the one above it."""
        data = super().clean() or {}
        least, most = data.get("quantity_min"), data.get("quantity_max")
        if least is not None and most is not None and most < least:
            self.add_error("quantity_max", _("This must not be less than the fewest seats."))
        if data.get("cut_off_day") and not data.get("prepay"):
            self.add_error("cut_off_day", _("Only a renewal that is paid before it begins has such a day."))
        suspends, ends = data.get("suspend_after_days"), data.get("end_after_days")
        if suspends is not None and ends is not None and ends < suspends:
            self.add_error("end_after_days", _("This must not be less than the days until it is suspended."))
        return data

    def terms(self) -> Terms:
        """The rules as the catalog keeps them."""
        data = self.cleaned_data
        return Terms(**{name: data[name] for name in _RULES})


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
