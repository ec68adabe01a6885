"""What was issued to a payer, for its statement of account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.queries import _LIST_FIELDS, _listed, _visible
from purveyor.billing.types import DocumentRow
from purveyor.kernel.actor import Actor


def issued_between(
    *, actor: Actor, payer_id: UUID, first: datetime, last: datetime
) -> list[tuple[datetime, DocumentRow]]:
    """Invoices and credit notes to a payer with the instant of each, both ends included, in their order."""
    rows = _visible(actor).filter(payer_id=payer_id, issued_at__range=(first, last))
    rows = rows.exclude(kind="pro_forma").only(*_LIST_FIELDS, "issued_at").order_by("issued_at", "sequence")
    return [(row.issued_at, DocumentRow(**_listed(row))) for row in rows]
