"""Money, numbers and dates in the reader's own format: the same as in mails and refusals."""

from __future__ import annotations

from purveyor.interfaces.texts.formats import (
    country_text,
    day_text,
    instant_text,
    language_text,
    list_text,
    money_decimal,
    money_text,
    number_text,
    percent_text,
    reader_locale,
)

__all__ = [
    "country_text",
    "day_text",
    "instant_text",
    "language_text",
    "list_text",
    "money_decimal",
    "money_text",
    "number_text",
    "percent_text",
    "reader_locale",
]
