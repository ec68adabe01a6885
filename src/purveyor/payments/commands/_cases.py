"""What the commands of dunning read, write and say alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from purveyor.infra import activity, outbox, rows
from purveyor.infra.clock import business_date, start_of
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.events import Event
from purveyor.payments import events, models
from purveyor.payments.rows import step_of
from purveyor.payments.rules.dunning import after_tries
from purveyor.payments.types import LadderStep, Payable

# Steps are taken in the morning, so that nobody is written to, or suspended, at night.
STEP_HOUR = 8


def step_at(day: date) -> datetime:
    """The instant at which the steps of ``day`` are taken."""
    return start_of(day) + timedelta(hours=STEP_HOUR)


def lock_case(case_id: UUID) -> models.DunningCase:
    """The case, locked for this transaction. Raises NotFound."""
    found = rows.find(models.DunningCase, "t.id = %s FOR NO KEY UPDATE", (case_id,))
    if not found:
        raise NotFound(kind="dunning_case")
    return found[0]


def next_step(row: models.DunningCase) -> LadderStep | None:
    """The step that comes next, if one is left."""
    return step_of(row.plan[row.position]) if row.position < len(row.plan) else None


def next_at(row: models.DunningCase) -> datetime | None:
    """When the next step is due; None when none is left."""
    step = next_step(row)
    return None if step is None else step_at(row.due_on + timedelta(days=step.days + row.shift_days))


def about(row: models.DunningCase, position: int) -> dict[str, Any]:
    """The fields that every event about the case has."""
    return {
        "case_id": str(row.id),
        "invoice_id": str(row.invoice_id),
        "number": row.number,
        "customer_id": None if row.customer_id is None else str(row.customer_id),
        "payer_id": str(row.payer_id),
        "position": position,
    }


def announce(row: models.DunningCase, event: Event, now: datetime) -> None:
    """Emit ``event`` about the case, for its payer and the operator."""
    outbox.emit(
        event,
        now=now,
        subject_id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )


def note(actor: Actor, now: datetime, row: models.DunningCase, kind: str, **facts: str | int) -> None:
    """Put an act on the case on record."""
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="invoice",
        subject_id=row.invoice_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts={"number": row.number, **facts},
    )


def follow_tries(payable: Payable) -> None:
    """Let the case of a payable's invoice say when its card is tried again; the caller has locked the payable."""
    if payable.subject_kind == "invoice":
        follow_card(payable.subject_id)


def follow_card(invoice_id: UUID) -> None:
    """Let the case of an invoice, if it has one, say when the payer's card is tried again, or that it is not any more.

    A try on the day on which its series began is no second one.
    """
    row = (
        models.DunningCase.objects.select_for_update(no_key=True)
        .filter(invoice_id=invoice_id, resolved_at__isnull=True)
        .first()
    )
    if row is None:
        return
    planned = models.CardAttempt.objects.filter(
        payable__subject_kind="invoice",
        payable__subject_id=invoice_id,
        kind="off_session",
        status="planned",
        due_at__isnull=False,
    )
    ahead = [one.due_at for one in planned if one.due_at and business_date(one.due_at) > one.series_on]
    row.retry_at = min(ahead, default=None)
    reminded = any(step_of(step).action == "remind" for step in row.plan[: row.position])
    paused = row.status in ("on_hold", "promised")
    going = after_tries(
        row.before if paused else row.status,  # type: ignore[arg-type]  # a check constraint holds it to the literal
        is_tried=row.retry_at is not None,
        was_reminded=reminded,
    )
    if paused:
        row.before = going
    else:
        row.status = going
    row.save(update_fields=["status", "before", "retry_at"])


def resolve(actor: Actor, now: datetime, row: models.DunningCase) -> None:
    """The locked case is over, because its invoice is paid. Emits dunning.resolved."""
    was = row.before if row.status in ("on_hold", "promised") else row.status
    row.status, row.before, row.due_at, row.resolved_at = "resolved", was, None, now
    row.retry_at = None
    row.save(update_fields=["status", "before", "due_at", "retry_at", "resolved_at"])
    announce(
        row,
        events.DunningResolved(**about(row, row.position), was=was, blocked_orders=row.blocks_orders),
        now,
    )
    note(actor, now, row, "dunning.resolved")
