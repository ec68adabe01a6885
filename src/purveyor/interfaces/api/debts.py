"""Overdue invoices and their ladder, as the schema describes them and as they look in an answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, Strict

from purveyor.billing.types import Document
from purveyor.infra.clock import business_date
from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Body, Day, Id, Money, Shape, Text
from purveyor.kernel.ids import show
from purveyor.payments.types import DunningCase, Ladder, LadderStep, Payable, StepDone

Action = Literal["remind", "final_notice", "block_orders", "suspend", "terminate"]
Audience = Literal["payer", "reseller", "operator"]
CaseStatus = Literal[
    "none",
    "reminded",
    "retrying",
    "final_notice",
    "suspended",
    "terminated",
    "on_hold",
    "promised",
    "resolved",
]


class Step(Shape):
    """One step of a ladder, ``days`` after an invoice's due date; ``audience`` gets a mail."""

    days: int
    action: Action
    audience: list[Audience]


class LadderOut(Shape):
    """The ladder that holds for a reseller (``own``, or the default of all), or the default itself."""

    reseller: str | None
    own: bool
    steps: list[Step]


class CaseStep(Shape):
    """A step of a case: taken at ``done_at``, or to come on ``on`` if nothing is paid or agreed meanwhile."""

    days: int
    action: Action
    audience: list[Audience]
    on: str | None
    done_at: str | None


class Case(Shape):
    """The dunning of one overdue invoice. ``retry_on`` is the day on which the payer's card is tried again (null: it is
    not). ``customer`` is null for an invoice over several customers."""

    id: str
    invoice: str
    number: str
    customer: str | None
    payer: str
    reseller: str
    status: CaseStatus
    due_on: str
    open: Money
    blocks_orders: bool
    reason: str | None
    promised_until: str | None
    retry_on: str | None
    steps: list[CaseStep]
    opened_at: str
    resolved_at: str | None


class TakenOver(Shape):
    """A renewal that the customer pays for itself now, by ``reference`` at list price; the seats go on."""

    subscription: str
    renewal: str
    gross: Money
    reference: str | None


class StepIn(Body):
    """One step. Who is told may be nobody where something is done."""

    days: Annotated[int, Strict(), Field(ge=1, le=365)]
    action: Action
    audience: Annotated[list[Audience], Field(max_length=3)] = []


class LadderIn(Body):
    """A whole ladder, for one reseller or (without) for all that have none of their own."""

    reseller: Id | None = None
    steps: Annotated[list[StepIn], Field(min_length=1, max_length=12)]


class ResetIn(Body):
    """Whose ladder is taken away; without a reseller, the default of all becomes what it was at first."""

    reseller: Id | None = None


class HoldIn(Body):
    """Why no further step is taken."""

    reason: Text


class PromiseIn(Body):
    """The last day by which the payer has promised to pay."""

    until: Day


def step(row: LadderStep) -> Json:
    """A step of a ladder."""
    return {"days": row.days, "action": row.action, "audience": list(row.audience)}


def ladder(row: Ladder) -> Json:
    """A ladder."""
    return {
        "reseller": public.shown("reseller", row.reseller_id),
        "own": row.is_own,
        "steps": [step(one) for one in row.steps],
    }


def case(row: DunningCase, document: Document, done: list[StepDone]) -> Json:
    """A case with its steps, taken and to come."""
    gathered = row.customer_id is None or row.customer_id == row.reseller_id
    return {
        "id": show("dun", row.id),
        "invoice": show("inv", row.invoice_id),
        "number": row.number,
        "customer": None if gathered else public.shown("customer", row.customer_id),
        "payer": public.party(row.payer_id, customer_id=None if gathered else row.customer_id),
        "reseller": show("res", row.reseller_id),
        "status": row.status,
        "due_on": day(row.due_on),
        "open": money(document.open),
        "blocks_orders": row.blocks_orders and row.status not in ("on_hold", "resolved"),
        "reason": row.reason or None,
        "promised_until": _maybe_day(row.promised_until),
        "retry_on": None if row.retry_at is None else day(business_date(row.retry_at)),
        "steps": [
            *({**step(one.step), "on": None, "done_at": instant(one.done_at)} for one in done),
            *({**step(one), "on": day(on), "done_at": None} for one, on in row.to_come),
        ],
        "opened_at": instant(row.opened_at),
        "resolved_at": maybe_instant(row.resolved_at),
    }


def taken_over(subscription_id: UUID, row: Payable) -> Json:
    """What the customer is asked for."""
    return {
        "subscription": show("sub", subscription_id),
        "renewal": show("ren", row.subject_id),
        "gross": money(row.amount),
        "reference": row.reference,
    }


def _maybe_day(value: date | None) -> str | None:
    return None if value is None else day(value)
