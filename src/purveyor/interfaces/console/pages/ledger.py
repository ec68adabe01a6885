"""The books at the operator's desk: trial balance and journal of a period, on the page and as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from purveyor.infra import tx
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.export import stream_csv
from purveyor.interfaces.console.forms.ledger import BooksForm
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import ledger as texts
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.ledger import reports
from purveyor.ledger.reports import JournalEntry, TrialRow
from purveyor.parties import queries as parties

LIMIT = 50
EXPORTED = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days of whose books."""

    first: date
    last: date
    reseller_id: UUID | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The trial balance of one currency, with its sums."""

    currency: str
    rows: list[tuple[str, TrialRow]]
    debit: Money
    credit: Money
    opening: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of the journal; ``first`` of its transaction, whose day and kind stand with it once."""

    entry: JournalEntry
    first: bool
    account: str
    movement: str
    whose: str
    debit: Money | None
    credit: Money | None


@page("operate", scopes=("operator",))
def trial(desk: Desk) -> HttpResponse:
    """What each account held before, what was moved, what it holds after."""
    form = _form(desk)
    wanted = _wanted(form)
    rows = [] if wanted is None else _trial(desk, wanted)
    context = {
        "form": form,
        "sheets": [_sheet(currency, rows) for currency in dict.fromkeys(one.debit.currency for one in rows)],
        "tabs": _tabs(desk, "ledger"),
        "csv_url": "" if wanted is None else _link(desk, "ledger_csv"),
    }
    return desk.render("console/ledger/trial.html", context, status=422 if wanted is None else 200)


