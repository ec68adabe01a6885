"""Documents and the balance: what was billed, what is open, what is paid ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast, get_args
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.billing.types import DocumentRow, Kind, OpenDocuments
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.pages import _movements, _paper
from purveyor.interfaces.console.pages.funds import filter_form
from purveyor.interfaces.console.paging import cursor_of, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Tab
from purveyor.interfaces.texts import formats, labels
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.paging import read_cursor, write_cursor
from purveyor.ledger import queries as ledger
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import funds
from purveyor.sales import credit

LIMIT = 50
SHOWN = ("", "open", "overdue", "paid")
KINDS = ("", "invoice", "pro_forma", "credit_note")


@dataclass(frozen=True, slots=True)
class Row:
    """A document in a list."""

    document: DocumentRow
    kind: str
    customer: str
    colour: str
    url: str


@page("documents")
def listing(desk: Desk) -> HttpResponse:
    """Documents of the own organization; the operator's all."""
    return _listing(desk)


@page("documents", customer=True)
def customer_listing(desk: Desk) -> HttpResponse:
    """Documents for the customer acted on, or the own ones of a customer."""
    return _listing(desk)


@page("documents")
def document(desk: Desk, document_id: UUID) -> HttpResponse:
    """An invoice, credit note or pro-forma as it was issued."""
    return _paper.show(desk, billing.get_document(actor=desk.actor, document_id=document_id))


@page("documents", customer=True)
def customer_document(desk: Desk, document_id: UUID) -> HttpResponse:
    """The same, where one acts on the customer."""
    found = billing.get_document(actor=desk.actor, document_id=document_id)
    if desk.customer is None or found.customer_id != desk.customer.id:
        raise NotFound(kind="document")
    return _paper.show(desk, found)


def _listing(desk: Desk) -> HttpResponse:
    get = desk.request.GET
    state = get.get("show", "") if get.get("show", "") in SHOWN else ""
    kind = get.get("kind", "") if get.get("kind", "") in get_args(Kind) else ""
    customer_id = desk.customer.id if desk.customer is not None else None
    found = billing.list_documents(
        actor=desk.actor,
        customer_id=customer_id,
        kind=cast(Kind, kind) if kind else None,
        status={"overdue": "overdue", "paid": "paid"}.get(state),  # type: ignore[arg-type]  # both are a Status
        q=get.get("q", ""),
        only_open=state == "open",
        cursor=_document_cursor(cursor_of(desk.request)),
        limit=LIMIT + 1,
    )
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].issued_on.isoformat(), str(rows[-1].id)) if more else None
    names = _names(desk, {one.customer_id for one in rows})
    waiting = billing.count_open(actor=desk.actor, customer_id=customer_id)
    context = {
        "rows": [_row(desk, one, names) for one in rows],
        "tabs": [_tab(desk, code, state) for code in SHOWN],
        "kinds": [_kind(desk, code, kind) for code in KINDS],
        "kind": kind,
        "open": waiting,
        "hint": _open_hint(waiting),
        "filtered": bool(get.get("q") or state or kind),
        "with_customer": desk.customer is None,
        "account_url": _account_url(desk),
        "batches_url": "" if "/on/" in desk.request.path else desk.url("batches"),
        "credits": _credits(desk),
        "statement_url": desk.url("statement")
        if desk.actor.scope != "operator" and desk.customer is None
        else "",
        "pager": pager(desk.request, after),
    }
    return desk.render("console/billing/listing.html", context)


def _account_url(desk: Desk) -> str:
    """What a reseller has on account, where it gathers or something is left there."""
    if desk.actor.scope != "reseller" or desk.customer is not None:
        return ""
    held = billing.list_accounts(actor=desk.actor, reseller_id=desk.organization.id)
    gathers = parties.get_reseller_profile(reseller_id=desk.organization.id).billing_mode == "gathered"
    return desk.url("on_account") if gathers or any(one.due_at is not None for one in held) else ""


def _credits(desk: Desk) -> list[credit.Credit]:
    """What a reseller owes and may owe, where the operator set a limit."""
    if desk.actor.scope != "reseller" or desk.customer is not None:
        return []
    return credit.list_credits(actor=desk.actor, reseller_id=desk.organization.id)


