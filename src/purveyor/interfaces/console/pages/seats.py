"""Members join, and seats are given, freed and passed on. Routed through ``members.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from dataclasses import replace as changed
from datetime import date, timedelta
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.infra import tx
from purveyor.interfaces.console.desk import Desk, page, refuse
from purveyor.interfaces.console.forms.members import AddForm, PeopleForm, ReplaceForm
from purveyor.interfaces.texts import formats, labels
from purveyor.kernel.errors import DomainError
from purveyor.kernel.ids import read
from purveyor.seats import commands
from purveyor.seats import queries as seats
from purveyor.seats.types import Member, PastedRow, RowVerdict
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

PAGE = 50


def product(subscription: Subscription) -> str:
    """What it is a seat of, in words."""
    return f"{subscription.product} {subscription.plan}"


def last_day(subscription: Subscription) -> date | None:
    """The last day of the running term; None before activation."""
    end = subscription.period_end
    return None if end is None else end - timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """What became of one pasted row, in words."""

    email: str
    name: str
    said: str
    good: bool


@page("assign", customer=True)
def add(desk: Desk) -> HttpResponse:
    """Add one or many, straight into seats if wanted."""
    assert desk.customer is not None  # the frame found it
    customer_id = desk.customer.id
    free = _offered(desk, customer_id)
    initial = {"language": desk.customer.language, "subscription": desk.request.GET.get("subscription", "")}
    form = AddForm(desk.request.POST or None, free=free, initial=initial)
    back = desk.url("on_members")
    if desk.posted and form.is_valid():
        data = form.cleaned_data
        rows = seats.read_pasted(data["emails"])
        if data["subscription"]:
            subscription_id = read("sub", data["subscription"])
            done = _into_seats(desk, form, subscription_id, rows, data["language"], back)
        else:
            done = _as_members(desk, form, customer_id, rows, data["language"], back)
        if done:
            return done
    context = {"form": form, "free": free, "back_url": back}
    return desk.render("console/members/add.html", context, status=422 if desk.posted else 200)


@page("assign", customer=True)
def assign(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """Give seats of one subscription: to members found by name, or to pasted addresses."""
    assert desk.customer is not None  # the frame found it
    subscription = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    form = PeopleForm(desk.request.POST or None, initial={"language": desk.customer.language})
    back = desk.url("on_subscription", subscription_id=subscription_id)
    if desk.request.GET.get("from") == "member" and (chosen := desk.request.GET.get("member", "")):
        back = desk.url("on_member", member_id=chosen) if _is_member(chosen) else back
    if desk.posted and form.is_valid():
        data = form.cleaned_data
        rows = seats.read_pasted(data["emails"])
        done = _into_seats(desk, form, subscription_id, rows, data["language"], back)
        if done:
            return done
        subscription = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    q = desk.request.GET.get("q", "").strip()
    found = seats.list_members(actor=desk.actor, customer_id=desk.customer.id, q=q, limit=PAGE)
    without = [m for m in found.rows if subscription_id not in {s.subscription_id for s in m.seats}]
    context = {
        "form": form, "subscription": subscription, "product": product(subscription), "q": q,
        "back_url": back, "rows": without, "more": found.next_cursor is not None,
        "url": desk.url("on_assign", subscription_id=subscription_id), "may_buy": desk.may("buy"),
    }  # fmt: skip
    return desk.render("console/members/assign.html", context, status=422 if desk.posted else 200)


def _offered(desk: Desk, customer_id: UUID) -> tuple[Subscription, ...]:
    """Where seats are free; what the form names stays even if it is full by now, so that the refusal says so."""
    free = subscriptions.list_free_seats(actor=desk.actor, customer_id=customer_id)
    try:
        named = read("sub", desk.request.POST.get("subscription", ""))
    except ValueError:
        return free
    if any(s.id == named for s in free):
        return free
    full = subscriptions.find_subscriptions(actor=desk.actor, ids=[named])
    return (*free, *full.values())


def _is_member(text: str) -> bool:
    try:
        read("mem", text)
    except ValueError:
        return False
    return True


def _as_members(
    desk: Desk, form: BaseForm, customer_id: UUID, rows: tuple[PastedRow, ...], language: str, back: str
) -> HttpResponse | None:
    if len(rows) == 1:

        def one() -> str:
            commands.add_member(
                actor=desk.actor, now=desk.now, customer_id=customer_id, email=rows[0].email, name=rows[0].name,
                language=language,
            )  # fmt: skip
            return back

        said = _("%(email)s was added. The invitation is on its way.") % {"email": rows[0].email}
        return _of_row(desk, form, one, said)
    return _many(
        desk,
        form,
        lambda: commands.add_members(
            actor=desk.actor, now=desk.now, customer_id=customer_id, rows=rows, language=language
        ),
        back,
    )


def _into_seats(
    desk: Desk, form: BaseForm, subscription_id: UUID, rows: tuple[PastedRow, ...], language: str, back: str
) -> HttpResponse | None:
    if len(rows) == 1:

        def one() -> str:
            commands.assign_seat(
                actor=desk.actor, now=desk.now, subscription_id=subscription_id, email=rows[0].email,
                name=rows[0].name, language=language,
            )  # fmt: skip
            return back

        return _of_row(desk, form, one, _("%(email)s has a seat now.") % {"email": rows[0].email})
    return _many(
        desk,
        form,
        lambda: commands.assign_many(
            actor=desk.actor, now=desk.now, subscription_id=subscription_id, rows=rows, language=language
        ),
        back,
    )


def _of_row(desk: Desk, form: BaseForm, act: Callable[[], str], said: str) -> HttpResponse | None:
    """Submit for the only address typed: a refusal about it stands beside the box where it was typed."""
    done = desk.submit(form, act, said=said)
    if done is None and "emails" in form.fields and not form.has_error("emails"):
        told = form.errors.pop("__all__", None)
        if told:
            form.add_error("emails", told.as_data())
    return done


def _many(
    desk: Desk, form: BaseForm, act: Callable[[], tuple[RowVerdict, ...]], back: str
) -> HttpResponse | None:
    """Run for many rows once and show every row's verdict; the same page sent twice shows the same verdicts."""
    try:
        with tx.attempt():
            rows, _repeated = desk.once(lambda: (200, [_stored(verdict) for verdict in act()]))
    except DomainError as error:
        refuse(form, error)
        return None
    outcomes = [
        Outcome(row["email"], row["name"], labels.verdict(row["verdict"]), row["good"]) for row in rows
    ]
    good = sum(one.good for one in outcomes)
    left = [row for row in rows if row["verdict"] in {"invalid_email", "seats_exhausted"}]
    again = "\n".join(f"{row['name']} <{row['email']}>" if row["name"] else row["email"] for row in left)
    fields = {name: form[name].value() for name in form.fields if name != "emails"}
    retry = _again(form, {**fields, "emails": again})
    context = {
        "outcomes": outcomes, "good": good, "bad": len(outcomes) - good, "form": retry if again else None,
        "full": any(row["verdict"] == "seats_exhausted" for row in rows), "back_url": back,
        "said": ngettext(
            "%(good)s of %(all)s row did what you asked.", "%(good)s of %(all)s rows did what you asked.",
            len(outcomes),
        ) % {"good": formats.number_text(good), "all": formats.number_text(len(outcomes))},
    }  # fmt: skip
    return desk.render("console/members/verdicts.html", context)


