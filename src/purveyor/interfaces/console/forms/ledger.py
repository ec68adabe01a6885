"""The period of a report on the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.interfaces.console.forms.operator import Choices, day_field, offer_choices


class BooksForm(forms.Form):
    """Which days, and whose books. A GET form: what is left out is the running month, and all books."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("Until, that day included"))
    reseller = forms.ChoiceField(label=gettext_lazy("Books of"), required=False)

    def __init__(self, data: Any, *, today: date, resellers: Choices) -> None:
        given = {
            "since": data.get("since") or today.replace(day=1).isoformat(),
            "until": data.get("until") or today.isoformat(),
            "reseller": data.get("reseller", ""),
        }
        super().__init__(given)
        offer_choices(self, "reseller", [("", _("All resellers")), *resellers])

    def clean(self) -> dict[str, Any]:
        """The period does not end before it begins."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("Choose a day that is not before the first."))
        return data
