"""The statement of account as a file: PDF in the seller's brand, or rows for a spreadsheet, in one language."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from purveyor.billing.types import PartySnapshot
from purveyor.interfaces.documents.files import File
from purveyor.interfaces.documents.sheet import Sheet, broken, foot_of, party_of, sum_of
from purveyor.interfaces.documents.typesetting import set_pdf
from purveyor.interfaces.texts import formats, labels
from purveyor.interfaces.texts.cells import MARK, safe_cell
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization
from purveyor.payments.statement import Statement, StatementLine


def text_of(line: StatementLine) -> str:
    """What a movement is, in words."""
    number = {"number": line.number}
    match line.kind:
        case "invoice":
            return _("Invoice %(number)s") % number if line.number else _("Invoice")
        case "credit_note":
            return _("Credit note %(number)s") % number if line.number else _("Credit note")
        case "refund":
            return _("Money of credit note %(number)s goes back") % number if line.number else _("Refund")
        case "payment_withdrawn":
            return _("Payment taken back")
    if line.number:
        return _("Payment for %(number)s") % number
    return _("Payment")


def note_of(line: StatementLine) -> str:
    """How money came, and what the bank said about it."""
    said = (labels.payment_method(line.method) if line.method else "", line.note)
    return " · ".join(one for one in said if one)


def sums_of(statement: Statement) -> list[tuple[str, Money]]:
    """What it comes to: owed before, billed, credited, paid, paid back, owed after."""
    found = [
        (_("Owed before"), statement.opening),
        (_("Invoices"), statement.sum_of("invoice")),
        (_("Credit notes"), statement.sum_of("credit_note")),
        (_("Payments"), statement.sum_of("payment", "payment_withdrawn")),
        (_("Money that goes back"), statement.sum_of("refund")),
    ]
    return [*found, (_("Owed at the end"), statement.closing)]


def heads() -> list[str]:
    """The columns of the file for a spreadsheet."""
    return [_("Day"), _("What"), _("Number"), _("How"), _("Amount"), _("Owed after it"), _("Currency")]


def rows_of(statement: Statement) -> list[list[str]]:
    """The statement as rows, what was owed before it and after it included."""
    code = statement.currency

    def edge(day: str, text: str, owed: Money) -> list[str]:
        return [day, text, "", "", "", str(owed.decimal()), code]

    return [
        edge(statement.since.isoformat(), _("Owed before"), statement.opening),
        *(
            [
                line.on.isoformat(),
                text_of(line),
                line.number,
                note_of(line),
                str(line.amount.decimal()),
                str(line.balance.decimal()),
                code,
            ]
            for line in statement.lines
        ),
        edge(statement.until.isoformat(), _("Owed at the end"), statement.closing),
    ]


def name_of(payer: Organization, statements: list[Statement]) -> str:
    """The name of its file, without what it ends with."""
    first = statements[0]
    return f"statement-{payer.public_id}-{first.since.isoformat()}-{first.until.isoformat()}"


def csv_of(payer: Organization, statements: list[Statement]) -> File:
    """All currencies as one CSV file."""
    text = io.StringIO()
    write = csv.writer(text).writerow
    write(heads())
    for statement in statements:
        for row in rows_of(statement):
            # Amounts below zero are figures, not formulas.
            write([cell if at in (4, 5) else safe_cell(cell) for at, cell in enumerate(row)])
    content = (MARK + text.getvalue()).encode()
    return File(f"{name_of(payer, statements)}.csv", "text/csv; charset=utf-8", content)


def pdf_of(seller: Organization, payer: Organization, statements: list[Statement], *, at: datetime) -> File:
    """All currencies as one PDF, one after the other."""
    sheet = sheet_of(PartySnapshot.of(seller), PartySnapshot.of(payer), statements)
    return File(
        f"{name_of(payer, statements)}.pdf", "application/pdf", set_pdf(sheet, at=at, template="statement")
    )


def sheet_of(seller: PartySnapshot, payer: PartySnapshot, statements: list[Statement]) -> Sheet:
    """Everything that is printed."""
    first = statements[0]
    days = _("%(since)s to %(until)s") % {
        "since": formats.day_text(first.since),
        "until": formats.day_text(first.until),
    }
    return {
        "lang": (get_language() or "en")[:2],
        "title": _("Statement of account, %(days)s") % {"days": days},
        "kind": _("Statement of account"),
        "number": days,
        "seller": party_of(_("From"), seller),
        "buyer": party_of(_("For"), payer),
        "heads": [_("Day"), _("What"), _("Amount"), _("Owed after it")],
        "accounts": [_account(one) for one in statements],
        "notes": [
            _(
                "Amounts above zero are owed by you, those below zero are taken off. The balance is not part of it."
            )
        ],
        "foot": foot_of(seller),
        "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _account(statement: Statement) -> Sheet:
    sums = sums_of(statement)
    return {
        "name": _("Account in %(currency)s") % {"currency": statement.currency},
        "lines": [
            {
                "day": formats.day_text(line.on),
                "what": broken(text_of(line)),
                "how": broken(note_of(line)),
                "amount": formats.money_text(line.amount),
                "balance": formats.money_text(line.balance),
            }
            for line in statement.lines
        ],
        "none": _("Nothing moved on these days."),
        "sums": [
            sum_of(label, amount, strong=at == len(sums)) for at, (label, amount) in enumerate(sums, start=1)
        ],
    }
