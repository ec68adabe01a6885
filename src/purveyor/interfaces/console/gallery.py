"""The gallery of components, for those who build pages. Made-up rows; the address exists in a sandbox only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, gettext_lazy

from purveyor.interfaces.console.statuses import LABELS
from purveyor.interfaces.console.templatetags.icons import PATHS
from purveyor.interfaces.console.widgets import Line, Pager, Point, Tab
from purveyor.kernel.money import Money


class GalleryForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"))
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=[("DE", "Deutschland"), ("SE", "Sverige")]
    )
    vat_number = forms.CharField(
        label=gettext_lazy("VAT number"), required=False, help_text=gettext_lazy("As in DE136695976.")
    )
    payer = forms.ChoiceField(
        label=gettext_lazy("Who pays?"),
        choices=[("reseller", gettext_lazy("We pay")), ("customer", gettext_lazy("The customer pays"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1)
    discount = forms.DecimalField(label=gettext_lazy("Discount"))
    notify = forms.BooleanField(
        label=gettext_lazy("Tell the customer by mail"),
        required=False,
        help_text=gettext_lazy("One mail to the contact, in the customer's language."),
    )


def gallery_context() -> dict[str, Any]:
    """Return what `console/gallery.html` needs beside the shell."""
    form = GalleryForm(
        {"name": "Bäckerei Sonnenschein", "country": "DE", "vat_number": "DE12", "payer": "reseller",
         "seats": "5", "discount": "20", "notify": "on"}
    )  # fmt: skip
    form.add_error("vat_number", gettext("This number has a wrong check digit."))
    return {
        "form": form,
        "tabs": [
            Tab(gettext("Overview"), "?", active=True),
            Tab(gettext("Members"), "?", count=17),
            Tab(gettext("Billing"), "?"),
            Tab(gettext("Activity"), "?"),
        ],
        "steps": [gettext("Customer"), gettext("Offer"), gettext("Price"), gettext("Payment")],
        "rows": _rows(),
        "lines": _lines(),
        "pager": Pager(next_url="?", previous_url="?", total=10240),
        "points": [
            Point(label, value)
            for label, value in zip("JFMAMJJASOND", (4, 9, 7, 14, 12, 20, 18, 3, 22, 28, 25, 31), strict=True)
        ],
        "statuses": list(LABELS),
        "icon_names": list(PATHS),
        "today": date(2026, 11, 22),
    }


def _rows() -> list[dict[str, Any]]:
    known = [
        ("Bäckerei Sonnenschein", "active", 17, 3, 25, 0),
        ("Clínica Dental Alameda", "awaiting_payment", 4, 1, 5, 118950),
        ("Studio Legale Bianchi & Associati", "trial", 2, 0, 10, 0),
        ("Garage Dupont", "ending", 8, 0, 8, 24000),
        ("Ljusdals Redovisningsbyrå AB", "overdue", 40, 0, 40, 452000),
        ("Harrow Architects Ltd", "ended", 0, 0, 12, 0),
    ]
    return [
        {"name": name, "id": UUID(int=index), "status": status, "used": used, "reserved": reserved,
         "total": total, "until": date(2027, 1 + index, 14), "open": Money(amount, "EUR") if amount else None}
        for index, (name, status, used, reserved, total, amount) in enumerate(known)
    ]  # fmt: skip


def _lines() -> list[Line]:
    percent = Decimal(20)
    return [
        Line(
            gettext("5 seats of Lockbox Business"),
            Money(30000, "EUR"),
            gettext("5 seats × 12 months × 5.00 EUR"),
        ),
        Line(
            gettext("Your discount"),
            Money(-6000, "EUR"),
            gettext("%(percent)s %% of 300.00 EUR") % {"percent": percent},
        ),
        Line(gettext("Net"), Money(24000, "EUR"), kind="sum"),
        Line(gettext("VAT"), Money(0, "EUR"), gettext("Reverse charge: the customer accounts for the VAT.")),
        Line(gettext("To pay"), Money(24000, "EUR"), kind="total"),
        Line(gettext("The next renewal on 22 November 2027 costs the same."), kind="note"),
    ]
