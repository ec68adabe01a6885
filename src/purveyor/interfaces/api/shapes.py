"""What each resource looks like in an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from purveyor.catalog.types import DiscountRow, OfferView
from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant, number
from purveyor.interfaces.texts import explanations, reasons
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.ledger.types import Balance, Movement
from purveyor.parties.types import Address, Organization, ResellerProfile
from purveyor.payments import cards
from purveyor.payments.types import Payment
from purveyor.sales.types import OrderLineView, OrderView, QuoteLine, QuoteView
from purveyor.seats.types import Assignment, Member
from purveyor.subscriptions.types import Subscription


def money(value: Money) -> Json:
    """``{"amount": 12345, "currency": "EUR"}``."""
    return {"amount": value.amount, "currency": value.currency}


def why(parts: Sequence[Explanation]) -> str:
    """Explanations as whole sentences in the reader's language."""
    return explanations.explain_joined(parts)


def _without_empty(values: Mapping[str, Any]) -> Json:
    return {key: value for key, value in values.items() if value not in ("", None)}


def _address(a: Address) -> Json:
    return _without_empty(
        {"line1": a.line1, "line2": a.line2, "city": a.city, "region": a.region, "postal_code": a.postal_code}
    )


def customer(row: Organization) -> Json:
    """A customer."""
    return {
        "id": show("cus", row.id),
        "name": row.name,
        "country": row.country,
        "email": row.email,
        "language": row.language,
        "currency": row.currency,
        "vat_number": row.vat_number or None,
        "vat_status": row.vat_status,
        "bill_to": row.bill_to,
        "may_pay_itself": row.may_pay_itself,
        "address": _address(row.address),
        "reseller": public.shown("reseller", row.reseller_id),
        "created_at": instant(row.created_at),
    }


def reseller(row: Organization, profile: ResellerProfile) -> Json:
    """A reseller with its help desk."""
    return {
        "id": show("res", row.id),
        "code": profile.code,
        "name": row.name,
        "country": row.country,
        "email": row.email,
        "language": row.language,
        "currency": row.currency,
        "vat_number": row.vat_number or None,
        "vat_status": row.vat_status,
        "address": _address(row.address),
        "help_name": profile.help_name,
        "help_email": profile.help_email,
        "help_url": profile.help_url,
        "billing_mode": profile.billing_mode,
        "gathering_allowed": profile.gathering_allowed,
        "gathered_due_days": profile.gathered_due_days,
        "created_at": instant(row.created_at),
    }


def discount(row: DiscountRow) -> Json:
    """A discount and its days."""
    return {
        "reseller": show("res", row.reseller_id),
        "offer": public.shown("offer", row.offer_id),
        "offer_code": row.offer_code,
        "percent": number(row.percent),
        "valid_from": day(row.valid_from),
        "valid_to": day(row.valid_to),
    }


def offer(row: OfferView) -> Json:
    """An offer as the caller may buy it; prices are for one seat and the whole term."""
    return {
        "id": show("off", row.id),
        "code": row.code,
        "vendor": row.vendor,
        "product": row.product,
        "plan": row.plan,
        "plan_rank": row.plan_rank,
        "term_months": row.term_months,
        "billing_months": row.billing_months,
        "terms": row.terms.as_json(),
        "list_price": money(row.list_price),
        "your_price": money(row.your_price),
        "discount_percent": number(row.discount_percent),
    }


def _priced(line: QuoteLine | OrderLineView) -> Json:
    return {
        "type": line.type,
        "offer": show("off", line.offer_id),
        "subscription": public.shown("subscription", line.subscription_id),
        "product": line.product,
        "plan": line.plan,
        "quantity": line.quantity,
        "months": line.months,
        "unit_price": money(line.unit_price),
        "discount_percent": number(line.discount_percent),
        "net": money(line.net),
        "explanation": why(line.explanation),
    }


def tax(line: Any, evidence: Mapping[str, Any] | None = None) -> Json:
    """One tax line of a quote or a document, with what is known of the buyer's number."""
    return {
        "category": line.category,
        "rate_percent": number(line.rate_percent),
        "base": money(line.base),
        "amount": money(line.amount),
        "reason": reasons.tax_reason(line.reason, evidence),
    }


def quote(row: QuoteView) -> Json:
    """A computed promise."""
    renewal = row.next_renewal
    return {
        "id": show("quo", row.id),
        "status": row.status,
        "customer": show("cus", row.customer_id),
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "bill_to": public.party(row.bill_to_id, customer_id=row.customer_id),
        "created_at": instant(row.created_at),
        "expires_at": instant(row.expires_at),
        "lines": [
            _priced(line)
            | {
                "offer_code": line.offer_code,
                "period": {"start": day(line.period_start), "end": day(line.period_end)},
            }
            for line in row.lines
        ],
        "net": money(row.net),
        "taxes": [tax(line) for line in row.taxes],
        "gross": money(row.gross),
        "next_renewal": {
            "date": day(renewal.date),
            "net": None if renewal.net is None else money(renewal.net),
            "explanation": why(renewal.explanation),
        },
        "order": public.shown("order", row.order_id),
    }


