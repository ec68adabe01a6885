"""Overdue invoices: what is owed, what happens when; holds, promises and ladders."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router

from purveyor.billing import queries as billing
from purveyor.interfaces.api import answers, debts, documents
from purveyor.interfaces.api.door import ApiRequest, path_id, reading, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require
from purveyor.payments import commands
from purveyor.payments import queries as payments
from purveyor.payments.types import DunningCase, LadderStep
from purveyor.renewals import commands as renewals
from purveyor.subscriptions import queries as subscriptions

router = Router(tags=["dunning"])


@router.get(
    "/dunning-cases", response=documents.Listed[debts.Case], summary="Overdue invoices, newest case first"
)
@reading
def list_dunning_cases(
    request: ApiRequest,
    status: debts.CaseStatus | None = None,
    reseller: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Any:
    """The operator's all; everybody else's own debts."""
    actor = request.call.actor
    _reach.see(actor, "documents")
    rows = payments.list_dunning_cases(
        actor=actor,
        status=status,
        reseller_id=None if reseller is None else path_id("res", reseller, kind="reseller"),
        cursor=_reach.instant_cursor(cursor),
        limit=limit + 1,
    )
    page = answers.cut(rows, limit, lambda row: write_cursor(row.opened_at.isoformat(), str(row.id)))
    held = billing.get_documents(actor=actor, ids=[row.invoice_id for row in rows])
    done = payments.steps_done(actor=actor, case_ids=[row.id for row in rows])
    return answers.page(page, lambda row: debts.case(row, held[row.invoice_id], done.get(row.id, [])))


@router.get("/dunning-cases/{id}", response=debts.Case, summary="One overdue invoice: steps done and to come")
@reading
def get_dunning_case(request: ApiRequest, id: str) -> Any:
    actor = request.call.actor
    _reach.see(actor, "documents")
    return _shown(actor, payments.get_dunning_case(actor=actor, case_id=_id(id)))


@router.post("/dunning-cases/{id}/hold", response=debts.Case, summary="Take no further step (operator)")
@writing()
def hold_dunning_case(request: ApiRequest, id: str, body: debts.HoldIn) -> Any:
    """The invoice is disputed: nothing more happens, and it refuses nobody an order, until it is released."""
    case_id = _desk(request, id)
    found = commands.put_on_hold(
        actor=request.call.actor, now=request.call.now, case_id=case_id, reason=body.reason
    )
    return _shown(request.call.actor, found)


@router.post("/dunning-cases/{id}/release", response=debts.Case, summary="End a hold or promise (operator)")
@writing()
def release_dunning_case(request: ApiRequest, id: str) -> Any:
    """The next step comes on its day, but not before tomorrow morning."""
    case_id = _desk(request, id)
    return _shown(
        request.call.actor,
        commands.release(actor=request.call.actor, now=request.call.now, case_id=case_id),
    )


@router.post("/dunning-cases/{id}/promise", response=debts.Case, summary="Note a promise to pay (operator)")
@writing()
def promise_dunning_case(request: ApiRequest, id: str, body: debts.PromiseIn) -> Any:
    """No further step until the day is over; unpaid then, the ladder goes on the morning after."""
    case_id = _desk(request, id)
    found = commands.promise(
        actor=request.call.actor,
        now=request.call.now,
        case_id=case_id,
        until=date.fromisoformat(body.until),
    )
    return _shown(request.call.actor, found)


@router.get("/dunning-ladder", response=debts.LadderOut, summary="The ladder that holds")
@reading
def get_dunning_ladder(request: ApiRequest, reseller: str | None = None) -> Any:
    """A reseller's own view is the ladder that holds for it; the operator's, the default or the named one's."""
    actor = request.call.actor
    if actor.scope == "customer":
        raise NotFound()
    _reach.see(actor, "documents")
    wanted = actor.reseller_id if reseller is None else path_id("res", reseller, kind="reseller")
    return debts.ladder(payments.get_ladder(actor=actor, reseller_id=wanted))


@router.post("/dunning-ladder", response=debts.LadderOut, summary="Set a ladder (operator)")
@writing()
def set_dunning_ladder(request: ApiRequest, body: debts.LadderIn) -> Any:
    """It holds for invoices that fall overdue from now on; open cases keep the dates that they announced."""
    require(request.call.actor, "operate")
    steps = [
        LadderStep(days=one.days, action=one.action, audience=tuple(dict.fromkeys(one.audience)))
        for one in body.steps
    ]
    made = commands.set_ladder(
        actor=request.call.actor, now=request.call.now, steps=steps, reseller_id=_reseller(body.reseller)
    )
    return debts.ladder(made)


@router.post("/dunning-ladder/reset", response=debts.LadderOut, summary="Back to the default (operator)")
@writing()
def reset_dunning_ladder(request: ApiRequest, body: debts.ResetIn) -> Any:
    require(request.call.actor, "operate")
    made = commands.reset_ladder(
        actor=request.call.actor, now=request.call.now, reseller_id=_reseller(body.reseller)
    )
    return debts.ladder(made)


@router.post(
    "/subscriptions/{id}/take-over",
    response=debts.TakenOver,
    summary="Pay for a renewal that the reseller leaves unpaid (customer)",
)
@writing()
def take_over_renewal(request: ApiRequest, id: str) -> Any:
    """Where the customer may pay for itself. The reseller is not asked for it any more; the customer owes it at
    list price and pays for the subscription from now on."""
    actor = request.call.actor
    _reach.see(actor)
    found = subscriptions.get_subscription(
        actor=actor, subscription_id=path_id("sub", id, kind="subscription")
    )
    renewal_id = renewals.take_over(actor=actor, now=request.call.now, subscription_id=found.id)
    payable = payments.find_payable_for(actor=actor, subject_kind="renewal", subject_id=renewal_id)
    if payable is None:
        raise NotFound(kind="payable")
    return debts.taken_over(found.id, payable)


def _id(text: str) -> UUID:
    return path_id("dun", text, kind="dunning_case")


def _reseller(text: str | None) -> UUID | None:
    return None if text is None else path_id("res", text, kind="reseller")


def _desk(request: ApiRequest, text: str) -> UUID:
    """The case, if the caller may see it; then the right to touch it."""
    actor = request.call.actor
    _reach.see(actor, "documents")
    found = payments.get_dunning_case(actor=actor, case_id=_id(text))
    require(actor, "operate")
    return found.id


def _shown(actor: Actor, row: DunningCase) -> Any:
    document = billing.get_document(actor=actor, document_id=row.invoice_id)
    return debts.case(row, document, payments.list_steps_done(actor=actor, case_id=row.id))
