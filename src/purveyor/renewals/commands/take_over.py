"""A customer pays for itself what its reseller leaves unpaid: it never goes dark for another's debt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import issue_pro_forma
from purveyor.catalog import queries as catalog
from purveyor.infra import activity, outbox, tx
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.errors import Forbidden
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import queries as payments
from purveyor.payments.commands import open_payable
from purveyor.payments.types import Payable
from purveyor.renewals import events, models
from purveyor.renewals._view import ladder_at
from purveyor.renewals.commands import _charge, _pending
from purveyor.renewals.commands.advance_ladder import void
from purveyor.renewals.errors import NothingToTakeOver
from purveyor.renewals.prices import NextPrice
from purveyor.renewals.queries import find_waiting_of_reseller
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.queries import get_subscription
from purveyor.subscriptions.types import Subscription


@command
def take_over(*, actor: Actor, now: datetime, subscription_id: UUID) -> UUID:
    """Let the customer owe the renewal that its reseller has not paid, at list price; returns the renewal's id.

    The act of the customer's own administrator, where ``may_pay_itself`` allows it. What the reseller was asked
    for is cancelled (a part that had come goes to its balance), a new pro-forma asks the customer, and the customer
    pays for the subscription from now on. Cut-off and what follows it stay. Invoices that were issued stay the
    reseller's debt. The state is looked at again under the lock, so a second press finds nothing to take over.

    Raises: Forbidden; NotFound; NothingToTakeOver.
    Emits: renewal.taken_over, renewal.pending, pro_forma.issued.
    """
    authority.require(actor, "buy")
    customer_id = actor.customer_id
    if actor.scope != "customer" or customer_id is None:
        raise Forbidden(act="take_over", role=actor.role)
    if not parties.get_customer(actor=actor, customer_id=customer_id).may_pay_itself:
        raise Forbidden(act="take_over", role=actor.role)
    found = get_subscription(actor=actor, subscription_id=subscription_id)
    renewal_id = find_waiting_of_reseller(actor=actor, subscription_id=found.id)
    if renewal_id is None:
        raise NothingToTakeOver(subscription=str(found.id))
    # The reseller's pro-forma and payable are not the customer's to see: checked above, done by the house.
    with tx.widen():
        house = system_actor(customer_id=customer_id)
        row, locked = _pending.lock(house, renewal_id)
        paid = payments.find_value_date(actor=house, payable_id=row.payable_id) is not None
        if not _pending.waits(row) or row.payer_id == customer_id or paid:
            raise NothingToTakeOver(subscription=str(found.id))
        charge = _at_list_price(house, row, replace(locked, payer_id=customer_id))
        void(house, now, row)
        subscriptions.set_payer(actor=house, now=now, subscription_id=locked.id, payer_id=customer_id)
        payable = _ask(house, now, row, charge)
        _tell(actor, now, row, payable)
    return renewal_id


def _at_list_price(house: Actor, row: models.Renewal, found: Subscription) -> _charge.Charge:
    """What the pro-forma promised the reseller, without its discount: the list price of the renewal's day."""
    assert row.pro_forma_id is not None  # it waits for its money, by constraint of open_pending
    promised = billing.get_document(actor=house, document_id=row.pro_forma_id)
    return _charge.price_renewal(
        actor=house,
        on=row.period_start,
        subscription=replace(found, renewal_quantity=row.quantity),
        offer=catalog.get_offer(offer_ref=row.offer_id),
        price=NextPrice(promised.lines[0].unit_price, row.price_list),
    )


def _ask(house: Actor, now: datetime, row: models.Renewal, charge: _charge.Charge) -> Payable:
    payable = open_payable(
        actor=house,
        now=now,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=charge.debtor.payer_id,
        subject_kind="renewal",
        subject_id=row.id,
        amount=charge.gross,
        method="bank_transfer",
    )
    assert row.cut_off_at is not None  # as above
    last_day = ladder_at(charge.offer.terms, row.cut_off_at).last_day
    pro_forma = issue_pro_forma(
        actor=house,
        now=now,
        draft=_charge.draft(charge, due_days=max(0, (last_day - business_date(now)).days), payable=payable),
    )
    row.payer_id = charge.debtor.payer_id
    row.net, row.vat = charge.line.net.amount, charge.tax.amount.amount
    row.pro_forma_id, row.payable_id, row.order_id = pro_forma.id, payable.id, None
    row.save(update_fields=["payer_id", "net", "vat", "pro_forma", "payable", "order_id"])
    return payable


def _tell(actor: Actor, now: datetime, row: models.Renewal, payable: Payable) -> None:
    """Both sides hear that it was taken over, without an amount; the new payer what it is asked for."""
    taken = events.RenewalTakenOver(
        renewal_id=str(row.id), subscription_id=str(row.subscription_id), payer_id=str(row.payer_id)
    )
    outbox.emit(
        taken,
        now=now,
        subject_id=row.subscription_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
    )
    activity.record(
        actor,
        now=now,
        kind="renewal.taken_over",
        subject_kind="subscription",
        subject_id=row.subscription_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
    )
    assert row.cut_off_at is not None  # it waits for its money
    event = events.RenewalPending(
        renewal_id=str(row.id),
        subscription_id=str(row.subscription_id),
        pro_forma_id=str(row.pro_forma_id),
        due_on=row.period_start.isoformat(),
        cut_off_at=row.cut_off_at.isoformat(),
        gross=payable.amount.amount,
        currency=payable.amount.currency,
    )
    _pending.announce(row, now, event)
