"""Forms of the operator's desk: resellers and their discounts, money received, deposits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from purveyor.interfaces.console.forms.parties import BusinessForm
from purveyor.kernel.money import Money

Choices = list[tuple[str, str]]
AMOUNT_DIGITS = 14
# Price lists and rates are kept for decades, not centuries.
LAST_YEAR = 2099


class DayInput(forms.DateInput):
    """The browser's own calendar; it sends and takes ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A field for a calendar day."""
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=DayInput, input_formats=["%Y-%m-%d"]
    )


def offer_choices(form: forms.Form, name: str, choices: Choices) -> None:
    """Give a choice field its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # as declared by the form
    field.choices = choices


def money_or_error(
    form: forms.Form, name: str, amount: Decimal, currency: str, *, zero: bool = False
) -> Money | None:
    """The amount in minor units; a refusal beside the field when it has too many decimals."""
    if amount < 0 or (amount == 0 and not zero):
        form.add_error(name, _("The amount must be more than zero."))
        return None
    try:
        return Money.parse(amount, currency)
    except ValueError:
        form.add_error(name, _("%(currency)s has no amounts with so many decimals.") % {"currency": currency})
        return None


class _Received(forms.Form):
    """What the bank statement says of money that came."""

    received_on = day_field(_("Received on"))
    reference = forms.CharField(
        label=_("What the bank statement says"),
        max_length=200,
        help_text=_(
            "The purpose or the payer as the bank wrote it. The same transfer is recorded once only."
        ),
    )
    is_another = forms.BooleanField(
        label=_("This is another transfer that looks the same as one on record"), required=False
    )

    def seen_twice(self) -> bool:
        """Whether to offer the box that lets a second, equal transfer through."""
        return bool(self.is_bound and (self.errors.get("reference") or self.data.get("is_another")))


class TransferForm(_Received):
    """A bank transfer for an order or an invoice."""

    amount = forms.DecimalField(label=_("Amount received"), max_digits=AMOUNT_DIGITS)
    field_order = ("amount", "received_on", "reference", "is_another")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.money: Money | None = None

    def clean(self) -> dict[str, Any]:
        """The amount as money of the payable's currency."""
        data = super().clean() or {}
        if data.get("amount") is not None:
            self.money = money_or_error(self, "amount", data["amount"], self.currency)
        return data


class DepositForm(_Received):
    """Money paid ahead by a reseller or customer."""

    amount = forms.DecimalField(label=_("Amount received"), max_digits=AMOUNT_DIGITS)
    currency = forms.ChoiceField(label=_("Currency"))
    field_order = ("amount", "currency", "received_on", "reference", "is_another")

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "currency", [(code, code) for code in currencies])
        self.money: Money | None = None

    def clean(self) -> dict[str, Any]:
        """The amount as money."""
        data = super().clean() or {}
        if data.get("amount") is not None and data.get("currency"):
            self.money = money_or_error(self, "amount", data["amount"], data["currency"])
        return data


class NewResellerForm(BusinessForm):
    """A reseller, its first discount, and who is to be its first administrator."""

    currency = forms.ChoiceField(label=_("Currency"), help_text=_("Its customers begin with this currency."))
    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        required=False,
        help_text=_("Stands in its document numbers, such as R017. Left empty, the next one is taken."),
    )
    percent = forms.DecimalField(
        label=_("Discount"),
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("On all offers without a discount of their own. It can be changed with a date later."),
    )
    admin_name = forms.CharField(label=_("Name"), max_length=200, required=False)
    admin_email = forms.CharField(
        label=_("E-mail of the first administrator"),
        max_length=254,
        widget=forms.EmailInput,
        help_text=_("Gets a mail with a link to set a password. More people are invited from inside."),
    )

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "currency", [(code, code) for code in currencies])


class DiscountForm(forms.Form):
    """A discount in percent from a day on, on everything or on one offer."""

    offer = forms.ChoiceField(label=_("On"), required=False)
    percent = forms.DecimalField(label=_("Discount"), max_digits=5, decimal_places=2)
    valid_from = day_field(
        pgettext_lazy("date", "From"),
        help_text=_("The discount that held until then ends on this day. Orders keep theirs."),
    )
    valid_to = day_field(
        _("Until"), required=False, help_text=_("The first day without it. Left empty, it has no end.")
    )

    def __init__(self, *args: Any, offers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "offer", [("", str(_("All offers without a discount of their own"))), *offers])


class InstantInput(forms.DateTimeInput):
    """The browser's own field for a day and a time, without a zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class _LocalInstant(forms.Field):
    """An instant as typed; the view says of which zone. Django's own field would take the reader's."""

    widget = InstantInput

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            raise forms.ValidationError(_("Type a day and a time."), code="invalid")
        if found.year > LAST_YEAR:
            raise forms.ValidationError(
                _("The clock goes up to the year %(year)s."), params={"year": LAST_YEAR}, code="too_large"
            )
        return found


class ClockForm(forms.Form):
    """Where to move the test clock."""

    to = _LocalInstant(label=_("Move forward to"))
