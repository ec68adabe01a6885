"""Money received, balances, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.catalog import queries as catalog
from purveyor.infra import activity, parking
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.operator import DepositForm
from purveyor.interfaces.console.pages import _transfer
from purveyor.interfaces.console.pages._paper import find_party
from purveyor.interfaces.console.pages._transfer import Owed
from purveyor.interfaces.console.paging import cursor_of, instant_cursor, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import labels
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.ledger import queries as ledger
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import bank, commands
from purveyor.payments import queries as payments
from purveyor.payments.types import Payable, Payment

LIMIT = 50
T = TypeVar("T", Payment, Payable)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that came, with names."""

    payment: Payment
    payer: str
    colour: str
    payer_url: str
    number: str
    document_url: str
    taken_back: str


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What one party has paid ahead in one currency."""

    name: str
    colour: str
    url: str
    deposit_url: str
    available: Money | None
    reserved: Money | None


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """What came, and what is awaited (``?show=open``)."""
    waiting = desk.request.GET.get("show") == "open"
    context = _awaited(desk) if waiting else _received(desk)
    here = desk.request.path
    tabs = [
        Tab(_("Received"), here, not waiting),
        Tab(_("Awaited"), f"{here}?show=open", waiting, payments.count_open_payables(actor=desk.actor)),
        Tab(_("Cards"), desk.url("card_attempts"), False),
    ]
    return desk.render("console/money/listing.html", {"tabs": tabs, "waiting": waiting, **context})


def _received(desk: Desk) -> dict[str, object]:
    q = desk.request.GET.get("q", "").strip()
    found = payments.list_payments(
        actor=desk.actor,
        from_outside=True,
        q=q,
        q_payers=parties.find_ids(actor=desk.actor, q=q) if q else (),
        cursor=instant_cursor(desk.request),
        limit=LIMIT + 1,
    )
    rows, after = _cut(found)
    names = parties.names_of(actor=desk.actor, ids={one.payer_id for one in rows})
    payables = payments.find_payables_by_id(
        actor=desk.actor, ids=[one.payable_id for one in rows if one.payable_id is not None]
    )
    owed = {one.payable.id: one for one in _transfer.describe(desk, payables)}
    back = bank.find_reversed(actor=desk.actor, payment_ids=[one.id for one in rows])
    listed = [
        _payment_row(desk, one, names, owed.get(one.payable_id or one.id), back.get(one.id, ""))
        for one in rows
    ]
    return {"rows": listed, "filtered": bool(q), "pager": pager(desk.request, after)}


def _awaited(desk: Desk) -> dict[str, object]:
    q = desk.request.GET.get("q", "").strip()
    if q:
        return {"rows": _transfer.search(desk, q), "filtered": True, "pager": pager(desk.request, None)}
    found = payments.list_open_payables(
        actor=desk.actor, cursor=instant_cursor(desk.request), limit=LIMIT + 1
    )
    rows, after = _cut(found)
    return {
        "rows": _transfer.describe(desk, rows),
        "filtered": False,
        "pager": pager(desk.request, after),
    }


def _cut(found: list[T]) -> tuple[list[T], str | None]:
    rows = found[:LIMIT]
    if len(found) <= LIMIT:
        return rows, None
    at, last = rows[-1].cursor
    return rows, write_cursor(at.isoformat(), str(last))


def _payment_row(
    desk: Desk, one: Payment, names: dict[UUID, str], owed: Owed | None, taken_back: str
) -> PaymentRow:
    return PaymentRow(
        one,
        names.get(one.payer_id, ""),
        tint_of(one.payer_id),
        _balance_url(desk, "cus" if one.payer_id == one.customer_id else "res", one.payer_id),
        owed.number if owed else "",
        owed.document_url if owed else "",
        {"returned": _("Returned by the bank"), "unmatched": _("Taken back")}.get(taken_back, ""),
    )


def _balance_url(desk: Desk, prefix: str, party_id: UUID) -> str:
    return f"{desk.url('balance')}?of={show(prefix, party_id)}"


@page("operate", scopes=("operator",))
def receive(desk: Desk) -> HttpResponse:
    """Find what a transfer is for, see what it does, record it."""
    chosen = desk.request.GET.get("for", "")
    if not chosen:
        q = desk.request.GET.get("q", "").strip()
        rows = _transfer.search(desk, q) if q else []
        if not q:
            rows = _transfer.describe(desk, payments.list_open_payables(actor=desk.actor, limit=20))
        return desk.render("console/money/find.html", {"rows": rows, "q": q})
    return _transfer.record(desk, chosen)


@page("operate", scopes=("operator",))
def balances(desk: Desk) -> HttpResponse:
    """What all parties have paid ahead; looked for by name, also those with nothing yet."""
    q = desk.request.GET.get("q", "").strip()
    ids = parties.find_ids(actor=desk.actor, q=q, limit=LIMIT) if q else None
    key = read_cursor(cursor_of(desk.request), parts=2)
    try:
        cursor = None if key is None else (int(key[0]), UUID(key[1]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error
    found = ledger.list_balances(actor=desk.actor, party_ids=ids, cursor=cursor, limit=LIMIT + 1)
    held, more = found[:LIMIT], len(found) > LIMIT
    wanted = {one.party_id for one in held} | set(ids or ())
    known = {one.id: one for one in parties.list_organizations(actor=desk.actor, ids=wanted)}
    rows = [_balance_row(desk, known[one.party_id], one.available, one.reserved) for one in held]
    have = {one.party_id for one in held}
    rows += [_balance_row(desk, known[one], None, None) for one in ids or () if one not in have]
    after = write_cursor(str(held[-1].available.amount), str(held[-1].account_id)) if more else None
    context = {
        "rows": rows,
        "totals": ledger.sum_balances(actor=desk.actor),
        "filtered": bool(q),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/money/balances.html", context)


def _balance_row(
    desk: Desk, party: Organization, available: Money | None, reserved: Money | None
) -> BalanceRow:
    return BalanceRow(
        party.name,
        tint_of(party.id),
        f"{desk.url('balance')}?of={party.public_id}",
        f"{desk.url('deposit')}?of={party.public_id}",
        available,
        reserved,
    )


@page("operate", scopes=("operator",))
def deposit(desk: Desk) -> HttpResponse:
    """Record money paid ahead by the party in ``?of=``."""
    party = find_party(desk, desk.request.GET.get("of", ""))
    if party is None or party.kind == "operator":
        return desk.redirect("balances")
    held = [one.available.currency for one in ledger.get_balance(actor=desk.actor, party_id=party.id)]
    priced = [one.currency for one in catalog.list_price_lists()]
    others = [code for code in (party.currency, *priced) if code not in held]
    form = DepositForm(
        desk.request.POST or None,
        currencies=[*held, *dict.fromkeys(others)],
        initial={"received_on": desk.today, "currency": party.currency},
    )

    def act() -> str:
        assert form.money is not None  # the form is valid
        commands.deposit(
            actor=desk.actor,
            now=desk.now,
            organization_id=party.id,
            amount=form.money,
            reference=form.cleaned_data["reference"],
            received_on=form.cleaned_data["received_on"],
            is_another=form.cleaned_data["is_another"],
        )
        return f"{desk.url('balance')}?of={party.public_id}"

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("The deposit is on the balance."))
        if done:
            return done
    context = {"form": form, "party": party, "kind": labels.organization_kind(party.kind)}
    return desk.render("console/money/deposit.html", context, status=422 if desk.posted else 200)


@page("operate", scopes=("operator",))
def parked(desk: Desk) -> HttpResponse:
    """Work that could not be done by itself, with its reason; a person lets it be tried again."""
    pieces = parking.list_parked()

    def act() -> str:
        wanted = desk.request.POST.get("piece", "")
        found = next((one for one in pieces if str(one.id) == wanted), None)
        # Somebody else may have been quicker: then it is being tried again already.
        if found is not None:
            parking.resolve(found.id, now=desk.now)
            activity.record(
                desk.actor,
                now=desk.now,
                kind="parked.retried",
                subject_kind="parked",
                subject_id=found.id,
                reseller_id=None,
                facts={"source": found.source},
            )
        return desk.url("parked")

    if desk.posted:
        done = desk.submit(None, act, said=_("It is being tried again."))
        if done:
            return done
    return desk.render("console/money/parked.html", {"pieces": pieces})
