"""The statement of account: on the page, for a spreadsheet, and to be printed or sent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse

from purveyor.interfaces.console.desk import Desk, page, refuse
from purveyor.interfaces.console.forms.statement import StatementForm
from purveyor.interfaces.console.pages import _paper
from purveyor.interfaces.documents import statement as files
from purveyor.interfaces.documents.files import File
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments.statement import Statement, StatementLine, get_statement


@dataclass(frozen=True, slots=True)
class Row:
    """A movement in words."""

    line: StatementLine
    text: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Account:
    """The account in one currency."""

    currency: str
    rows: list[Row]
    sums: list[tuple[str, Money]]


@page("documents")
def show(desk: Desk) -> HttpResponse:
    """What was owed, what moved and what is owed: one's own, or for the operator that of ``?of=``."""
    if desk.actor.scope == "operator" and not desk.request.GET.get("of"):
        return desk.redirect("balances")
    payer = _payer(desk)
    form = StatementForm(desk.request.GET, today=desk.today)
    found: list[Statement] = []
    if form.is_valid():
        try:
            found = _read(desk, payer, form)
        except DomainError as error:
            refuse(form, error)
    context = {
        "form": form,
        "payer": payer,
        "own": desk.actor.scope != "operator",
        "accounts": [_account(desk, one) for one in found],
        "csv_url": _file_url(desk, "statement_csv", payer, form) if found else "",
        "pdf_url": _file_url(desk, "statement_pdf", payer, form) if found else "",
    }
    return desk.render("console/billing/statement.html", context, status=422 if form.errors else 200)


@page("documents")
def csv(desk: Desk) -> HttpResponse:
    """The same for a spreadsheet."""
    payer, found = _wanted(desk)
    return _handed(files.csv_of(payer, found))


@page("documents")
def pdf(desk: Desk) -> HttpResponse:
    """The same to be printed or sent, in the reader's language."""
    payer, found = _wanted(desk)
    return _handed(files.pdf_of(parties.get_seller().organization, payer, found, at=desk.now))


def _payer(desk: Desk) -> Organization:
    if desk.actor.scope != "operator":
        return desk.organization
    found = _paper.find_party(desk, desk.request.GET.get("of", ""))
    if found is None or found.kind == "operator":
        raise NotFound(kind="organization")
    return found


def _wanted(desk: Desk) -> tuple[Organization, list[Statement]]:
    payer = _payer(desk)
    form = StatementForm(desk.request.GET, today=desk.today)
    if not form.is_valid():
        raise NotFound(kind="statement")
    return payer, _read(desk, payer, form)


def _read(desk: Desk, payer: Organization, form: StatementForm) -> list[Statement]:
    return get_statement(
        actor=desk.actor,
        payer_id=payer.id,
        since=form.cleaned_data["since"],
        until=form.cleaned_data["until"],
        currency=payer.currency,
    )


def _account(desk: Desk, one: Statement) -> Account:
    rows = [
        Row(line, files.text_of(line), files.note_of(line), _url(desk, line.document_id))
        for line in one.lines
    ]
    return Account(one.currency, rows, files.sums_of(one))


def _url(desk: Desk, document_id: UUID | None) -> str:
    return "" if document_id is None else desk.url("document", document_id=document_id)


def _file_url(desk: Desk, name: str, payer: Organization, form: StatementForm) -> str:
    query = {key: form.cleaned_data[key].isoformat() for key in ("since", "until")}
    if desk.actor.scope == "operator":
        query["of"] = payer.public_id
    return f"{desk.url(name)}?{urlencode(query)}"


def _handed(file: File) -> HttpResponse:
    answer = HttpResponse(file.content, content_type=file.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer
