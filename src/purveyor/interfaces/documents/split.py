"""The lines of a document for a spreadsheet: what a consolidated invoice comes to for each customer."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from purveyor.billing.types import Document, DocumentLine
from purveyor.interfaces.documents.files import File
from purveyor.interfaces.texts import lines
from purveyor.interfaces.texts.cells import MARK, safe_cell
from purveyor.kernel.ids import show


def heads() -> list[str]:
    """The names of the columns, in the reader's language."""
    return [
        *(_("Customer"), _("What"), _("Subscription"), _("From"), _("Until"), _("Seats"), _("Months")),
        *(_("Price a seat"), _("Discount"), _("Net"), _("Currency")),
    ]


def cells(line: DocumentLine) -> list[str]:
    """A line as its row; the end of its period is exclusive."""
    plain = "" if line.subscription_id is None else show("sub", line.subscription_id)
    start, end = line.period_start, line.period_end
    return [
        line.customer_name,
        lines.describe_line(line.description),
        plain,
        "" if start is None else start.isoformat(),
        "" if end is None else end.isoformat(),
        str(line.quantity),
        str(line.months),
        str(line.unit_price.decimal()),
        str(line.discount_percent),
        str(line.net.decimal()),
        line.net.currency,
    ]


def csv_of(document: Document) -> File:
    """All lines of a document as a CSV file, in the language active now."""
    text = io.StringIO()
    write = csv.writer(text).writerow
    for row in (heads(), *(cells(one) for one in document.lines)):
        write([safe_cell(cell) for cell in row])
    return File(f"{document.number}.csv", "text/csv; charset=utf-8", f"{MARK}{text.getvalue()}".encode())
