"""Count money towards many invoices at once, and take it back from one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection

from purveyor.billing.commands._locked import Counted, lock, said_of
from purveyor.billing.errors import DocumentNotPayable, PaymentExceedsInvoice
from purveyor.billing.events import InvoicePaid, InvoicePartlyPaid
from purveyor.billing.models import Document
from purveyor.billing.rules.status import PAYABLE, status_of
from purveyor.billing.types import Status
from purveyor.infra import outbox
from purveyor.infra.bulk import array
from purveyor.infra.clock import start_of
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.events import Event
from purveyor.kernel.money import Money

_LOCK = """
SELECT id, kind, number, status, reseller_id, customer_id, payer_id, order_id, currency, gross, paid, credited
FROM billing_document WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"""
_COUNT = """
UPDATE billing_document d SET paid = r.paid, status = r.status,
  due_at = CASE WHEN r.status = 'paid' THEN NULL ELSE d.due_at END
FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, paid bigint, status text) WHERE d.id = r.id"""


@command
def apply_payments(*, actor: Actor, now: datetime, amounts: Mapping[UUID, Money]) -> dict[UUID, Status]:
    """Count an amount towards each of these invoices, as ``apply_payment`` does; the new status of each.

    Two statements, however many. Not safe to repeat by itself: payments calls it in the transaction that records
    the money.

    Raises: NotFound; Invalid (amount); DocumentNotPayable; PaymentExceedsInvoice. Then nothing is counted.
    Emits: invoice.paid for each on which nothing is open any more, invoice.partly_paid for the others.
    """
    if not amounts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (array(amounts),))
        rows = [Counted(*row) for row in cursor.fetchall()]
    found: dict[UUID, Status] = {}
    changed = []
    said: list[tuple[Event, str, outbox.Whose]] = []
    for row in rows:
        paid = row.paid + _checked(row, amounts[row.id])
        status = status_of(gross=row.gross - row.credited, paid=paid, before=row.status)
        found[row.id] = status
        changed.append({"id": str(row.id), "paid": paid, "status": status})
        said.append(said_of(InvoicePaid if status == "paid" else InvoicePartlyPaid, row))
    outbox.emit_all(said, now=now)
    missing = amounts.keys() - found.keys()
    if missing:
        raise NotFound(document=str(min(missing)))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, (json.dumps(changed),))
    return found


def _checked(row: Counted, amount: Money) -> int:
    if amount.currency != row.currency:
        raise Invalid(field="amount", reason="currency_mismatch", currency=row.currency)
    if amount.amount <= 0:
        raise Invalid(field="amount", reason="not_positive")
    if row.kind != "invoice" or row.status not in PAYABLE:
        raise DocumentNotPayable(number=row.number, status=row.status)
    owed = row.gross - row.credited
    if row.paid + amount.amount > owed:
        raise PaymentExceedsInvoice(open=owed - row.paid, wanted=amount.amount, currency=row.currency)
    return amount.amount


@command
def withdraw_payment(*, actor: Actor, now: datetime, document_id: UUID, amount: Money) -> Status:
    """Take back what was counted towards an invoice: the bank returned it, or it was never meant for it.

    It stands open again; past its due date it falls overdue with the next due work. Not safe to repeat by itself:
    payments calls it in the transaction that reverses the money.

    Raises: NotFound; Invalid for more than was counted; DocumentNotPayable for one that was written off.
    """
    row = lock(document_id)
    if amount.currency != row.currency or not 0 < amount.amount <= row.paid:
        raise Invalid(field="amount", reason="not_positive")
    if row.kind != "invoice" or row.status not in (*PAYABLE, "paid"):
        raise DocumentNotPayable(number=row.number, status=row.status)
    row.paid -= amount.amount
    if row.status != "overdue":
        row.status = "partially_paid" if row.paid else "issued"
        due_on = Document.objects.values_list("due_on", flat=True).get(id=document_id)
        row.due_at = start_of(due_on + timedelta(days=1))
    row.save(update_fields=["paid", "status", "due_at"])
    return cast(Status, row.status)
