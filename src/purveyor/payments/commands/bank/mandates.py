"""A payer's leave to collect from its account: entered and revoked."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from purveyor.infra import activity
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.text import clean_line
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import bank_files, models
from purveyor.payments.commands._rows import require_payer
from purveyor.payments.errors_bank import MandateExists
from purveyor.payments.rules.bank import account_number
from purveyor.payments.types_bank import Mandate

_REFERENCE = re.compile(r"[A-Za-z0-9+?/:().,'-]{1,35}")


@command
def enter_mandate(
    *,
    actor: Actor,
    now: datetime,
    payer_id: UUID,
    iban: str,
    name: str,
    signed_on: date,
    reference: str = "",
) -> Mandate:
    """Enter a SEPA direct debit mandate: the payer's own administrator, or the operator for it. One that holds a payer.

    ``reference`` (at most 35 letters, digits and signs) is made here unless given.

    Raises: Forbidden; NotFound; Invalid (iban, name, signed_on, reference); MandateExists.
    """
    authority.require(actor, "settings" if actor.scope != "operator" else "operate")
    require_payer(actor, payer_id)
    payer = parties.get_organization(actor=actor, organization_id=payer_id)
    if payer.reseller_id is None:
        raise Invalid(field="payer", reason="no_balance")
    if signed_on > business_date(now):
        raise Invalid(field="signed_on", reason="in_the_future")
    id = new_id()
    named = reference.strip() or f"M{show('man', id).partition('_')[2].upper()}"
    if not _REFERENCE.fullmatch(named):
        raise Invalid(field="reference", reason="invalid")
    row = models.Mandate(
        id=id,
        reseller_id=payer.reseller_id,
        customer_id=payer.id if payer.kind == "customer" else None,
        payer_id=payer_id,
        reference=named,
        iban=account_number.check(iban, sepa=True),
        name=clean_line(name, field="name", length_max=70),
        signed_on=signed_on,
        entered_at=now,
        entered_by=actor.name,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise MandateExists(field="payer") from error
    _note(actor, now, row, "mandate.entered")
    return bank_files.mandate_of(row)


@command
def revoke_mandate(*, actor: Actor, now: datetime, mandate_id: UUID) -> Mandate:
    """Nothing is collected by it any more; what the bank has already is. Safe to repeat.

    Raises: Forbidden; NotFound.
    """
    authority.require(actor, "settings" if actor.scope != "operator" else "operate")
    row = models.Mandate.objects.select_for_update(no_key=True).filter(id=mandate_id).first()
    if row is None:
        raise NotFound(kind="mandate")
    require_payer(actor, row.payer_id)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        _note(actor, now, row, "mandate.revoked")
    return bank_files.mandate_of(row)


def _note(actor: Actor, now: datetime, row: models.Mandate, kind: str) -> None:
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="mandate",
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts={"reference": row.reference},
    )
