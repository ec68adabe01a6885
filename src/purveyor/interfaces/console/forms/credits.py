"""Forms of corrections: what is credited, and what became of a refund."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

NAME_MAX = 200


class CreditForm(forms.Form):
    """How many seats of each line, where the money goes, and why. A line's field is named after its position."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=NAME_MAX,
        help_text=_("Stands on the credit note, and in the mail to whoever pays."),
    )
    refund_to = forms.ChoiceField(
        label=_("What was paid already goes"),
        widget=forms.RadioSelect,
        choices=[
            ("balance", _("To the payer's balance, at once")),
            ("source", _("Back the way it came: by card or bank transfer")),
        ],
        initial="balance",
    )
    end_seats = forms.BooleanField(
        label=_("End these seats now"),
        required=False,
        help_text=_(
            "They must be free. Where all seats of a subscription are credited, it ends with all its seats."
        ),
    )

    def __init__(self, *args: Any, lines: Iterable[tuple[UUID, int, int]], **kwargs: Any) -> None:
        """``lines``: (id, position, seats left) of each line that is shown."""
        super().__init__(*args, **kwargs)
        self.lines = tuple(lines)
        for _id, position, left in self.lines:
            self.fields[f"seats_{position}"] = forms.IntegerField(
                label=_("Seats to credit on line %(position)s") % {"position": position},
                required=False,
                min_value=0,
                max_value=left,
                disabled=left == 0,
            )

    def clean(self) -> dict[str, Any]:
        """At least one seat; ``wanted`` is what was chosen, by the line's id."""
        data = super().clean() or self.cleaned_data
        self.wanted = {
            id: data[f"seats_{position}"]
            for id, position, _left in self.lines
            if data.get(f"seats_{position}")
        }
        if not self.wanted and not self.errors:
            self.add_error(None, _("Choose how many seats are credited, on one line at least."))
        return data


class RefundAccountForm(forms.Form):
    """The account that a refund by transfer goes to."""

    name = forms.CharField(label=_("Account holder"), max_length=NAME_MAX)
    iban = forms.CharField(label=_("IBAN"), max_length=42)


class RefundFailedForm(forms.Form):
    """Why a refund could not be paid out."""

    reason = forms.CharField(
        label=_("Why"), max_length=NAME_MAX, help_text=_("The money goes to the payer's balance instead.")
    )
