"""What the catalog shows to other rooms: frozen rows, and the terms of an offer as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from purveyor.kernel.ids import show
from purveyor.kernel.money import Money

Proration = Literal["months_rounded_up"]

MAX_QUANTITY = 100_000
MAX_TRIAL_DAYS = 365
MAX_DUE_DAYS = 365
MAX_RENEWAL_WINDOW = 365
MAX_LOCK_DAYS = 90
MAX_NOTICES = 10
MAX_LADDER_DAYS = 365
# Every month has a day 28.
MAX_CUT_OFF_DAY = 28


@dataclass(frozen=True, slots=True)
class Terms:
    """The commercial rules of an offer, each a visible setting.

    - ``proration``: how seats added in a running term are charged (rules.md b);
    - ``trial_days``: how long a trial runs before it is paid for; 0 for none;
    - ``prepay``: whether a renewal must be paid before the new term begins;
    - ``quantity_min``, ``quantity_max``: seats of one order line;
    - ``invoice_due_days``: days until an invoice must be paid;
    - ``renewal_window_days``: how many days before its end a term counts as ending soon;
    - ``renewal_lock_days``: how many days before the end of a term its renewal can no longer be changed; 0 for none;
    - ``notice_days``: how many days before the end notices are sent, each once;
    - ``price_notice_days``: a new price holds for a renewal only if it was published so many days before it;
    - ``price_consent_percent``: a rise above so many percent needs the payer's consent; 0 for never;
    - ``cut_off_day``: a prepaid renewal must be paid before this day of the month (rules.md d); 0 for none;
    - ``cut_off_min_days``: the first such day so many days after the end of the term, or later;
    - ``cut_off_zone``: whose midnight counts (an IANA name); empty for the operator's;
    - ``suspend_after_days``, ``end_after_days``: days after the cut-off at which an unpaid one is suspended, and ends.

    Raises:
        ValueError: a value outside its bounds. The message is ``name: reason`` with stable words.
    """

    proration: Proration = "months_rounded_up"
    trial_days: int = 0
    prepay: bool = False
    quantity_min: int = 1
    quantity_max: int = MAX_QUANTITY
    invoice_due_days: int = 14
    renewal_window_days: int = 30
    renewal_lock_days: int = 0
    notice_days: tuple[int, ...] = (30, 7)
    price_notice_days: int = 30
    price_consent_percent: int = 0
    cut_off_day: int = 0
    cut_off_min_days: int = 5
    cut_off_zone: str = ""
    suspend_after_days: int = 3
    end_after_days: int = 30

    def __post_init__(self) -> None:
        if self.proration not in get_args(Proration):
            raise ValueError("proration: unknown")
        if type(self.prepay) is not bool:
            raise ValueError("prepay: not_a_boolean")
        _bounded("trial_days", self.trial_days, 0, MAX_TRIAL_DAYS)
        _bounded("quantity_min", self.quantity_min, 1, MAX_QUANTITY)
        _bounded("quantity_max", self.quantity_max, self.quantity_min, MAX_QUANTITY)
        _bounded("invoice_due_days", self.invoice_due_days, 0, MAX_DUE_DAYS)
        _bounded("renewal_window_days", self.renewal_window_days, 0, MAX_RENEWAL_WINDOW)
        _bounded("renewal_lock_days", self.renewal_lock_days, 0, MAX_LOCK_DAYS)
        _bounded("price_notice_days", self.price_notice_days, 0, MAX_RENEWAL_WINDOW)
        _bounded("price_consent_percent", self.price_consent_percent, 0, 100)
        _bounded("cut_off_day", self.cut_off_day, 0, MAX_CUT_OFF_DAY)
        _bounded("cut_off_min_days", self.cut_off_min_days, 0, MAX_CUT_OFF_DAY)
        _bounded("suspend_after_days", self.suspend_after_days, 0, MAX_LADDER_DAYS)
        _bounded("end_after_days", self.end_after_days, self.suspend_after_days, MAX_LADDER_DAYS)
        if self.cut_off_day and not self.prepay:
            raise ValueError("cut_off_day: needs_prepay")
        _known_zone("cut_off_zone", self.cut_off_zone)
        _lead_times("notice_days", self.notice_days)

    def as_json(self) -> dict[str, Any]:
        """All settings, also those at their default: what an offer promises is never implied."""
        return {**asdict(self), "notice_days": list(self.notice_days)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Terms:
        """The terms that :meth:`as_json` wrote. A setting that is missing has its default.

        Raises:
            ValueError: an unknown setting, or a value outside its bounds.
        """
        unknown = sorted(set(data) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"{unknown[0]}: unknown_field")
        values = dict(data)
        if isinstance(values.get("notice_days"), list):
            values["notice_days"] = tuple(values["notice_days"])
        return cls(**values)


def _known_zone(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{name}: unknown")
    try:
        if value:
            ZoneInfo(value)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(f"{name}: unknown") from error


def _lead_times(name: str, value: object) -> None:
    if not isinstance(value, tuple) or len(value) > MAX_NOTICES:
        raise ValueError(f"{name}: too_many")
    for days in value:
        _bounded(name, days, 1, MAX_RENEWAL_WINDOW)
    if list(value) != sorted(set(value), reverse=True):
        raise ValueError(f"{name}: not_descending")


def _bounded(name: str, value: object, lowest: int, highest: int) -> None:
    if type(value) is not int:
        raise ValueError(f"{name}: not_a_number")
    if value < lowest:
        raise ValueError(f"{name}: too_small")
    if value > highest:
        raise ValueError(f"{name}: too_large")


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who makes the software."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """What the vendor makes."""

    id: UUID
    vendor_id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A tier of a product; a higher ``rank`` offers more."""

    id: UUID
    product_id: UUID
    code: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan, for a term, billed at a frequency, under its terms.

    ``vendor``, ``product`` and ``plan`` are names for people. ``available_to`` is the first day on which it
    is no longer sold.
    """

    id: UUID
    code: str
    plan_id: UUID
    product_id: UUID
    vendor: str
    product: str
    plan: str
    plan_rank: int
    term_months: int
    billing_months: int
    terms: Terms
    available_from: date
    available_to: date | None
    withdrawn_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id as shown: ``off_...``."""
        return show("off", self.id)


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer as one buyer sees it; prices are for one seat and the whole term.

    ``your_price`` is the list price less ``discount_percent``, rounded as a charge is.
    """

    id: UUID
    code: str
    vendor: str
    product: str
    plan: str
    plan_rank: int
    product_id: UUID
    term_months: int
    billing_months: int
    terms: Terms
    list_price: Money
    your_price: Money
    discount_percent: Decimal

    @property
    def public_id(self) -> str:
        """The id as shown: ``off_...``."""
        return show("off", self.id)


@dataclass(frozen=True, slots=True)
class PriceFound:
    """The list price of one seat for the whole term, and the price list that says so, from ``valid_from`` on."""

    amount: Money
    price_list_id: UUID
    price_list: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of one currency from a day on; ``valid_to`` is the first day on which they no longer hold."""

    id: UUID
    code: str
    currency: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether its prices hold on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of a price list: one seat for the whole term."""

    offer_id: UUID
    offer_code: str
    plan: str
    product: str
    term_months: int
    price: Money


@dataclass(frozen=True, slots=True)
class DiscountRow:
    """A reseller's discount, on one offer or (``offer_id`` None) on all without their own."""

    id: UUID
    reseller_id: UUID
    offer_id: UUID | None
    offer_code: str | None
    percent: Decimal
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is given on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
