"""Facts of refusals and explanations, read in the reader's format. A fact that is not there is a KeyError."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from purveyor.interfaces.texts import formats
from purveyor.kernel.money import Money


class Facts:
    """A mapping of facts with one reader for each kind of value."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, *names: str) -> Any:
        """The first of these facts that is there. Raises KeyError when none is."""
        for name in names:
            if self._values.get(name) is not None:
                return self._values[name]
        raise KeyError(names[0])

    def text(self, *names: str) -> str:
        """A name, number or address as it was given."""
        return str(self.raw(*names))

    def count(self, *names: str) -> int:
        """A whole number, for plural forms."""
        return int(self.raw(*names))

    def number(self, *names: str) -> str:
        """A whole number with the reader's separators."""
        return formats.number_text(self.count(*names))

    def percent(self, *names: str) -> str:
        """A rate in percent points."""
        return formats.percent_text(Decimal(str(self.raw(*names))))

    def money(self, *names: str) -> str:
        """Minor units of the fact ``currency``, or money as JSON."""
        value = self.raw(*names)
        if isinstance(value, Mapping):
            return formats.money_text(Money.from_json(value))
        return formats.money_text(Money(int(value), self.text("currency")))

    def day(self, *names: str) -> str:
        """An ISO date, or the day of an ISO instant."""
        value = self.raw(*names)
        if isinstance(value, date):
            return formats.day_text(value)
        text = str(value)
        return formats.day_text(date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text))

    def instant(self, *names: str) -> str:
        """An ISO instant, in the zone in use."""
        value = self.raw(*names)
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return formats.instant_text(found)

    def country(self, *names: str) -> str:
        """A country by its name."""
        return formats.country_text(self.text(*names))

    def choices(self, *names: str) -> str:
        """Several allowed values as an enumeration."""
        return formats.list_text([str(one) for one in self.raw(*names)], "or")
