"""How much a reseller owes, and what room its credit limit leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, Sum

from purveyor.billing import queries as billing
from purveyor.infra import tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.parties.credit import find_credit_limit, list_credit_limits
from purveyor.sales import models

HELD = "credit_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What a reseller owes in one currency, and its ``limit`` (None: there is none).

    ``invoices`` is what is open on them, with VAT; ``on_account`` what is delivered and not billed yet, without VAT,
    which its invoice decides; ``held`` are orders that wait for room.
    """

    limit: Money | None
    invoices: Money
    on_account: Money
    held: Money
    held_count: int = 0

    @property
    def owed(self) -> Money:
        """All that it owes; what is held is not owed."""
        return self.invoices + self.on_account

    @property
    def free(self) -> Money | None:
        """How much it may still order on account; never below zero."""
        if self.limit is None:
            return None
        return max(self.limit - self.owed, Money.zero(self.owed.currency))

    @property
    def is_over(self) -> bool:
        """Whether it owes more than it may: renewals are never held, so that may be."""
        return self.limit is not None and self.owed > self.limit


def get_credit(*, actor: Actor, reseller_id: UUID, currency: str) -> Credit:
    """What the reseller owes and may owe in one currency, over all its customers.

    Raises: NotFound for everybody but the reseller and the operator.
    """
    limit = find_credit_limit(actor=actor, reseller_id=reseller_id, currency=currency)
    return _credits(actor, reseller_id, [currency], {currency: limit} if limit else {})[0]


def list_credits(*, actor: Actor, reseller_id: UUID) -> list[Credit]:
    """The same for each currency that has a limit.

    Raises: NotFound as above.
    """
    limits = {one.currency: one for one in list_credit_limits(actor=actor, reseller_id=reseller_id)}
    return _credits(actor, reseller_id, list(limits), limits) if limits else []


def _credits(
    actor: Actor, reseller_id: UUID, currencies: Sequence[str], limits: dict[str, Money]
) -> list[Credit]:
    # Whoever acts on one customer owes for all of them.
    whole = replace(actor, customer_id=None)
    with tx.unpinned():
        open_now = {one.currency: one for one in billing.count_open(actor=whole, payer_id=reseller_id).totals}
        accounts = {
            one.net.currency: one.net for one in billing.list_accounts(actor=whole, reseller_id=reseller_id)
        }
        rows = (
            models.Order.objects.filter(
                reseller_id=reseller_id, payer_id=reseller_id, status="on_hold", hold_reason=HELD
            )
            .order_by()
            .values("currency")
            .annotate(count=Count("id"), sum=Sum("gross"))
        )
        held = {row["currency"]: (int(row["sum"]), row["count"]) for row in rows}
    found = []
    for currency in currencies:
        zero = Money.zero(currency)
        amount, count = held.get(currency, (0, 0))
        found.append(
            Credit(
                limit=limits.get(currency),
                invoices=open_now.get(currency, zero),
                on_account=accounts.get(currency, zero),
                held=Money(amount, currency),
                held_count=count,
            )
        )
    return found
