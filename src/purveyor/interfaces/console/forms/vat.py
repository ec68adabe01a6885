"""Forms of VAT: the period of a report, and exchange rates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.interfaces.console.forms.operator import day_field

_BYTES_MAX = 1_000_000


class PeriodForm(forms.Form):
    """Which days. A GET form: what is left out is the running month."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("Until, that day included"))

    def __init__(self, data: Any, *, today: date) -> None:
        given = {
            "since": data.get("since") or today.replace(day=1).isoformat(),
            "until": data.get("until") or today.isoformat(),
        }
        super().__init__(given)

    def clean(self) -> dict[str, Any]:
        """The period does not end before it begins."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("Choose a day that is not before the first."))
        return data


class RatesForm(forms.Form):
    """Rates as a file or as text, in the same rows."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    rates = forms.CharField(
        label=gettext_lazy("Or the rows as text"),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 5, "spellcheck": "false", "placeholder": "currency,rate,date,source"}
        ),
        help_text=gettext_lazy(
            "The first row names the columns: currency,rate,date,source. The rate is what one unit of the currency is"
            " worth in yours."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """What was given, as one text."""
        data = super().clean() or {}
        file = data.get("file")
        if file is not None:
            if file.size > _BYTES_MAX:
                self.add_error("file", _("This file is too large: a megabyte is enough for years of rates."))
                return data
            try:
                data["text"] = file.read().decode()
            except UnicodeDecodeError:
                self.add_error("file", _("This is not a text file in UTF-8."))
        elif data.get("rates"):
            data["text"] = data["rates"]
        elif not self.errors:
            self.add_error("rates", _("Choose a file, or write the rows here."))
        return data
