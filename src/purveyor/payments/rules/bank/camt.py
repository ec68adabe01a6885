"""CAMT.053, the XML statement of ISO 20022, in the versions .001.02 to .001.08 and what is alike (rules.md e).

Read without entities, DTDs or the network. Only booked entries count; an entry over several transactions becomes
one entry each where their amounts say the same as the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from lxml import etree

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

_MESSAGE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
Node = Any


def read_camt(content: bytes) -> list[ReadStatement]:
    """The statements of a CAMT.053 file, in its order.

    Raises: StatementUnreadable; StatementTooLarge (entries).
    """
    root = _root(content)
    statements = [_statement(one) for one in root.iterfind("{*}BkToCstmrStmt/{*}Stmt")]
    if not statements:
        raise StatementUnreadable(reason="no_statement")
    return statements


def _root(content: bytes) -> Node:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise StatementUnreadable(reason="not_xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise StatementUnreadable(reason="document_type")
    namespace = etree.QName(root).namespace or ""
    if not namespace.startswith(_MESSAGE) or etree.QName(root).localname != "Document":
        raise StatementUnreadable(reason="not_camt")
    return root


@lru_cache(maxsize=1024)
def _local(tag: Any) -> str:
    """An element's name without its namespace; nothing for what is no element. A file has few of them, often."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


class _Flat(dict[str, list[Node]]):
    """Everything under a node by its path without namespaces ("Refs/EndToEndId"), looked at once: ten times as fast
    as asking the tree for each field."""

    def __init__(self, node: Node, *, without: str = "") -> None:
        self._walk(node, "", without)

    def _walk(self, node: Node, path: str, without: str) -> None:
        for child in node:
            name = _local(child.tag)
            if not name or name == without:
                continue
            here = path + name
            known = self.get(here)
            if known is None:
                self[here] = [child]
            else:
                known.append(child)
            if len(child):
                self._walk(child, here + "/", without)

    def text(self, *paths: str) -> str:
        """The text of the first of these paths that has any."""
        for path in paths:
            for found in self.get(path, ()):
                text = (found.text or "").strip()
                if text:
                    return str(text)
        return ""