def _document_cursor(text: str | None) -> tuple[date, UUID] | None:
    key = read_cursor(text, parts=2)
    try:
        return None if key is None else (date.fromisoformat(key[0]), UUID(key[1]))
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _names(desk: Desk, ids: set[UUID]) -> dict[UUID, str]:
    if desk.customer is not None:
        return {desk.customer.id: desk.customer.name}
    return parties.names_of(actor=desk.actor, ids=ids)


def _row(desk: Desk, one: DocumentRow, names: dict[UUID, str]) -> Row:
    return Row(
        one,
        labels.document_kind(one.kind),
        names.get(one.customer_id, ""),
        tint_of(one.customer_id),
        _paper.url(desk, one.id),
    )


def _query(desk: Desk, **changed: str) -> str:
    query = desk.request.GET.copy()
    for name in ("after", "trail", *changed):
        query.pop(name, None)
    for name, value in changed.items():
        if value:
            query[name] = value
    text = query.urlencode()
    return f"{desk.request.path}?{text}" if text else desk.request.path


def _tab(desk: Desk, code: str, active: str) -> Tab:
    label = labels.status(code) if code else _("All")
    return Tab(label, _query(desk, show=code), active=code == active)


def _kind(desk: Desk, code: str, active: str) -> Tab:
    label = labels.document_kind(code) if code else _("All kinds")
    return Tab(label, _query(desk, kind=code), active=code == active)


def _open_hint(waiting: OpenDocuments) -> str:
    if waiting.totals:
        return formats.list_text([formats.money_text(one) for one in waiting.totals])
    return _("Nothing to pay")


@page("documents")
def balance(desk: Desk) -> HttpResponse:
    """Money paid ahead, and how it moved: one's own, or for the operator that of ``?of=``."""
    party = _party(desk)
    if party is None:
        return desk.redirect("balances")
    held = ledger.get_balance(actor=desk.actor, party_id=party.id)
    currencies = [one.available.currency for one in held] or [party.currency]
    asked = desk.request.GET.get("currency", "")
    currency = asked if asked in currencies else currencies[0]
    key = read_cursor(cursor_of(desk.request), parts=1)
    form = filter_form(desk)
    wanted = form.wanted()
    movements = ledger.list_movements(
        actor=desk.actor, party_id=party.id, currency=currency, cursor=_number(key), limit=LIMIT + 1, **wanted
    )
    rows, more = movements[:LIMIT], len(movements) > LIMIT
    current = next((one for one in held if one.available.currency == currency), None)
    whole = key is None and not any(wanted.values())
    now = current.available + current.reserved if current is not None and whole else None
    own = desk.actor.scope != "operator"
    seller = parties.get_seller()
    context = {
        "party": party,
        "own": own,
        "held": held,
        "rows": _movements.rows_of(desk, rows, now),
        "with_after": now is not None,
        "tabs": [Tab(code, _query(desk, currency=code), active=code == currency) for code in currencies],
        "seller": seller,
        "iban_text": formats.in_fours(seller.iban),
        "purpose": _purpose(party),
        "statement_url": "" if own else f"{desk.url('statement')}?of={party.public_id}",
        "filter": form,
        "filtered": any(wanted.values()),
        "csv_url": _csv_url(desk, currency),
        "watched": funds.get_fund_settings(actor=desk.actor, party_id=party.id, currency=currency),
        "asked": funds.list_open_deposits(actor=desk.actor, party_id=party.id),
        "deposit_url": "" if own else f"{desk.url('deposit')}?of={party.public_id}",
        "pager": pager(desk.request, write_cursor(str(rows[-1].id)) if more else None),
    }
    return desk.render("console/billing/balance.html", context)


def _csv_url(desk: Desk, currency: str) -> str:
    query = desk.request.GET.copy()
    for gone in ("after", "trail"):
        query.pop(gone, None)
    query["currency"] = currency
    return f"{desk.url('balance_csv')}?{query.urlencode()}"


def _number(key: tuple[str, ...] | None) -> int | None:
    try:
        return None if key is None else int(key[0])
    except ValueError as error:
        raise Invalid(field="cursor", reason="not_a_cursor") from error


def _party(desk: Desk) -> Organization | None:
    """Whose balance: a reseller's or customer's own; the operator names one, by its public id."""
    if desk.actor.scope != "operator":
        return desk.organization
    return _paper.find_party(desk, desk.request.GET.get("of", ""))


def _purpose(party: Organization) -> str:
    """What to write on a transfer that tops the balance up."""
    if party.kind == "reseller":
        return parties.get_reseller_profile(reseller_id=party.id).code
    return party.name