def _again(form: BaseForm, initial: dict[str, str]) -> BaseForm:
    return (
        AddForm(free=form.free, initial=initial) if isinstance(form, AddForm) else PeopleForm(initial=initial)
    )


def _stored(verdict: RowVerdict) -> dict[str, object]:
    plain = asdict(changed(verdict, member_id=None, assignment_id=None))
    return {**plain, "good": verdict.good}


def _back(desk: Desk, member_id: UUID, subscription_id: UUID) -> str:
    if desk.request.GET.get("from") == "member":
        return desk.url("on_member", member_id=member_id)
    return desk.url("on_subscription", subscription_id=subscription_id)


@page("assign", customer=True)
def release(desk: Desk, assignment_id: UUID) -> HttpResponse:
    """Free a seat; the member stays."""
    seat = seats.get_assignment(actor=desk.actor, assignment_id=assignment_id)
    subscription = subscriptions.get_subscription(actor=desk.actor, subscription_id=seat.subscription_id)
    back = _back(desk, seat.member_id, seat.subscription_id)

    def act() -> str:
        commands.release_seat(actor=desk.actor, now=desk.now, assignment_id=assignment_id)
        return back

    if desk.posted:
        done = desk.submit(None, act, said=_("The seat is free."))
        if done:
            return done
    context = {
        "seat": seat, "product": product(subscription), "last_day": last_day(subscription), "back_url": back,
        "danger": True,
    }  # fmt: skip
    return desk.render("console/members/release.html", context, status=422 if desk.posted else 200)


@page("assign", customer=True)
def replace(desk: Desk, assignment_id: UUID) -> HttpResponse:
    """Pass a seat on in one act: there is no moment in which it is free."""
    seat = seats.get_assignment(actor=desk.actor, assignment_id=assignment_id)
    subscription = subscriptions.get_subscription(actor=desk.actor, subscription_id=seat.subscription_id)
    back = _back(desk, seat.member_id, seat.subscription_id)
    form = ReplaceForm(desk.request.POST or None)

    def act() -> str:
        commands.replace_assignment(
            actor=desk.actor, now=desk.now, assignment_id=assignment_id, email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
        )  # fmt: skip
        return back

    if desk.posted and form.is_valid():
        said = _("%(email)s has the seat now.") % {"email": form.cleaned_data["email"]}
        done = desk.submit(form, act, said=said)
        if done:
            return done
    found = seats.list_members(actor=desk.actor, customer_id=seat.customer_id, limit=PAGE)
    known: list[Member] = [
        m for m in found.rows if seat.subscription_id not in {s.subscription_id for s in m.seats}
    ]
    context = {
        "form": form, "seat": seat, "product": product(subscription), "last_day": last_day(subscription),
        "known": known, "back_url": back,
    }  # fmt: skip
    return desk.render("console/members/replace.html", context, status=422 if desk.posted else 200)
