"""Renewal runs at the operator's desk: what was due and what became of it, how far one is, what one would bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.infra import activity, clock, parking
from purveyor.infra.parking import ParkedPiece
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.renewals import DryRunForm
from purveyor.interfaces.console.pages._renewals import tabs
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import NotFound
from purveyor.renewals import commands, runs
from purveyor.renewals.commands.run_renewals import SOURCE
from purveyor.renewals.runs import RunView
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

# A run that counted nothing for so long, on the real clock, was interrupted: the next one does the rest.
GIVEN_UP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Row:
    """A run with its link and its state."""

    run: RunView
    url: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A renewal that could not be done, with its subscription where it is known."""

    piece: ParkedPiece
    name: str
    customer: str
    colour: str
    url: str


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """All runs, the newest first, and what waits for a person."""
    if desk.posted:
        done = _try_again(desk, desk.url("runs"))
        if done:
            return done
    found = runs.list_runs(actor=desk.actor, cursor=cursor_of(desk.request))
    context = {
        "rows": [_row(desk, one) for one in found.rows],
        "parked": _parked(desk),
        "tabs": tabs(desk, "runs"),
        "pager": pager(desk.request, found.next_cursor),
    }
    return desk.render("console/renewals/runs.html", context)


@page("operate", scopes=("operator",))
def detail(desk: Desk, run_id: UUID) -> HttpResponse:
    """One run: how far it is, what it billed, what it had to leave."""
    found = runs.get_run(actor=desk.actor, run_id=run_id)
    if desk.posted:
        done = _try_again(desk, desk.url("run", run_id=run_id))
        if done:
            return done
    context = {
        "run": found,
        "row": _row(desk, found),
        "going": _going(found),
        "rate": _rate(found),
        "left": _left(found),
        "parked": _parked(desk, found) if found.parked else [],
        "tabs": tabs(desk, "runs"),
        "runs_url": desk.url("runs"),
    }
    return desk.render("console/renewals/run.html", context)


@page("operate", scopes=("operator",))
def dry(desk: Desk) -> HttpResponse:
    """What a run until a day would bill, to the cent; nothing is written."""
    form = DryRunForm(
        desk.request.GET if "until" in desk.request.GET else None,
        today=desk.today,
        initial={"until": (desk.today + timedelta(days=30))},
    )
    found = None
    if form.is_bound and form.is_valid():
        # Until the day is over: a trial ends at its own hour.
        until = clock.start_of(form.cleaned_data["until"] + timedelta(days=1)) - timedelta(microseconds=1)
        found = commands.run_renewals(actor=desk.actor, now=desk.now, until=until, dry_run=True)
    context = {
        "form": form,
        "run": found,
        "tabs": tabs(desk, "runs"),
        "runs_url": desk.url("runs"),
    }
    return desk.render("console/renewals/dry.html", context, status=422 if form.errors else 200)


def _row(desk: Desk, run: RunView) -> Row:
    assert run.id is not None  # only a dry run has none, and is never listed
    if run.finished_at is not None:
        state, tone = _("Finished"), "good"
    elif _going(run):
        state, tone = _("In progress"), "info"
    else:
        state, tone = _("Interrupted"), "wait"
    return Row(run, desk.url("run", run_id=run.id), state, tone)


def _going(run: RunView) -> bool:
    return run.finished_at is None and run.quiet is not None and run.quiet < GIVEN_UP


def _pace(run: RunView) -> float:
    """Renewals a second, on the real clock; 0 where that is not known."""
    if not run.worked or run.paced <= 0:
        return 0.0
    return run.paced / run.worked.total_seconds()


def _rate(run: RunView) -> str:
    pace = _pace(run)
    if not pace:
        return ""
    if pace < 1:
        return _("%(count)s a minute") % {"count": formats.number_text(round(pace * 60))}
    return _("%(count)s a second") % {"count": formats.number_text(round(pace))}


def _left(run: RunView) -> str:
    """How long it still takes, as it goes now."""
    pace = _pace(run)
    if not _going(run) or not pace:
        return ""
    rest = round((run.due - run.done) / pace)
    if rest < 60:
        return ngettext("%(count)s second", "%(count)s seconds", max(rest, 0)) % {
            "count": formats.number_text(max(rest, 0))
        }
    return ngettext("%(count)s minute", "%(count)s minutes", round(rest / 60)) % {
        "count": formats.number_text(round(rest / 60))
    }


def _parked(desk: Desk, run: RunView | None = None) -> list[Parked]:
    """Renewals that wait for a person; of one run, those that were due by its end."""
    pieces = [
        one
        for one in parking.list_parked()
        if one.source == SOURCE and (run is None or one.due_at <= run.until)
    ]
    return [_described(desk, one) for one in pieces]


def _described(desk: Desk, piece: ParkedPiece) -> Parked:
    found = _subscription(desk, piece.piece)
    if found is None:
        return Parked(piece, piece.piece, "", "", "")
    return Parked(
        piece,
        f"{found.product} {found.plan}",
        found.customer_name,
        tint_of(found.customer_id),
        desk.url("on_subscription", customer_id=found.customer_id, subscription_id=found.id),
    )


def _subscription(desk: Desk, piece: str) -> Subscription | None:
    try:
        return subscriptions.get_subscription(actor=desk.actor, subscription_id=UUID(piece))
    except (ValueError, NotFound):
        return None


def _try_again(desk: Desk, back_url: str) -> HttpResponse | None:
    """Let one parked renewal, or all that are shown, be tried again."""
    wanted = desk.request.POST.get("piece", "")

    def act() -> str:
        for one in parking.list_parked():
            # Somebody else may have been quicker: then it is being tried again already.
            if one.source != SOURCE or wanted not in (str(one.id), "all"):
                continue
            parking.resolve(one.id, now=desk.now)
            activity.record(
                desk.actor,
                now=desk.now,
                kind="parked.retried",
                subject_kind="parked",
                subject_id=one.id,
                reseller_id=None,
                facts={"source": one.source},
            )
        return back_url

    return desk.submit(None, act, said=_("It is being tried again."))
