"""What the operator may type into the catalog."""

from __future__ import annotations

import re
from datetime import date

from purveyor.kernel.errors import Invalid
from purveyor.kernel.money import is_currency
from purveyor.kernel.text import clean_line

MONTHS_MAX = 60
AMOUNT_MAX = 10**12
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


def clean_code(text: str) -> str:
    """A stable code that clients use in place of an id: 1 to 64 of a-z, 0-9, point, dash, underscore.

    Raises: Invalid, field ``code``: ``code_form``. A code may not look like an id (``off_...``).
    """
    code = text.strip().lower()
    if not _CODE.fullmatch(code) or code.startswith("off_"):
        raise Invalid(field="code", reason="code_form")
    return code


def clean_name(text: str) -> str:
    """A name on one line, spaces single.

    Raises: Invalid, field ``name``: ``required``, ``too_long`` or ``control_characters``.
    """
    return " ".join(clean_line(text, field="name").split())


def clean_currency(code: str) -> str:
    """An ISO 4217 code. Raises: Invalid, field ``currency``: ``currency``."""
    currency = code.strip().upper()
    if not is_currency(currency):
        raise Invalid(field="currency", reason="currency")
    return currency


def check_months(*, term_months: int, billing_months: int) -> None:
    """A term of 1 to 60 months, billed in equal parts of whole months.

    Raises: Invalid, field ``term_months`` or ``billing_months``: ``too_small``, ``too_large``,
        ``does_not_divide``.
    """
    for field, value in (("term_months", term_months), ("billing_months", billing_months)):
        if value < 1:
            raise Invalid(field=field, reason="too_small", minimum=1)
        if value > MONTHS_MAX:
            raise Invalid(field=field, reason="too_large", maximum=MONTHS_MAX)
    if term_months % billing_months:
        raise Invalid(field="billing_months", reason="does_not_divide", term_months=term_months)


def check_days(start: date, end: date | None, *, field: str) -> None:
    """An end, if there is one, after the start. Raises: Invalid: ``not_after_start``."""
    if end is not None and end <= start:
        raise Invalid(field=field, reason="not_after_start", start=start.isoformat())
