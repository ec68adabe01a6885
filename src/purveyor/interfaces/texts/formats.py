"""Money, numbers, dates and lists in the format of the active language, by Babel's CLDR data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from django.utils import timezone
from django.utils.translation import get_language, gettext

from purveyor.kernel.money import Money

# English is written the European way (22 Nov 2026, week from Monday): the readers are here.
_REGIONS = {"en": "en_GB", "es": "es_ES", "de": "de_DE", "it": "it_IT", "fr": "fr_FR"}


# A list writes the same amounts, counts and days again and again, and CLDR takes its time over each.
_KEPT = 4096


@lru_cache(maxsize=16)
def _parse(language: str) -> Locale:
    return Locale.parse(_REGIONS.get(language.split("-", maxsplit=1)[0], "en_GB"))


def _language() -> str:
    return get_language() or "en"


def reader_locale() -> Locale:
    """Return the CLDR locale of the language active now."""
    return _parse(_language())


def money_text(money: Money) -> str:
    """Write an amount (minor units inside) with its currency: `1.234,50 €` to a German reader."""
    return _money(money, _language())


@lru_cache(maxsize=_KEPT)
def _money(money: Money, language: str) -> str:
    return str(format_currency(money_decimal(money), money.currency, locale=_parse(language)))


def money_decimal(money: Money) -> Decimal:
    """Return the amount in major units, exactly; the number of decimals is the currency's own."""
    return Decimal(money.amount).scaleb(-get_currency_precision(money.currency))


def number_text(value: int | Decimal) -> str:
    """Write a number with the reader's separators."""
    if isinstance(value, int):
        return _whole(value, _language())
    return str(format_decimal(value, locale=reader_locale()))


@lru_cache(maxsize=_KEPT)
def _whole(value: int, language: str) -> str:
    return str(format_decimal(value, locale=_parse(language)))


def percent_text(value: Decimal | int) -> str:
    """Write a percentage given as percent points: Decimal("20") is 20 %."""
    return _percent(Decimal(value), _language())


@lru_cache(maxsize=_KEPT)
def _percent(value: Decimal, language: str) -> str:
    return str(format_percent(value / 100, locale=_parse(language), decimal_quantization=False))


def day_text(value: date | datetime, style: str = "medium") -> str:
    """Write a day; an instant is first brought to the zone in use. Styles: short, medium, long, full."""
    if isinstance(value, datetime):
        value = _local(value).date()
    return _day(value, style, _language())


@lru_cache(maxsize=_KEPT)
def _day(value: date, style: str, language: str) -> str:
    return str(format_date(value, style, locale=_parse(language)))


def instant_text(value: datetime, style: str = "medium") -> str:
    """Write a day and a time to the minute, in the zone in use."""
    local = _local(value)
    if style == "time":
        return str(format_time(local, "short", locale=reader_locale()))
    joined = format_datetime(local, _pattern(), locale=reader_locale())
    return str(joined)


def instant_in_zone(value: datetime, zone: str) -> str:
    """Write a day and a time on the clock of a zone, with its name; without one, in the zone in use."""
    if not zone:
        return instant_text(value)
    with timezone.override(ZoneInfo(zone)):
        return gettext("%(instant)s (%(zone)s)") % {
            "instant": instant_text(value),
            "zone": zone.replace("_", " "),
        }


def _pattern() -> str:
    locale = reader_locale()
    day = locale.date_formats["medium"].pattern
    time = locale.time_formats["short"].pattern
    return f"{day}, {time}"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def country_text(code: str) -> str:
    """Write a country by its name; an area such as ES-CN by that of its state, an unknown code as it is."""
    state = code.split("-", maxsplit=1)[0].upper()
    return str(reader_locale().territories.get(state, code))


def language_text(code: str) -> str:
    """Write a language by its name in the reader's own: de is `German` to an English reader."""
    return str(reader_locale().languages.get(code.split("-", maxsplit=1)[0], code))


def in_fours(text: str) -> str:
    """Write a payment reference or an IBAN in groups of four, as they are printed."""
    compact = "".join(text.split())
    return " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))


def list_text(items: Iterable[str], style: str = "standard") -> str:
    """Write several things as one enumeration. Styles: standard (and), or."""
    return str(format_list(list(items), style=style, locale=reader_locale()))  # type: ignore[arg-type]  # Babel's Literal
