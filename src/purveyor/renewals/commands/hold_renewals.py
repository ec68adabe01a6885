"""Several renewals are paid by one order: meanwhile nothing else asks for their money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.billing.commands import apply_payment, close_pro_forma, issue_pro_forma
from purveyor.billing.types import Document
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import show
from purveyor.kernel.money import Money
from purveyor.ledger import legs as movements
from purveyor.ledger.commands.post import post
from purveyor.payments import queries as payments
from purveyor.payments.commands import cancel_payable, reopen_payable, resolve_case
from purveyor.renewals import models
from purveyor.renewals._view import pays
from purveyor.renewals.commands import _pending
from purveyor.renewals.commands.follow_invoice import follow_invoice
from purveyor.renewals.commands.follow_payment import follow_payment
from purveyor.renewals.commands.settle_renewal import Source, redraft, settle_renewal
from purveyor.renewals.errors import RenewalNotOpen
from purveyor.renewals.queries import find_renewals
from purveyor.renewals.types import OPEN
from purveyor.subscriptions.queries import lock_subscription
from purveyor.subscriptions.types import Status

MAX_RENEWALS = 200


@dataclass(frozen=True, slots=True)
class Held:
    """One renewal of an order: what its pro-forma or invoice asks for."""

    renewal_id: UUID
    reseller_id: UUID
    customer_id: UUID
    payer_id: UUID
    price_list: str
    document: Document


@command
def hold_renewals(
    *, actor: Actor, now: datetime, renewal_ids: Sequence[UUID], order_id: UUID
) -> tuple[Held, ...]:
    """Take these renewals into an order: all of them, or none. Their own payables are cancelled until it is; money
    that comes on them anyway goes to the payer's balance. Of an invoice that was paid in part the rest is asked for.

    Locks their subscriptions in the order that everybody does.

    Raises: NotFound for one that is not the actor's to pay; RenewalNotOpen.
    """
    rows = _mine(actor, now, renewal_ids)
    ended = {
        subscription_id
        for subscription_id in sorted(row.subscription_id for row in rows)
        if lock_subscription(actor=actor, subscription_id=subscription_id).status is Status.ENDED
    }
    rows = list(models.Renewal.objects.select_for_update(no_key=True).filter(id__in=[row.id for row in rows]))
    rows.sort(key=lambda row: (row.period_start, row.subscription_id))
    for row in rows:
        if row.subscription_id in ended and _pending.waits(row):
            raise RenewalNotOpen(field="renewals", renewal=show("ren", row.id), status="ended")
        _need_open(actor, row)
    for row in rows:
        if row.payable_id is not None:
            cancel_payable(actor=actor, now=now, payable_id=row.payable_id, set_aside=True)
        row.order_id = order_id
        row.save(update_fields=["order_id"])
    return tuple(_held(actor, row) for row in rows)


def _refuse_missing(actor: Actor, now: datetime, missing: set[UUID]) -> NoReturn:
    """One that is still to come is not open yet; anything else does not exist for this actor."""
    for view in find_renewals(actor=actor, ids=list(missing), on=business_date(now)):
        if view.status == "upcoming" and pays(actor, view.payer_id):
            raise RenewalNotOpen(field="renewals", renewal=view.public_id, status=view.status)
    raise NotFound(kind="renewal", field="renewals")


def _mine(actor: Actor, now: datetime, renewal_ids: Sequence[UUID]) -> list[models.Renewal]:
    wanted = set(renewal_ids)
    found = models.Renewal.objects.filter(id__in=wanted)
    if actor.scope != "operator":
        found = found.filter(payer_id=actor.organization_id)
    if actor.customer_id is not None:
        found = found.filter(customer_id=actor.customer_id)
    rows = list(found)
    missing = wanted - {row.id for row in rows}
    if missing:
        _refuse_missing(actor, now, missing)
    if len({(row.payer_id, row.reseller_id, row.currency) for row in rows}) > 1:
        # Only the operator sees the renewals of two payers: one order has one.
        raise NotFound(kind="renewal", field="renewals")
    return rows


def _need_open(actor: Actor, row: models.Renewal) -> None:
    facts: dict[str, str] = {"renewal": show("ren", row.id), "status": row.status}
    if row.order_id is not None and row.status in OPEN:
        raise RenewalNotOpen(field="renewals", order=show("ord", row.order_id), **facts)
    if row.payable_id is None or row.status not in OPEN:
        raise RenewalNotOpen(field="renewals", **facts)
    if payments.get_payable(actor=actor, payable_id=row.payable_id).is_settled:
        raise RenewalNotOpen(field="renewals", **facts)


def _held(actor: Actor, row: models.Renewal) -> Held:
    document_id = row.pro_forma_id if _pending.waits(row) else row.invoice_id
    if document_id is None:
        raise NotFound(kind="document")
    document = billing.get_document(actor=actor, document_id=document_id)
    return Held(row.id, row.reseller_id, row.customer_id, row.payer_id, row.price_list, document)


@command
def settle_held(
    *, actor: Actor, now: datetime, order_id: UUID, source: Source, value_date: date | None = None
) -> tuple[Held, ...]:
    """The money of an order is there: settle its renewals; returns those that took it.

    One that ended meanwhile takes nothing: its part is the payer's.

    Raises: NotFound.
    Emits: as ``settle_renewal`` for each; invoice.paid for one that was invoiced.
    """
    rows = models.Renewal.objects.filter(order_id=order_id, status__in=OPEN)
    settled: list[Held] = []
    for row in rows.order_by("subscription_id"):
        held = _held(actor, row)
        if _pending.waits(row):
            done = settle_renewal(
                actor=actor,
                now=now,
                renewal_id=row.id,
                source=source,
                value_date=value_date,
                order_id=order_id,
            )
        else:
            done = _pay_invoice(actor, now, held, source)
        if done:
            settled.append(held)
    return tuple(settled)


def _pay_invoice(actor: Actor, now: datetime, held: Held, source: Source) -> bool:
    invoice, house = held.document, system_actor(customer_id=held.customer_id)
    if not invoice.open.amount:
        return False
    if source == "advance":
        post(
            actor=actor,
            now=now,
            reseller_id=held.reseller_id,
            kind="payment",
            reference=f"renewal:{held.renewal_id}:paid",
            legs=movements.from_advance(payer_id=held.payer_id, amount=invoice.open),
            customer_id=held.customer_id,
            payer_id=held.payer_id,
        )
    apply_payment(actor=actor, now=now, document_id=invoice.id, amount=invoice.open)
    resolve_case(actor=actor, now=now, invoice_id=invoice.id)
    follow_invoice(actor=house, now=now, invoice_id=invoice.id, status="paid")
    for subscription_id in sorted({line.subscription_id for line in invoice.lines if line.subscription_id}):
        follow_payment(actor=house, now=now, subscription_id=subscription_id)
    return True


@command
def release_renewals(*, actor: Actor, now: datetime, order_id: UUID) -> int:
    """The order is cancelled: each of its renewals that still waits asks for its money again; how many do.

    Where a part had arrived, which is on the payer's balance now, a new pro-forma bears a new reference.

    Raises: NotFound.
    """
    rows = models.Renewal.objects.filter(order_id=order_id, status__in=OPEN)
    released = 0
    for row in rows.order_by("subscription_id"):
        row.order_id = None
        if row.payable_id is not None:
            payable = reopen_payable(actor=actor, now=now, payable_id=row.payable_id)
            if payable.id != row.payable_id and row.pro_forma_id is not None:
                row.payable_id = payable.id
                row.pro_forma_id = _ask_anew(actor, now, row, reference=payable.reference or "")
        row.save(update_fields=["order_id", "payable", "pro_forma"])
        released += 1
    return released


def _ask_anew(actor: Actor, now: datetime, row: models.Renewal, *, reference: str) -> UUID:
    held = _held(actor, row)
    close_pro_forma(actor=actor, now=now, document_id=held.document.id, outcome="cancelled")
    details = held.document.payment
    draft = redraft(actor, held.document, held.customer_id, order_id=None)
    issued = issue_pro_forma(
        actor=actor,
        now=now,
        draft=replace(
            draft,
            paid=None,
            due_days=max(0, (held.document.due_on - now.date()).days),
            payment=None if details is None else replace(details, reference=reference),
        ),
    )
    return issued.id


def total(held: Sequence[Held], currency: str) -> Money:
    """What is still to be paid for these renewals together."""
    return Money.total((one.document.open for one in held), currency)
