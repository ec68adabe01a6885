"""The first act of a deployment: the operator and its house reseller."""

from __future__ import annotations

from datetime import datetime

from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError

from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.text import clean_line
from purveyor.parties import models, queries
from purveyor.parties.authority import require
from purveyor.parties.commands._fields import organization_columns
from purveyor.parties.commands.resellers import create_reseller
from purveyor.parties.errors import SellerCountryNotYet
from purveyor.parties.events import OperatorUpdated
from purveyor.parties.types import CustomerInput, Seller, VatUnknownPolicy

ANSWER_DAYS_MAX = 90
# Where an invoice is only one once the state has stamped it: Mexico's CFDI is not written yet.
_NOT_YET = frozenset({"MX"})


@command
def setup_operator(
    *,
    actor: Actor,
    now: datetime,
    given: CustomerInput,
    iban: str,
    bic: str,
    bank_name: str,
    help_email: str,
    help_url: str,
) -> Seller:
    """Make the operator and its house reseller ``HOUSE``; there is one operator (repeating returns it).

    Raises: Forbidden, Invalid, vat_number_invalid; SellerCountryNotYet.
    """
    require(actor, "operate")
    if models.SellerProfile.objects.exists():
        return queries.get_seller()
    columns, _ = organization_columns(given)
    _check_country(columns["country"])
    new = new_id()
    models.Organization.objects.create(
        id=new, kind="operator", reseller_id=None, customer_id=None, currency=given.currency or "EUR",
        bill_to="customer", created_at=now, **columns,
    )  # fmt: skip
    models.SellerProfile.objects.create(
        organization_id=new, iban=_clean_iban(iban), bic=clean_line(bic, field="bic", required=False),
        bank_name=clean_line(bank_name, field="bank_name", required=False), help_email=help_email,
        help_url=help_url,
    )  # fmt: skip
    create_reseller(
        actor=actor,
        now=now,
        given=given,
        code="HOUSE",
        is_house=True,
        help_email=help_email,
        help_url=help_url,
    )
    return queries.get_seller()


@command
def update_seller(
    *,
    actor: Actor,
    now: datetime,
    given: CustomerInput,
    iban: str,
    bic: str,
    bank_name: str,
    help_email: str,
    help_url: str,
    vat_unknown: VatUnknownPolicy | None = None,
    vat_answer_days: int | None = None,
) -> Seller:
    """Correct the operator's data and bank account; issued documents keep what they said.

    ``vat_unknown`` says what is done while a buyer's VAT number is unknown, ``vat_answer_days`` how old a valid
    answer may be that serves meanwhile; left out, they stay.

    Raises: Forbidden, Invalid, vat_number_invalid; SellerCountryNotYet.
    Emits: operator.updated.
    """
    require(actor, "operate")
    seller = queries.get_seller()
    columns, _ = organization_columns(given, before=seller.organization)
    _check_country(columns["country"])
    policy = vat_unknown or seller.vat_unknown
    if policy not in ("hold_invoice", "charge_then_correct"):
        raise Invalid(field="vat_unknown", reason="choice", choices=["hold_invoice", "charge_then_correct"])
    days = seller.vat_answer_days if vat_answer_days is None else vat_answer_days
    if type(days) is not int or not 0 <= days <= ANSWER_DAYS_MAX:
        raise Invalid(field="vat_answer_days", reason="out_of_range", minimum=0, maximum=ANSWER_DAYS_MAX)
    models.Organization.objects.filter(id=seller.organization.id).update(**columns)
    models.SellerProfile.objects.filter(organization_id=seller.organization.id).update(
        iban=_clean_iban(iban),
        bic=clean_line(bic, field="bic", required=False),
        bank_name=clean_line(bank_name, field="bank_name", required=False),
        help_email=help_email,
        help_url=help_url,
        vat_unknown=policy,
        vat_answer_days=days,
    )
    queries.forget_seller()
    activity.record(
        actor, now=now, kind="operator.updated", subject_kind="operator", subject_id=seller.organization.id,
        reseller_id=None,
    )  # fmt: skip
    outbox.emit(
        OperatorUpdated(operator=show("ope", seller.organization.id)),
        now=now, subject_id=seller.organization.id, reseller_id=None,
    )  # fmt: skip
    return queries.get_seller()


def _check_country(country: str) -> None:
    if country in _NOT_YET:
        raise SellerCountryNotYet(field="country", country=country)


def _clean_iban(text: str) -> str:
    try:
        return str(iban_numbers.validate(text))
    except ValidationError as error:
        raise Invalid(field="iban", reason="iban") from error
