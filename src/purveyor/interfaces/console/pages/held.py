"""Held invoices at the operator's desk: what was supplied and cannot be invoiced yet, why, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.billing import held
from purveyor.billing.types_held import HeldInvoice
from purveyor.infra.clock import business_date
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.texts.held import reason
from purveyor.kernel.errors import NotFound
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.payments import commands

LIMIT = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A held invoice as it is listed. ``button`` says what may be done about it, empty where nothing can."""

    one: HeldInvoice
    why: str
    age: str
    button: str


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """What waits, the oldest first; one that waits for an answer may be issued with VAT, the others looked at again."""
    if desk.posted:
        done = _release(desk)
        if done:
            return done
    after = read_cursor(cursor_of(desk.request), parts=2)
    found = held.list_held(
        actor=desk.actor,
        after=None if after is None else (datetime.fromisoformat(after[0]), UUID(after[1])),
        limit=LIMIT + 1,
    )
    rows, more = found[:LIMIT], len(found) > LIMIT
    last = write_cursor(rows[-1].held_at.isoformat(), str(rows[-1].id)) if more else None
    context = {"rows": [_row(desk, one) for one in rows], "pager": pager(desk.request, last)}
    return desk.render("console/money/held.html", context)


def _row(desk: Desk, one: HeldInvoice) -> Row:
    days = (business_date(desk.now) - business_date(one.held_at)).days
    age = ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else _("today")
    waits = one.why.reason == "number_unknown"
    return Row(one, reason(one), age, _("Issue with VAT now") if waits else _("Try again"))


def _release(desk: Desk) -> HttpResponse | None:
    wanted = desk.request.POST.get("held", "")

    def act() -> str:
        try:
            held_id = UUID(wanted)
        except ValueError:
            raise NotFound(kind="held_invoice") from None
        commands.release_held(actor=desk.actor, now=desk.now, held_id=held_id, waiting_is_over=True)
        return desk.url("held")

    return desk.submit(None, act, said=_("Looked at again. What still waits is listed below."))
