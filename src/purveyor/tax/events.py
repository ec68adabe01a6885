"""What tax announces; the operator's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from purveyor.kernel.events import Event


@dataclass(frozen=True)
class ExchangeRatesUploaded(Event):
    """Rates that were not here before: what waited for one may go on."""

    kind: ClassVar[str] = "exchange_rates.uploaded"
    count: int
    currencies: list[str]
