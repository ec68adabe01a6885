"""The life of a dunning case: opened when an invoice falls overdue, step by step, over when it is paid."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.infra import rows
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.payments import events, models
from purveyor.payments.commands._cases import (
    about,
    announce,
    follow_card,
    lock_case,
    next_at,
    next_step,
    note,
    resolve,
)
from purveyor.payments.queries import get_ladder
from purveyor.payments.rows import step_json
from purveyor.payments.rules.dunning import after_step, shift_after_pause
from purveyor.payments.types import DunningAction, DunningStatus

_EVENTS: dict[DunningAction, type[events._DunningEvent]] = {
    "remind": events.DunningReminded,
    "final_notice": events.DunningFinalNotice,
    "block_orders": events.DunningOrdersBlocked,
    "suspend": events.DunningSuspendDue,
    "terminate": events.DunningTerminateDue,
}


@command
def open_case(*, actor: Actor, now: datetime, invoice_id: UUID) -> UUID | None:
    """Open the dunning of an overdue invoice by its reseller's ladder; None when it is not overdue (any more).

    The case keeps the ladder of this day. Safe to repeat: one case an invoice, by constraint.

    Raises: Forbidden, NotFound.
    """
    authority.require(actor, "operate")
    invoice = billing.get_document(actor=actor, document_id=invoice_id)
    if invoice.status != "overdue":
        return None
    plan = get_ladder(actor=actor, reseller_id=invoice.reseller_id).steps
    row = models.DunningCase(
        id=new_id(),
        reseller_id=invoice.reseller_id,
        customer_id=invoice.customer_id,
        payer_id=invoice.payer_id,
        invoice_id=invoice_id,
        number=invoice.number,
        due_on=invoice.due_on,
        plan=[step_json(step) for step in plan],
        opened_at=now,
    )
    row.due_at = next_at(row)
    models.DunningCase.objects.bulk_create([row], ignore_conflicts=True)
    found = models.DunningCase.objects.filter(invoice_id=invoice_id).values_list("id", flat=True).first()
    if found == row.id:
        note(actor, now, row, "dunning.opened")
        follow_card(invoice_id)
    return found


@command
def take_step(*, actor: Actor, now: datetime, case_id: UUID) -> DunningStatus:
    """Take the step that is due at ``now``, or go on after the last day of a promise; the state after it.

    An invoice paid meanwhile resolves the case instead. Each step is taken once (unique on case and position);
    safe to repeat: the case is locked and looked at again.

    Raises: Forbidden, NotFound.
    Emits: one dunning event of the step's action, or dunning.resolved.
    """
    authority.require(actor, "operate")
    row = lock_case(case_id)
    if row.due_at is None or row.due_at > now:
        return _status(row)
    if not billing.get_document(actor=actor, document_id=row.invoice_id).open:
        resolve(actor, now, row)
        return "resolved"
    if row.status == "promised":
        _promise_broken(actor, now, row)
        return _status(row)
    step = next_step(row)
    if step is not None:
        position = row.position
        rows.insert(
            models.DunningDone(
                id=new_id(),
                case=row,
                reseller_id=row.reseller_id,
                customer_id=row.customer_id,
                payer_id=row.payer_id,
                position=position,
                step=step_json(step),
                done_at=now,
            )
        )
        row.position = position + 1
        row.status = after_step(_status(row), step.action)
        row.blocks_orders = row.blocks_orders or step.action in ("block_orders", "suspend", "terminate")
        announce(row, _EVENTS[step.action](**about(row, position)), now)
        note(actor, now, row, "dunning.step", action=step.action, days=step.days)
    row.due_at = None if row.status == "terminated" else next_at(row)
    row.save(update_fields=["position", "status", "blocks_orders", "due_at"])
    return _status(row)


def _promise_broken(actor: Actor, now: datetime, row: models.DunningCase) -> None:
    """The promised day is over and the money is not there: the ladder goes on, from today."""
    row.status = row.before
    go_on(row, now)
    note(actor, now, row, "dunning.promise_broken", until=row.promised_until.isoformat())  # type: ignore[union-attr]  # a promise has its day, by constraint
    row.promised_until = None
    row.save(update_fields=["status", "shift_days", "due_at", "promised_until"])


def go_on(row: models.DunningCase, now: datetime) -> None:
    """After a pause: what is still to come, no earlier than today, in its old distances."""
    step = next_step(row)
    if step is not None:
        row.shift_days = shift_after_pause(
            due_on=row.due_on, days=step.days, shift=row.shift_days, earliest=business_date(now)
        )
    due = next_at(row)
    row.due_at = None if due is None or row.status == "terminated" else max(due, now)


@command
def resolve_case(*, actor: Actor, now: datetime, invoice_id: UUID) -> bool:
    """The invoice is paid in full: its case is over, and what was suspended goes on. False without an open case.

    Payments calls it in the transaction that counts the money. Safe to repeat.

    Emits: dunning.resolved.
    """
    row = (
        models.DunningCase.objects.select_for_update(no_key=True)
        .filter(invoice_id=invoice_id, resolved_at__isnull=True)
        .first()
    )
    if row is None:
        return False
    resolve(actor, now, row)
    return True


def _status(row: models.DunningCase) -> DunningStatus:
    found: Any = row.status
    status: DunningStatus = found
    return status
