"""The activity page: of the own house, or of one customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.catalog import queries as catalog
from purveyor.infra.activity import ActivityRow, list_activity
from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.console.forms.selling import ActivityForm
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.texts import activities, labels
from purveyor.kernel.errors import Invalid
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.parties import queries as parties

PAGE = 50
OPENED = "subscription.opened"

# What people look for; each is the word before the dot of the kinds of acts.
KINDS: tuple[tuple[str, Promise], ...] = (
    ("customer", gettext_lazy("Customers")),
    ("subscription", gettext_lazy("Subscriptions")),
    ("trial", gettext_lazy("Trials")),
    ("renewal", gettext_lazy("Renewals")),
    ("member", gettext_lazy("Members")),
    ("seat", gettext_lazy("Seats")),
    ("invitation", gettext_lazy("Invitations")),
    ("quote", gettext_lazy("Quotes")),
    ("order", gettext_lazy("Orders")),
    ("invoice", gettext_lazy("Invoices")),
    ("pro_forma", gettext_lazy("Pro-forma invoices")),
    ("payment", gettext_lazy("Payments")),
    ("balance", gettext_lazy("Balance")),
)
OF_THE_HOUSE: tuple[tuple[str, Promise], ...] = (
    ("membership", gettext_lazy("Access of people")),
    ("staff", gettext_lazy("Invitations of colleagues")),
    ("api_key", gettext_lazy("API keys")),
    ("reseller", gettext_lazy("Reseller's data")),
)
OF_THE_DESK: tuple[tuple[str, Promise], ...] = (
    ("offer", gettext_lazy("Offers")),
    ("price", gettext_lazy("Prices")),
    ("price_list", gettext_lazy("Price lists")),
    ("discount", gettext_lazy("Discounts")),
    ("clock", gettext_lazy("Test clock")),
)

# Whoever is not one of these acts as a guest or as the system, which its name says.
SHOWN_ROLES = frozenset({"admin", "manager", "member", "technician"})

VIAS: dict[str, Promise] = {
    "console": gettext_lazy("Console"),
    "api": gettext_lazy("API"),
    "cli": gettext_lazy("Command line"),
    "system": gettext_lazy("Automatic"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One act in words."""

    at: datetime
    text: str
    role: str
    via: str
    ip: str
    customer: str
    colour: str
    url: str


def activity_page(desk: Desk, lead: str) -> HttpResponse:
    """Acts newest first, filtered. A filter that makes no sense says so beside its field."""
    form = ActivityForm(desk.request.GET or None, kinds=_kinds(desk))
    rows, next_cursor = ([], None) if form.is_bound and not form.is_valid() else _page(desk, form)
    context = {
        "form": form,
        "lead": lead,
        "rows": rows,
        "filtered": any(desk.request.GET.get(name) for name in form.fields),
        "with_customer": desk.customer is None,
        "pager": pager(desk.request, next_cursor),
    }
    return desk.render("console/overview/activity.html", context, status=422 if form.errors else 200)


def _kinds(desk: Desk) -> list[tuple[str, str | Promise]]:
    listed: list[tuple[str, str | Promise]] = [("", _("Everything")), *KINDS]
    if desk.customer is None:
        listed += OF_THE_HOUSE
    if desk.actor.scope == "operator" and desk.customer is None:
        listed += OF_THE_DESK
    return listed


def _page(desk: Desk, form: ActivityForm) -> tuple[list[Row], str | None]:
    wanted = form.cleaned_data if form.is_bound else {}
    until: date | None = wanted.get("until")
    found = list_activity(
        actor=desk.actor,
        customer_id=desk.customer.id if desk.customer is not None else None,
        kind=wanted.get("kind") or None,
        who=wanted.get("who") or "",
        since=_begin(wanted.get("since")),
        # Nothing comes after the last day that there is.
        until=_begin(until + timedelta(days=1)) if until and until < date.max else None,
        before=_position(desk),
        limit=PAGE + 1,
    )
    shown = found[:PAGE]
    ids = {row.customer_id for row in shown if row.customer_id is not None}
    names = {} if desk.customer is not None else parties.names_of(actor=desk.actor, ids=ids)
    last = shown[-1] if len(found) > PAGE else None
    # The record keeps the code of what was bought; people know it by its name.
    codes = {str(row.facts["offer"]) for row in shown if row.kind == OPENED and "offer" in row.facts}
    offers = catalog.names_by_code(codes=codes) if codes else {}
    return (
        [_row(desk, row, names, offers) for row in shown],
        None if last is None else write_cursor(last.at.isoformat(), str(last.id)),
    )


def _begin(day: date | None) -> datetime | None:
    """The first instant of a day, in the zone in use."""
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))


def _position(desk: Desk) -> tuple[datetime, UUID] | None:
    key = read_cursor(cursor_of(desk.request), parts=2)
    if key is None:
        return None
    try:
        at, last_id = datetime.fromisoformat(key[0]), UUID(key[1])
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    return at if at.tzinfo else timezone.make_aware(at), last_id


def _row(desk: Desk, act: ActivityRow, names: dict[UUID, str], offers: dict[str, str]) -> Row:
    name = names.get(act.customer_id, "") if act.customer_id else ""
    system = act.role == "system"
    facts = act.facts
    if act.kind == OPENED and "offer" in facts:
        facts = {**facts, "offer": offers.get(str(facts["offer"]), str(facts["offer"]))}
    return Row(
        at=act.at,
        text=activities.activity(act.kind, facts, _("The system") if system else act.actor_name),
        role=labels.role(act.role) if act.role in SHOWN_ROLES else "",
        via=str(VIAS.get(act.via, act.via)),
        ip=act.ip or "",
        customer=name,
        colour=tint_of(act.customer_id) if act.customer_id else "",
        url=desk.url("on_overview", customer_id=act.customer_id) if name and act.customer_id else "",
    )
