"""Forms of the bank: a statement, a mandate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.interfaces.console.forms.operator import day_field

FILE_BYTES_MAX = 30_000_000


class UploadForm(forms.Form):
    """A file from the bank."""

    file = forms.FileField(
        label=_("Statement"),
        help_text=_(
            "CAMT.053 (XML) or MT940. Drop the file here, or choose it. The same statement twice does no harm."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.sta,.mt940,.940,.txt,.camt"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is larger than any statement, before it is read."""
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES_MAX:
            raise forms.ValidationError(_("The file is larger than a statement may be. Split it by days."))
        return file


class MandateForm(forms.Form):
    """A payer's leave to collect from its account."""

    iban = forms.CharField(label=_("IBAN"), max_length=42)
    name = forms.CharField(label=_("Name of the account's holder"), max_length=70)
    signed_on = day_field(_("Signed on"))
    reference = forms.CharField(
        label=_("Mandate reference"),
        max_length=35,
        required=False,
        help_text=_("As it stands on the signed paper. Left empty, one is made."),
    )
