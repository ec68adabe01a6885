"""A term that must be paid first is over: its renewal waits, with a pro-forma and a reference of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import issue_pro_forma
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.payments.cards import is_offered
from purveyor.payments.commands import open_payable
from purveyor.payments.commands.cards import charge_kept_card
from purveyor.renewals import events, models
from purveyor.renewals._view import ladder_of
from purveyor.renewals.commands import _charge, _pending
from purveyor.seats import commands as seats
from purveyor.subscriptions import commands as subscriptions


@command
def open_pending(*, actor: Actor, now: datetime, charge: _charge.Charge) -> UUID:
    """Let the renewal wait for its money; returns its id.

    Nothing rolls. Who was to go at the end of the term has gone, and so have seats that do not renew; those that
    stay can be used until the offer's ladder says otherwise. What is promised here is what paying it costs, however
    late. ``renew_term`` calls it, with the subscription locked.

    Emits: renewal.pending, pro_forma.issued, and seat.released for who goes.
    """
    found, terms, due_on = charge.subscription, charge.offer.terms, charge.period.start
    if found.seats_leaving:
        seats.release_leavers(actor=actor, now=now, subscription_id=found.id)
    subscriptions.await_renewal(actor=actor, now=now, subscription_id=found.id)
    renewal_id = found.renewal_id or new_id()
    ladder = ladder_of(terms, due_on)
    payable = open_payable(
        actor=actor,
        now=now,
        reseller_id=charge.trade.reseller_id,
        customer_id=found.customer_id,
        payer_id=charge.debtor.payer_id,
        subject_kind="renewal",
        subject_id=renewal_id,
        amount=charge.gross,
        method="bank_transfer",
    )
    days = max(0, (ladder.last_day - business_date(now)).days)
    pro_forma = issue_pro_forma(
        actor=actor, now=now, draft=_charge.draft(charge, due_days=days, payable=payable)
    )
    row = models.Renewal(
        id=renewal_id,
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.payer_id,
        subscription_id=found.id,
        offer_id=charge.offer.id,
        period_start=due_on,
        status="pending",
        prepay=True,
        quantity=charge.line.quantity,
        price_list=charge.price.price_list,
        currency=charge.gross.currency,
        net=charge.line.net.amount,
        vat=charge.tax.amount.amount,
        pro_forma_id=pro_forma.id,
        payable_id=payable.id,
        cut_off_at=ladder.cut_off_at,
        due_at=ladder.cut_off_at,
        opened_at=now,
    )
    row.save(force_insert=True)
    event = events.RenewalPending(
        renewal_id=str(row.id),
        subscription_id=str(found.id),
        pro_forma_id=str(pro_forma.id),
        due_on=due_on.isoformat(),
        cut_off_at=ladder.cut_off_at.isoformat(),
        gross=charge.gross.amount,
        currency=charge.gross.currency,
    )
    _pending.announce(row, now, event)
    if found.renewal_payment_method == "card" and is_offered():
        charge_kept_card(actor=actor, now=now, payable_id=payable.id)
    _pending.note(
        actor, now, row, "renewal.pending", pro_forma=pro_forma.number, until=ladder.last_day.isoformat()
    )
    return row.id
