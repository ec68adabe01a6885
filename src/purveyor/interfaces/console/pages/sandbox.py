"""What only a sandbox has: the clock, the mailbox, the gallery. Elsewhere their addresses are not found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.infra import activity
from purveyor.infra import clock as business
from purveyor.infra import mailbox as mails
from purveyor.interfaces.console import gallery as show_gallery
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.operator import ClockForm
from purveyor.interfaces.console.menus import languages
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import Help, MenuItem, Shell
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.paging import read_cursor, write_cursor

LIMIT = 30


def _in_sandbox() -> None:
    if not settings.SANDBOX:
        raise NotFound(kind="path")


class _Move(HttpResponseRedirect):
    """The page's answer to a good request: move the clock once the page's own transaction has ended."""

    def __init__(self, url: str, target: datetime) -> None:
        super().__init__(url)
        self.target = target


@page("operate", scopes=("operator",))
def _clock(desk: Desk) -> HttpResponse:
    _in_sandbox()
    zone = business.zone()
    local = desk.now.astimezone(zone)
    form = ClockForm(desk.request.POST or None, initial={"to": local.replace(second=0, tzinfo=None)})
    if desk.posted and form.is_valid():
        target = form.cleaned_data["to"].replace(tzinfo=zone).astimezone(UTC)
        if target > desk.now:
            activity.record(
                desk.actor,
                now=desk.now,
                kind="clock.moved",
                subject_kind="clock",
                subject_id=None,
                reseller_id=None,
                facts={"to": target.isoformat()},
            )
        if target > desk.now or desk.request.POST.get("step"):
            return _Move(desk.url("clock"), target)
        form.add_error("to", _("The clock moves forward only. Choose a time after the one it shows."))
    context = {"form": form, "steps": _steps(local), "zone": str(zone), "now": desk.now}
    return desk.render("console/sandbox/clock.html", context, status=422 if desk.posted else 200)


def _steps(local: datetime) -> list[tuple[str, str, str]]:
    """Label, day reached and value of each button: instants and not spans, so that sending one twice moves once."""
    found = [
        (_("1 day"), local + timedelta(days=1)),
        (_("1 week"), local + timedelta(days=7)),
        (_("1 month"), datetime.combine(_next_month(local.date()), local.time())),
    ]
    return [
        (label, formats.day_text(to.date()), to.replace(second=0, microsecond=0, tzinfo=None).isoformat())
        for label, to in found
    ]


def _next_month(day: date) -> date:
    """The same day of the next month, or its last day where that month is shorter."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


@wraps(_clock)
def clock(request: HttpRequest, workspace: UUID) -> HttpResponseBase:
    """Business time, and moving it forward. Due work runs in transactions of its own, after the page's has ended."""
    answer = _clock(request, workspace=workspace)
    if not isinstance(answer, _Move):
        return answer
    try:
        done = business.move(answer.target)
    except business.ClockMovesForwardOnly:
        # Sent twice: somebody is there already.
        messages.info(request, _("The clock was there already."))
        return HttpResponseRedirect(answer.url)
    said = ngettext(
        "The clock moved. %(count)s piece of work fell due and was done.",
        "The clock moved. %(count)s pieces of work fell due and were done.",
        done,
    )
    if not done:
        said = _("The clock moved. Nothing fell due on the way.")
    messages.success(request, said % {"count": formats.number_text(done)})
    return HttpResponseRedirect(answer.url)


@page("operate", scopes=("operator",))
def mailbox(desk: Desk) -> HttpResponse:
    """Mails that would have been sent, with links that work; ``?mail=`` opens one."""
    _in_sandbox()
    get = desk.request.GET
    key = read_cursor(cursor_of(desk.request), parts=2)
    try:
        before = None if key is None else (datetime.fromisoformat(key[0]), UUID(key[1]))
        chosen = UUID(get["mail"]) if get.get("mail") else None
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    found = mails.list_mail(actor=desk.actor, q=get.get("q", ""), before=before, limit=LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].created_at.isoformat(), str(rows[-1].id)) if more else None
    opened = mails.find_mail(actor=desk.actor, mail_id=chosen) if chosen is not None else None
    if chosen is not None and opened is None:
        raise NotFound(kind="mail")
    context = {
        "rows": [(one, _mail_url(desk, one.id)) for one in rows],
        "opened": opened,
        "language": formats.language_text(opened.language) if opened else "",
        "list_url": _mail_url(desk, None),
        "filtered": bool(get.get("q")),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/sandbox/mailbox.html", context)


def _mail_url(desk: Desk, mail_id: UUID | None) -> str:
    query = desk.request.GET.copy()
    query.pop("mail", None)
    if mail_id is not None:
        query["mail"] = str(mail_id)
    text = query.urlencode()
    return f"{desk.request.path}?{text}" if text else desk.request.path


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, for those who build pages."""
    if not settings.SANDBOX:
        raise Http404
    context: dict[str, Any] = {**show_gallery.gallery_context(), "shell": _gallery_shell()}
    return render(request, "console/gallery.html", context)


def _gallery_shell() -> Shell:
    """Made up: the gallery belongs to nobody, and whoever is signed out sees it too."""
    here = reverse("console:gallery")
    return Shell(
        organization=_("Example"),
        organization_kind="operator",
        home_url=here,
        person=_("Example"),
        menu=(MenuItem(_("Gallery"), here, "catalog", active=True),),
        help=Help(_("Example")),
        languages=languages(),
        language_url=reverse("set_language"),
        theme_url=reverse("console:set_theme"),
        security_url=reverse("mfa_index"),
        sign_out_url=reverse("account_logout"),
    )
