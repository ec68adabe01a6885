"""A switch for each role and kind of notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from purveyor.interfaces.texts import labels
from purveyor.renewals.types import NoticeSetting


def field_of(role: str, kind: str) -> str:
    """The name of the switch."""
    return f"{role}_{kind}"


class NoticesForm(forms.Form):
    """Ticked is wanted. What cannot be switched off is ticked and cannot be changed."""

    def __init__(self, *args: Any, settings: Sequence[NoticeSetting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        for one in settings:
            self.fields[field_of(one.role, one.kind)] = forms.BooleanField(
                label=_("%(role)s: %(kind)s")
                % {"role": labels.role(one.role), "kind": labels.notice_kind(one.kind)},
                required=False,
                initial=one.wanted,
                disabled=one.fixed,
            )

    def wanted(self) -> dict[tuple[str, str], bool]:
        """What was ticked, by role and kind."""
        return {
            (one.role, one.kind): bool(self.cleaned_data[field_of(one.role, one.kind)])
            for one in self._settings
        }
