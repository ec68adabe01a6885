"""What was issued in a period, for the tax offices: VAT book, EC sales list, One Stop Shop. The operator's own.

Credit notes count below zero. Amounts in the seller's currency are those that the documents state: their VAT as it
was frozen, their net at the same rate. So the sums of a period are those of its documents, and its VAT and nets in
each currency are what the ledger booked (docs/algorithms/ledger.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from purveyor.billing.models import Document
from purveyor.billing.types import Exchange
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.money import Money, split_largest_remainder
from purveyor.parties import authority

LIMIT_MAX = 2_000
_FIELDS = (
    "id",
    "kind",
    "number",
    "issued_on",
    "currency",
    "buyer",
    "taxes",
    "tax_decision",
    "exchange",
    "vat",
)
REVERSED, DESTINATION = "AE", "destination"

Cursor = tuple[date, UUID]


@dataclass(frozen=True, slots=True)
class BookRow:
    """One tax of one document. ``own_base`` and ``own_vat`` are in the seller's currency; ``country`` is that of the
    supply; ``rule`` the code of the decision."""

    document_id: UUID
    kind: str
    number: str
    issued_on: date
    buyer: str
    buyer_number: str
    country: str
    rule: str
    category: str
    rate_percent: Decimal
    base: Money
    vat: Money
    own_base: Money
    own_vat: Money

    @property
    def cursor(self) -> Cursor:
        """Where the next page begins: behind this document."""
        return (self.issued_on, self.document_id)


@dataclass(frozen=True, slots=True)
class Sums:
    """What several rows come to, in each currency of the documents and in the seller's."""

    rule: str
    category: str
    country: str
    rate_percent: Decimal
    base: Money
    vat: Money
    documents: int


@dataclass(frozen=True, slots=True)
class BuyerSum:
    """What one buyer in another member state bought under reverse charge, in the seller's currency."""

    number: str
    name: str
    base: Money
    documents: int


def vat_book(
    *, actor: Actor, first: date, last: date, cursor: Cursor | None = None, limit: int | None = None
) -> list[BookRow]:
    """The taxes of the documents issued from ``first`` to ``last``, both included, by day; of at most ``limit``
    documents behind ``cursor``. One statement.

    Raises: NotFound for everybody but the operator; Invalid (``until``).
    """
    if not authority.may(actor, "operate") or actor.scope != "operator":
        raise NotFound(kind="vat_book")
    if last < first:
        raise Invalid(field="until", reason="not_after_start", start=first.isoformat())
    rows = Document.objects.filter(
        kind__in=["invoice", "credit_note"], issued_on__gte=first, issued_on__lte=last
    ).order_by("issued_on", "id")
    if cursor is not None:
        rows = rows.filter(issued_on__gte=cursor[0]).exclude(issued_on=cursor[0], id__lte=cursor[1])
    found = rows.only(*_FIELDS) if limit is None else rows.only(*_FIELDS)[: min(limit, LIMIT_MAX)]
    return [one for row in found.iterator() for one in _rows(row)]


def sums_of(rows: Iterable[BookRow]) -> list[Sums]:
    """By rule, country and rate, in the seller's currency: the boxes of a VAT return."""
    groups: dict[tuple[str, str, str, Decimal, str], list[BookRow]] = {}
    for row in rows:
        key = (row.rule, row.category, row.country, row.rate_percent, row.own_base.currency)
        groups.setdefault(key, []).append(row)
    return [
        Sums(rule, category, country, rate, *_own(its, currency), len({one.document_id for one in its}))
        for (rule, category, country, rate, currency), its in sorted(groups.items(), key=lambda one: one[0])
    ]


def totals_of(rows: Iterable[BookRow]) -> list[tuple[Money, Money]]:
    """Base and VAT of each currency of the documents: what the ledger booked."""
    found: dict[str, list[BookRow]] = {}
    for row in rows:
        found.setdefault(row.base.currency, []).append(row)
    return [
        (Money.total((one.base for one in its), currency), Money.total((one.vat for one in its), currency))
        for currency, its in sorted(found.items())
    ]


def ec_sales_list(rows: Iterable[BookRow]) -> list[BuyerSum]:
    """Reverse charge by the buyer's VAT number (Dir. 2006/112 art. 262); a buyer is named as on its last document."""
    groups: dict[tuple[str, str], list[BookRow]] = {}
    for row in rows:
        if row.category == REVERSED:
            groups.setdefault((row.buyer_number, row.own_base.currency), []).append(row)
    return [
        BuyerSum(number, its[-1].buyer, _own(its, currency)[0], len({one.document_id for one in its}))
        for (number, currency), its in sorted(groups.items())
    ]


def one_stop_shop(rows: Iterable[BookRow]) -> list[Sums]:
    """What consumers in other member states were charged, by country and rate (Dir. 2006/112 art. 369g)."""
    return sums_of(row for row in rows if row.rule == DESTINATION)


def _own(rows: Sequence[BookRow], currency: str) -> tuple[Money, Money]:
    return (
        Money.total((one.own_base for one in rows), currency),
        Money.total((one.own_vat for one in rows), currency),
    )


def _rows(row: Document) -> Iterator[BookRow]:
    sign = -1 if row.kind == "credit_note" else 1
    exchange = None if row.exchange is None else Exchange.from_json(row.exchange)
    own_vats = _own_vats(row, exchange)
    evidence = row.tax_decision.get("evidence") or {}
    for tax, own_vat in zip(row.taxes, own_vats, strict=True):
        base = Money(sign * tax["base"], row.currency)
        yield BookRow(
            document_id=row.id,
            kind=row.kind,
            number=row.number,
            issued_on=row.issued_on,
            buyer=row.buyer["name"],
            buyer_number=row.buyer.get("vat_number", ""),
            country=str(evidence.get("country_of_supply") or row.buyer["country"]),
            rule=str(row.tax_decision.get("rule") or ""),
            category=tax["category"],
            rate_percent=Decimal(tax["rate_percent"]),
            base=base,
            vat=Money(sign * tax["amount"], row.currency),
            own_base=base if exchange is None else exchange.convert(base),
            own_vat=Money(sign * own_vat, row.currency if exchange is None else exchange.vat.currency),
        )


def _own_vats(row: Document, exchange: Exchange | None) -> list[int]:
    """The VAT of each tax in the seller's currency; they sum to what the document states."""
    amounts = [int(tax["amount"]) for tax in row.taxes]
    if exchange is None:
        return amounts
    if not any(amounts):
        return [0] * len(amounts)
    return split_largest_remainder(exchange.vat.amount, amounts)
