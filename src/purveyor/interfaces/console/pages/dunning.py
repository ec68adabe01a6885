"""Unpaid invoices: what is owed, what was done, and what happens when; the ladder by which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast, get_args
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.billing.types import DocumentRow
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.dunning import (
    ACTIONS,
    AUDIENCES,
    HoldForm,
    LadderForm,
    PromiseForm,
)
from purveyor.interfaces.console.paging import instant_cursor, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import formats, labels
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.paging import write_cursor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import commands
from purveyor.payments import queries as payments
from purveyor.payments.types import DunningCase, DunningStatus, LadderStep

LIMIT = 50
FILTERS = (
    "",
    "reminded",
    "retrying",
    "final_notice",
    "suspended",
    "terminated",
    "on_hold",
    "promised",
    "resolved",
)
# Of the own invoices that are not overdue yet, the next ones.
SOON = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One unpaid invoice in the list."""

    case: DunningCase
    open: Money
    payer: str
    colour: str
    customer: str
    url: str
    next: str
    next_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a case: taken, or to come."""

    what: str
    told: tuple[str, ...]
    at: datetime | None
    on: date | None


@page("documents")
def listing(desk: Desk) -> HttpResponse:
    """What is overdue: the operator's all, everybody else's own, with what is due next."""
    get = desk.request.GET
    status = get.get("status", "") if get.get("status", "") in get_args(DunningStatus) else ""
    q = get.get("q", "").strip()
    found = payments.list_dunning_cases(
        actor=desk.actor,
        status=cast(DunningStatus, status) if status else None,
        only_open=not status,
        q=q,
        cursor=instant_cursor(desk.request),
        limit=LIMIT + 1,
    )
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].opened_at.isoformat(), str(rows[-1].id)) if more else None
    context = {
        "rows": _rows(desk, rows),
        "status": status,
        "filtered": bool(status or q),
        "tabs": [_tab(desk, code, status) for code in FILTERS],
        "operator": desk.actor.scope == "operator",
        "soon": [] if desk.actor.scope == "operator" or status or q else _soon(desk),
        "blocked": _blocked(desk),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/dunning/listing.html", context)


def _tab(desk: Desk, code: str, active: str) -> Tab:
    query = f"?status={code}" if code else ""
    return Tab(labels.status(code) if code else _("Not paid"), f"{desk.request.path}{query}", code == active)


def _blocked(desk: Desk) -> int:
    """How many overdue invoices keep the reader's organization from ordering."""
    if desk.actor.scope == "operator":
        return 0
    return payments.count_blocking(actor=desk.actor, payer_id=desk.organization.id)


def _rows(desk: Desk, cases: list[DunningCase]) -> list[Row]:
    documents = billing.get_documents(actor=desk.actor, ids=[one.invoice_id for one in cases])
    ids = {one.payer_id for one in cases} | {one.customer_id for one in cases if one.customer_id}
    names = parties.names_of(actor=desk.actor, ids=ids)
    return [_row(desk, one, documents[one.invoice_id].open, names) for one in cases]


def _row(desk: Desk, case: DunningCase, open_amount: Money, names: dict[UUID, str]) -> Row:
    ahead = case.to_come[0] if case.to_come and not case.is_paused else None
    return Row(
        case=case,
        open=open_amount,
        payer=names.get(case.payer_id, ""),
        colour=tint_of(case.payer_id),
        customer=names.get(case.customer_id, "") if case.customer_id else "",
        url=desk.url("debt", case_id=case.id),
        next="" if ahead is None else str(ACTIONS[ahead[0].action]),
        next_on=None if ahead is None else ahead[1],
        state="overdue" if case.status == "none" else case.status,
    )


def _soon(desk: Desk) -> list[tuple[DocumentRow, str]]:
    """The own invoices whose day is still to come, the next one first."""
    found = billing.list_documents(actor=desk.actor, kind="invoice", only_open=True, limit=200)
    own = [one for one in found if one.payer_id == desk.organization.id and one.status != "overdue"]
    own.sort(key=lambda one: (one.due_on, one.number))
    return [(one, desk.url("document", document_id=one.id)) for one in own[:SOON]]


@page("documents")
def detail(desk: Desk, case_id: UUID) -> HttpResponse:
    """One unpaid invoice: steps taken and to come; the operator pauses and releases it here."""
    case = payments.get_dunning_case(actor=desk.actor, case_id=case_id)
    hold, promise = HoldForm(), PromiseForm()
    status = 200
    if desk.posted:
        # Seen by its payer, touched by the operator.
        if not desk.may("operate"):
            raise Forbidden(act="operate", role=desk.actor.role)
        done, hold, promise = _pause(desk, case)
        if done is not None:
            return done
        status = 422
    return desk.render("console/dunning/detail.html", _context(desk, case, hold, promise), status=status)


