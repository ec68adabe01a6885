"""A quote becomes an order: charged is what was shown, or nothing is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from purveyor.billing.commands import claim_account, issue_pro_forma
from purveyor.billing.types import PaymentDetails
from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.infra.rows import insert
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import DomainError, Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.parties.commands import freeze_currency
from purveyor.parties.queries import get_organization
from purveyor.parties.trade import gathers
from purveyor.payments import cards
from purveyor.payments.commands import charge_balance, open_payable
from purveyor.sales import events, models
from purveyor.sales.commands._card import charge_by_card
from purveyor.sales.commands._cart import Cart, price_cart
from purveyor.sales.commands._credit import hold_for_credit, why_beyond
from purveyor.sales.commands._debt import refuse_debtor
from purveyor.sales.commands._documents import draft
from purveyor.sales.commands._fulfil import Source, fulfil, fulfil_on_account, note, open_for
from purveyor.sales.errors import QuoteAlreadyAccepted, QuoteExpired, QuoteOutdated
from purveyor.sales.queries import order_view, scoped_quotes
from purveyor.sales.rules import stored
from purveyor.sales.types import OrderView, QuoteLine
from purveyor.tax.commands import refresh_number
from purveyor.tax.live import is_live

_METHODS = ("bank_transfer", "balance", "card")
# Locks the quote and takes it, in one statement: of two that accept it at once, the second waits and finds none.
_CLAIM = "UPDATE sales_quote SET status = 'accepted' WHERE id = %s AND status = 'open' RETURNING *"


@command
def accept_quote(*, actor: Actor, now: datetime, quote_id: UUID, payment_method: str) -> OrderView:
    """Order what a quote promised, at exactly its price.

    Everything is priced again, by the function that made the quote, with the subscriptions locked; when the
    charge differs, the order is refused. ``balance`` settles at once, in this transaction; ``bank_transfer``
    opens a payable with a pro-forma, and ``settle_order`` goes on when the money is there; ``card`` opens a payable and
    charges the payer's kept card, where there is one, right after the commit; where the reseller
    gathers and stands on the invoice, the order is carried out at once and goes on account. An order over
    nothing needs no payment. A quote is accepted once, which makes a retry safe.

    Raises: NotFound, Forbidden, Invalid (``payment_method``), QuoteExpired, QuoteAlreadyAccepted,
        DebtBlocksOrders, QuoteOutdated, InsufficientBalance, and what pricing refuses (OfferNotAvailable, PeriodEnded,
        SubscriptionNotActive) naming the line.
    Emits: order.placed; with the money at hand also order.completed, invoice.issued and what follows.
    """
    _check_method(payment_method)
    _look_at_number(actor, now, quote_id)
    quote = _claim(actor, now, quote_id)
    try:
        authority.require(actor, "buy", customer_id=quote.customer_id)
        refuse_debtor(actor, quote.payer_id)
        cart = _price_again(actor, now, quote)
    except DomainError:
        # A caller may catch the refusal and go on in its transaction: the quote must stay open then.
        models.Quote.objects.filter(id=quote_id).update(status="open")
        raise
    order = _new_order(actor, now, quote, cart, payment_method)
    lines = [_new_line(order, line) for line in cart.composed.lines]
    if not cart.trade.customer.currency_frozen:
        freeze_currency(actor=actor, now=now, customer_id=quote.customer_id, currency=quote.currency)
    if payment_method == "balance" or order.gross == 0:
        _announce_placed(actor, now, order)
        _settle_now(actor, now, order, lines, cart)
    elif payment_method != "card" and _is_beyond_credit(actor, order, cart):
        _announce_placed(actor, now, order)
        hold_for_credit(actor, now, order, lines)
    elif payment_method != "card" and (account := _room_on_account(actor, now, order, cart)) is not None:
        _announce_placed(actor, now, order)
        fulfil_on_account(
            actor=actor, now=now, order=order, lines=lines, trade=cart.trade, gathering_id=account
        )
    else:
        _await_money(actor, now, order, lines, cart)
        _announce_placed(actor, now, order)
    insert(order)
    if len(lines) == 1:
        insert(lines[0])
    else:
        models.OrderLine.objects.bulk_create(lines)
    return order_view(order, lines)


def _check_method(method: str) -> None:
    if method not in _METHODS:
        raise Invalid(field="payment_method", reason="unknown_method")
    if method == "card" and not cards.is_offered():
        raise Invalid(field="payment_method", reason="card_not_available")


def _look_at_number(actor: Actor, now: datetime, quote_id: UUID) -> None:
    """Have the VAT number looked at whose last answer is not fresh, before anything is locked."""
    if not is_live():
        return
    quote = scoped_quotes(actor).filter(id=quote_id, status="open").first()
    if quote is not None:
        party = get_organization(actor=actor, organization_id=quote.bill_to_id)
        refresh_number(actor=actor, now=now, organization=party)


def _claim(actor: Actor, now: datetime, quote_id: UUID) -> models.Quote:
    claimed = list(models.Quote.objects.raw(_CLAIM, [quote_id]))
    if not claimed:
        known = scoped_quotes(actor).select_related("order").filter(id=quote_id).first()
        if known is None:
            raise NotFound(kind="quote")
        raise QuoteAlreadyAccepted(quote=show("quo", quote_id), order=show("ord", known.order.id))
    quote = claimed[0]
    refusal: DomainError | None = None
    if not _within(actor, quote):
        refusal = NotFound(kind="quote")
    elif now >= quote.expires_at:
        refusal = QuoteExpired(quote=show("quo", quote_id), expired_at=quote.expires_at.isoformat())
    if refusal is not None:
        models.Quote.objects.filter(id=quote_id).update(status="open")
        raise refusal
    return quote


def _within(actor: Actor, quote: models.Quote) -> bool:
    """The same scope as ``scoped_quotes``, on the row at hand."""
    if actor.scope == "customer":
        return quote.customer_id == quote.payer_id == actor.customer_id
    if actor.customer_id is not None and quote.customer_id != actor.customer_id:
        return False
    return actor.scope == "operator" or quote.reseller_id == quote.payer_id == actor.reseller_id


def _price_again(actor: Actor, now: datetime, quote: models.Quote) -> Cart:
    cart = price_cart(
        actor=actor,
        now=now,
        customer_id=quote.customer_id,
        wishes=[stored.wish(wish) for wish in quote.content["wishes"]],
        charging=True,
    )
    if cart.composed.fingerprint != quote.fingerprint:
        raise QuoteOutdated(
            quote=show("quo", quote.id),
            old_gross=Money(quote.gross, quote.currency).as_json(),
            new_gross=cart.composed.gross.as_json(),
        )
    return cart


def _new_order(actor: Actor, now: datetime, quote: models.Quote, cart: Cart, method: str) -> models.Order:
    composed = cart.composed
    return models.Order(
        id=new_id(),
        reseller_id=quote.reseller_id,
        customer_id=quote.customer_id,
        payer_id=quote.payer_id,
        bill_to_id=quote.bill_to_id,
        quote_id=quote.id,
        status="awaiting_payment",
        payment_method=method,
        currency=quote.currency,
        net=composed.net.amount,
        vat=composed.vat.amount,
        gross=composed.gross.amount,
        taxes=[stored.tax_json(tax) for tax in composed.taxes],
        tax_record=cart.proven.record,
        placed_at=now,
    )


def _new_line(order: models.Order, line: QuoteLine) -> models.OrderLine:
    row = models.OrderLine(
        id=new_id(),
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
        order_id=order.id,
        position=line.position,
        type=line.type,
        offer_id=line.offer_id,
        product=line.product,
        plan=line.plan,
        offer_code=line.offer_code,
        quantity=line.quantity,
        months=line.months,
        term_months=line.term_months,
        unit_price=line.unit_price.amount,
        discount_percent=line.discount_percent,
        net=line.net.amount,
        explanation=stored.explanations_json(line.explanation),
        pricing_context=stored.context_json(line.context),
        list_term_price=line.list_term_price.amount,
        price_list=line.context.price_list,
        period_start=line.period_start,
        period_end=line.period_end,
    )
    if line.subscription_id is not None:
        row.subscription_id = line.subscription_id
    return row


def _settle_now(
    actor: Actor, now: datetime, order: models.Order, lines: list[models.OrderLine], cart: Cart
) -> None:
    source: Source = "nothing"
    if order.gross:
        paid = charge_balance(
            actor=actor,
            now=now,
            reseller_id=order.reseller_id,
            customer_id=order.customer_id,
            payer_id=order.payer_id,
            subject_kind="order",
            subject_id=order.id,
            amount=Money(order.gross, order.currency),
        )
        order.payable_id = paid.id
        source = "balance"
    fulfil(actor=actor, now=now, order=order, lines=lines, trade=cart.trade, source=source)


def _is_beyond_credit(actor: Actor, order: models.Order, cart: Cart) -> bool:
    """Whether its payer gathers, and this order would bring it above what it may owe."""
    if not gathers(profile=cart.trade.profile, payer_id=order.payer_id, bill_to_id=order.bill_to_id):
        return False
    return why_beyond(actor, order) is not None


def _room_on_account(actor: Actor, now: datetime, order: models.Order, cart: Cart) -> UUID | None:
    """The account that takes the order, where its payer gathers and the operator's cap leaves room for it."""
    if not gathers(profile=cart.trade.profile, payer_id=order.payer_id, bill_to_id=order.bill_to_id):
        return None
    net = Money(order.net, order.currency)
    return claim_account(actor=actor, now=now, reseller_id=order.reseller_id, net=net)


