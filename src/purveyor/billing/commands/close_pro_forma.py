"""Close a pro-forma when its order was paid or cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from purveyor.billing.models import Document
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor


@command
def close_pro_forma(
    *, actor: Actor, now: datetime, document_id: UUID, outcome: Literal["paid", "cancelled"]
) -> bool:
    """Mark a pro-forma as paid or cancelled; False when it was closed before. Safe to repeat."""
    rows = Document.objects.filter(id=document_id, kind="pro_forma", status="issued")
    return bool(rows.update(status=outcome))
