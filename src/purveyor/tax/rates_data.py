"""Standard VAT rates with the dates on which they hold: data, not logic.

One row is (territory, percent, first day, first day after or None). Rates before 2020 are not kept; where a
rate is older, its row starts on 2020-01-01. A credit note uses the rate printed on its invoice, never this
table.

Source: European Commission, Taxes in Europe Database (TEDB), "VAT rates applied in the Member States"; the
changes are listed in docs/algorithms/vat.md. Territories with a hyphen are areas with a rate of
their own.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class StandardRate(NamedTuple):
    """One rate of one territory; ``valid_to`` is the first day on which it no longer holds."""

    territory: str
    percent: Decimal
    valid_from: date
    valid_to: date | None


_ROWS = """
AT 20 2020-01-01 -
AT-JUNGHOLZ-MITTELBERG 19 2020-01-01 -
BE 21 2020-01-01 -
BG 20 2020-01-01 -
CY 19 2020-01-01 -
CZ 21 2020-01-01 -
DE 19 2020-01-01 2020-07-01
DE 16 2020-07-01 2021-01-01
DE 19 2021-01-01 -
DK 25 2020-01-01 -
EE 20 2020-01-01 2024-01-01
EE 22 2024-01-01 2025-07-01
EE 24 2025-07-01 -
ES 21 2020-01-01 -
FI 24 2020-01-01 2024-09-01
FI 25.5 2024-09-01 -
FI-01 24 2020-01-01 2024-09-01
FI-01 25.5 2024-09-01 -
FR 20 2020-01-01 -
FR-DOM 8.5 2020-01-01 -
GR 24 2020-01-01 -
HR 25 2020-01-01 -
HU 27 2020-01-01 -
IE 23 2020-01-01 2020-09-01
IE 21 2020-09-01 2021-03-01
IE 23 2021-03-01 -
IT 22 2020-01-01 -
LT 21 2020-01-01 -
LU 17 2020-01-01 2023-01-01
LU 16 2023-01-01 2024-01-01
LU 17 2024-01-01 -
LV 21 2020-01-01 -
MT 18 2020-01-01 -
MX 16 2020-01-01 -
NL 21 2020-01-01 -
PL 23 2020-01-01 -
PT 23 2020-01-01 -
PT-20 18 2020-01-01 2021-07-01
PT-20 16 2021-07-01 -
PT-30 22 2020-01-01 -
RO 19 2020-01-01 2025-08-01
RO 21 2025-08-01 -
SE 25 2020-01-01 -
SI 22 2020-01-01 -
SK 20 2020-01-01 2025-01-01
SK 23 2025-01-01 -
"""


def _rows() -> Iterator[StandardRate]:
    for line in _ROWS.split("\n"):
        if line:
            territory, percent, start, end = line.split()
            until = None if end == "-" else date.fromisoformat(end)
            yield StandardRate(territory, Decimal(percent), date.fromisoformat(start), until)


STANDARD_RATES: tuple[StandardRate, ...] = tuple(_rows())


def rates_on(day: date) -> dict[str, Decimal]:
    """The standard rate of each territory on this day, in percent: what ``decide`` takes as ``rates``."""
    return {
        row.territory: row.percent
        for row in STANDARD_RATES
        if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)
    }
