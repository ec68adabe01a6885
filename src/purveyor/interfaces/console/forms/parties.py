"""Forms about organizations: business information, a reseller's help desk, keys, staff."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from purveyor.parties.types import Address, CustomerInput, Organization


def countries() -> list[tuple[str, str]]:
    """All countries by their name in the reader's language, after an empty choice."""
    names = Locale.parse(get_language() or "en").territories
    listed = [
        (code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT
    ]
    return [("", "—"), *sorted(listed, key=lambda pair: pair[1].casefold())]


_NOT = {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ", "XK", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


class BusinessForm(forms.Form):
    """Name, country, address, e-mail, language, VAT number: what every organization has."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(label=_("E-mail for documents"), max_length=254, widget=forms.EmailInput)
    country = forms.ChoiceField(label=_("Country"), choices=lazy(countries, list))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    line1 = forms.CharField(label=_("Address"), max_length=200)
    line2 = forms.CharField(label=_("Address, second line"), max_length=200, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20)
    city = forms.CharField(label=_("City"), max_length=200)
    region = forms.CharField(label=_("Region"), max_length=200, required=False)
    vat_number = forms.CharField(
        label=_("VAT number"),
        max_length=40,
        required=False,
        help_text=_(
            "With its country prefix, such as DE136695976. Businesses in other EU countries pay no VAT with it."
        ),
    )

    @staticmethod
    def initial_of(organization: Organization) -> dict[str, Any]:
        """What the form shows for an organization."""
        address = organization.address
        return {
            "name": organization.name,
            "email": organization.email,
            "country": organization.country,
            "language": organization.language,
            "line1": address.line1,
            "line2": address.line2,
            "postal_code": address.postal_code,
            "city": address.city,
            "region": address.region,
            "vat_number": organization.vat_number,
            "bill_to": organization.bill_to,
            "currency": organization.currency,
        }

    def given(self) -> CustomerInput:
        """The cleaned data as the commands take it."""
        data = self.cleaned_data
        return CustomerInput(
            name=data["name"],
            country=data["country"],
            email=data["email"],
            language=data["language"],
            address=Address(data["line1"], data["city"], data["postal_code"], data["line2"], data["region"]),
            vat_number=data["vat_number"],
            bill_to=data.get("bill_to") or None,
            currency=data.get("currency") or None,
        )


class ResellerForm(BusinessForm):
    """A reseller's data with its help desk and switches."""

    help_name = forms.CharField(
        label=_("Whom customers ask"),
        max_length=200,
        required=False,
        help_text=_("Shown with the help address on every page of your customers and in their mails."),
    )
    help_email = forms.CharField(
        label=_("Help e-mail"), max_length=254, required=False, widget=forms.EmailInput
    )
    help_url = forms.CharField(label=_("Help page"), max_length=500, required=False)
    notify_customer_contact = forms.BooleanField(
        label=_("Tell the customer's contact by mail when a subscription was made"), required=False
    )
    documents_to_bill_to = forms.BooleanField(
        label=_("Let customers read invoices that bear their name but that we pay"),
        required=False,
        help_text=_("These show your discount. Documents issued before you switch this on stay closed."),
    )


class SellerForm(BusinessForm):
    """The operator's data as seller, with the account for transfers."""

    iban = forms.CharField(label=_("IBAN"), max_length=42)
    bic = forms.CharField(label=_("BIC"), max_length=11, required=False)
    bank_name = forms.CharField(label=_("Bank"), max_length=100, required=False)
    help_email = forms.CharField(
        label=_("Help e-mail"), max_length=254, required=False, widget=forms.EmailInput
    )
    help_url = forms.CharField(label=_("Help page"), max_length=500, required=False)
    vat_unknown = forms.ChoiceField(
        label=_("While nobody can say whether a buyer's VAT number is valid"),
        choices=[
            ("hold_invoice", _("Deliver, and hold the invoice until the answer comes")),
            ("charge_then_correct", _("Charge VAT, and correct it by credit note when the answer comes")),
        ],
    )
    vat_answer_days = forms.IntegerField(
        label=_("Days for which a valid answer serves before that"), min_value=0, max_value=90
    )


class KeyForm(forms.Form):
    """A name and a role for an API key."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Where the key is used, so that you know it again.")
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # as declared above
        field.choices = roles


class StaffForm(forms.Form):
    """Whom to let into the own organization."""

    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # as declared above
        field.choices = roles
        field.initial = roles[-1][0] if roles else None
