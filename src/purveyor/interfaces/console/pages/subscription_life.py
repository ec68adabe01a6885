"""What is done to one subscription: a scheduled change called off, members who go, and the operator's own steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.selling import ReasonForm
from purveyor.interfaces.console.pages._scheduled import changes
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import read, show
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from purveyor.seats.types import Assignment
from purveyor.subscriptions import commands
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription


def found_here(desk: Desk, subscription_id: UUID) -> Subscription:
    """The subscription of the customer acted on. Raises NotFound for another's."""
    found = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    if desk.customer is None or found.customer_id != desk.customer.id:
        raise NotFound(kind="subscription")
    return found


@page("buy", customer=True)
def cancel_change(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Call off what is scheduled, after saying how it goes on."""
    found = found_here(desk, subscription_id)
    back = desk.url("on_subscription", subscription_id=found.id)

    def act() -> str:
        seats.cancel_scheduled_change(actor=desk.actor, now=desk.now, subscription_id=found.id)
        return back

    if desk.posted:
        done = desk.submit(None, act, said=_("It goes on as it is."))
        return done or desk.redirect("on_subscription", subscription_id=found.id)
    if found.scheduled is None:
        return desk.redirect("on_subscription", subscription_id=found.id)
    context = {"subscription": found, "changes": changes(found), "back_url": back}
    return desk.render("console/subscriptions/cancel_change.html", context)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a seat, and whether that person leaves."""

    seat: Assignment
    key: str
    leaves: bool


@page("assign", customer=True)
def leavers(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Who goes at the end of the term; with ``seats`` in the address, how many seats are wanted then."""
    found = found_here(desk, subscription_id)
    back = desk.url("on_subscription", subscription_id=found.id)
    wanted = _wanted(desk, found)
    held = seat_queries.list_assignments(
        actor=desk.actor, subscription_id=found.id, cursor=cursor_of(desk.request)
    )
    if desk.posted:
        chosen = _chosen(desk, found)

        def act() -> str:
            seats.plan_leavers(
                actor=desk.actor,
                now=desk.now,
                subscription_id=found.id,
                assignment_ids=chosen,
                renewal_quantity=wanted,
            )
            return back

        done = desk.submit(None, act, said=_said(len(chosen)))
        if done:
            return done
    marked = _marked(desk, held.rows)
    context = {
        "subscription": found,
        "held": [Holder(one, show("asg", one.id), one.id in marked) for one in held.rows],
        "pager": pager(desk.request, held.next_cursor),
        "wanted": wanted,
        "needed": _needed(found, wanted),
        "back_url": back,
    }
    return desk.render("console/subscriptions/leavers.html", context, status=422 if desk.posted else 200)


def _wanted(desk: Desk, found: Subscription) -> int | None:
    """How many seats the next term is to have, where the renewal form sent the reader here."""
    text = desk.request.POST.get("seats") or desk.request.GET.get("seats", "")
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        return None
    return int(text) if 1 <= int(text) < found.seats_assigned and desk.may("buy") else None


def _needed(found: Subscription, wanted: int | None) -> int:
    return 0 if wanted is None else max(0, found.seats_assigned - wanted)


def _chosen(desk: Desk, found: Subscription) -> list[UUID]:
    """Those marked on this page, and those of other pages that were marked before."""
    given = desk.request.POST
    shown = {_assignment(text) for text in given.getlist("shown")}
    marked = {_assignment(text) for text in given.getlist("leaves")}
    before = seat_queries.list_leavers(actor=desk.actor, subscription_id=found.id)
    return sorted(marked | {one.id for one in before if one.id not in shown})


def _assignment(text: str) -> UUID:
    try:
        return read("asg", text)
    except ValueError as error:
        raise NotFound(kind="assignment") from error


def _marked(desk: Desk, rows: tuple[Assignment, ...]) -> set[UUID]:
    if desk.posted:
        return {_assignment(text) for text in desk.request.POST.getlist("leaves")}
    return {one.id for one in rows if one.leaves_at_renewal}


def _said(count: int) -> str:
    if not count:
        return _("Everybody stays.")
    return ngettext(
        "%(count)s member leaves at the end of the term.",
        "%(count)s members leave at the end of the term.",
        count,
    ) % {"count": formats.number_text(count)}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the operator's steps: how it reads, and from which states it is taken."""

    name: str
    states: frozenset[str]
    command: Callable[..., Subscription]
    title: str
    sentence: str
    consequences: tuple[str, ...]
    said: str
    danger: bool = False


def _steps(found: Subscription) -> dict[str, Step]:
    """The four steps, in the reader's language."""
    end = formats.day_text(found.period_end, "long") if found.period_end else ""
    name = {"product": f"{found.product} {found.plan}", "day": end}
    steps = (
        Step(
            "suspend", frozenset({"active", "extended"}), commands.suspend_subscription, _("Suspend"),
            _("%(product)s stands still from now on: members keep their seats, but cannot use them.") % name,
            (
                _("Nothing can be added, and the term runs on."),
                _("Unless it is resumed before, it ends on %(day)s.") % name,
                _("The customer and everybody who has a seat get a mail."),
            ),
            _("The subscription is suspended."), True,
        ),
        Step(
            "resume", frozenset({"suspended"}), commands.resume_subscription, _("Resume"),
            _("%(product)s goes on, and members can use their seats again.") % name,
            (
                _("The end of its term has not moved: %(day)s.") % name,
                _("The customer and everybody who has a seat get a mail."),
            ),
            _("The subscription goes on."),
        ),
        Step(
            "end", frozenset({"active", "trial", "suspended", "extended"}), commands.end_subscription, _("End now"),
            _("%(product)s ends at once, and all its seats are free.") % name,
            (
                _("Nothing is paid back, and nothing more is charged for it."),
                _("What happened with it stays on record."),
                _("The customer and everybody who has a seat get a mail."),
            ),
            _("The subscription has ended."), True,
        ),
        Step(
            "reactivate", frozenset({"ended"}), commands.reactivate_subscription, _("Reactivate"),
            _("The end of %(product)s is undone: it runs again until %(day)s.") % name,
            (
                _("Nothing is charged for it, because this term was paid for."),
                _("Its seats are free and have to be assigned again."),
                _("The customer gets a mail."),
            ),
            _("The subscription is active again."),
        ),
    )  # fmt: skip
    return {step.name: step for step in steps}


def steps_for(desk: Desk, found: Subscription) -> list[Step]:
    """What the operator can do with it now; nobody else anything."""
    if desk.actor.scope != "operator" or not desk.may("operate"):
        return []
    over = found.period_end is None or desk.today >= found.period_end
    return [
        step
        for step in _steps(found).values()
        if found.status.value in step.states and not (step.name == "reactivate" and over)
    ]


def _step(desk: Desk, subscription_id: UUID, name: str) -> HttpResponse:
    found = found_here(desk, subscription_id)
    step = _steps(found)[name]
    back = desk.url("on_subscription", subscription_id=found.id)
    form = ReasonForm(desk.request.POST or None)

    def act() -> str:
        step.command(
            actor=desk.actor,
            now=desk.now,
            subscription_id=found.id,
            reason=form.cleaned_data["reason"],
        )
        return back

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=step.said)
        if done:
            return done
    if not desk.posted and step not in steps_for(desk, found):
        messages.error(desk.request, _("This cannot be done in the state it is in."))
        return desk.redirect("on_subscription", subscription_id=found.id)
    context = {"form": form, "step": step, "subscription": found, "back_url": back, "danger": step.danger}
    return desk.render("console/subscriptions/step.html", context, status=422 if desk.posted else 200)


@page("operate", customer=True, scopes=("operator",))
def suspend(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Let it stand still."""
    return _step(desk, subscription_id, "suspend")


@page("operate", customer=True, scopes=("operator",))
def resume(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Let it go on."""
    return _step(desk, subscription_id, "resume")


@page("operate", customer=True, scopes=("operator",))
def end(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """End it before its term is over."""
    return _step(desk, subscription_id, "end")


@page("operate", customer=True, scopes=("operator",))
def reactivate(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Undo its end."""
    return _step(desk, subscription_id, "reactivate")


def step_links(desk: Desk, found: Subscription) -> list[tuple[str, str, bool]]:
    """(label, address, dangerous) of the operator's steps, for a menu."""
    return [
        (step.title, desk.url(f"on_{step.name}", subscription_id=found.id), step.danger)
        for step in steps_for(desk, found)
    ]


def leavers_url(desk: Desk, found: Subscription, wanted: int) -> str:
    """Where to choose who goes, when fewer seats are wanted than are assigned."""
    return f"{desk.url('on_leavers', subscription_id=found.id)}?seats={wanted}"
