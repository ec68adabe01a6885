"""A renewal that goes on account: the term rolls, and the gathered invoice of the month bills it."""

from __future__ import annotations

from datetime import datetime

from purveyor.billing.commands import claim_account, put_on_account
from purveyor.billing.types import AccountLine
from purveyor.kernel.actor import Actor
from purveyor.parties.trade import Trade, gathers
from purveyor.renewals.commands._charge import Charge, draft_line
from purveyor.renewals.rules.outcome import Debtor
from purveyor.subscriptions.types import Subscription


def is_gathered(found: Subscription, trade: Trade, debtor: Debtor) -> bool:
    """Whether the renewal goes on account: its reseller gathers, stands on the invoice, and pays by transfer."""
    by_transfer = found.renewal_payment_method == "bank_transfer"
    return by_transfer and gathers(
        profile=trade.profile, payer_id=debtor.payer_id, bill_to_id=debtor.bill_to_id
    )


def put(actor: Actor, now: datetime, charge: Charge) -> bool:
    """Put the charge on account; False where the operator's cap leaves no room, or there is nothing to charge:
    then it is invoiced at once.

    The subscription is locked; the account is locked from here on.
    """
    if not charge.line.net:
        return False
    reseller_id = charge.trade.reseller_id
    account = claim_account(actor=actor, now=now, reseller_id=reseller_id, net=charge.line.net)
    if account is None:
        return False
    line = draft_line(charge)
    put_on_account(
        actor=actor,
        now=now,
        gathering_id=account,
        reseller_id=reseller_id,
        lines=[
            AccountLine(
                kind="renewal",
                customer_id=charge.subscription.customer_id,
                customer_name=charge.trade.customer.name,
                subscription_id=charge.subscription.id,
                offer_id=line.offer_id or charge.subscription.offer_id,
                description=line.description,
                quantity=line.quantity,
                months=line.months,
                unit_price=line.unit_price,
                discount_percent=line.discount_percent,
                net=line.net,
                explanation=line.explanation,
                period_start=charge.period.start,
                period_end=charge.period.end,
            )
        ],
    )
    return True
