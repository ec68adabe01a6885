"""The period of a statement of account."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.interfaces.console.forms.operator import day_field


class StatementForm(forms.Form):
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
