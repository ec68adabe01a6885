"""What a filled world has about balances: one that is watched, a deposit that is asked for, a limit of each house."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.infra import clock
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.payments.commands import funds


def asked_for(payer_id: UUID) -> str:
    """A deposit that its payer asked how to pay in."""
    made = funds.ask_deposit(
        actor=system_actor(), now=clock.now(), organization_id=payer_id, amount=Money(100, "EUR")
    )
    return show("pbl", made.id)


def watched(payers: Iterable[UUID], resellers: Iterable[UUID]) -> None:
    """Everybody is told of an empty balance, and no reseller owes without end."""
    actor, now = system_actor(), clock.now()
    for payer_id in payers:
        funds.set_funds(actor=actor, now=now, organization_id=payer_id, currency="EUR", threshold=1)
    for reseller_id in resellers:
        parties.set_credit_limit(actor=actor, now=now, reseller_id=reseller_id, currency="EUR", amount=10**9)
