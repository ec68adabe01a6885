"""Reads of payments: for the payer and the operator."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from purveyor.infra import rows as stored
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.payments import models
from purveyor.payments.rows import case_of, payable_of, payment_of, step_of
from purveyor.payments.rules.allocation import allocate
from purveyor.payments.rules.dunning import DEFAULT_LADDER
from purveyor.payments.rules.references import normalize_rf
from purveyor.payments.types import (
    Allocated,
    DunningCase,
    DunningStatus,
    Instructions,
    Ladder,
    LadderStep,
    Payable,
    Payment,
    StepDone,
    SubjectKind,
)

LIMIT_MAX = 200
OPEN = ("open", "partially_paid")


def get_payable(*, actor: Actor, payable_id: UUID) -> Payable:
    """A payable of the actor's own, or any for the operator. Raises NotFound."""
    return _one(_payables(actor).filter(id=payable_id))


def find_payable_for(*, actor: Actor, subject_kind: SubjectKind, subject_id: UUID) -> Payable | None:
    """The payable of an order or invoice, the last one if others were cancelled before it."""
    rows = _payables(actor).filter(subject_kind=subject_kind, subject_id=subject_id)
    row = rows.order_by("-opened_at", "-id").first()
    return None if row is None else payable_of(row)


def find_payable_by_reference(*, actor: Actor, reference: str) -> Payable | None:
    """The payable of a creditor reference, however it is spaced and spelled."""
    row = _payables(actor).filter(reference=normalize_rf(reference)).first()
    return None if row is None else payable_of(row)


def list_open_payables(
    *,
    actor: Actor,
    customer_id: UUID | None = None,
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Payable]:
    """What waits for money, newest first: the operator's all, everybody else's own."""
    rows = _payables(actor).filter(status__in=OPEN)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if cursor is not None:
        rows = rows.filter(Q(opened_at__lt=cursor[0]) | Q(opened_at=cursor[0], id__lt=cursor[1]))
    return [payable_of(row) for row in rows.order_by("-opened_at", "-id")[: min(limit, LIMIT_MAX)]]


def find_payables(
    *,
    actor: Actor,
    reference: str = "",
    subject_ids: Collection[UUID] = (),
    payer_ids: Collection[UUID] = (),
    limit: int = 20,
) -> list[Payable]:
    """Payables by a part of their creditor reference, or of these subjects or payers: the open ones first."""
    part = normalize_rf(reference).replace("\x00", "")
    wanted = Q(subject_id__in=subject_ids) | Q(payer_id__in=payer_ids)
    if part:
        wanted |= Q(reference__contains=part)
    rows = _payables(actor).filter(wanted).alias(closed=~Q(status__in=OPEN))
    return [payable_of(row) for row in rows.order_by("closed", "-opened_at", "-id")[: min(limit, LIMIT_MAX)]]


def find_payables_by_id(*, actor: Actor, ids: Collection[UUID]) -> list[Payable]:
    """Those of ``ids`` that the actor may see, in no order."""
    return [payable_of(row) for row in _payables(actor).filter(id__in=ids)] if ids else []


def count_open_payables(*, actor: Actor, customer_id: UUID | None = None) -> int:
    """How many payables wait for money."""
    rows = _payables(actor).filter(status__in=OPEN)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    return rows.count()


def get_payment(*, actor: Actor, payment_id: UUID) -> Payment:
    """A payment of the actor's own, or any for the operator. Raises NotFound."""
    row = _payments(actor).filter(id=payment_id).first()
    if row is None:
        raise NotFound()
    return payment_of(row)


def find_value_date(*, actor: Actor, payable_id: UUID | None) -> date | None:
    """The value date of a payable's money, the last one where it came in parts; None while it is not complete."""
    if payable_id is None:
        return None
    mine = _payments(actor).filter(reversal__isnull=True)
    rows = models.Allocation.objects.filter(
        payable_id=payable_id, payable__status="settled", payment__in=mine
    )
    last: date | None = rows.aggregate(last=Max("payment__received_on"))["last"]
    return last


