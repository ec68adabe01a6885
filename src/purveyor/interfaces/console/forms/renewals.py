"""Forms of the renewal centre."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.interfaces.console.forms.operator import day_field

DAYS_MAX = 366


class DryRunForm(forms.Form):
    """Until which day to look ahead."""

    until = day_field(
        gettext_lazy("Until"), help_text=gettext_lazy("That day is included. At most a year ahead.")
    )

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.today = today

    def clean_until(self) -> date:
        """Today or later, and not further than a run could be meant for."""
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        if until > self.today + timedelta(days=DAYS_MAX):
            raise forms.ValidationError(_("Choose a day within a year."))
        return until
