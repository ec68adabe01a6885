"""Pay several renewals at once: from the balance, or by one transfer with one reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from purveyor.billing.types import Document, PaymentDetails
from purveyor.billing.types import TaxLine as DocumentTax
from purveyor.infra import outbox
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.errors import Invalid
from purveyor.kernel.events import Event
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money, split_largest_remainder
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import cards
from purveyor.payments.commands import charge_balance, link_paid_invoices, open_payable, release_advance
from purveyor.payments.queries import find_value_date
from purveyor.renewals.commands import hold_renewals, release_renewals, settle_held
from purveyor.renewals.commands.hold_renewals import MAX_RENEWALS, Held, total
from purveyor.renewals.commands.settle_renewal import Source
from purveyor.sales import events, models
from purveyor.sales.commands._card import charge_by_card
from purveyor.sales.commands._fulfil import note
from purveyor.sales.queries import order_view
from purveyor.sales.rules import stored
from purveyor.sales.types import OrderView, PricingContext
from purveyor.tax.decision import TaxLine

_METHODS = ("bank_transfer", "balance", "card")


@command
def pay_renewals(
    *, actor: Actor, now: datetime, renewal_ids: Sequence[UUID], payment_method: str
) -> OrderView:
    """Order to pay these renewals together, each at what is open on its pro-forma or invoice.

    They wait for money of one payer, the actor's organization, and may be of several of its customers. ``balance``
    settles all in this transaction. ``card`` charges the payer's kept card. ``bank_transfer`` opens one payable with
    one reference for their sum; until it is settled or the order is cancelled, money that comes on their own
    references goes to the payer's balance. Of the same renewals in two orders at once, the second is refused, which
    makes a retry safe.

    Raises: NotFound, Forbidden, Invalid (``renewals``, ``payment_method``), RenewalNotOpen, InsufficientBalance.
    Emits: order.placed; from the balance also order.completed and for each what paying it announces.
    """
    authority.require(actor, "buy")
    if payment_method not in _METHODS:
        raise Invalid(field="payment_method", reason="unknown_method")
    if payment_method == "card" and not cards.is_offered():
        raise Invalid(field="payment_method", reason="card_not_available")
    if not 1 <= len(set(renewal_ids)) <= MAX_RENEWALS:
        raise Invalid(
            field="renewals", reason="required" if not renewal_ids else "too_many", max=MAX_RENEWALS
        )
    order_id = new_id()
    held = hold_renewals(actor=actor, now=now, renewal_ids=renewal_ids, order_id=order_id)
    order = _order(order_id, now, held, payment_method)
    lines = [_line(actor, order, position, one) for position, one in enumerate(held)]
    _announce_placed(actor, now, order)
    if payment_method == "balance":
        paid = charge_balance(actor=actor, now=now, **_owed(order))
        order.payable_id = paid.id
        complete(actor, now, order, lines, source="balance")
    else:
        _await_money(actor, now, order)
    order.save(force_insert=True)
    models.OrderLine.objects.bulk_create(lines)
    return order_view(order, lines)


def complete(
    actor: Actor,
    now: datetime,
    order: models.Order,
    lines: Sequence[models.OrderLine],
    *,
    source: Source,
    value_date: date | None = None,
) -> None:
    """Settle the renewals of an order whose money is there, and set it to completed; the caller writes the row.

    What a renewal does not need, because it ended meanwhile, goes to the payer's balance; an order of which nothing
    is left is cancelled.
    """
    done = settle_held(actor=actor, now=now, order_id=order.id, source=source, value_date=value_date)
    before = {one.document.id: one.document.open for one in done if one.document.kind == "invoice"}
    if before and source == "advance" and order.payable_id is not None:
        link_paid_invoices(actor=system_actor(), now=now, payable_id=order.payable_id, amounts=before)
    rest = Money(order.gross, order.currency) - total(done, order.currency)
    if rest:
        release_advance(
            actor=actor,
            now=now,
            reseller_id=order.reseller_id,
            customer_id=order.customer_id,
            payer_id=order.payer_id,
            amount=rest,
            reference=f"order:{order.id}:held",
        )
    if not done:
        order.status = "cancelled"
        _announce(order, now, events.OrderCancelled(order_id=str(order.id), customer_id=_customer(order)))
        note(actor, now, order, "order.cancelled")
        return
    order.status, order.completed_at = "completed", now
    _announce(
        order,
        now,
        events.OrderCompleted(
            order_id=str(order.id),
            customer_id=_customer(order),
            invoice_id=None,
            subscription_ids=[str(one) for one in dict.fromkeys(line.subscription_id for line in lines)],
        ),
    )
    note(actor, now, order, "order.completed")


def settle(now: datetime, order: models.Order, lines: Sequence[models.OrderLine]) -> None:
    """The transfer for an order over renewals is complete: its value date says whether it was in time."""
    house = system_actor()
    # A card counts by its instant, a transfer by its value date (rules.md d).
    by_card = order.payment_method == "card"
    value_date = None if by_card else find_value_date(actor=house, payable_id=order.payable_id)
    complete(house, now, order, lines, source="advance", value_date=value_date)


def reopen(actor: Actor, now: datetime, order: models.Order) -> None:
    """The order is cancelled: its renewals ask for their money one by one again."""
    release_renewals(actor=actor, now=now, order_id=order.id)


def _order(order_id: UUID, now: datetime, held: Sequence[Held], method: str) -> models.Order:
    first = held[0]
    customers = {one.customer_id for one in held}
    bill_to = {one.document.bill_to_id for one in held}
    currency = first.document.gross.currency
    gross = total(held, currency)
    taxes = _taxes(held)
    net = Money.total((tax.base for tax in taxes), currency)
    vat = Money.total((tax.amount for tax in taxes), currency)
    return models.Order(
        id=order_id,
        kind="renewals",
        reseller_id=first.reseller_id,
        customer_id=first.customer_id if len(customers) == 1 else first.reseller_id,
        payer_id=first.payer_id,
        bill_to_id=bill_to.pop() if len(bill_to) == 1 else first.payer_id,
        quote=None,
        status="awaiting_payment",
        payment_method=method,
        currency=currency,
        net=net.amount,
        vat=vat.amount,
        gross=gross.amount,
        taxes=[stored.tax_json(tax) for tax in taxes],
        tax_record={},
        placed_at=now,
    )


def _open_taxes(held: Held) -> list[DocumentTax]:
    """The taxes of a document; of one that is paid in part, their shares of its rest, which they sum to."""
    document = held.document
    taxes, currency = list(document.taxes), document.gross.currency
    if document.open == document.gross:
        return taxes
    weights = [tax.base.amount for tax in taxes] + [tax.amount.amount for tax in taxes]
    shares = [Money(one, currency) for one in split_largest_remainder(document.open.amount, weights)]
    rest = zip(taxes, shares[: len(taxes)], shares[len(taxes) :], strict=True)
    return [replace(tax, base=base, amount=amount) for tax, base, amount in rest]


def _taxes(held: Sequence[Held]) -> list[TaxLine]:
    """The taxes of all documents, summed by what decided them; each document rounded its own."""
    sums: dict[tuple[str, str, str], TaxLine] = {}
    for one in held:
        for tax in _open_taxes(one):
            key = (tax.category, str(tax.rate_percent), str(tax.reason.as_json()))
            before = sums.get(key)
            sums[key] = TaxLine(
                category=tax.category,  # type: ignore[arg-type]  # a document holds the category of its decision
                rate_percent=tax.rate_percent,
                base=tax.base if before is None else before.base + tax.base,
                amount=tax.amount if before is None else before.amount + tax.amount,
                reason=tax.reason,
            )
    return list(sums.values())


def _line(actor: Actor, order: models.Order, position: int, held: Held) -> models.OrderLine:
    (line,) = held.document.lines
    if None in (line.offer_id, line.subscription_id, line.period_start, line.period_end):
        raise ValueError("a renewal's document has one line, for the whole term of its subscription")
    facts, document = line.description.facts, held.document
    net, explanation = line.net, list(line.explanation)
    if document.open != document.gross:
        net = Money.total((tax.base for tax in _open_taxes(held)), net.currency)
        explanation.append(_rest(document))
    context = PricingContext(
        actor_org=actor.organization_id,
        role=actor.role,
        tier="reseller" if order.payer_id == order.reseller_id else "list",
        discount_percent=line.discount_percent,
        price_list=held.price_list,
    )
    row: dict[str, Any] = {
        "offer_id": line.offer_id, "subscription_id": line.subscription_id,
        "period_start": line.period_start, "period_end": line.period_end,
    }  # fmt: skip
    return models.OrderLine(
        id=new_id(),
        reseller_id=order.reseller_id,
        customer_id=held.customer_id,
        payer_id=order.payer_id,
        order_id=order.id,
        position=position,
        type="renewal",
        product=str(facts["product"]),
        plan=str(facts["plan"]),
        offer_code=str(facts["offer"]),
        quantity=line.quantity,
        months=line.months,
        term_months=line.months,
        unit_price=line.unit_price.amount,
        discount_percent=line.discount_percent,
        net=net.amount,
        explanation=stored.explanations_json(explanation),
        pricing_context=stored.context_json(context),
        list_term_price=line.unit_price.amount,
        price_list=held.price_list,
        **row,
    )


def _rest(document: Document) -> Explanation:
    """Why a line costs less than its arithmetic: the rest of an invoice, with VAT."""
    gross, rest = document.gross, document.open
    facts: dict[str, str | int] = {
        "number": document.number,
        "gross": gross.amount,
        "rest": rest.amount,
        "currency": gross.currency,
    }
    return Explanation("order.rest", facts)


def _owed(order: models.Order) -> dict[str, Any]:
    return {
        "reseller_id": order.reseller_id,
        "customer_id": order.customer_id,
        "payer_id": order.payer_id,
        "subject_kind": "order",
        "subject_id": order.id,
        "amount": Money(order.gross, order.currency),
    }


def _await_money(actor: Actor, now: datetime, order: models.Order) -> None:
    payable = open_payable(actor=actor, now=now, method=order.payment_method, **_owed(order))
    order.payable_id = payable.id
    if order.payment_method == "card":
        charge_by_card(actor=actor, now=now, payable=payable)
        return
    order.payment_details = asdict(PaymentDetails.of(parties.get_seller(), payable.reference))


def _customer(order: models.Order) -> str | None:
    return None if order.customer_id == order.reseller_id else str(order.customer_id)


def _announce_placed(actor: Actor, now: datetime, order: models.Order) -> None:
    _announce(
        order,
        now,
        events.OrderPlaced(
            order_id=str(order.id),
            customer_id=_customer(order),
            payment_method=order.payment_method,
            gross=order.gross,
            currency=order.currency,
            pro_forma_id=None,
        ),
    )
    note(
        actor, now, order, "order.placed", gross=order.gross, currency=order.currency,
        payment_method=order.payment_method,
    )  # fmt: skip


def _announce(order: models.Order, now: datetime, event: Event) -> None:
    outbox.emit(
        event,
        now=now,
        subject_id=order.id,
        reseller_id=order.reseller_id,
        customer_id=None if order.customer_id == order.reseller_id else order.customer_id,
        payer_id=order.payer_id,
    )
