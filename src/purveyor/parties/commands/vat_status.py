"""What is known of a party's VAT number by now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.infra import activity, outbox, rows
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import show
from purveyor.parties import models
from purveyor.parties.authority import require
from purveyor.parties.events import VatNumberChanged
from purveyor.parties.types import PREFIXES, VatStatus


@command
def set_vat_status(
    *, actor: Actor, now: datetime, organization_id: UUID, number: str, status: VatStatus
) -> bool:
    """Keep that a check of ``number`` found ``status``; False where nothing changed, or the party has another number
    by now. The documents issued before keep what they say.

    Raises: Forbidden for everybody but the operator and its jobs.  Emits: vat_number.changed.
    """
    require(actor, "operate")
    changed = rows.find(
        models.Organization,
        "t.id = %s AND t.vat_number = %s AND t.vat_status <> %s FOR UPDATE",
        (organization_id, number, status),
    )
    if not changed or not number:
        return False
    row = changed[0]
    before, row.vat_status = row.vat_status, status
    row.save(update_fields=["vat_status"])
    activity.record(
        actor, now=now, kind="vat_number.changed", subject_kind=row.kind, subject_id=row.id,
        reseller_id=row.reseller_id, customer_id=row.customer_id,
        facts={"number": number, "before": before, "status": status},
    )  # fmt: skip
    outbox.emit(
        VatNumberChanged(
            organization=show(PREFIXES[row.kind], row.id), number=number, before=before, status=status
        ),
        now=now, subject_id=row.id, reseller_id=row.reseller_id, customer_id=row.customer_id,
    )  # fmt: skip
    return True
