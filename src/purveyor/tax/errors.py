"""Refusals of this room. ``TaxUndecided`` is beside the decision that raises it."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class VatNumberInvalid(DomainError):
    """A VAT number of a member state with a wrong form or check digit.

    Facts: ``field`` (``vat_number``), ``number``, ``country`` (two letters, of the number) and ``reason``:
    ``length``, ``form`` or ``check_digit``.
    """

    code = "vat_number_invalid"
