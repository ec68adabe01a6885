"""Bank statements as they are read, stored and matched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from purveyor.kernel.money import Money

StatementFormat = Literal["camt.053", "mt940"]
EntryStatus = Literal["new", "open", "matched", "partial", "returned", "outgoing", "booked", "dismissed"]
# Where money of the operator's own is booked: names of accounts of the ledger.
OwnAccount = Literal["bank_fees", "bank_interest", "bank_other"]
# In the order in which they are tried (rules.md e); then the acts of a person, and what leaves the account.
Rule = Literal[
    "reference",
    "several",
    "reference_part",
    "reference_over",
    "number",
    "iban",
    "recorded",
    "by_hand",
    "return",
    "refund",
    "bank_fees",
    "bank_interest",
    "bank_other",
]
# Why an entry waits for a person.
Waits = Literal[
    "",
    "nothing_found",
    "currency_differs",
    "amount_differs",
    "several_payers",
    "ambiguous",
    "own_money",
    "unknown_return",
    "balance_spent",
    "unmatched",
]
FileKind = Literal["pain.001", "pain.008"]
MandateSequence = Literal["FRST", "RCUR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEntry:
    """One booked movement as the file says it; ``amount`` in minor units, above zero for money that came in.

    ``key`` is what the bank calls it, unique with amount and value date on the account. ``reference`` is the
    creditor reference where the file has a place for it; ``text`` is everything that the payer wrote; ``code`` the
    bank's word for what it is.
    """

    key: str
    amount: int
    value_date: date
    booked_on: date
    is_reversal: bool = False
    reference: str = ""
    end_to_end: str = ""
    debtor_name: str = ""
    debtor_iban: str = ""
    text: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A statement as the file says it. Balances in minor units of its currency; below zero is an overdraft."""

    format: StatementFormat
    account: str
    reference: str
    sequence: int | None
    currency: str
    opening: int
    closing: int
    opening_on: date
    closing_on: date
    entries: tuple[ReadEntry, ...]

    @property
    def difference(self) -> int:
        """What closing says more than opening and the entries come to; zero for a sound one."""
        return self.closing - self.opening - sum(one.amount for one in self.entries)


@dataclass(frozen=True, slots=True)
class Warning:
    """Something odd about a statement that does not stop it: a code and its facts."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Candidate:
    """A payable that an entry may be for. ``open`` shrinks while a chunk is decided.

    ``invoice_id`` is the invoice that its money is counted towards, if it has one by now; ``number`` is what the
    document says on its head.
    """

    id: UUID
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    subject_kind: str
    subject_id: UUID
    reference: str | None
    amount: int
    paid: int
    currency: str
    status: str
    opened_at: datetime
    number: str = ""
    invoice_id: UUID | None = None
    # The id as JSON carries it: needed ten times for each.
    plain_id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self.plain_id = str(self.id)

    @property
    def is_open(self) -> bool:
        """Whether it takes money."""
        return self.status in ("open", "partially_paid")

    @property
    def open(self) -> int:
        """What it still takes, in minor units."""
        return self.amount - self.paid if self.is_open else 0


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an entry for a payable; zero for one that takes nothing any more."""

    candidate: Candidate
    amount: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an entry: parts by a rule and a rest for the payer's balance, or why it waits.

    ``suggested`` are payables for a person to choose from.
    """

    rule: Rule | None
    parts: tuple[Part, ...] = ()
    to_balance: int = 0
    waits: Waits = ""
    suggested: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A stored statement with how many of its entries are in which status."""

    id: UUID
    account: str
    reference: str
    sequence: int | None
    opening: Money
    closing: Money
    opening_on: date
    closing_on: date
    format: StatementFormat
    warnings: tuple[Warning, ...]
    skipped: int
    imported_at: datetime
    imported_by: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """How many entries it has."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """How many wait for a person."""
        return self.counts.get("open", 0)

    @property
    def undecided(self) -> int:
        """How many were not looked at yet."""
        return self.counts.get("new", 0)

    @property
    def cursor(self) -> tuple[datetime, UUID]:
        """Where the next page of a list begins."""
        return (self.imported_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What an entry came to. Of a payable it names the subject: an invoice, an order or a renewal."""

    id: UUID
    payment_id: UUID | None
    payable_id: UUID | None
    refund_id: UUID | None
    subject_kind: str
    subject_id: UUID | None
    payer_id: UUID | None
    amount: Money
    rule: Rule
    matched_at: datetime
    matched_by: str
    undone_at: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stored entry with what it came to. For the one that waits ``suggested`` are payables, ``suggested_refunds``
    payouts that may have come back, and ``suggested_account`` where the bank's ``code`` says that it is booked.
    """

    id: UUID
    statement_id: UUID
    position: int
    account: str
    amount: Money
    value_date: date
    booked_on: date
    is_reversal: bool
    reference: str
    end_to_end: str
    debtor_name: str
    debtor_iban: str
    text: str
    status: EntryStatus
    waits: Waits
    suggested: tuple[UUID, ...]
    to_balance: Money
    decided_by: str
    code: str = ""
    suggested_refunds: tuple[UUID, ...] = ()
    suggested_account: OwnAccount | None = None
    matches: tuple[Match, ...] = ()

    @property
    def cursor(self) -> tuple[date, UUID]:
        """Where the next page of a list begins."""
        return (self.value_date, self.id)

    @property
    def can_be_undone(self) -> bool:
        """Whether a person may take its match back."""
        return self.status in ("matched", "partial", "booked") and any(
            one.undone_at is None for one in self.matches
        )

    @property
    def can_be_booked(self) -> bool:
        """Whether it may be money of the operator's own: it waits, or left the account and paid nothing out."""
        return self.status == "open" or (self.status == "outgoing" and not self.matches)


@dataclass(frozen=True, slots=True)
class Imported:
    """A statement that was stored now, or, as ``duplicate``, before."""

    statement: Statement
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A payer's leave to collect from its account. ``sequence`` is of the next collection."""

    id: UUID
    reseller_id: UUID
    customer_id: UUID | None
    payer_id: UUID
    reference: str
    iban: str
    bic: str
    name: str
    signed_on: date
    sequence: MandateSequence
    entered_at: datetime
    entered_by: str
    revoked_at: datetime | None

    @property
    def account(self) -> str:
        """The account by its country and its last digits: "DE … 3000"."""
        return f"{self.iban[:2]} … {self.iban[-4:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFile:
    """A file for the bank. ``open_items`` are those that no statement has shown yet."""

    id: UUID
    kind: FileKind
    message_id: str
    execute_on: date
    count: int
    total: Money
    content: str
    made_at: datetime
    made_by: str
    withdrawn_at: datetime | None
    open_items: int
