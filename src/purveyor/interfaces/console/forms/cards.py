"""Which card pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.interfaces.texts import declines
from purveyor.kernel.ids import read, show
from purveyor.payments.types_cards import Card

_NEW = "new"


class CardForm(forms.Form):
    """A kept card, or another one that is entered on the provider's page."""

    card = forms.ChoiceField(
        label=_("With which card?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a card."),
            "invalid_choice": _("This card is not kept any more. Choose another one."),
        },
    )

    def __init__(self, *args: Any, cards: Sequence[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["card"]
        assert isinstance(field, forms.ChoiceField)  # as declared above
        kept = [(show("crd", card.id), declines.card_name(card)) for card in cards]
        field.choices = [*kept, (_NEW, _("Another card, on the page of the payment provider"))]
        self.initial["card"] = kept[0][0] if kept else _NEW

    def chosen(self) -> UUID | None:
        """The kept card; None for another one."""
        value = self.cleaned_data["card"]
        return None if value == _NEW else read("crd", value)