@page("operate", scopes=("operator",))
def journal(desk: Desk) -> HttpResponse:
    """Every entry of the period, oldest first."""
    form = _form(desk)
    wanted = _wanted(form)
    found = [] if wanted is None else _journal(desk, wanted, cursor_of(desk.request), LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    context = {
        "form": form,
        "rows": _legs(desk, rows),
        "tabs": _tabs(desk, "ledger_journal"),
        "csv_url": "" if wanted is None else _link(desk, "ledger_journal_csv"),
        "pager": pager(desk.request, _cursor(rows[-1]) if more else None),
    }
    return desk.render("console/ledger/journal.html", context, status=422 if wanted is None else 200)


@page("operate", scopes=("operator",))
def trial_csv(desk: Desk) -> HttpResponseBase:
    """The trial balance as a file."""
    wanted = _needed(desk)
    rows = [
        [
            one.kind.value, texts.account(one.kind), one.debit.currency,
            *(str(sum_.decimal()) for sum_ in (one.opening, one.debit, one.credit, one.closing)),
        ]
        for one in _trial(desk, wanted)
    ]  # fmt: skip
    heads = [
        *(_("Account"), _("Name"), _("Currency"), _("Before"), _("Debit"), _("Credit"), _("After")),
    ]
    return stream_csv(_name("trial-balance", wanted), heads, lambda _cursor: (rows, None))


@page("operate", scopes=("operator",))
def journal_csv(desk: Desk) -> HttpResponseBase:
    """The whole journal of the period as a file, read part by part."""
    wanted = _needed(desk)

    def fetch(cursor: str | None) -> tuple[list[list[str]], str | None]:
        # The page's own transaction is over by now: each part is read in one of its own.
        with tx.enter(desk.actor):
            found = _journal(desk, wanted, cursor, EXPORTED + 1)
            rows, more = found[:EXPORTED], len(found) > EXPORTED
            return _cells(desk, rows), _cursor(rows[-1]) if more else None

    heads = [
        _("Day"), _("Entry"), _("Transaction"), _("What"), _("Reference"), _("Account"), _("Books of"),
        _("Whose"), _("Whose ID"), _("Debit"), _("Credit"), _("Currency"),
    ]  # fmt: skip
    return stream_csv(_name("journal", wanted), heads, fetch)


def _form(desk: Desk) -> BooksForm:
    known = parties.list_resellers(actor=desk.actor, limit=200)
    return BooksForm(
        desk.request.GET,
        today=desk.today,
        resellers=[(one.public_id, f"{profile.code} {one.name}") for one, profile in known],
    )


def _wanted(form: BooksForm) -> Wanted | None:
    if not form.is_valid():
        return None
    data = form.cleaned_data
    return Wanted(data["since"], data["until"], read("res", data["reseller"]) if data["reseller"] else None)


def _needed(desk: Desk) -> Wanted:
    """The period of a file, whose address a page made. Raises Invalid."""
    wanted = _wanted(_form(desk))
    if wanted is None:
        raise Invalid(field="until", reason="date")
    return wanted


def _trial(desk: Desk, wanted: Wanted) -> list[TrialRow]:
    return reports.trial_balance(
        actor=desk.actor, first=wanted.first, last=wanted.last, reseller_id=wanted.reseller_id
    )


def _journal(desk: Desk, wanted: Wanted, cursor: str | None, limit: int) -> list[JournalEntry]:
    key = read_cursor(cursor, parts=2)
    try:
        after = None if key is None else (date.fromisoformat(key[0]), int(key[1]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    return reports.list_journal(
        actor=desk.actor,
        first=wanted.first,
        last=wanted.last,
        reseller_id=wanted.reseller_id,
        cursor=after,
        limit=limit,
    )


def _cursor(entry: JournalEntry) -> str:
    day, last = entry.cursor
    return write_cursor(day.isoformat(), str(last))


def _sheet(currency: str, rows: list[TrialRow]) -> Sheet:
    mine = [one for one in rows if one.debit.currency == currency]
    sums = (
        Money.total((getattr(one, name) for one in mine), currency)
        for name in ("debit", "credit", "opening", "closing")
    )
    return Sheet(currency, [(texts.account(one.kind), one) for one in mine], *sums)


def _legs(desk: Desk, rows: list[JournalEntry]) -> list[Leg]:
    names = _names(desk, rows)
    found: list[Leg] = []
    before: UUID | None = None
    for one in rows:
        whose = one.party_id or one.payer_id
        found.append(
            Leg(
                one,
                one.transaction_id != before,
                texts.account(one.account),
                texts.movement(one.kind),
                names.get(whose, "") if whose is not None else "",
                one.amount if one.amount.amount > 0 else None,
                -one.amount if one.amount.amount < 0 else None,
            )
        )
        before = one.transaction_id
    return found


def _names(desk: Desk, rows: list[JournalEntry]) -> dict[UUID, str]:
    ids = {id for one in rows for id in (one.party_id or one.payer_id, one.reseller_id) if id is not None}
    return parties.names_of(actor=desk.actor, ids=ids)


def _cells(desk: Desk, rows: list[JournalEntry]) -> list[list[str]]:
    names = _names(desk, rows)
    found = []
    for one in rows:
        whose = one.party_id or one.payer_id
        size = str(Money(abs(one.amount.amount), one.amount.currency).decimal())
        is_debit = one.amount.amount > 0
        found.append(
            [
                one.booked_on.isoformat(), str(one.id), show("trx", one.transaction_id),
                texts.movement(one.kind), one.reference, one.account.value, names.get(one.reseller_id, ""),
                "" if whose is None else names.get(whose, ""), "" if whose is None else _shown(one, whose),
                size if is_debit else "", "" if is_debit else size, one.amount.currency,
            ]
        )  # fmt: skip
    return found


def _shown(entry: JournalEntry, whose: UUID) -> str:
    return show(
        "res" if whose == entry.reseller_id else "cus" if whose == entry.customer_id else "ope", whose
    )


def _name(what: str, wanted: Wanted) -> str:
    return f"{what}-{wanted.first.isoformat()}-{wanted.last.isoformat()}"


def _link(desk: Desk, name: str) -> str:
    query = desk.request.GET.copy()
    for gone in ("after", "trail"):
        query.pop(gone, None)
    text = query.urlencode()
    return f"{desk.url(name)}?{text}" if text else desk.url(name)


def _tabs(desk: Desk, active: str) -> list[Tab]:
    names = (("ledger", _("Trial balance")), ("ledger_journal", _("Journal")))
    return [Tab(label, _link(desk, name), name == active) for name, label in names]