def foresee_transfer(*, payable: Payable, amount: Money) -> Allocated:
    """What recording a transfer of ``amount`` for it would do, before anybody records it."""
    return allocate(payable, amount)


def find_payments_by_id(*, actor: Actor, ids: Collection[UUID]) -> list[Payment]:
    """Those of ``ids`` that the actor may see, in no order."""
    return [payment_of(row) for row in _payments(actor).filter(id__in=ids)] if ids else []


def list_payments(
    *,
    actor: Actor,
    customer_id: UUID | None = None,
    payable_id: UUID | None = None,
    payer_id: UUID | None = None,
    from_outside: bool = False,
    q: str = "",
    q_payers: Collection[UUID] = (),
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Payment]:
    """Money that came, newest first; ``from_outside`` leaves out what was paid from balances.

    ``q`` is a part of what the bank said, or the payer is one of ``q_payers``.
    """
    rows = _payments(actor)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if payable_id is not None:
        # A transfer may pay several; it names the first.
        rows = rows.filter(Q(payable_id=payable_id) | Q(allocation__payable_id=payable_id)).distinct()
    if payer_id is not None:
        rows = rows.filter(payer_id=payer_id)
    if from_outside:
        rows = rows.exclude(method="balance")
    if q.strip():
        # PostgreSQL has no text with a zero byte, so no reference has one either.
        part = Q(reference__icontains=q.strip().replace("\x00", ""))
        rows = rows.filter(part | Q(payer_id__in=q_payers))
    if cursor is not None:
        rows = rows.filter(Q(recorded_at__lt=cursor[0]) | Q(recorded_at=cursor[0], id__lt=cursor[1]))
    return [payment_of(row) for row in rows.order_by("-recorded_at", "-id")[: min(limit, LIMIT_MAX)]]


def find_instructions(payable: Payable) -> Instructions | None:
    """How to pay it by transfer: to whom, where, how much is open, and the reference; None for the balance."""
    if payable.reference is None or payable.status not in OPEN:
        return None
    seller = parties.get_seller()
    return Instructions(
        amount=payable.open,
        reference=payable.reference,
        beneficiary=seller.organization.name,
        iban=seller.iban,
        bic=seller.bic,
        bank_name=seller.bank_name,
    )


def get_ladder(*, actor: Actor, reseller_id: UUID | None = None) -> Ladder:
    """The dunning ladder that holds for a reseller: its own, or else the default; the default without one."""
    if actor.scope != "operator" and reseller_id not in (None, actor.reseller_id):
        raise NotFound(kind="reseller")
    rows = list(
        models.DunningStep.objects.filter(Q(reseller_id=reseller_id) | Q(reseller_id__isnull=True)).order_by(
            "position"
        )
    )
    own = [row for row in rows if row.reseller_id is not None]
    kept = own or [row for row in rows if row.reseller_id is None]
    steps = tuple(_ladder_step(row) for row in kept) or DEFAULT_LADDER
    return Ladder(reseller_id=reseller_id, steps=steps, is_own=bool(own if reseller_id else kept))


def list_resellers_with_ladder(*, actor: Actor) -> list[UUID]:
    """The resellers that have a ladder of their own; the operator's question."""
    rows = models.DunningStep.objects.filter(reseller_id__isnull=False, position=0)
    if actor.scope != "operator":
        rows = rows.filter(reseller_id=actor.reseller_id)
    found = rows.order_by("reseller_id").values_list("reseller_id", flat=True)
    return [one for one in found[:LIMIT_MAX] if one is not None]


def get_dunning_case(*, actor: Actor, case_id: UUID) -> DunningCase:
    """A case of the actor's own debts, or any for the operator. Raises NotFound."""
    if actor.scope == "operator":
        row = next(iter(stored.find(models.DunningCase, "t.id = %s", (case_id,))), None)
    else:
        row = _cases(actor).filter(id=case_id).first()
    if row is None:
        raise NotFound(kind="dunning_case")
    return case_of(row)


