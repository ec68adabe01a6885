"""Ids and facts as programs see them: prefixed ids under plain names, amounts as money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from purveyor.kernel.ids import show

PREFIXES = {
    "operator": "ope",
    "reseller": "res",
    "customer": "cus",
    "person": "per",
    "offer": "off",
    "vendor": "ven",
    "product": "pro",
    "plan": "pla",
    "price_list": "prl",
    "discount": "dis",
    "quote": "quo",
    "fresh_quote": "quo",
    "order": "ord",
    "subscription": "sub",
    "member": "mem",
    "assignment": "asg",
    "seat": "asg",
    "replaced_by": "asg",
    "invitation": "ivt",
    "staff": "ivt",
    "invoice": "inv",
    "credit_note": "inv",
    "document": "inv",
    "pro_forma": "pfm",
    "held": "hld",
    "held_invoice": "hld",
    "refund": "ref",
    "card": "crd",
    "dispute": "dsp",
    "payment": "pay",
    "payable": "pbl",
    "bank_statement": "bst",
    "bank_entry": "ben",
    "payment_file": "pfl",
    "mandate": "man",
    "batch": "bat",
    "exchange_rates": "exr",
    "transaction": "trx",
    "event": "evt",
    "activity": "act",
    "api_key": "key",
    "renewal": "ren",
    "case": "dun",
    "dunning_case": "dun",
}
_AMOUNTS = frozenset(
    {
        *("amount", "gross", "net", "available", "wanted", "open", "paid"),
        *("opening", "entries", "closing", "difference", "expected", "found"),
    }
)


def shown(kind: str, value: UUID | None) -> str | None:
    """The id of a ``kind`` of thing as shown; one of an unknown kind is shown as ``id_...``."""
    return None if value is None else show(PREFIXES.get(kind, "id"), value)


def party(value: UUID, *, customer_id: UUID | None, reseller_id: UUID | None = None) -> str:
    """The id of an organization that is the customer, its reseller, or else the operator."""
    if value == customer_id:
        return show("cus", value)
    if reseller_id is None or value == reseller_id:
        return show("res", value)
    return show("ope", value)


def facts(
    given: Mapping[str, Any],
    *,
    kind: str = "",
    customer_id: UUID | None = None,
    reseller_id: UUID | None = None,
) -> dict[str, Any]:
    """``given`` with ``order_id: <uuid>`` as ``order: "ord_..."`` and amounts beside a currency as money.

    ``kind`` is the event's: a document of ``pro_forma.issued`` is a pro-forma.
    """
    currency = given.get("currency")
    result: dict[str, Any] = {}
    for key, value in given.items():
        if isinstance(currency, str) and key in _AMOUNTS and type(value) is int:
            result[key] = {"amount": value, "currency": currency}
        elif key.endswith("_ids") and isinstance(value, list):
            result[f"{key[:-4]}s"] = [_one(key[:-4], one, customer_id, reseller_id) for one in value]
        else:
            name = key.removesuffix("_id")
            word = kind.partition(".")[0] if name == "document" else name
            result[name] = _one(word, value, customer_id, reseller_id)
    return result


def _one(word: str, value: Any, customer_id: UUID | None, reseller_id: UUID | None) -> Any:
    found = _uuid(value)
    if found is None:
        return value
    if word in {"payer", "organization", "bill_to", "actor"}:
        return party(found, customer_id=customer_id, reseller_id=reseller_id)
    return shown(word, found)


def _uuid(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and len(value) == 36:
        try:
            return UUID(value)
        except ValueError:
            return None
    return None
