"""One subscription reaches the end of its term or trial: it goes on, or it ends."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.catalog import queries as catalog
from purveyor.catalog.types import Offer
from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date, start_of
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.events import Event
from purveyor.kernel.ids import new_id
from purveyor.ledger.errors import InsufficientBalance
from purveyor.parties import authority
from purveyor.renewals import events, models
from purveyor.renewals.commands import _charge, _gather
from purveyor.renewals.commands.open_pending import open_pending
from purveyor.renewals.prices import NextPrice, consent_for, next_price
from purveyor.renewals.rules.outcome import Consent, Outcome, decide
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Status, Subscription

_RUNNING = (Status.ACTIVE, Status.TRIAL, Status.SUSPENDED)


@command
def renew_term(*, actor: Actor, now: datetime, subscription_id: UUID) -> bool:
    """Renew or end a subscription whose period is over on ``now``'s date; False when there was nothing to do.

    All in one transaction: the next term's price for its payer on that day, payable or balance, books, members who
    go, term, invoice, record. A renewal that is paid late still starts at the old end (rules.md b). An offer that
    is no longer sold or priced, or a rise without the consent it needs, ends the subscription with the reason.
    Safe to repeat: the subscription is locked and looked at again, and one renewal a (subscription, day) is all
    the table takes.

    Raises: NotFound; Forbidden for everybody but the operator and its jobs; TaxUndecided, which parks it.
    Emits: renewal.invoiced, subscription.renewed (or .activated after a trial), invoice.issued, and seat.released
        for who goes; or renewal.pending and pro_forma.issued; or renewal.missed and subscription.ended.
    """
    authority.require(actor, "operate")
    found = lock_subscription(actor=actor, subscription_id=subscription_id)
    today = business_date(now)
    if found.status not in _RUNNING or found.period_end is None:
        subscriptions.set_due(actor=actor, now=now, subscription_id=found.id, due_at=None)
        return False
    if today < found.period_end:
        # Another run was faster, or somebody woke it early: it wants attention at the end of its term.
        subscriptions.set_due(
            actor=actor, now=now, subscription_id=found.id, due_at=start_of(found.period_end)
        )
        return False
    on = found.period_end
    if models.Renewal.objects.filter(subscription_id=found.id, period_start=on).exists():
        # It waits for its money; the ladder of its renewal says what comes next.
        subscriptions.set_due(actor=actor, now=now, subscription_id=found.id, due_at=None)
        return False
    price = next_price(subscription=found, on=on) if found.auto_renew else None
    if price is None:
        _end(actor, now, found, on, _decide(found)[1])
        return True
    offer = catalog.get_offer(offer_ref=found.renews_to)
    outcome, reason = _decide(found, offer=offer, price=price)
    if outcome == "end":
        _end(actor, now, found, on, reason)
        return True
    charge = _charge.price_renewal(actor=actor, on=on, subscription=found, offer=offer, price=price)
    if outcome == "pend" and charge.gross and not _paid_at_once(actor, now, found, on, charge):
        open_pending(actor=actor, now=now, charge=charge)
    elif outcome != "pend" or not charge.gross:
        _renew(actor, now, found, on, charge)
    return True


def _paid_at_once(actor: Actor, now: datetime, found: Subscription, on: date, charge: _charge.Charge) -> bool:
    """Renew one that is paid first from the balance, where that was chosen and suffices."""
    if found.renewal_payment_method != "balance":
        return False
    try:
        _renew(actor, now, found, on, charge)
    except InsufficientBalance:
        # Nothing was written.
        return False
    return True


def _decide(
    found: Subscription, *, offer: Offer | None = None, price: NextPrice | None = None
) -> tuple[Outcome, str]:
    consent: Consent = "not_needed"
    if offer is not None and price is not None and found.period_end is not None:
        consent = consent_for(subscription=found, offer=offer, on=found.period_end, price=price.amount)
    return decide(
        auto_renew=found.auto_renew,
        has_price=price is not None,
        is_trial=found.status is Status.TRIAL,
        is_suspended=found.status is Status.SUSPENDED,
        consent=consent,
        prepay=offer is not None and offer.terms.prepay,
    )


def _renew(actor: Actor, now: datetime, found: Subscription, on: date, charge: _charge.Charge) -> None:
    if _gather.is_gathered(found, charge.trade, charge.debtor) and _gather.put(actor, now, charge):
        _roll_on_account(actor, now, found, on, charge)
        return
    invoice_id, payable = _charge.collect(actor, now, charge)
    _charge.begin_next_term(actor, now, charge)
    is_paid = _charge.is_paid(charge, payable)
    _keep(
        found,
        on,
        now,
        status="paid" if is_paid else "pending",
        charge=charge,
        invoice_id=None if _charge.why(charge, now) else invoice_id,
        payable_id=None if payable is None else payable.id,
    )
    invoice = _charge.issue(actor, now, charge, invoice_id, payable)
    if invoice is None:
        _note(actor, now, found, "renewal.invoice_held", quantity=charge.line.quantity)
        return
    _announce(
        found,
        now,
        events.RenewalInvoiced(
            subscription_id=str(found.id),
            invoice_id=str(invoice.id),
            period_start=charge.period.start.isoformat(),
            period_end=charge.period.end.isoformat(),
            paid=invoice.status == "paid",
        ),
    )
    _note(actor, now, found, "renewal.invoiced", invoice=invoice.number, quantity=charge.line.quantity)


def _roll_on_account(
    actor: Actor, now: datetime, found: Subscription, on: date, charge: _charge.Charge
) -> None:
    """The term goes on and its line waits on account: ``pending`` until the gathered invoice is paid."""
    _charge.begin_next_term(actor, now, charge)
    _keep(found, on, now, status="pending", charge=charge)
    _announce(
        found,
        now,
        events.RenewalGathered(
            subscription_id=str(found.id),
            period_start=charge.period.start.isoformat(),
            period_end=charge.period.end.isoformat(),
        ),
    )
    _note(actor, now, found, "renewal.gathered", quantity=charge.line.quantity)


def _end(actor: Actor, now: datetime, found: Subscription, on: date, reason: str) -> None:
    subscriptions.end_subscription(actor=actor, now=now, subscription_id=found.id, reason=reason)
    missed = found.auto_renew
    _keep(found, on, now, status="ended", reason=reason if missed else "")
    if missed:
        _announce(found, now, events.RenewalMissed(subscription_id=str(found.id), reason=reason))
        _note(actor, now, found, "renewal.missed", reason=reason)


def _keep(
    found: Subscription,
    on: date,
    now: datetime,
    *,
    status: str,
    charge: _charge.Charge | None = None,
    invoice_id: UUID | None = None,
    payable_id: UUID | None = None,
    reason: str = "",
) -> None:
    models.Renewal(
        id=found.renewal_id or new_id(),
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.payer_id,
        subscription_id=found.id,
        offer_id=found.renews_to,
        period_start=on,
        status=status,
        reason=reason,
        quantity=found.renews_with,
        currency=found.currency,
        net=0 if charge is None else charge.line.net.amount,
        vat=0 if charge is None else charge.tax.amount.amount,
        invoice_id=invoice_id,
        payable_id=payable_id,
        opened_at=now,
        rolled_at=now,
        paid_at=now if status == "paid" else None,
    ).save(force_insert=True)


def _announce(found: Subscription, now: datetime, event: Event) -> None:
    outbox.emit(
        event,
        now=now,
        subject_id=found.id,
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.payer_id,
    )


def _note(actor: Actor, now: datetime, found: Subscription, kind: str, **facts: str | int) -> None:
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="subscription",
        subject_id=found.id,
        reseller_id=found.reseller_id,
        customer_id=found.customer_id,
        payer_id=found.payer_id,
        facts=dict(facts),
    )
