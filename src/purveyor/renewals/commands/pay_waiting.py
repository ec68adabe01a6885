"""Money came to a balance: renewals that wait for it are paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.ledger.errors import InsufficientBalance
from purveyor.parties import authority
from purveyor.payments.commands import pay_from_balance
from purveyor.renewals.commands import _pending
from purveyor.renewals.commands.settle_renewal import settle_renewal

# The oldest due first, then by subscription (rules.md d). One of which a part has come is paid as it was begun.
_NEXT = """
SELECT r.id FROM renewals_renewal r JOIN subscriptions_subscription s ON s.id = r.subscription_id
JOIN payments_payable p ON p.id = r.payable_id
WHERE r.payer_id = %s AND r.currency = %s AND r.status IN ('pending', 'at_risk', 'missed') AND r.prepay
  AND r.rolled_at IS NULL AND r.order_id IS NULL AND s.renewal_payment_method = 'balance' AND p.status = 'open'
ORDER BY r.period_start, r.subscription_id LIMIT 1"""


@command
def pay_next_waiting(*, actor: Actor, now: datetime, payer_id: UUID, currency: str) -> UUID | None:
    """Pay the next renewal of this payer that waits and may be taken from the balance; its id, or None where there
    is none or the balance does not suffice for it. Call it until it says so. Safe to repeat.

    Raises: Forbidden.
    Emits: as ``settle_renewal``.
    """
    authority.require(actor, "operate")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [payer_id, currency])
        found = cursor.fetchone()
    if found is None:
        return None
    renewal_id: UUID = found[0]
    row, _found = _pending.lock(actor, renewal_id)
    if not _pending.waits(row) or row.payable_id is None or row.order_id is not None:
        return renewal_id
    try:
        pay_from_balance(actor=actor, now=now, payable_id=row.payable_id)
    except InsufficientBalance:
        # Nothing was written.
        return None
    settle_renewal(actor=actor, now=now, renewal_id=renewal_id, source="balance")
    return renewal_id
