"""Forms about unpaid invoices: a ladder of steps, a hold, a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from purveyor.interfaces.console.forms.operator import day_field
from purveyor.payments.types import Audience, DunningAction, LadderStep

ACTIONS: dict[str, Any] = {
    "remind": gettext_lazy("Reminder"),
    "final_notice": gettext_lazy("Final notice"),
    "block_orders": gettext_lazy("No new orders"),
    "suspend": gettext_lazy("Suspend the subscriptions"),
    "terminate": gettext_lazy("End the subscriptions"),
}
AUDIENCES: dict[str, Any] = {
    "payer": gettext_lazy("Who pays"),
    "reseller": gettext_lazy("Its reseller"),
    "operator": gettext_lazy("We ourselves"),
}
STEPS_MAX = 12
_SPARE = 2


class HoldForm(forms.Form):
    """Why nothing more is done for the time being."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("It stands in the record, where who pays can read it."),
    )


class PromiseForm(forms.Form):
    """By which day it will be paid."""

    date = day_field(
        gettext_lazy("Will be paid by"),
        help_text=gettext_lazy("Unpaid, the steps go on the morning after."),
    )


@dataclass(frozen=True, slots=True)
class StepFields:
    """The fields of one step, as the template draws them."""

    days: BoundField
    action: BoundField
    audience: BoundField


class LadderForm(forms.Form):
    """A ladder, one row a step. A row without days is left out, so a step is removed by emptying it."""

    def __init__(self, *args: Any, steps: Sequence[LadderStep], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = min(len(steps) + _SPARE, STEPS_MAX)
        for at in range(self.rows):
            step = steps[at] if at < len(steps) else None
            self._add(at, step)

    def _add(self, at: int, step: LadderStep | None) -> None:
        self.fields[f"days_{at}"] = forms.IntegerField(
            label=pgettext_lazy("ladder", "Days after the due date"),
            min_value=1,
            max_value=365,
            required=False,
            initial=None if step is None else step.days,
            widget=forms.NumberInput(attrs={"class": "input ladder-days"}),
        )
        self.fields[f"action_{at}"] = forms.ChoiceField(
            label=pgettext_lazy("ladder", "What is done"),
            choices=list(ACTIONS.items()),
            initial="remind" if step is None else step.action,
            widget=forms.Select(attrs={"class": "input select"}),
        )
        self.fields[f"audience_{at}"] = forms.MultipleChoiceField(
            label=pgettext_lazy("ladder", "Who gets a mail"),
            choices=list(AUDIENCES.items()),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=["payer"] if step is None else list(step.audience),
        )

    @property
    def drawn(self) -> list[StepFields]:
        """The rows of the table."""
        return [
            StepFields(self[f"days_{at}"], self[f"action_{at}"], self[f"audience_{at}"])
            for at in range(self.rows)
        ]

    def clean(self) -> dict[str, Any] | None:
        """At least one step."""
        cleaned = super().clean()
        if not self.errors and not self.steps():
            self.add_error(None, _("A ladder has one step at least."))
        return cleaned

    def steps(self) -> list[LadderStep]:
        """What was typed, in the order of the days."""
        data = self.cleaned_data
        found = [
            LadderStep(
                days=data[f"days_{at}"],
                action=cast(DunningAction, data[f"action_{at}"]),
                audience=cast(tuple[Audience, ...], tuple(data[f"audience_{at}"])),
            )
            for at in range(self.rows)
            if data.get(f"days_{at}")
        ]
        return sorted(found, key=lambda step: step.days)
