"""Forms about balances: pay in, what is watched, which movements to see; and a reseller's credit limit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.interfaces.console.forms.operator import (
    AMOUNT_DIGITS,
    Choices,
    day_field,
    money_or_error,
    offer_choices,
)
from purveyor.kernel.money import Money

_METHODS: list[tuple[str, Any]] = [("bank_transfer", _("Bank transfer")), ("card", _("Card"))]


def _methods(form: forms.Form, *, with_card: bool) -> None:
    offer_choices(
        form, "method", [(code, str(label)) for code, label in _METHODS if with_card or code != "card"]
    )


class TopUpForm(forms.Form):
    """How much to pay in, and how."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=AMOUNT_DIGITS)
    currency = forms.ChoiceField(label=_("Currency"))
    method = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, currencies: list[str], with_card: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "currency", [(code, code) for code in currencies])
        _methods(self, with_card=with_card)
        self.money: Money | None = None

    def clean(self) -> dict[str, Any]:
        """The amount as money."""
        data = super().clean() or {}
        if data.get("amount") is not None and data.get("currency"):
            self.money = money_or_error(self, "amount", data["amount"], data["currency"])
        return data


class FundsForm(forms.Form):
    """What is watched of a balance in one currency."""

    threshold = forms.DecimalField(
        label=_("Tell me below"),
        required=False,
        max_digits=AMOUNT_DIGITS,
        help_text=_("By mail, once, until the balance is above again. Empty: nothing is watched."),
    )
    automatic = forms.BooleanField(
        label=_("Fill the balance up by itself, at most once a day"), required=False
    )
    target = forms.DecimalField(label=_("Fill up to"), required=False, max_digits=AMOUNT_DIGITS)
    method = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        help_text=_("By transfer a mail says what to transfer. By card the kept card is charged."),
    )

    def __init__(self, *args: Any, currency: str, with_card: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        _methods(self, with_card=with_card)

    def clean(self) -> dict[str, Any]:
        """The amounts in minor units, None where nothing was typed."""
        data = super().clean() or {}
        for name in ("threshold", "target"):
            given = data.get(name)
            found = None if given is None else money_or_error(self, name, given, self.currency)
            data[f"{name}_amount"] = None if found is None else found.amount
        return data


class MovementsForm(forms.Form):
    """Which movements of a balance to see: a GET form, all of it optional."""

    kind = forms.ChoiceField(label=_("What"), required=False)
    since = day_field(_("From"), required=False)
    until = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "kind", kinds)

    def wanted(self) -> dict[str, Any]:
        """What was asked for; what cannot be read is left out."""
        self.is_valid()
        data = self.cleaned_data
        days: dict[str, date | None] = {name: data.get(name) for name in ("since", "until")}
        return {"kind": data.get("kind") or None, **days}


class CreditLimitForm(forms.Form):
    """How much a reseller may owe."""

    amount = forms.DecimalField(
        label=_("Credit limit"),
        required=False,
        max_digits=AMOUNT_DIGITS,
        min_value=Decimal(0),
        help_text=_(
            "Open invoices and what is on account, together. Orders on account above it wait. Empty: no limit."
        ),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        """The limit in minor units, None for no limit."""
        data = super().clean() or {}
        given = data.get("amount")
        found = None if given is None else money_or_error(self, "amount", given, self.currency, zero=True)
        data["limit"] = None if found is None else found.amount
        return data
