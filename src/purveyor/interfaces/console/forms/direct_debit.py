"""Signing a direct debit mandate."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """The payer's account, and its word that we may collect from it."""

    iban = forms.CharField(
        label=_("IBAN"),
        max_length=42,
        help_text=_("Of the account that is debited, such as DE89 3704 0044 0532 0130 00."),
        error_messages={"required": _("Enter the IBAN of the account.")},
    )
    name = forms.CharField(
        label=_("Account holder"),
        max_length=70,
        help_text=_("As the bank knows it."),
        error_messages={"required": _("Enter whose account it is.")},
    )
    signed = forms.BooleanField(
        label=_("I agree to this mandate, and may sign it for the account holder"),
        error_messages={"required": _("The mandate holds only when you agree to it. Tick the box.")},
    )