def _statement(node: Node) -> ReadStatement:
    flat = _Flat(node, without="Ntry")
    account = account_of(flat.text("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    opening, opening_on, currency = _balance(flat, _OPENING, "opening")
    closing, closing_on, other = _balance(flat, _CLOSING, "closing")
    if other != currency:
        raise StatementUnreadable(reason="currency", where="closing")
    reference = line(flat.text("Id"), 70)
    sequence = flat.text("ElctrncSeqNb", "LglSeqNb")
    read: list[ReadEntry] = []
    for position, one in enumerate(node.iterfind("{*}Ntry"), start=1):
        read.extend(_entries(one, f"{reference}#{position}", currency, f"Ntry {position}"))
        if len(read) > ENTRIES_MAX:
            raise StatementTooLarge(limit=ENTRIES_MAX, unit="entries")
    return ReadStatement(
        format="camt.053",
        account=account,
        reference=reference,
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) <= 18 else None,
        currency=currency,
        opening=opening,
        closing=closing,
        opening_on=date_of(opening_on, where="opening"),
        closing_on=date_of(closing_on, where="closing"),
        entries=tuple(read),
    )


def _balance(flat: _Flat, codes: Sequence[str], which: str) -> tuple[int, str, str]:
    found: dict[str, _Flat] = {}
    for node in flat.get("Bal", ()):
        one = _Flat(node)
        found.setdefault(one.text("Tp/CdOrPrtry/Cd"), one)
    for code in codes:
        if code in found:
            balance = found[code]
            amount, currency = _amount(balance, which)
            return _signed(balance, amount, which), balance.text("Dt/Dt", "Dt/DtTm"), currency
    raise StatementUnreadable(reason="no_balance", where=which)


def _amount(flat: _Flat, where: str, path: str = "Amt") -> tuple[int, str]:
    found = flat.get(path)
    if not found:
        raise StatementUnreadable(reason="amount", where=where)
    currency = found[0].get("Ccy", "")
    return amount_of((found[0].text or "").strip(), currency, where=where), currency


def _signed(flat: _Flat, amount: int, where: str) -> int:
    indicator = flat.text("CdtDbtInd")
    if indicator not in ("CRDT", "DBIT"):
        raise StatementUnreadable(reason="indicator", where=where)
    return amount if indicator == "CRDT" else -amount


def _entries(node: Node, fallback: str, currency: str, where: str) -> Iterator[ReadEntry]:
    flat = _Flat(node, without="TxDtls")
    if flat.text("Sts/Cd", "Sts") != "BOOK":
        return
    amount, of = _amount(flat, where)
    if of != currency:
        raise StatementUnreadable(reason="currency", where=where)
    signed = _signed(flat, amount, where)
    if signed == 0:
        return
    booked = flat.text("BookgDt/Dt", "BookgDt/DtTm")
    valued = flat.text("ValDt/Dt", "ValDt/DtTm") or booked
    if not valued:
        raise StatementUnreadable(reason="date", where=where)
    key = flat.text("AcctSvcrRef")
    reference = flat.text("NtryRef")
    common: dict[str, Any] = {
        "value_date": date_of(valued, where=where),
        "booked_on": date_of(booked or valued, where=where),
        "is_reversal": flat.text("RvslInd").lower() in ("true", "1"),
        "code": _code(flat),
    }
    base = line(key or (f"{fallback.partition('#')[0]}/{reference}" if reference else fallback), 200)
    details = [
        _Flat(child) for group in flat.get("NtryDtls", ()) for child in group if _local(child.tag) == "TxDtls"
    ]
    parts = _split(details, signed, currency, where) if len(details) > 1 else None
    if parts is None:
        yield ReadEntry(key=base, amount=signed, **common, **_said(details or [flat], signed))
        return
    for number, (detail, part) in enumerate(zip(details, parts, strict=True), start=1):
        own = line(detail.text("Refs/AcctSvcrRef"), 180)
        named = f"{own}/{number}" if own and own != key else f"{base}/{number}"
        yield ReadEntry(key=named, amount=part, **common, **_said([detail], part))


def _code(flat: _Flat) -> str:
    """The bank transaction code in one word; the bank's own one where there is no other."""
    if "BkTxCd" not in flat:
        return ""
    parts = [flat.text(f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return line(".".join(filter(None, parts)) or flat.text("BkTxCd/Prtry/Cd"), 70)


def _split(details: Sequence[_Flat], whole: int, currency: str, where: str) -> list[int] | None:
    """What each transaction of an entry comes to; None where they do not tell, or tell something else."""
    parts = []
    for one in details:
        path = "Amt" if "Amt" in one else "AmtDtls/TxAmt/Amt"
        if path not in one:
            return None
        amount, of = _amount(one, where, path)
        if of != currency or amount == 0:
            return None
        same = one.text("CdtDbtInd") or ("CRDT" if whole > 0 else "DBIT")
        parts.append(amount if same == "CRDT" else -amount)
    return parts if sum(parts) == whole else None


def _said(details: Sequence[_Flat], amount: int) -> dict[str, Any]:
    """Who, from where, and what for. The other side is the debtor of money that came, else the creditor."""
    first = details[0]
    side = "Dbtr" if amount > 0 else "Cdtr"
    texts = [
        (found.text or "").strip()
        for one in details
        for path in ("RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf")
        for found in one.get(path, ())
    ]
    references = [
        (found.text or "").strip() for one in details for found in one.get("RmtInf/Strd/CdtrRefInf/Ref", ())
    ]
    # More than one structured reference: the first stands in its place, the others are read as text.
    texts += references[1:]
    end_to_end = first.text("Refs/EndToEndId")
    name = first.text(f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm", f"RltdPties/Ultmt{side}/Nm")
    return {
        "reference": line(references[0], 70) if references else "",
        "end_to_end": "" if end_to_end == "NOTPROVIDED" else line(end_to_end, 70),
        "debtor_name": line(name, 140),
        "debtor_iban": iban_of(first.text(f"RltdPties/{side}Acct/Id/IBAN")),
        "text": line(
            " ".join([*texts, first.text("AddtlTxInf", "AddtlNtryInf"), *_why_returned(first)]), TEXT_MAX
        ),
    }


def _why_returned(flat: _Flat) -> list[str]:
    """The reason of a return: its code, and what the other bank says."""
    return list(filter(None, [flat.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"), flat.text("RtrInf/AddtlInf")]))
