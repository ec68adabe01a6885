"""Pause the dunning of an invoice: a dispute, or a promise with a date. The operator's acts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from purveyor.infra.clock import business_date, start_of
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.text import clean_line
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.commands._cases import lock_case, note
from purveyor.payments.commands.dunning_case import go_on
from purveyor.payments.errors import DunningCaseClosed, DunningNotPaused
from purveyor.payments.rows import case_of
from purveyor.payments.rules.dunning import may_follow
from purveyor.payments.types import DunningCase, DunningStatus

PROMISE_DAYS_MAX = 90


@command
def put_on_hold(*, actor: Actor, now: datetime, case_id: UUID, reason: str) -> DunningCase:
    """Take no further step until it is released: the invoice is disputed. New orders are not refused for it.

    What was suspended stays so. Safe to repeat: the last reason counts.

    Raises: Forbidden; NotFound; Invalid (``reason``); DunningCaseClosed.
    """
    authority.require(actor, "operate")
    said = clean_line(reason, field="reason", length_max=500)
    row = _pause(case_id, "on_hold")
    row.status, row.reason, row.due_at, row.promised_until = "on_hold", said, None, None
    row.save(update_fields=["status", "before", "reason", "due_at", "promised_until"])
    note(actor, now, row, "dunning.held", reason=said)
    return case_of(row)


@command
def promise(*, actor: Actor, now: datetime, case_id: UUID, until: date) -> DunningCase:
    """Take no further step until the day ``until`` is over: the payer has promised to pay by then.

    Unpaid, the ladder goes on the morning after. New orders stay refused where they were.

    Raises: Forbidden; NotFound; Invalid (``date``: from today, at most 90 days ahead); DunningCaseClosed.
    """
    authority.require(actor, "operate")
    today = business_date(now)
    last = today + timedelta(days=PROMISE_DAYS_MAX)
    if not today <= until <= last:
        raise Invalid(field="date", reason="promise_date", min=today.isoformat(), max=last.isoformat())
    row = _pause(case_id, "promised")
    row.status, row.promised_until, row.reason = "promised", until, ""
    row.due_at = start_of(until + timedelta(days=1))
    row.save(update_fields=["status", "before", "reason", "due_at", "promised_until"])
    note(actor, now, row, "dunning.promised", until=until.isoformat())
    return case_of(row)


@command
def release(*, actor: Actor, now: datetime, case_id: UUID) -> DunningCase:
    """End a hold or a promise: the next step comes on its day, but not before tomorrow morning.

    Raises: Forbidden; NotFound; DunningNotPaused.
    """
    authority.require(actor, "operate")
    row = lock_case(case_id)
    if row.status not in ("on_hold", "promised"):
        raise DunningNotPaused(status=row.status)
    row.status, row.reason, row.promised_until = row.before, "", None
    go_on(row, start_of(business_date(now) + timedelta(days=1)))
    row.save(update_fields=["status", "reason", "promised_until", "shift_days", "due_at"])
    note(actor, now, row, "dunning.released")
    return case_of(row)


def _pause(case_id: UUID, wanted: DunningStatus) -> models.DunningCase:
    row = lock_case(case_id)
    if not may_follow(cast(DunningStatus, row.status), wanted):
        raise DunningCaseClosed(status=row.status)
    if row.status not in ("on_hold", "promised"):
        row.before = row.status
    return row
