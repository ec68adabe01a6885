"""Forms of selling: customers, what to buy, how to pay, what happens at the renewal, filters of lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from purveyor.catalog.types import MAX_QUANTITY
from purveyor.interfaces.console.forms.parties import BusinessForm

Choices = list[tuple[str, Any]]


class CustomerForm(BusinessForm):
    """Business information of a customer, with whom to invoice and in which currency."""

    bill_to = forms.ChoiceField(
        label=_("Whom to invoice"),
        widget=forms.RadioSelect,
        choices=(("customer", _("The customer")), ("reseller", _("The reseller"))),
        help_text=_("The country and VAT number of this party decide the VAT."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("The first order fixes it. All prices for this customer are in it.")
    )
    reseller = forms.ChoiceField(label=_("Reseller"), required=False)

    def __init__(
        self,
        *args: Any,
        currencies: list[str],
        resellers: Choices | None = None,
        bill_to: bool = True,
        currency_fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "currency", [(code, code) for code in currencies])
        if currency_fixed:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("The first order fixed it.")
        if resellers is None:
            del self.fields["reseller"]
        else:
            _offer(self, "reseller", resellers)
        if not bill_to:
            del self.fields["bill_to"]


class SeatsField(forms.IntegerField):
    """A number of seats that can be ordered."""

    default_error_messages = {
        "required": _("Enter how many seats."),
        "invalid": _("Enter a whole number."),
        "min_value": _("This must be at least %(limit_value)s."),
        "max_value": _("This can be at most %(limit_value)s."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_QUANTITY, **kwargs)


class BuyForm(forms.Form):
    """An offer and a number of seats."""

    offer = forms.ChoiceField(
        label=_("Subscription and term"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what to buy."),
            "invalid_choice": _("This is no longer on sale. Choose one of those offered now."),
        },
    )
    quantity = SeatsField(
        label=_("Seats"),
        initial=1,
        help_text=_("One for each person who will use it. More can be added at any time."),
    )

    def __init__(self, *args: Any, offers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "offer", offers)


class TopUpForm(forms.Form):
    """How many seats more."""

    quantity = SeatsField(label=_("Seats to add"), initial=1)


class PaySelect(forms.RadioSelect):
    """Ways to pay, some of which cannot be chosen now."""

    closed: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option, disabled where it is closed."""
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class PayForm(forms.Form):
    """How a quote is paid."""

    payment_method = forms.ChoiceField(
        label=_("How do you want to pay?"),
        widget=PaySelect,
        error_messages={
            "required": _("Choose how to pay."),
            "invalid_choice": _("This way to pay is not offered here. Choose another one."),
        },
    )

    def __init__(self, *args: Any, methods: Choices, closed: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "payment_method", methods)
        widget = self.fields["payment_method"].widget
        assert isinstance(widget, PaySelect)  # as declared above
        widget.closed = closed


class RenewalForm(forms.Form):
    """What happens at the end of the term."""

    auto_renew = forms.BooleanField(
        label=_("Renew at the end of the term"),
        required=False,
        help_text=_("Otherwise it ends on that day, and its seats with it."),
    )
    renewal_quantity = SeatsField(label=_("Seats of the next term"), required=False)
    renewal_offer = forms.ChoiceField(
        label=_("Plan and term"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("From the next term on, at the prices of today's list, for one seat and before VAT."),
        error_messages={"invalid_choice": _("This is no longer on sale. Choose one of those offered now.")},
    )
    renewal_payment_method = forms.ChoiceField(label=_("How the renewal is paid"), widget=PaySelect)

    def __init__(self, *args: Any, methods: Choices, offers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "renewal_offer", offers)
        _offer(self, "renewal_payment_method", methods)


class ReasonForm(forms.Form):
    """Why the operator does something to a subscription."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("One line. It is kept, and those whom it concerns read it."),
        error_messages={"required": _("Say why, in a few words.")},
    )


class ActivityForm(forms.Form):
    """Which acts to show."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    who = forms.CharField(label=_("Who"), max_length=100, required=False)
    since = forms.DateField(
        label=pgettext_lazy("date", "From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "kind", kinds)


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # as declared above
    field.choices = choices
