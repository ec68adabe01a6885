"""Exchange rates as a file: ``currency,rate,date,source``, a header and a row each."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from purveyor.kernel.errors import Invalid

COLUMNS = ("currency", "rate", "date", "source")
_LENGTH_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class RateInput:
    """One rate as it came: ``rate`` units of the seller's currency for one unit of ``currency``."""

    currency: str
    rate: Decimal
    on: date
    source: str


def read_rates(text: str) -> list[RateInput]:
    """The rates of a file: comma or semicolon between cells; with a semicolon the rate may have a decimal comma.

    Raises: Invalid (``rates``): ``rate_columns`` for another header, else the row at fault (fact ``row``, from 1).
    """
    if len(text) > _LENGTH_MAX:
        raise Invalid(field="rates", reason="too_many", maximum=_LENGTH_MAX)
    plain = text.removeprefix("\ufeff")
    first = plain.split("\n", maxsplit=1)[0]
    separator = ";" if ";" in first else ","
    try:
        rows = [row for row in csv.reader(io.StringIO(plain), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise Invalid(field="rates", reason="rate_columns", columns=",".join(COLUMNS)) from error
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    if sorted(head) != sorted(COLUMNS):
        raise Invalid(field="rates", reason="rate_columns", columns=",".join(COLUMNS))
    return [
        _row(dict(zip(head, row, strict=False)), place, separator) for place, row in enumerate(rows[1:], 1)
    ]


def _row(cells: dict[str, str], place: int, separator: str) -> RateInput:
    if len(cells) != len(COLUMNS):
        raise Invalid(field="rates", reason="rate_cells", row=place)
    return RateInput(
        currency=cells["currency"].strip().upper(),
        rate=_number(cells["rate"].strip(), place, separator),
        on=_day(cells["date"].strip(), place),
        source=cells["source"].strip(),
    )


def _number(text: str, place: int, separator: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ".") if separator == ";" else text)
    except InvalidOperation as error:
        raise Invalid(field="rates", reason="rate_number", row=place) from error


def _day(text: str, place: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field="rates", reason="rate_date", row=place) from error
