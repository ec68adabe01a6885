"""What is on account, as it looks in an answer."""

from __future__ import annotations

from purveyor.billing.types import Account, AccountRow
from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant, number
from purveyor.interfaces.api.shapes import money, why
from purveyor.interfaces.texts import lines
from purveyor.kernel.ids import show
from purveyor.sales.types import SeatsTakenBack


def account(row: Account) -> Json:
    """What a reseller has on account in one currency."""
    return {
        "reseller": show("res", row.reseller_id),
        "net": money(row.net),
        "cap": None if row.cap is None else money(row.cap),
        "billed_at": maybe_instant(row.due_at),
        "held": money(row.held),
    }


def account_line(row: AccountRow) -> Json:
    """A line on account."""
    return {
        "kind": row.kind,
        "customer": show("cus", row.customer_id),
        "customer_name": row.customer_name,
        "subscription": show("sub", row.subscription_id),
        "order": public.shown("order", row.order_id),
        "description": lines.describe_line(row.description),
        "quantity": row.quantity,
        "months": row.months,
        "unit_price": money(row.unit_price),
        "discount_percent": number(row.discount_percent),
        "net": money(row.net),
        "period": {"start": day(row.period_start), "end": day(row.period_end)},
        "explanation": why(row.explanation),
        "put_at": instant(row.put_at),
        "is_held": row.is_held,
    }


def taken_back(row: SeatsTakenBack) -> Json:
    """Seats that were taken back."""
    return {
        "subscription": show("sub", row.subscription_id),
        "quantity": row.quantity,
        "net": money(row.net),
    }
