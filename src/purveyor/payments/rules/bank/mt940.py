"""MT940, the SWIFT statement in plain text, by the mt-940 library; what it glues together is told apart here.

``:86:`` in its structured form: ``?20`` to ``?29`` text, ``?31`` IBAN, ``?32`` and ``?33`` name (rules.md e).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import mt940

from purveyor.payments.errors_bank import StatementTooLarge, StatementUnreadable
from purveyor.payments.rules.bank.fields import (
    ENTRIES_MAX,
    TEXT_MAX,
    account_of,
    amount_of,
    date_of,
    iban_of,
    line,
)
from purveyor.payments.types_bank import ReadEntry, ReadStatement

# What the library repairs only when asked to.
_OPTIONS = mt940.Options(
    applicant_iban=True,
    merge_keeps_values=True,
    reversal_sign=True,
    case_insensitive_marks=True,
    unbounded_details=True,
    strip_bom=True,
    gvc_leading_text=True,
)
_HEAD = re.compile(r"^:20:", re.MULTILINE)
_NONE = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF"})


def read_mt940(content: bytes) -> list[ReadStatement]:
    """The statements of an MT940 file, in its order.

    Raises: StatementUnreadable; StatementTooLarge (entries).
    """
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    heads = [found.start() for found in _HEAD.finditer(text)]
    if not heads:
        raise StatementUnreadable(reason="not_mt940")
    if text.count("\n:61:") > ENTRIES_MAX:
        raise StatementTooLarge(limit=ENTRIES_MAX, unit="entries")
    return [_statement(text[start:end]) for start, end in zip(heads, [*heads[1:], len(text)], strict=True)]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _statement(text: str) -> ReadStatement:
    try:
        found = mt940.models.Transactions(options=_OPTIONS)
        found.parse(text)
    except (
        Exception
    ) as error:  # the library has no error of its own: whatever it stumbles over is the file's fault
        raise StatementUnreadable(reason="not_mt940") from error
    data = found.data
    opening, currency, opening_on = _balance(
        data, ("final_opening_balance", "intermediate_opening_balance"), "60"
    )
    closing, other, closing_on = _balance(
        data, ("final_closing_balance", "intermediate_closing_balance"), "62"
    )
    if other != currency:
        raise StatementUnreadable(reason="currency", where=":62:")
    reference = line(str(data.get("transaction_reference") or ""), 70)
    number, part = str(data.get("statement_number") or ""), str(data.get("sequence_number") or "")
    # Many banks call every statement the same; its number and day tell them apart.
    named = f"{reference}/{number}/{part}/{closing_on.isoformat()}"
    if len(found.transactions) != text.count("\n:61:"):
        raise StatementUnreadable(reason="entries", where=":61:")
    return ReadStatement(
        format="mt940",
        account=account_of(str(data.get("account_identification") or "")),
        reference=named,
        sequence=int(number) if number.isascii() and number.isdigit() else None,
        currency=currency,
        opening=opening,
        closing=closing,
        opening_on=opening_on,
        closing_on=closing_on,
        entries=tuple(
            _entry(one.data, named, position, currency)
            for position, one in enumerate(found.transactions, start=1)
            if one.data.get("amount") is not None and one.data["amount"].amount
        ),
    )


def _balance(data: dict[str, Any], names: tuple[str, ...], tag: str) -> tuple[int, str, date]:
    for name in names:
        found = data.get(name)
        if found is not None and found.amount is not None:
            where = f":{tag}:"
            size = amount_of(f"{abs(found.amount.amount):f}", str(found.amount.currency), where=where)
            amount = -size if found.amount.amount < 0 else size
            return amount, str(found.amount.currency), date_of(_iso(found.date), where=where)
    raise StatementUnreadable(reason="no_balance", where=f":{tag}:")


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _entry(data: dict[str, Any], statement: str, position: int, currency: str) -> ReadEntry:
    where = f":61: {position}"
    size = amount_of(f"{abs(data['amount'].amount):f}", currency, where=where)
    bank = line(_given(data, "bank_reference"), 70)
    customer = _given(data, "customer_reference")
    details = [_given(data, name) for name in ("purpose", "additional_purpose", "transaction_details")]
    end_to_end = _given(data, "end_to_end_reference") or customer
    booked = data.get("entry_date") or data.get("guessed_entry_date") or data.get("date")
    return ReadEntry(
        key=line(f"{bank}" if bank else f"{statement}#{position}", 200),
        amount=-size if data["amount"].amount < 0 else size,
        value_date=date_of(_iso(data.get("date")), where=where),
        booked_on=date_of(_iso(booked), where=where),
        is_reversal=str(data.get("status") or "").upper() in ("RC", "RD"),
        end_to_end=line(end_to_end, 70),
        debtor_name=line(_given(data, "applicant_name"), 140),
        debtor_iban=iban_of(_given(data, "applicant_iban") or _given(data, "gvc_applicant_iban")),
        code=line(" ".join(filter(None, [_given(data, "id"), _given(data, "transaction_code")])), 70),
        text=line(" ".join([*filter(None, details), customer, _given(data, "extra_details")]), TEXT_MAX),
    )


def _given(data: dict[str, Any], name: str) -> str:
    text = str(data.get(name) or "").strip()
    return "" if text.upper() in _NONE else text