def order(row: OrderView) -> Json:
    """An accepted quote or renewals paid together, with documents and how to pay."""
    answer: Json = {
        "id": show("ord", row.id),
        "status": row.status,
        "hold_reason": row.hold_reason or None,
        "kind": row.kind,
        "quote": public.shown("quote", row.quote_id),
        "customer": None if row.is_for_many else show("cus", row.customer_id),
        "payer": public.party(row.payer_id, customer_id=None if row.is_for_many else row.customer_id),
        "bill_to": public.party(row.bill_to_id, customer_id=None if row.is_for_many else row.customer_id),
        "payment_method": row.payment_method,
        "on_account": row.on_account,
        "lines": [_priced(line) for line in row.lines],
        "net": money(row.net),
        "vat": money(row.vat),
        "gross": money(row.gross),
        "subscriptions": [show("sub", one) for one in row.subscriptions],
        "placed_at": instant(row.placed_at),
        "completed_at": maybe_instant(row.completed_at),
        "invoice_held": row.invoice_held,
    }
    if row.pro_forma is not None:
        answer["pro_forma"] = {"id": show("pfm", row.pro_forma.id), "number": row.pro_forma.number}
    if row.invoice is not None:
        answer["invoice"] = {"id": show("inv", row.invoice.id), "number": row.invoice.number}
    if row.payment is not None:
        answer["payment"] = _without_empty(
            {
                "reference": row.payment.reference,
                "iban": row.payment.iban,
                "bic": row.payment.bic,
                "bank_name": row.payment.bank_name,
            }
        ) | {"amount": money(row.payment.amount)}
    elif row.payment_method == "card" and row.status == "awaiting_payment" and row.payable_id is not None:
        answer["payment"] = {"url": cards.pay_url(row.payable_id), "amount": money(row.gross)}
    return answer


def _scheduled(row: Subscription) -> Json | None:
    change = row.scheduled
    if change is None:
        return None
    return {
        "applies_on": day(change.applies_on),
        "ends": change.ends,
        "quantity": change.quantity_to,
        "offer": public.shown("offer", change.offer_to),
        "leaving": change.leaving,
    }


def subscription(row: Subscription) -> Json:
    """A subscription; ``end`` is exclusive, ``renewal`` is what comes then, ``scheduled`` what is different in it."""
    start, end = row.period_start, row.period_end
    renews = row.auto_renew and end is not None and row.ended_at is None
    return {
        "id": show("sub", row.id),
        "customer": show("cus", row.customer_id),
        "customer_name": row.customer_name,
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "offer": show("off", row.offer_id),
        "offer_code": row.offer_code,
        "product": row.product,
        "plan": row.plan,
        "status": row.status.value,
        "payment_status": row.payment_status,
        "quantity": row.quantity,
        "seats_assigned": row.seats_assigned,
        "seats_free": row.seats_free,
        "term_months": row.term_months,
        "period": None if start is None else {"start": day(start), "end": day(end)},
        "trial_end": day(row.trial_end),
        "auto_renew": row.auto_renew,
        "renewal_quantity": row.renewal_quantity,
        "renewal_offer": public.shown("offer", row.renewal_offer_id),
        "renewal_payment_method": row.renewal_payment_method,
        "renewal_locked_from": day(row.locked_from),
        "renewal": {"on": day(end), "quantity": row.renews_with} if renews else None,
        "scheduled": _scheduled(row),
        "suspended_at": maybe_instant(row.suspended_at),
        "suspend_reason": row.suspend_reason or None,
        "created_at": instant(row.created_at),
        "ended_at": maybe_instant(row.ended_at),
        "end_reason": row.end_reason or None,
    }


def member(row: Member) -> Json:
    """A customer's user. Never says whether the address had an account."""
    return {
        "id": show("mem", row.id),
        "customer": show("cus", row.customer_id),
        "email": row.email,
        "name": row.name,
        "language": row.language,
        "role": row.role,
        "status": row.status,
        "created_at": instant(row.created_at),
    }


def assignment(row: Assignment) -> Json:
    """A member in a seat."""
    return {
        "id": show("asg", row.id),
        "subscription": show("sub", row.subscription_id),
        "member": {
            "id": show("mem", row.member_id),
            "email": row.member_email,
            "name": row.member_name,
            "status": row.member_status,
        },
        "status": row.status,
        "since": instant(row.since),
        "leaves_at_renewal": row.leaves_at_renewal,
    }


def payment(row: Payment) -> Json:
    """Money that came; what its target did not need went to the payer's balance."""
    # Of a gathered invoice: it is for no single customer.
    customer_id = None if row.customer_id == row.reseller_id else row.customer_id
    return {
        "id": show("pay", row.id),
        "customer": public.shown("customer", customer_id),
        "payer": public.party(row.payer_id, customer_id=customer_id),
        "amount": money(row.amount),
        "allocated": money(row.allocated),
        "to_balance": money(row.to_balance),
        "method": row.method,
        "received_on": day(row.received_on),
        "reference": row.reference,
        "recorded_at": instant(row.recorded_at),
    }


def balance(rows: Sequence[Balance]) -> Json:
    """Prepaid money, one entry a currency."""
    return {
        "available": [money(row.available) for row in rows],
        "reserved": [money(row.reserved) for row in rows],
    }


def movement(row: Movement) -> Json:
    """One change of a prepaid balance: above zero was paid in."""
    return {
        "id": f"mov_{row.id}",
        "at": instant(row.at),
        "booked_on": day(row.booked_on),
        "kind": row.kind,
        "reference": row.reference,
        "amount": money(row.amount),
        "customer": public.shown("customer", row.customer_id),
    }