def list_dunning_cases(
    *,
    actor: Actor,
    status: DunningStatus | None = None,
    only_open: bool = False,
    reseller_id: UUID | None = None,
    payer_id: UUID | None = None,
    q: str = "",
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[DunningCase]:
    """Cases, newest first: the operator's all, everybody else's own. ``q`` is a part of the invoice's number."""
    rows = _cases(actor)
    if status is not None:
        rows = rows.filter(status=status)
    if only_open:
        rows = rows.filter(resolved_at__isnull=True)
    if reseller_id is not None:
        rows = rows.filter(reseller_id=reseller_id)
    if payer_id is not None:
        rows = rows.filter(payer_id=payer_id)
    # PostgreSQL has no text with a zero byte, so no number has one either.
    wanted = q.strip().replace("\x00", "")
    if wanted:
        rows = rows.filter(number__icontains=wanted)
    if cursor is not None:
        rows = rows.filter(Q(opened_at__lt=cursor[0]) | Q(opened_at=cursor[0], id__lt=cursor[1]))
    return [case_of(row) for row in rows.order_by("-opened_at", "-id")[: min(limit, LIMIT_MAX)]]


def list_steps_done(*, actor: Actor, case_id: UUID) -> list[StepDone]:
    """The steps of a case that were taken, in their order."""
    return steps_done(actor=actor, case_ids=[case_id]).get(case_id, [])


def steps_done(*, actor: Actor, case_ids: Collection[UUID]) -> dict[UUID, list[StepDone]]:
    """The steps that were taken of several cases, each in their order. One statement."""
    found: dict[UUID, list[StepDone]] = {}
    rows = models.DunningDone.objects.filter(case__in=_cases(actor).filter(id__in=case_ids))
    for row in rows.order_by("case_id", "position"):
        found.setdefault(row.case_id, []).append(StepDone(row.position, step_of(row.step), row.done_at))
    return found


def count_blocking(*, actor: Actor, payer_id: UUID) -> int:
    """How many overdue invoices of the payer refuse it new orders (rules.md d); a disputed one does not."""
    rows = models.DunningCase.objects.filter(payer_id=payer_id, blocks_orders=True, resolved_at__isnull=True)
    if actor.scope != "operator":
        own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
        rows = rows.filter(Q(payer_id=own))
    return rows.exclude(status="on_hold").count()


def list_suspending(*, actor: Actor, invoice_ids: Collection[UUID]) -> set[UUID]:
    """Those of the invoices whose subscriptions are suspended for want of money, paused or not."""
    rows = _cases(actor).filter(invoice_id__in=invoice_ids, resolved_at__isnull=True)
    rows = rows.filter(
        Q(status__in=["suspended", "terminated"]) | Q(status__in=["on_hold", "promised"], before="suspended")
    )
    return set(rows.values_list("invoice_id", flat=True))


def _ladder_step(row: models.DunningStep) -> LadderStep:
    return step_of({"days": row.days, "action": row.action, "audience": row.audience, "channel": row.channel})


def _cases(actor: Actor) -> QuerySet[models.DunningCase]:
    rows = models.DunningCase.objects.all()
    if actor.scope == "reseller":
        return rows.filter(Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id))
    if actor.scope == "customer":
        return rows.filter(Q(customer_id=actor.customer_id, payer_id=actor.customer_id))
    return rows


def _payables(actor: Actor) -> QuerySet[models.Payable]:
    rows = models.Payable.objects.all()
    if actor.scope == "reseller":
        return rows.filter(Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id))
    if actor.scope == "customer":
        return rows.filter(Q(customer_id=actor.customer_id, payer_id=actor.customer_id))
    return rows


def _payments(actor: Actor) -> QuerySet[models.Payment]:
    rows = models.Payment.objects.all()
    if actor.scope == "reseller":
        return rows.filter(Q(reseller_id=actor.reseller_id, payer_id=actor.reseller_id))
    if actor.scope == "customer":
        return rows.filter(Q(customer_id=actor.customer_id, payer_id=actor.customer_id))
    return rows


def _one(rows: QuerySet[models.Payable]) -> Payable:
    row = rows.first()
    if row is None:
        raise NotFound()
    return payable_of(row)
