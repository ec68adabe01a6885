"""The bank at the operator's desk: statements, their entries, and the queue of those that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.bank import UploadForm
from purveyor.interfaces.console.pages import _bank_acts, _transfer
from purveyor.interfaces.console.pages._transfer import Owed
from purveyor.interfaces.console.paging import cursor_of, instant_cursor, pager
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import bank as texts
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import show
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.parties import queries as parties
from purveyor.payments import bank, refunds
from purveyor.payments import queries as payments
from purveyor.payments.commands import bank as acts
from purveyor.payments.types_bank import Entry, Match, Statement
from purveyor.payments.types_refunds import Refund

LIMIT = 50
# A small statement is matched before the page is shown, a large one in steps that the page follows.
AT_ONCE = 300
FILTERS = ("", "open", "matched", "partial", "returned", "outgoing", "booked", "dismissed")


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement in the list."""

    statement: Statement
    url: str


@dataclass(frozen=True, slots=True)
class For:
    """What a match is for, with links; ``undone`` where it was taken back."""

    match: Match
    text: str
    url: str
    payer: str
    rule: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Payout:
    """A refund that may have come back."""

    refund: Refund
    payer: str
    key: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with what it came to, or what may be meant. ``own`` are accounts of the operator's own books that are
    one click away, each with its name."""

    entry: Entry
    url: str
    status: str
    tone: str
    why: str
    matches: tuple[For, ...]
    suggested: tuple[Owed, ...]
    key: str
    first: str
    own: tuple[tuple[str, str], ...]
    payouts: tuple[Payout, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A payable that may be ticked."""

    owed: Owed
    key: str


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """All statements, and where to put the next one."""
    form = UploadForm(desk.request.POST or None, desk.request.FILES or None)
    if desk.posted and form.is_valid():
        content = form.cleaned_data["file"].read()
        done = desk.submit(form, lambda: _upload(desk, content))
        if done:
            return done
    found = bank.list_statements(actor=desk.actor, cursor=instant_cursor(desk.request), limit=LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].imported_at.isoformat(), str(rows[-1].id)) if more else None
    context = {
        "form": form,
        "rows": [StatementRow(one, desk.url("bank_statement", statement_id=one.id)) for one in rows],
        "tabs": tabs(desk, "bank"),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/bank/listing.html", context, status=422 if form.errors else 200)


def _upload(desk: Desk, content: bytes) -> str:
    found = acts.import_statement(actor=desk.actor, now=desk.now, content=content)
    for one in found:
        if one.statement.undecided <= AT_ONCE:
            acts.match_statement(actor=desk.actor, now=desk.now, statement_id=one.statement.id)
    first = found[0]
    if first.duplicate:
        desk.say(_("This statement was uploaded before. Nothing was changed."))
    elif len(found) > 1:
        desk.say(_("The file had several statements. This is the first of them."))
    else:
        desk.say(_("The statement is stored."))
    return desk.url("bank_statement", statement_id=first.statement.id)


@page("operate", scopes=("operator",))
def statement(desk: Desk, statement_id: UUID) -> HttpResponse:
    """One statement with its entries; how far the matching is, while it goes on."""
    found = bank.get_statement(actor=desk.actor, statement_id=statement_id)
    wanted = desk.request.GET.get("status", "")
    status = wanted if wanted in FILTERS else ""
    key = read_cursor(cursor_of(desk.request), parts=1)
    entries = bank.list_entries(
        actor=desk.actor,
        statement_id=statement_id,
        statuses=(status,) if status else (),
        after=_number(key[0]) if key else None,
        limit=LIMIT + 1,
    )
    rows, more = entries[:LIMIT], len(entries) > LIMIT
    here = desk.request.path
    context = {
        "statement": found,
        "rows": _rows(desk, rows),
        "status": status,
        "warnings": [texts.warning(one.code, one.facts) for one in found.warnings],
        "decided": found.total - found.undecided,
        "filters": [_filter(here, code, status, found) for code in FILTERS],
        "pager": pager(desk.request, write_cursor(str(rows[-1].position)) if more else None),
    }
    return desk.render("console/bank/statement.html", context)


@page("operate", scopes=("operator",))
def queue(desk: Desk) -> HttpResponse:
    """Entries that wait for a person, the newest first, each with the likeliest answer as one click."""
    if desk.posted:
        done = _bank_acts.in_the_queue(desk)
        if done:
            return done
    q = desk.request.GET.get("q", "").strip()
    found = bank.list_entries(actor=desk.actor, statuses=("open",), q=q, cursor=_days(desk), limit=LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].value_date.isoformat(), str(rows[-1].id)) if more else None
    context = {
        "rows": _rows(desk, rows),
        "filtered": bool(q),
        "tabs": tabs(desk, "bank_open"),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/bank/queue.html", context)


@page("operate", scopes=("operator",))
def entry(desk: Desk, entry_id: UUID) -> HttpResponse:
    """One entry: what it is for, or finding out; taking a match back, with what that does."""
    found = bank.get_entry(actor=desk.actor, entry_id=entry_id)
    if desk.posted:
        done = desk.submit(None, lambda: _bank_acts.on_the_entry(desk, found))
        if done:
            return done
    row = _rows(desk, [found])[0]
    q = desk.request.GET.get("q", "").strip()
    searched = _transfer.search(desk, q) if q and found.status == "open" else []
    owed = [*row.suggested, *(one for one in searched if one.payable.id not in found.suggested)]
    fitting = [one for one in owed if one.payable.amount.currency == found.amount.currency]
    context = {
        "row": row,
        "entry": found,
        "q": q,
        "fitting": [_Choice(one, show("pbl", one.payable.id)) for one in fitting],
        "payers": list({one.payable.payer_id: (one.payer, _party(one)) for one in fitting}.values()),
        "consequences": _consequences(row),
        "accounts": [(account, texts.rule(account)) for account in texts.OWN],
        "account": found.suggested_account or ("bank_fees" if found.amount.amount < 0 else "bank_other"),
        "statement_url": desk.url("bank_statement", statement_id=found.statement_id),
    }
    return desk.render("console/bank/entry.html", context)


def _party(one: Owed) -> str:
    return show("cus" if one.payable.payer_id == one.payable.customer_id else "res", one.payable.payer_id)


def _consequences(row: EntryRow) -> list[str]:
    """What taking the match back does, in sentences."""
    if not row.entry.can_be_undone:
        return []
    if row.entry.status == "booked":
        return [_("The books get a reversing entry; nothing is deleted. The entry waits again.")]
    said = []
    for one in row.matches:
        if one.undone or one.match.payable_id is None:
            continue
        facts = {"amount": formats.money_text(one.match.amount), "what": one.text or one.payer}
        if one.match.rule == "recorded":
            said.append(_("The payment that was recorded by hand stays; only this entry is free again."))
        elif one.match.amount:
            said.append(_("%(what)s stands open again with %(amount)s.") % facts)
    if row.entry.to_balance:
        said.append(
            _("%(amount)s are taken from the payer's balance. If they are spent, this is refused.")
            % {"amount": formats.money_text(row.entry.to_balance)}
        )
    said.append(_("The books get a reversing entry; nothing is deleted. What was delivered stays delivered."))
    return said


def tabs(desk: Desk, active: str) -> list[Tab]:
    """The four pages of the bank."""
    waiting = bank.count_waiting(actor=desk.actor)
    return [
        Tab(_("Statements"), desk.url("bank"), active == "bank"),
        Tab(_("Needs a person"), desk.url("bank_open"), active == "bank_open", waiting),
        Tab(_("Files for the bank"), desk.url("bank_files"), active == "bank_files"),
        Tab(_("Mandates"), desk.url("bank_mandates"), active == "bank_mandates"),
    ]


def _filter(here: str, code: str, active: str, found: Statement) -> Tab:
    label = texts.status(code) if code else _("All entries")
    count = found.counts.get(code, 0) if code else found.total
    return Tab(label, f"{here}?status={code}" if code else here, code == active, count)


def _rows(desk: Desk, entries: Sequence[Entry]) -> list[EntryRow]:
    """Entries with names and links; a few statements whatever their number."""
    wanted = {one for row in entries for one in row.suggested}
    wanted |= {one.payable_id for row in entries for one in row.matches if one.payable_id is not None}
    owed = {
        one.payable.id: one
        for one in _transfer.describe(desk, payments.find_payables_by_id(actor=desk.actor, ids=wanted))
    }
    paid_out = refunds.find_refunds(
        actor=desk.actor, ids={one for row in entries for one in row.suggested_refunds}
    )
    payers = {one.payer_id for row in entries for one in row.matches if one.payer_id is not None}
    names = parties.names_of(actor=desk.actor, ids=payers | {one.payer_id for one in paid_out.values()})
    return [_row(desk, one, owed, names, paid_out) for one in entries]


def _row(
    desk: Desk,
    one: Entry,
    owed: dict[UUID, Owed],
    names: dict[UUID, str],
    paid_out: dict[UUID, Refund],
) -> EntryRow:
    likely = tuple(
        owed[id]
        for id in one.suggested
        if id in owed and owed[id].payable.status in payments.OPEN and one.status == "open"
    )
    return EntryRow(
        entry=one,
        url=desk.url("bank_entry", entry_id=one.id),
        status=texts.status(one.status),
        tone=texts.tone(one.status),
        why=texts.waits(one.waits) if one.status == "open" else "",
        matches=tuple(_for(desk, match, owed, names) for match in one.matches),
        suggested=likely,
        key=show("ben", one.id),
        first=show("pbl", likely[0].payable.id) if likely else "",
        own=_own(one),
        payouts=tuple(
            Payout(paid_out[id], names.get(paid_out[id].payer_id, ""), show("ref", id))
            for id in one.suggested_refunds
            if id in paid_out and paid_out[id].status in ("sent", "done") and one.status == "open"
        ),
    )


def _own(one: Entry) -> tuple[tuple[str, str], ...]:
    """Where it may be booked without a text: what the bank says, or for money out both."""
    if not one.can_be_booked:
        return ()
    accounts = [one.suggested_account] if one.suggested_account else []
    if not accounts and one.amount.amount < 0:
        accounts = ["bank_fees", "bank_interest"]
    return tuple((account, texts.rule(account)) for account in accounts)


def _for(desk: Desk, one: Match, owed: dict[UUID, Owed], names: dict[UUID, str]) -> For:
    payer = names.get(one.payer_id, "") if one.payer_id else ""
    rule, undone = texts.rule(one.rule), one.undone_at is not None
    if one.rule in texts.OWN:
        return For(one, one.note or rule, "", "", rule, undone)
    if one.refund_id is not None:
        return For(one, _("Refund"), desk.url("refund", refund_id=one.refund_id), payer, rule, undone)
    found = owed.get(one.payable_id) if one.payable_id else None
    if found is None:
        return For(one, _("Balance"), "", payer, rule, undone)
    return For(one, found.number or found.what, found.document_url, payer, rule, undone)


def _days(desk: Desk) -> tuple[date, UUID] | None:
    key = read_cursor(cursor_of(desk.request), parts=2)
    try:
        return None if key is None else (date.fromisoformat(key[0]), UUID(key[1]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(field="cursor", reason="not_a_cursor")
    return int(text)
