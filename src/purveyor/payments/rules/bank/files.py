"""Files for the bank, by the sepaxml library: payouts (pain.001) and direct debits (pain.008). Euro alone.

Each file is checked against its XSD by the library; message id and instant are ours, so that the same input makes the
same file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lxml import etree
from sepaxml import SepaDD, SepaTransfer
from text_unidecode import unidecode  # type: ignore[import-untyped]  # what sepaxml spells names with

from purveyor.payments.types_bank import MandateSequence

CURRENCY = "EUR"
# Two working days: a first direct debit and those that follow need one (SEPA Core), the bank's own cut-off another.
DAYS_AHEAD = 2
_NAME_MAX, _TEXT_MAX = 70, 140
# All that every bank takes (EPC217-08); no slash at either end, and never two of them.
_FOREIGN = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")
_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account a file is about: the seller's. ``creditor_id`` is for direct debits alone."""

    name: str
    iban: str
    bic: str
    creditor_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One payout or collection, in cents. The mandate's fields are for collections alone."""

    name: str
    iban: str
    amount: int
    end_to_end: str
    text: str
    bic: str = ""
    mandate: str = ""
    signed_on: date | None = None
    sequence: MandateSequence = "RCUR"


def payouts(account: Account, items: Sequence[Item], *, message_id: str, made_at: datetime, on: date) -> str:
    """A pain.001.001.03 file that pays these out on a day. Raises ValueError for what the XSD refuses."""
    file = SepaTransfer(_config(account), schema="pain.001.001.03", clean=True)
    for one in items:
        file.add_payment(_common(one) | {"execution_date": on})
    return _finished(file.export(validate=True), message_id, made_at)


def collections(
    account: Account, items: Sequence[Item], *, message_id: str, made_at: datetime, on: date
) -> str:
    """A pain.008.001.02 file that collects these on a day. Raises ValueError for what the XSD refuses."""
    config = _config(account) | {"creditor_id": account.creditor_id, "instrument": "CORE"}
    file = SepaDD(config, schema="pain.008.001.02", clean=True)
    for one in items:
        file.add_payment(
            _common(one)
            | {
                "type": one.sequence,
                "collection_date": on,
                "mandate_id": one.mandate,
                "mandate_date": one.signed_on,
            }
        )
    return _finished(file.export(validate=True), message_id, made_at)


def bank_day(day: date, *, ahead: int) -> date:
    """The day so many working days later; Saturdays and Sundays do not count."""
    found, left = day, ahead
    while left or found.weekday() >= 5:
        found += timedelta(days=1)
        if found.weekday() < 5 and left:
            left -= 1
    return found


def _config(account: Account) -> dict[str, object]:
    config: dict[str, object] = {
        "name": _basic(account.name, _NAME_MAX, instead=account.name),
        "IBAN": _compact(account.iban),
        "batch": True,
        "currency": CURRENCY,
    }
    return config | ({"BIC": _compact(account.bic)} if account.bic else {})


def _common(one: Item) -> dict[str, object]:
    common: dict[str, object] = {
        "name": _basic(one.name, _NAME_MAX, instead=one.end_to_end),
        "IBAN": _compact(one.iban),
        "amount": one.amount,
        "description": _basic(one.text, _TEXT_MAX, instead=one.end_to_end),
        "endtoend_id": one.end_to_end,
    }
    return common | ({"BIC": _compact(one.bic)} if one.bic else {})


def _basic(text: str, limit: int, *, instead: str) -> str:
    """The text in the letters that banks know; ``instead`` where none of it can be said in them (an emoji)."""
    plain = _FOREIGN.sub(" ", unidecode(text.replace("&", "+")))
    said = _SLASHES.sub("/", " ".join(plain.split()))[:limit].strip("/ ")
    return said if any(char.isalnum() for char in said) else instead


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", text).upper()


def _finished(content: bytes, message_id: str, made_at: datetime) -> str:
    """The library names its message by chance and by the clock on the wall; ours is told."""
    root = etree.fromstring(content)
    head = root.find(".//{*}GrpHdr")
    head.find("{*}MsgId").text = message_id
    head.find("{*}CreDtTm").text = made_at.strftime("%Y-%m-%dT%H:%M:%S")
    for number, part in enumerate(root.iterfind(".//{*}PmtInfId"), start=1):
        part.text = f"{message_id}-{number}"
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return text.decode()
