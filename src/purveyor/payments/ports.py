"""What payments needs from outside; config/wiring.py puts the adapters in. No card data crosses this border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from purveyor.kernel.money import Money

ChargeStatus = Literal["succeeded", "declined", "authentication", "processing", "open", "cancelled"]
SessionStatus = Literal["open", "complete", "expired"]


class ProviderUnavailable(Exception):
    """The provider did not answer, or not in a way that tells what happened: ask again under the same key."""


class ProviderRefused(Exception):
    """The provider will not do this, now or later. ``code`` is its own word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoticeForged(Exception):
    """What came in the provider's name was not signed by it, or is too old, or is no notice at all."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A page of the provider where the holder enters or confirms a card."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class ProviderCard:
    """What one may know of a card. ``id`` and ``payer`` are the provider's names."""

    id: str
    payer: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class ProviderCharge:
    """A charge as the provider has it now. ``attempt`` is the id that we sent with it; ``fee`` once it is known."""

    id: str
    status: ChargeStatus
    amount: Money
    attempt: str
    decline_code: str = ""
    card: str | None = None
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """A hosted page as the provider has it now, and what came of it."""

    id: str
    status: SessionStatus
    attempt: str
    url: str = ""
    charge: str | None = None
    card: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the provider has it now."""

    id: str
    status: Literal["sent", "done", "failed"]
    reference: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A chargeback as the provider has it now; an ``inquiry`` is a bank's question that has taken no money (yet)."""

    id: str
    charge: str
    amount: Money
    reason: str
    status: Literal["inquiry", "open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A signed notice: only what is needed to look at the object itself."""

    id: str
    type: str
    object_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every charge tells the provider. ``key`` makes a repeat harmless; ``about`` comes back with the charge."""

    key: str
    payer: str
    attempt: str
    amount: Money
    description: str
    about: Mapping[str, str]


class CardProvider(Protocol):
    """Keeps and charges cards. Every call may raise ProviderUnavailable; those that act take a key."""

    @property
    def is_ready(self) -> bool:
        """Whether cards can be offered at all."""
        ...

    def open_payer(self, *, key: str, name: str, email: str, payer_id: str) -> str:
        """Make the payer known; returns the provider's id for it."""
        ...

    def keep_card(self, *, key: str, payer: str, attempt: str, back_url: str, language: str) -> Hosted:
        """A hosted page on which the holder lets us keep a card for charges without him."""
        ...

    def ask(self, asked: Asked, *, keep: bool, back_url: str, language: str) -> Hosted:
        """A hosted page on which the holder pays. Raises: ProviderRefused."""
        ...

    def charge(self, asked: Asked, *, card: str) -> ProviderCharge:
        """Charge a kept card without its holder. A decline is an answer, not an error."""
        ...

    def find_charge(self, *, payer: str, attempt: str) -> ProviderCharge | None:
        """The charge of an attempt whose answer was lost, if it came to one."""
        ...

    def read_charge(self, charge_id: str) -> ProviderCharge:
        """The charge as it is now. Raises: ProviderRefused for one that does not exist."""
        ...

    def read_session(self, session_id: str) -> ProviderSession:
        """The hosted page as it is now. Raises: ProviderRefused."""
        ...

    def close_session(self, session_id: str) -> None:
        """Let nobody pay on the hosted page any more; nothing if it is over already."""
        ...

    def read_card(self, card_id: str) -> ProviderCard:
        """What one may know of a card. Raises: ProviderRefused."""
        ...

    def forget_card(self, card_id: str) -> None:
        """Keep the card no longer; nothing if it is not kept."""
        ...

    def refund(self, *, key: str, charge_id: str, amount: Money, reference: str) -> ProviderRefund:
        """Send money back to the card. Raises: ProviderRefused."""
        ...

    def read_refund(self, refund_id: str) -> ProviderRefund:
        """The refund as it is now. Raises: ProviderRefused."""
        ...

    def read_dispute(self, dispute_id: str) -> ProviderDispute:
        """The chargeback as it is now. Raises: ProviderRefused."""
        ...

    def read_notice(self, *, body: bytes, signature: str) -> Notice:
        """What the provider signed, from the raw body. Raises: NoticeForged."""
        ...


class Adapters:
    """The adapters in use."""

    cards: CardProvider
