"""Documents as they are asked for, issued and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money, exponent, round_half_up
from purveyor.tax.decision import TaxLine as TaxComputed

Kind = Literal["invoice", "credit_note", "pro_forma"]
Status = Literal["issued", "partially_paid", "paid", "overdue", "written_off", "cancelled"]


@dataclass(frozen=True, slots=True)
class PartySnapshot:
    """A party as it was on the day of the document.

    ``address`` has the keys ``line1 line2 city region postal_code``, empty ones as "". ``currency`` is that of its
    own books: the seller's decides whether a document needs an exchange rate.
    """

    name: str
    country: str
    address: Mapping[str, str]
    vat_number: str | None = None
    email: str | None = None
    currency: str = ""

    @classmethod
    def of(cls, organization: Any) -> PartySnapshot:
        """Of anything with the fields of ``parties.types.Organization``."""
        lines = ("line1", "line2", "city", "region", "postal_code")
        return cls(
            name=organization.name,
            country=organization.country,
            address={line: getattr(organization.address, line) or "" for line in lines},
            vat_number=organization.vat_number or None,
            email=organization.email or None,
            currency=getattr(organization, "currency", ""),
        )

    def as_json(self) -> dict[str, Any]:
        """The stored shape; absent parts are left out."""
        found: dict[str, Any] = {"name": self.name, "country": self.country, "address": dict(self.address)}
        if self.vat_number:
            found["vat_number"] = self.vat_number
        if self.email:
            found["email"] = self.email
        if self.currency:
            found["currency"] = self.currency
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PartySnapshot:
        """The snapshot that :meth:`as_json` wrote."""
        return cls(
            data["name"],
            data["country"],
            data["address"],
            data.get("vat_number"),
            data.get("email"),
            data.get("currency", ""),
        )


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rate that a document in another currency than the seller's was issued with, for ever.

    ``rate`` units of the seller's currency for one of the document's, by ``source``, of the day ``on``; ``vat`` is
    the document's VAT in the seller's currency, rounded once (Dir. 2006/112 art. 226, 230).
    """

    rate: Decimal
    source: str
    on: date
    vat: Money

    @classmethod
    def of(cls, rate: Any, vat: Money) -> Exchange:
        """Of anything with the fields of ``tax.exchange.ExchangeRate``, for a document with this VAT."""
        return cls(rate.rate, rate.source, rate.on, convert(vat, rate.rate, rate.into))

    def convert(self, money: Money) -> Money:
        """An amount of the document in the seller's currency, at its rate."""
        return convert(money, self.rate, self.vat.currency)

    def as_json(self) -> dict[str, Any]:
        """The stored shape: the rate as exact text, the VAT in minor units of ``currency``."""
        return {
            "rate": f"{self.rate:f}",
            "source": self.source,
            "on": self.on.isoformat(),
            "currency": self.vat.currency,
            "vat": self.vat.amount,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Exchange:
        """The exchange that :meth:`as_json` wrote."""
        vat = Money(data["vat"], data["currency"])
        return cls(Decimal(data["rate"]), data["source"], date.fromisoformat(data["on"]), vat)


def convert(money: Money, rate: Decimal, into: str) -> Money:
    """``money`` at ``rate`` units of ``into`` for one of its own, rounded once, half up."""
    units = Fraction(money.amount) * Fraction(rate)
    return Money(round_half_up(units * Fraction(10) ** (exponent(into) - exponent(money.currency))), into)


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """Where to pay and what to write on the transfer, as printed on the document."""

    reference: str
    iban: str
    bic: str = ""
    bank_name: str = ""
    beneficiary: str = ""

    @classmethod
    def of(cls, seller: Any, reference: str | None) -> PaymentDetails:
        """A transfer to anything with the fields of ``parties.types.Seller``, with this reference on it."""
        return cls(
            reference=reference or "",
            iban=seller.iban,
            bic=seller.bic,
            bank_name=seller.bank_name,
            beneficiary=seller.organization.name,
        )


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax of one category: ``amount`` is computed once on ``base`` (EN 16931 categories)."""

    category: str
    rate_percent: Decimal
    base: Money
    amount: Money
    reason: Explanation

    @classmethod
    def of(cls, tax: TaxComputed) -> TaxLine:
        """What was computed, as a document keeps it."""
        return cls(tax.category, tax.rate_percent, tax.base, tax.amount, tax.reason)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line to bill. ``unit_price`` is one seat for the months charged, before discount.

    ``description`` says what was sold (code and facts, rendered in the reader's language);
    ``explanation`` how its net came about. The period is half-open.
    """

    description: Explanation
    quantity: int
    months: int
    unit_price: Money
    discount_percent: Decimal
    net: Money
    explanation: tuple[Explanation, ...] = ()
    offer_id: UUID | None = None
    subscription_id: UUID | None = None
    period_start: date | None = None
    period_end: date | None = None
    # Of a gathered invoice, whose lines are for many; left out: the document's customer.
    customer_id: UUID | None = None
    customer_name: str = ""
    # Which of the document's taxes this line is a part of, from 0.
    tax: int = 0
    # Of a credit note: the invoice's line that it takes back, whole or in part.
    answers_id: UUID | None = None
    # The row on account that it is, unaltered: then the database copies it, and nothing is sent there and back.
    unbilled_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDraft:
    """Everything a document will say but its number and dates.

    ``paid`` is what has been received already (an order's invoice is issued when its money is there);
    ``due_days`` counts from the day of issue. ``tax_decision`` is ``{"rule": ..., "evidence": {...}}``.
    ``reseller_code`` ("R017") may be given by a caller that has it at hand, and ``document_id`` by one that
    opened the payable, whose reference the document prints, before it.
    """

    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    bill_to_id: UUID
    seller: PartySnapshot
    buyer: PartySnapshot
    lines: tuple[DraftLine, ...]
    taxes: tuple[TaxLine, ...]
    tax_decision: Mapping[str, Any]
    net: Money
    vat: Money
    gross: Money
    due_days: int = 0
    paid: Money | None = None
    order_id: UUID | None = None
    bill_to_may_read: bool = False
    payment: PaymentDetails | None = None
    reseller_code: str | None = None
    document_id: UUID | None = None
    # Of a credit note: the invoice that it answers, and why.
    answers_id: UUID | None = None
    reason: str = ""
    # A credit note's is its invoice's; an invoice gets the rate of its day when it is issued.
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line of an issued document."""

    id: UUID
    position: int
    description: Explanation
    quantity: int
    months: int
    unit_price: Money
    discount_percent: Decimal
    net: Money
    explanation: tuple[Explanation, ...]
    offer_id: UUID | None
    subscription_id: UUID | None
    period_start: date | None
    period_end: date | None
    customer_id: UUID
    customer_name: str
    tax: int = 0
    # Of a credit note: the invoice's line that it takes back, whole or in part.
    answers_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document in a list.

    ``credited`` is what credit notes took off what was open on an invoice, not what was paid back;
    ``answers_id`` the invoice that a credit note answers. ``paid`` of a credit note is what of it has reached its
    payer: set off, put on the balance or paid back.
    """

    id: UUID
    kind: Kind
    number: str
    status: Status
    issued_on: date
    due_on: date
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    bill_to_id: UUID
    order_id: UUID | None
    buyer_name: str
    net: Money
    vat: Money
    gross: Money
    paid: Money
    credited: Money | None = None
    answers_id: UUID | None = None

    @property
    def is_gathered(self) -> bool:
        """Whether it is for all of a reseller's customers; each line then names its own."""
        return self.customer_id == self.reseller_id

    @property
    def open(self) -> Money:
        """What is still to be paid, or by a credit note: to be paid back."""
        rest = self.gross - self.paid
        return rest if self.credited is None else rest - self.credited

    @property
    def cursor(self) -> tuple[date, UUID]:
        """Where the next page of a list begins."""
        return (self.issued_on, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(DocumentRow):
    """A whole document: what both parties, the lines and the taxes were on its day."""

    seller: PartySnapshot
    buyer: PartySnapshot
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxLine, ...]
    tax_decision: Mapping[str, Any] = field(default_factory=dict)
    payment: PaymentDetails | None = None
    issued_at: datetime | None = None
    reason: str = ""
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class OpenDocuments:
    """How many invoices wait for money, how many of them are overdue, and the sums, one a currency."""

    count: int
    overdue: int
    totals: tuple[Money, ...]


AccountKind = Literal["new", "add_seats", "renewal", "take_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """Something delivered that the next gathered invoice bills. Terms as of :class:`DraftLine`."""

    kind: AccountKind
    customer_id: UUID
    customer_name: str
    subscription_id: UUID
    offer_id: UUID
    description: Explanation
    quantity: int
    months: int
    unit_price: Money
    discount_percent: Decimal
    net: Money
    explanation: tuple[Explanation, ...]
    period_start: date
    period_end: date
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow(AccountLine):
    """A line on account. ``counters`` is the row whose seats this one takes back (quantity and net below zero);
    ``whole`` is false for what is left of one that was taken back in part. ``is_held``: its month is over, and the
    invoice that bills it is held."""

    id: UUID
    put_at: datetime
    counters: UUID | None = None
    whole: bool = True
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """What a gathering comes to when it is closed: ``lines`` are what is left after taking back, in the order of
    the invoice; ``billed`` the rows behind them and ``netted`` those of which nothing is left."""

    gathering_id: UUID
    reseller_id: UUID
    due_at: datetime
    net: Money
    lines: tuple[AccountRow, ...]
    billed: tuple[UUID, ...]
    netted: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What a reseller has on account in one currency: ``net`` so far, the operator's ``cap`` of it (None: none),
    and the instant at which it is billed (None while nothing is on it). ``held`` is the part of ``net`` whose month is
    over and whose invoice is held."""

    reseller_id: UUID
    net: Money
    cap: Money | None
    due_at: datetime | None
    held: Money