def _pause(desk: Desk, case: DunningCase) -> tuple[HttpResponse | None, HoldForm, PromiseForm]:
    given = desk.request.POST
    hold = HoldForm(given if given.get("act") == "hold" else None)
    promise = PromiseForm(given if given.get("act") == "promise" else None)
    url = desk.url("debt", case_id=case.id)
    common: dict[str, Any] = {"actor": desk.actor, "now": desk.now, "case_id": case.id}

    def held() -> str:
        commands.put_on_hold(**common, reason=hold.cleaned_data["reason"])
        return url

    def promised() -> str:
        commands.promise(**common, until=promise.cleaned_data["date"])
        return url

    def released() -> str:
        commands.release(**common)
        return url

    done = None
    if hold.is_bound and hold.is_valid():
        done = desk.submit(hold, held, said=_("On hold. No further step is taken until it is released."))
    elif promise.is_bound and promise.is_valid():
        done = desk.submit(promise, promised, said=_("The promise is noted."))
    elif given.get("act") == "release":
        done = desk.submit(None, released, said=_("Released. The steps go on."))
        done = done or desk.redirect("debt", case_id=case.id)
    return done, hold, promise


def _context(desk: Desk, case: DunningCase, hold: HoldForm, promise: PromiseForm) -> dict[str, Any]:
    document = billing.get_document(actor=desk.actor, document_id=case.invoice_id)
    ids = {case.payer_id} | ({case.customer_id} if case.customer_id else set())
    names = parties.names_of(actor=desk.actor, ids=ids)
    done = payments.list_steps_done(actor=desk.actor, case_id=case.id)
    return {
        "case": case,
        "document": document,
        "state": "overdue" if case.status == "none" else case.status,
        "payer": names.get(case.payer_id, ""),
        "colour": tint_of(case.payer_id),
        "customer_name": names.get(case.customer_id, "") if case.customer_id else "",
        "steps": [
            *(_step(one.step, at=one.done_at) for one in done),
            *(_step(step, on=None if case.is_paused else on) for step, on in case.to_come),
        ],
        "document_url": desk.url("document", document_id=case.invoice_id),
        "may_pause": desk.may("operate") and case.status not in ("terminated", "resolved"),
        "hold": hold,
        "promise": promise,
        "blocks": case.blocks_orders and case.status not in ("on_hold", "resolved"),
        "operator": desk.actor.scope == "operator",
        "reference": document.payment.reference if document.payment and document.open else "",
        "iban": formats.in_fours(document.payment.iban) if document.payment and document.open else "",
    }


def _step(step: LadderStep, *, at: datetime | None = None, on: date | None = None) -> StepRow:
    return StepRow(str(ACTIONS[step.action]), tuple(str(AUDIENCES[one]) for one in step.audience), at, on)


@page("operate", scopes=("operator",))
def ladder(desk: Desk) -> HttpResponse:
    """The ladder of all that have none of their own."""
    return _ladder(desk, None)


@page("operate", scopes=("operator",))
def reseller_ladder(desk: Desk, reseller_id: UUID) -> HttpResponse:
    """A reseller's own ladder, or the default to begin from."""
    found = parties.get_organization(actor=desk.actor, organization_id=reseller_id)
    if found.kind != "reseller":
        raise NotFound(kind="reseller")
    return _ladder(desk, found)


def _ladder(desk: Desk, reseller: Organization | None) -> HttpResponse:
    reseller_id = None if reseller is None else reseller.id
    held = payments.get_ladder(actor=desk.actor, reseller_id=reseller_id)
    here = desk.url("ladder") if reseller is None else desk.url("reseller_ladder", reseller_id=reseller.id)
    reset = "reset" in desk.request.POST
    form = LadderForm(desk.request.POST if desk.posted and not reset else None, steps=held.steps)

    def put() -> str:
        commands.set_ladder(actor=desk.actor, now=desk.now, steps=form.steps(), reseller_id=reseller_id)
        return here

    def back() -> str:
        commands.reset_ladder(actor=desk.actor, now=desk.now, reseller_id=reseller_id)
        return here

    done = None
    if reset:
        done = desk.submit(None, back, said=_("The default holds again."))
    elif desk.posted and form.is_valid():
        done = desk.submit(
            form, put, said=_("The ladder is saved. It holds for what falls overdue from now on.")
        )
    if done:
        return done
    others = payments.list_resellers_with_ladder(actor=desk.actor) if reseller is None else []
    names = parties.names_of(actor=desk.actor, ids=set(others))
    context = {
        "form": form,
        "reseller": reseller,
        "own": held.is_own,
        "others": [
            (names[one], desk.url("reseller_ladder", reseller_id=one)) for one in others if one in names
        ],
    }
    return desk.render("console/dunning/ladder.html", context, status=422 if desk.posted else 200)