def _await_money(
    actor: Actor, now: datetime, order: models.Order, lines: list[models.OrderLine], cart: Cart
) -> None:
    for line in lines:
        if line.type == "new":
            line.subscription_id = open_for(actor, now, order, line, running=False)
    payable = open_payable(
        actor=actor,
        now=now,
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
        subject_kind="order",
        subject_id=order.id,
        amount=Money(order.gross, order.currency),
        method=order.payment_method,
    )
    order.payable_id = payable.id
    if order.payment_method == "card":
        # Nobody is to transfer it: there is no pro-forma with an account on it.
        charge_by_card(actor=actor, now=now, payable=payable)
        return
    details = PaymentDetails.of(cart.trade.seller, payable.reference)
    pro_forma = issue_pro_forma(
        actor=actor,
        now=now,
        draft=draft(order=order, lines=lines, trade=cart.trade, payment=details),
    )
    order.pro_forma_id = pro_forma.id
    order.pro_forma_number = pro_forma.number
    order.payment_details = asdict(details)


def _announce_placed(actor: Actor, now: datetime, order: models.Order) -> None:
    outbox.emit(
        events.OrderPlaced(
            order_id=str(order.id),
            customer_id=str(order.customer_id),
            payment_method=order.payment_method,
            gross=order.gross,
            currency=order.currency,
            pro_forma_id=None if order.pro_forma_id is None else str(order.pro_forma_id),
        ),
        now=now,
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=order.customer_id,
        payer_id=order.payer_id,
    )
    note(
        actor,
        now,
        order,
        "order.placed",
        gross=order.gross,
        currency=order.currency,
        payment_method=order.payment_method,
    )
