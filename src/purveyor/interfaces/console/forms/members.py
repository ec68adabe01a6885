"""Forms about a customer's members, their roles and seats, and the activation of a login."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purveyor.interfaces.texts import formats
from purveyor.kernel.ids import show
from purveyor.subscriptions.types import Subscription


class PeopleForm(forms.Form):
    """One e-mail or many pasted at once, and the language in which they are written to."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_(
            "One or many, each on its own line. “Anna Lind <anna@example.com>” brings the name along."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, required=False
    )


class AddForm(PeopleForm):
    """The same, straight into a seat if wanted."""

    subscription = forms.ChoiceField(label=_("Seat"), required=False)

    def __init__(self, *args: Any, free: tuple[Subscription, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free = free
        field = self.fields["subscription"]
        assert isinstance(field, forms.ChoiceField)  # as declared above
        field.choices = [("", gettext("No seat yet")), *((show("sub", s.id), _free(s)) for s in free)]


def _free(subscription: Subscription) -> str:
    return gettext("%(product)s: %(free)s free") % {
        "product": f"{subscription.product} {subscription.plan}",
        "free": formats.number_text(subscription.seats_free),
    }


class EditForm(forms.Form):
    """A member's data."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class RoleForm(forms.Form):
    """A member's role; ``asked`` says that the page has asked about the price already."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    confirm = forms.BooleanField(label=_("I understand this and want it."), required=False)
    asked = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # as declared above
        field.choices = roles


class ReplaceForm(forms.Form):
    """Who gets the seat instead."""

    email = forms.CharField(
        label=_("E-mail of the new holder"),
        max_length=254,
        widget=forms.EmailInput(attrs={"list": "known-members"}),
        help_text=_("A member, or somebody new: then an invitation goes out and the seat is reserved."),
    )
    name = forms.CharField(label=_("Name, if the person is new"), max_length=200, required=False)


class ActivateForm(forms.Form):
    """A new login: a name and a password, or a passkey that follows."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("At least 12 characters. Four or five words in a row are good."),
    )
