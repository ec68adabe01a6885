"""The EPC QR code of a SEPA transfer (EPC069-12): banks' apps fill in the payment from it."""

from __future__ import annotations

import re
from decimal import Decimal

import zxingcpp

from purveyor.billing.types import PaymentDetails
from purveyor.kernel.money import Money

# Of each row the modules, "1" for dark.
Rows = list[str]

_CURRENCY = "EUR"
_NAME_MAX, _REFERENCE_MAX, _TEXT_MAX, _BYTES_MAX = 70, 35, 140, 331
_BIC_LENGTHS = (0, 8, 11)
_AMOUNT_MAX = Decimal("999999999.99")
_UTF_8 = "1"
_DARK = re.compile("1+")
# Grey as the library draws it: black is dark.
_MODULES = bytes.maketrans(b"\x00\xff", b"10")


def epc_qr(details: PaymentDetails, beneficiary: str, amount: Money) -> Rows | None:
    """The rows of modules, "1" for dark; None where the standard has no code for it.

    Euro only, between one cent and 999,999,999.99; structured reference (RF) or plain text, never both.
    """
    payload = _payload(details, beneficiary, amount)
    if payload is None:
        return None
    # Level M is the standard's own; the version is the smallest that holds it. Bytes, because a text would be
    # written in Latin-1 where it can be.
    code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture = code.to_image(add_quiet_zones=False)
    side = picture.shape[0]
    grey: memoryview = memoryview(picture)  # type: ignore[arg-type]  # a buffer, which its stub does not say
    modules = bytes(grey).translate(_MODULES).decode()
    return [modules[at : at + side] for at in range(0, len(modules), side)]


def svg_of(rows: Rows) -> str:
    """The code as a picture of squares, one unit each, without its white border."""
    path = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1h{run.start() - run.end()}z"
        for y, row in enumerate(rows)
        for run in _DARK.finditer(row)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}"><path d="{path}"/></svg>'


def _payload(details: PaymentDetails, beneficiary: str, amount: Money) -> bytes | None:
    reference = details.reference.strip()
    is_structured = reference.startswith("RF")
    name, bic = beneficiary[:_NAME_MAX].strip(), details.bic.strip()
    if amount.currency != _CURRENCY or amount.amount <= 0 or amount.decimal() > _AMOUNT_MAX:
        return None
    if not name or not reference or not 4 < len(details.iban) <= 34 or len(bic) not in _BIC_LENGTHS:
        return None
    if len(reference) > (_REFERENCE_MAX if is_structured else _TEXT_MAX):
        return None
    euros = f"EUR{amount.decimal():.2f}"
    lines = ["BCD", "002", _UTF_8, "SCT", bic, name, details.iban, euros, ""]
    lines += [reference] if is_structured else ["", reference]
    found = "\n".join(lines).encode()
    return found if len(found) <= _BYTES_MAX else None
