"""The money of a renewal is there: the next term begins where the last one ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import close_pro_forma, issue_invoice
from purveyor.billing.held import why_held
from purveyor.billing.types import Document, DocumentDraft, DraftLine, PartySnapshot
from purveyor.billing.types_held import Booking
from purveyor.catalog import queries as catalog
from purveyor.catalog.types import Offer
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.parties.trade import get_trade
from purveyor.payments.commands import hold_or_settle, link_invoice
from purveyor.renewals import events, models
from purveyor.renewals._view import zone_of
from purveyor.renewals.commands import _pending
from purveyor.renewals.rules import cut_off
from purveyor.subscriptions import commands as subscriptions
from purveyor.subscriptions.types import Status, Subscription

Source = Literal["balance", "advance"]


@command
def settle_renewal(
    *,
    actor: Actor,
    now: datetime,
    renewal_id: UUID,
    source: Source,
    value_date: date | None = None,
    order_id: UUID | None = None,
) -> bool:
    """Begin the next term of a renewal whose money is there; False when it no longer waits. Safe to repeat.

    The caller has taken the money, all of it: from the payer's ``balance``, or received ahead (``advance``), for
    the renewal itself or for the ``order_id`` over several. It costs what its pro-forma promised, however late, and
    starts at the old end (rules.md b). In time is what came before the cut-off (rules.md d): by ``now``, a transfer
    by its ``value_date``. A suspension for want of this money is undone.

    Where the subscription was ended meanwhile, the money of its own payable is the payer's to spend.

    Raises: NotFound.
    Emits: renewal.paid, subscription.renewed, invoice.issued, invoice.paid, and subscription.resumed.
    """
    row, found = _pending.lock(actor, renewal_id)
    if not _pending.waits(row) or row.pro_forma_id is None or row.cut_off_at is None:
        return False
    if found.status is Status.ENDED:
        # Ended by hand while its money was on the way: that is the payer's.
        row.status, row.due_at, row.reason = "ended", None, found.end_reason
        row.save(update_fields=["status", "due_at", "reason"])
        _pending.void(actor, now, row)
        return False
    promised = billing.get_document(actor=actor, document_id=row.pro_forma_id)
    offer = catalog.get_offer(offer_ref=row.offer_id)
    row.on_time = cut_off.in_time(row.cut_off_at, zone_of(offer.terms), paid_at=now, value_date=value_date)
    _roll(now, row, found, offer, promised)
    close_pro_forma(actor=actor, now=now, document_id=promised.id, outcome="paid")
    bill = redraft(actor, promised, found.customer_id, order_id=order_id)
    invoice = _bill(actor, now, row, bill, source)
    row.status, row.paid_at, row.rolled_at, row.due_at = "paid", now, now, None
    row.invoice_id, row.order_id = None if invoice is None else invoice.id, order_id
    if invoice is not None and row.payable_id is not None and order_id is None:
        link_invoice(actor=actor, now=now, payable_id=row.payable_id, invoice_id=invoice.id)
    row.save(update_fields=["status", "paid_at", "rolled_at", "due_at", "invoice", "order_id", "on_time"])
    event = events.RenewalPaid(
        renewal_id=str(row.id),
        subscription_id=str(row.subscription_id),
        invoice_id=None if invoice is None else str(invoice.id),
        on_time=bool(row.on_time),
    )
    _pending.announce(row, now, event)
    if invoice is None:
        _pending.note(actor, now, row, "renewal.invoice_held")
    else:
        _pending.note(actor, now, row, "renewal.paid", invoice=invoice.number)
    return True


def _bill(
    actor: Actor, now: datetime, row: models.Renewal, bill: DocumentDraft, source: Source
) -> Document | None:
    """Book the sale and issue its invoice; None where it is held, and its money waits as an advance."""
    unknown = bill.tax_decision.get("evidence", {}).get("meanwhile") == "hold_invoice"
    why = why_held(bill, now=now, number_unknown=unknown)
    if why is None:
        _book(actor, now, row, source)
        return issue_invoice(actor=actor, now=now, draft=bill)
    return hold_or_settle(
        actor=actor,
        now=now,
        draft=bill,
        why=why,
        subject_kind="renewal",
        subject_id=row.subscription_id,
        booking=Booking("renewal", _reference(row)),
        from_balance=source == "balance",
    )


def _reference(row: models.Renewal) -> str:
    return f"renewal:{row.subscription_id}:{row.period_start.isoformat()}"


def _roll(now: datetime, row: models.Renewal, found: Subscription, offer: Offer, promised: Document) -> None:
    """The house rolls terms, whoever pays; a suspension for another reason outlasts the payment."""
    house = system_actor(customer_id=row.customer_id)
    still = found.suspend_reason if found.status is Status.SUSPENDED else ""
    if still:
        subscriptions.resume_subscription(
            actor=house, now=now, subscription_id=found.id, reason="renewal_paid"
        )
    subscriptions.roll_term(
        actor=house,
        now=now,
        subscription_id=found.id,
        starts_on=row.period_start,
        # All months of the term, so one seat's price is the term price.
        term_price=promised.lines[0].unit_price,
        price_list=row.price_list,
        term_months=offer.term_months,
    )
    if still and still != _pending.UNPAID:
        subscriptions.suspend_subscription(actor=house, now=now, subscription_id=found.id, reason=still)


def _book(actor: Actor, now: datetime, row: models.Renewal, source: Source) -> None:
    net, vat = Money(row.net, row.currency), Money(row.vat, row.currency)
    legs = movements.sale(payer_id=row.payer_id, net=net, vat=vat)
    # What was paid from the balance has its own entry, made with the payment.
    if source == "advance":
        legs += movements.from_advance(payer_id=row.payer_id, amount=net + vat)
    post(
        actor=actor,
        now=now,
        reseller_id=row.reseller_id,
        kind="renewal",
        reference=_reference(row),
        legs=legs,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )


def redraft(actor: Actor, promised: Document, customer_id: UUID, *, order_id: UUID | None) -> DocumentDraft:
    """The invoice says what the pro-forma promised, the parties as they are on this day."""
    trade = get_trade(actor=actor, customer_id=customer_id)
    return DocumentDraft(
        reseller_id=promised.reseller_id,
        customer_id=promised.customer_id,
        payer_id=promised.payer_id,
        bill_to_id=promised.bill_to_id,
        seller=PartySnapshot.of(trade.seller.organization),
        buyer=PartySnapshot.of(trade.named(promised.bill_to_id)),
        lines=tuple(
            DraftLine(
                description=line.description,
                quantity=line.quantity,
                months=line.months,
                unit_price=line.unit_price,
                discount_percent=line.discount_percent,
                net=line.net,
                explanation=line.explanation,
                offer_id=line.offer_id,
                subscription_id=line.subscription_id,
                period_start=line.period_start,
                period_end=line.period_end,
            )
            for line in promised.lines
        ),
        taxes=promised.taxes,
        tax_decision=promised.tax_decision,
        net=promised.net,
        vat=promised.vat,
        gross=promised.gross,
        paid=promised.gross,
        order_id=order_id,
        bill_to_may_read=trade.profile.documents_to_bill_to,
        reseller_code=trade.profile.code,
    )
