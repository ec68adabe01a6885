"""Open and correct customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import is_currency
from purveyor.parties import models, queries
from purveyor.parties.authority import require
from purveyor.parties.commands._fields import keep_evidence, organization_columns
from purveyor.parties.errors import CurrencyFrozen
from purveyor.parties.events import CustomerCreated, CustomerUpdated
from purveyor.parties.types import CustomerInput, Organization


@command
def create_customer(
    *,
    actor: Actor,
    now: datetime,
    given: CustomerInput,
    reseller_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> Organization:
    """Open a customer under the actor's reseller (or, for the operator, ``reseller_id``; default its house).

    The reseller becomes its administrator by relation, without holding a seat. ``customer_id`` may be
    made by the caller, so that a retry meets the unique key.

    Raises: Forbidden, Invalid, NotFound (no such reseller), vat_number_invalid.
    Emits: customer.created.
    """
    require(actor, "create_customer")
    owner = actor.reseller_id if actor.scope == "reseller" else reseller_id or queries.find_house_reseller()
    if owner is None or not models.Organization.objects.filter(id=owner, kind="reseller").exists():
        raise NotFound(kind="reseller")
    columns, checked = organization_columns(given)
    currency = given.currency or models.Organization.objects.values_list("currency", flat=True).get(id=owner)
    if not is_currency(currency):
        raise Invalid(field="currency", reason="currency")
    bill_to = given.bill_to or settings.DEFAULT_BILL_TO
    if bill_to not in {"customer", "reseller"}:
        raise Invalid(field="bill_to", reason="choice", choices=["customer", "reseller"])
    new = customer_id or new_id()
    models.Organization.objects.create(
        id=new, kind="customer", customer_id=new, reseller_id=owner, currency=currency, bill_to=bill_to,
        created_at=now, **columns,
    )  # fmt: skip
    keep_evidence(checked, columns["country"], owner, new, now)
    activity.record(
        actor, now=now, kind="customer.created", subject_kind="customer", subject_id=new, reseller_id=owner,
        customer_id=new, facts={"name": columns["name"]},
    )  # fmt: skip
    outbox.emit(
        CustomerCreated(customer=show("cus", new), name=columns["name"]),
        now=now, subject_id=new, reseller_id=owner, customer_id=new,
    )  # fmt: skip
    return queries.get_customer(actor=actor, customer_id=new)


@command
def update_customer(*, actor: Actor, now: datetime, customer_id: UUID, given: CustomerInput) -> Organization:
    """Correct a customer's data. Issued documents keep what they said.

    ``bill_to`` and ``currency`` are kept when None. A customer itself may not choose its reseller as
    bill-to: that is between the reseller and the operator.

    Raises: NotFound, Forbidden, Invalid, CurrencyFrozen, vat_number_invalid.  Emits: customer.updated.
    """
    require(actor, "business_information", customer_id=customer_id)
    before = queries.get_customer(actor=actor, customer_id=customer_id)
    columns, checked = organization_columns(given, before=before)
    if given.currency is not None and given.currency != before.currency:
        if before.currency_frozen:
            raise CurrencyFrozen(field="currency", currency=before.currency)
        if not is_currency(given.currency or ""):
            raise Invalid(field="currency", reason="currency")
        columns["currency"] = given.currency
    if given.bill_to is not None and given.bill_to != before.bill_to:
        if actor.scope == "customer" or given.bill_to not in {"customer", "reseller"}:
            raise Invalid(field="bill_to", reason="choice", choices=[before.bill_to])
        columns["bill_to"] = given.bill_to
    row = models.Organization.objects.select_for_update(of=("self",)).get(id=customer_id)
    changed = sorted(k for k, v in columns.items() if getattr(row, k) != v and not k.endswith("_key"))
    if not changed:
        return before
    models.Organization.objects.filter(id=customer_id).update(**columns)
    assert row.reseller_id is not None  # a check constraint: customers have a reseller
    keep_evidence(checked, columns["country"], row.reseller_id, customer_id, now)
    activity.record(
        actor, now=now, kind="customer.updated", subject_kind="customer", subject_id=customer_id,
        reseller_id=row.reseller_id, customer_id=customer_id, facts={"changed": changed},
    )  # fmt: skip
    outbox.emit(
        CustomerUpdated(customer=show("cus", customer_id), changed=changed),
        now=now, subject_id=customer_id, reseller_id=row.reseller_id, customer_id=customer_id,
    )  # fmt: skip
    return queries.get_customer(actor=actor, customer_id=customer_id)


@command
def freeze_currency(*, actor: Actor, now: datetime, customer_id: UUID, currency: str) -> None:
    """The first order fixes a customer's currency for good (api.md). Safe to repeat.

    Raises: CurrencyFrozen when another currency was fixed before.
    """
    updated = models.Organization.objects.filter(
        id=customer_id, currency=currency, currency_frozen=False
    ).update(currency_frozen=True)
    if updated:
        return
    known = models.Organization.objects.filter(id=customer_id).values_list("currency", flat=True).first()
    if known != currency:
        raise CurrencyFrozen(field="currency", currency=known)
