"""What the pages of the renewal centre share: the filter in the address, a renewal as a row, the tabs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, cast, get_args
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import explanations, formats, labels
from purveyor.kernel.money import Money
from purveyor.kernel.paging import Page
from purveyor.renewals import queries as renewals
from purveyor.renewals.types import RenewalKind, RenewalStatus, RenewalView

WINDOWS = (30, 60, 90, 365)
USUAL = 90
KINDS = get_args(RenewalKind)
STATUSES = get_args(RenewalStatus)
# What waits stands in the list whenever it was due; what is over is looked for in the days gone by.
WAITING = frozenset({"pending", "at_risk", "missed"})
OVER = frozenset({"paid", "ended"})


@dataclass(frozen=True, slots=True)
class Filter:
    """Which renewals are looked at. ``on`` is one day; without it the next ``days`` count."""

    days: int = USUAL
    on: date | None = None
    kind: str = ""
    status: str = ""
    q: str = ""

    @classmethod
    def of(cls, given: QueryDict) -> Filter:
        """The filter in an address or a form; what is not known there counts as not given."""
        days = given.get("days", "")
        kind, status = given.get("kind", ""), given.get("status", "")
        return cls(
            days=int(days) if days in map(str, WINDOWS) else USUAL,
            on=_day(given.get("on", "")),
            kind=kind if kind in KINDS else "",
            status=status if status in STATUSES else "",
            q=given.get("q", "").strip()[:100],
        )

    @property
    def given(self) -> list[tuple[str, str]]:
        """The filter as fields of an address, without what is usual anyway."""
        listed = [
            ("days", "" if self.days == USUAL else str(self.days)),
            ("on", self.on.isoformat() if self.on else ""),
            ("kind", self.kind),
            ("status", self.status),
            ("q", self.q),
        ]
        return [(name, value) for name, value in listed if value]

    @property
    def narrow(self) -> bool:
        """Whether it leaves out anything of the days looked at."""
        return bool(self.on or self.kind or self.status or self.q)

    def window(self, today: date) -> tuple[date | None, date | None]:
        """The first day and the last."""
        if self.on is not None:
            return self.on, self.on
        if self.status in WAITING:
            return None, None
        if self.status in OVER:
            return today - timedelta(days=self.days), today
        return today, today + timedelta(days=self.days)

    def address(self, url: str, **more: Any) -> str:
        """A page's address with this filter, some of it replaced."""
        query = QueryDict(mutable=True)
        query.update(dict(replace(self, **more).given))
        return f"{url}?{query.urlencode()}" if query else url


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """One renewal in a list, with its links and its sentence; ``key`` names it in a form."""

    view: RenewalView
    key: str
    name: str
    url: str
    colour: str
    customer_url: str
    seats: str
    kind: str
    tone: str
    status: str
    method: str
    sentence: str
    term: str
    choose: str
    locked: bool
    now: Money | None
    then: Money | None
    dearer: bool


def find(desk: Desk, wanted: Filter, *, cursor: str | None = None, limit: int = 50) -> Page[RenewalView]:
    """The renewals of a filter, of the customer acted on or of all."""
    since, until = wanted.window(desk.today)
    return renewals.list_renewals(
        actor=desk.actor,
        on=desk.today,
        customer_id=desk.customer.id if desk.customer is not None else None,
        status=wanted.status or None,
        kind=wanted.kind or None,
        since=since,
        until=until,
        q=wanted.q,
        cursor=cursor,
        limit=limit,
    )


def row(desk: Desk, view: RenewalView) -> Row:
    """A renewal as the list shows it. Texts are made here: a template takes several times as long for each."""
    pays = shows_money(desk) and (desk.actor.scope == "operator" or view.payer_id == desk.organization.id)
    name = f"{view.product} {view.plan}"
    locked = is_locked(desk, view)
    now, then = (view.net_running, view.net) if pays else (None, None)
    return Row(
        view=view,
        key=view.public_id,
        name=name,
        url=desk.url("on_subscription", customer_id=view.customer_id, subscription_id=view.subscription_id),
        colour=tint_of(view.customer_id),
        customer_url=desk.url("on_overview", customer_id=view.customer_id),
        seats=explanations.seats_text(view.quantity),
        kind=kind_text(view.kind),
        tone=TONES.get(view.kind, "calm"),
        status=view.status,
        method="" if view.kind == "ends" else labels.payment_method(view.payment_method),
        sentence=_sentence(view, locked),
        term=explanations.months_text(view.term_months),
        choose=_("Choose %(name)s of %(customer)s") % {"name": name, "customer": view.customer_name},
        locked=locked,
        now=now,
        then=then,
        dearer=bool(now and then and then.amount > now.amount),
    )


TONES = {"renews": "info", "ends": "calm", "commits": "wait"}


def _sentence(view: RenewalView, locked: bool) -> str:
    """What happens, and until when it can be changed."""
    text = explanations.explain(view.consequence)
    if view.locked_from is None or view.status != "upcoming":
        return text
    last = view.locked_from - timedelta(days=1)
    more = (
        _("It can no longer be changed.")
        if locked
        else _("It can be changed until %(day)s.") % {"day": formats.day_text(last)}
    )
    return f"{text} {more}"


def is_locked(desk: Desk, view: RenewalView) -> bool:
    """Whether the renewal can no longer be changed."""
    return view.locked_from is not None and view.locked_from <= desk.today


def shows_money(desk: Desk) -> bool:
    """Whether the reader may see amounts at all."""
    return desk.may("documents")


def kind_text(code: str) -> str:
    """What happens at the end of the term, in a word."""
    return {
        "renews": pgettext("end of a term", "Renews"),
        "ends": pgettext("end of a term", "Ends"),
        "commits": _("Renews for a year"),
        "locks": _("Can no longer be changed"),
    }.get(code, code)


def window_text(days: int) -> str:
    """The days looked at, in words."""
    return {
        30: _("Next 30 days"),
        60: _("Next 60 days"),
        90: _("Next 90 days"),
        365: _("Next 365 days"),
    }[days]


def name_of(desk: Desk, page: str) -> str:
    """The name of a page of the centre: the own one, or that of the customer acted on."""
    on = desk.customer is not None and page not in {"runs", "run", "runs_dry"}
    return f"on_{page}" if on else page


def link(desk: Desk, page: str, **ids: UUID) -> str:
    """The address of a page of the centre."""
    return desk.url(name_of(desk, page), **ids)


def tabs(desk: Desk, active: str, *, pending: int | None = None) -> list[Tab]:
    """The pages of the centre."""
    listed = [("renewals", _("List"))]
    listed.append(("renewals_calendar", _("Calendar")))
    if shows_money(desk):
        listed += [("renewals_forecast", _("Forecast")), ("renewals_pending", _("To be paid"))]
    if desk.may("operate") and desk.customer is None:
        listed.append(("runs", _("Runs")))
    return [
        Tab(text, link(desk, name), name == active, pending if name == "renewals_pending" else None)
        for name, text in listed
    ]


def sums(amounts: list[Money]) -> list[Money]:
    """One sum a currency, in the order of their codes."""
    found: dict[str, int] = {}
    for one in amounts:
        found[one.currency] = found.get(one.currency, 0) + one.amount
    return [Money(amount, currency) for currency, amount in sorted(found.items())]


def statuses() -> list[tuple[str, str]]:
    """The states one can look for."""
    return [("", _("All states")), *((code, labels.status(code)) for code in STATUSES)]


def kinds() -> list[tuple[str, str]]:
    """The kinds one can look for."""
    return [("", _("All that happens")), *((code, kind_text(cast(str, code))) for code in KINDS)]
