"""Before renewals are invoiced, the VAT numbers on their invoices are looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.tax.commands import wake_watches
from purveyor.tax.live import is_live

# So many days ahead: what cannot be known in the morning may still be known before the term ends.
DAYS_AHEAD = 2
# Questions are asked over this time, so that no tax administration gets all at once.
_SPREAD = timedelta(hours=2)
_PARTIES = """
SELECT customer_id FROM subscriptions_subscription
WHERE status IN ('active', 'trial', 'suspended') AND auto_renew AND period_end > %s AND period_end <= %s
UNION
SELECT reseller_id FROM subscriptions_subscription
WHERE status IN ('active', 'trial', 'suspended') AND auto_renew AND period_end > %s AND period_end <= %s"""


@command
def look_at_numbers(*, actor: Actor, now: datetime) -> int:
    """Have the numbers looked at of everybody who may stand on the invoice of a renewal of the next ``DAYS_AHEAD``
    days, where the last answer is not fresh; how many. Nothing happens where numbers are not checked live.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    if not is_live():
        return 0
    on = business_date(now)
    days = [on, on + timedelta(days=DAYS_AHEAD)]
    parties = [row[0] for row in tx.fetch(_PARTIES, [*days, *days])]
    return wake_watches(actor=actor, now=now, organization_ids=parties, spread=_SPREAD)
