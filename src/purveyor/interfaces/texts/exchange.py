"""The rate of a document in another currency, in words."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from purveyor.billing.types import Exchange
from purveyor.interfaces.texts import formats


def vat_text(exchange: Exchange) -> str:
    """What the VAT in the seller's currency was reckoned with: the rate, its day, its source."""
    return _("VAT in %(currency)s at the rate %(rate)s of %(day)s (%(source)s)") % {
        "currency": exchange.vat.currency,
        "rate": rate_text(exchange.rate),
        "day": formats.day_text(exchange.on),
        "source": exchange.source,
    }


def rate_text(rate: Decimal) -> str:
    """A rate with all its decimals, in the reader's way."""
    return str(format_decimal(rate, locale=formats.reader_locale(), decimal_quantization=False))
