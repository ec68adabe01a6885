"""Renewals as the schema describes them and as they look in an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from purveyor.interfaces.api import public
from purveyor.interfaces.api.answers import Json, day, instant, maybe_instant
from purveyor.interfaces.api.documents import PaymentDetails
from purveyor.interfaces.api.shapes import money
from purveyor.interfaces.api.types import Body, Id, Money, PaymentMethod, Shape
from purveyor.interfaces.texts import explanations, labels
from purveyor.kernel.ids import show
from purveyor.payments.types import Instructions
from purveyor.renewals.types import RenewalView, ToldRow

RenewalStatus = Literal["upcoming", "pending", "at_risk", "missed", "paid", "ended"]


class Told(Shape):
    """A mail that told somebody about a renewal. ``kind`` is that of a morning's notice (``ends``, ``price``), or of
    the event that was told (``invoice.issued``). Of a notice ``step`` is how many days it came before the day it is
    about; of one that waits for money 0 is when it opened, and below zero that it was too late. Of other mails it is
    null. ``role`` is null for the organization's own address."""

    at: str
    kind: str
    step: int | None
    text: str
    name: str | None
    email: str
    role: str | None
    language: str


class RenewalRow(Shape):
    """One end of a term: ``upcoming`` until that day, then what became of it. Amounts are null for readers who do not
    pay for it, and where nothing renews. ``cut_off``: until when one with ``prepay`` must be paid. ``payment`` is
    there while it waits for money of its own and is asked for alone. ``told`` is who was told and when, oldest first;
    only who pays for it and the operator may read that, for others it is empty."""

    id: str
    subscription: str
    customer: str
    customer_name: str
    payer: str
    offer_code: str
    product: str
    plan: str
    term_months: int
    kind: Literal["renews", "ends", "commits"]
    status: RenewalStatus
    due_on: str
    prepay: bool
    cut_off: str | None
    quantity: int
    net: Money | None
    vat: Money | None
    gross: Money | None
    net_running: Money | None
    payment_method: str
    needs_consent: bool
    locked_from: str | None
    consequence: str
    on_time: bool | None
    paid_at: str | None
    invoice: str | None
    pro_forma: str | None
    order: str | None
    told: list[Told]
    payment: PaymentDetails | None = None


class PayRenewalsIn(Body):
    """Renewals that wait for money of one payer, to be paid together."""

    renewals: Annotated[list[Id], Field(min_length=1, max_length=200)]
    payment_method: PaymentMethod


def renewal(
    row: RenewalView, instructions: Instructions | None = None, *, told: Sequence[ToldRow] = ()
) -> Json:
    """A renewal with what happens next as a sentence, and who was told of it."""
    answer: Json = {
        "id": show("ren", row.id),
        "subscription": show("sub", row.subscription_id),
        "customer": show("cus", row.customer_id),
        "customer_name": row.customer_name,
        "payer": public.party(row.payer_id, customer_id=row.customer_id),
        "offer_code": row.offer_code,
        "product": row.product,
        "plan": row.plan,
        "term_months": row.term_months,
        "kind": row.kind,
        "status": row.status,
        "due_on": day(row.due_on),
        "prepay": row.prepay,
        "cut_off": maybe_instant(row.cut_off_at),
        "quantity": row.quantity,
        "net": None if row.net is None else money(row.net),
        "vat": None if row.vat is None else money(row.vat),
        "gross": None if row.gross is None else money(row.gross),
        "net_running": None if row.net_running is None else money(row.net_running),
        "payment_method": row.payment_method,
        "needs_consent": row.needs_consent,
        "locked_from": day(row.locked_from),
        "consequence": explanations.explain(row.consequence),
        "on_time": row.on_time,
        "paid_at": maybe_instant(row.paid_at),
        "invoice": public.shown("invoice", row.invoice_id),
        "pro_forma": public.shown("pro_forma", row.pro_forma_id),
        "order": public.shown("order", row.order_id),
        "told": [_told(one) for one in told],
    }
    if instructions is not None:
        answer["payment"] = {
            "reference": instructions.reference,
            "iban": instructions.iban,
            **({"bic": instructions.bic} if instructions.bic else {}),
            **({"bank_name": instructions.bank_name} if instructions.bank_name else {}),
            "amount": money(instructions.amount),
        }
    return answer


def _told(row: ToldRow) -> Json:
    return {
        "at": instant(row.at),
        "kind": row.kind or row.what,
        "step": row.step if row.kind else None,
        "text": labels.notice_kind(row.kind) if row.kind else labels.told(row.what),
        "name": row.name or None,
        "email": row.email,
        "role": row.role or None,
        "language": row.language,
    }
