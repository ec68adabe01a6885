"""The EPC QR code of a SEPA transfer (EPC069-12): banks' apps fill in the payment from it."""

from __future__ import annotations

from itertools import groupby

from segno import QRCode, helpers

from purveyor.billing.types import PaymentDetails
from purveyor.kernel.money import Money

_NAME_MAX = 70
_CURRENCY = "EUR"
# A run of dark modules: column, row, length.
Run = tuple[int, int, int]


def epc_qr(details: PaymentDetails, beneficiary: str, amount: Money) -> tuple[int, list[Run]] | None:
    """Side in modules and the dark runs of each row; None where the standard has no code for it.

    Euro only, between one cent and 999,999,999.99; structured reference (RF) or plain text, never both.
    """
    if amount.currency != _CURRENCY or amount.amount <= 0:
        return None
    is_structured = details.reference.startswith("RF")
    try:
        code = helpers.make_epc_qr(
            name=beneficiary[:_NAME_MAX],
            iban=details.iban,
            amount=amount.decimal(),
            reference=details.reference if is_structured else None,
            text=None if is_structured else details.reference,
            bic=details.bic or None,
            encoding="utf-8",
        )
    except ValueError:
        return None
    return _runs(code)


def _runs(code: QRCode) -> tuple[int, list[Run]]:
    rows = [list(row) for row in code.matrix]
    found: list[Run] = []
    for y, row in enumerate(rows):
        x = 0
        for dark, some in groupby(row):
            length = len(list(some))
            if dark:
                found.append((x, y, length))
            x += length
    return len(rows), found
