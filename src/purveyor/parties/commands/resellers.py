"""Open and change resellers: the operator's desk, and a reseller's own settings."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from purveyor.infra import activity, outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import is_currency
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import models, queries
from purveyor.parties.authority import require
from purveyor.parties.commands._fields import keep_evidence, organization_columns
from purveyor.parties.errors import CodeTaken
from purveyor.parties.events import ResellerCreated, ResellerUpdated, VatNumberChanged
from purveyor.parties.types import CustomerInput, Organization

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")


@command
def create_reseller(
    *,
    actor: Actor,
    now: datetime,
    given: CustomerInput,
    code: str | None = None,
    is_house: bool = False,
    help_email: str = "",
    help_url: str = "",
) -> Organization:
    """Open a reseller. ``code`` stands in its document numbers (2 to 10 capitals and digits; default next R-number).

    Raises: Forbidden, Invalid, CodeTaken, vat_number_invalid.  Emits: reseller.created.
    """
    require(actor, "operate")
    columns, checked = organization_columns(given)
    if given.currency is None or not is_currency(given.currency):
        raise Invalid(field="currency", reason="currency")
    wanted = (code or f"R{models.ResellerProfile.objects.count() + 1:03d}").strip().upper()
    if not _CODE.fullmatch(wanted):
        raise Invalid(field="code", reason="reseller_code")
    new = new_id()
    models.Organization.objects.create(
        id=new, kind="reseller", reseller_id=new, customer_id=None, currency=given.currency, bill_to="reseller",
        created_at=now, **columns,
    )  # fmt: skip
    try:
        with transaction.atomic():
            models.ResellerProfile.objects.create(
                organization_id=new, reseller_id=new, code=wanted, name=columns["name"], is_house=is_house,
                help_name=columns["name"], help_email=help_email or columns["email"], help_url=help_url,
            )  # fmt: skip
    except IntegrityError as error:
        raise CodeTaken(field="code", value=wanted) from error
    keep_evidence(checked, columns["country"], new, None, now)
    activity.record(
        actor, now=now, kind="reseller.created", subject_kind="reseller", subject_id=new, reseller_id=new,
        facts={"name": columns["name"], "code": wanted},
    )  # fmt: skip
    outbox.emit(
        ResellerCreated(reseller=show("res", new), name=columns["name"]),
        now=now,
        subject_id=new,
        reseller_id=new,
    )
    return queries.get_organization(actor=actor, organization_id=new)


@command
def update_reseller(
    *,
    actor: Actor,
    now: datetime,
    reseller_id: UUID,
    given: CustomerInput,
    help_name: str,
    help_email: str,
    help_url: str,
    notify_customer_contact: bool,
    documents_to_bill_to: bool,
) -> Organization:
    """Correct a reseller's data, help desk and switches (its own administrator's or the operator's act).

    Raises: NotFound, Forbidden, Invalid, vat_number_invalid.
    Emits: reseller.updated; vat_number.changed for another number.
    """
    require(actor, "settings")
    if actor.scope == "customer" or (actor.scope == "reseller" and actor.reseller_id != reseller_id):
        raise NotFound(kind="reseller")
    before = queries.get_organization(actor=actor, organization_id=reseller_id)
    if before.kind != "reseller":
        raise NotFound(kind="reseller")
    columns, checked = organization_columns(given, before=before)
    row = models.Organization.objects.select_for_update(of=("self",)).get(id=reseller_id)
    profile: dict[str, Any] = {
        "name": columns["name"],
        "help_name": clean_line(help_name, field="help_name", required=False),
        "help_email": clean_email(help_email, field="help_email") if help_email.strip() else "",
        "help_url": _clean_url(help_url),
        "notify_customer_contact": notify_customer_contact,
        "documents_to_bill_to": documents_to_bill_to,
    }
    known = models.ResellerProfile.objects.get(organization_id=reseller_id)
    changed = sorted(
        [k for k, v in columns.items() if getattr(row, k) != v and not k.endswith("_key")]
        + [k for k, v in profile.items() if k != "name" and getattr(known, k) != v]
    )
    models.Organization.objects.filter(id=reseller_id).update(**columns)
    models.ResellerProfile.objects.filter(organization_id=reseller_id).update(**profile)
    if changed:
        keep_evidence(checked, columns["country"], reseller_id, None, now)
        if {"vat_number", "vat_status"} & set(changed):
            outbox.emit(
                VatNumberChanged(
                    organization=show("res", reseller_id),
                    number=columns["vat_number"],
                    before=row.vat_status,
                    status=columns["vat_status"],
                ),
                now=now,
                subject_id=reseller_id,
                reseller_id=reseller_id,
            )
        activity.record(
            actor, now=now, kind="reseller.updated", subject_kind="reseller", subject_id=reseller_id,
            reseller_id=reseller_id, facts={"changed": changed},
        )  # fmt: skip
        outbox.emit(
            ResellerUpdated(reseller=show("res", reseller_id), changed=changed),
            now=now, subject_id=reseller_id, reseller_id=reseller_id,
        )  # fmt: skip
    return queries.get_organization(actor=actor, organization_id=reseller_id)


def _clean_url(text: str) -> str:
    url = clean_line(text, field="help_url", required=False, length_max=500)
    if url and not url.startswith(("https://", "http://", "mailto:", "tel:")):
        raise Invalid(field="help_url", reason="url")
    return url
