"""Reads of mandates, and of files for the bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.rules.bank import files
from purveyor.payments.types import Payable
from purveyor.payments.types_bank import FileKind, Mandate, MandateSequence, PaymentFile

LIMIT_MAX = 200


def creditor_id() -> str:
    """Our creditor identifier, which a mandate names; empty where direct debits are not offered."""
    return str(settings.SEPA_CREDITOR_ID)


def notice_days() -> int:
    """Working days that lie between a file of direct debits and the collection at least, so that an invoice in it was
    there by then."""
    return files.DAYS_AHEAD


def list_mandates(
    *,
    actor: Actor,
    only_valid: bool = True,
    cursor: tuple[datetime, UUID] | None = None,
    limit: int = LIMIT_MAX,
) -> list[Mandate]:
    """Mandates, the newest first: the operator's all, everybody else's own."""
    rows = _own_mandates(actor)
    if only_valid:
        rows = rows.filter(revoked_at__isnull=True)
    if cursor is not None:
        rows = rows.filter(Q(entered_at__lt=cursor[0]) | Q(entered_at=cursor[0], id__lt=cursor[1]))
    return [mandate_of(row) for row in rows.order_by("-entered_at", "-id")[: min(limit, LIMIT_MAX + 1)]]


def get_mandate(*, actor: Actor, mandate_id: UUID) -> Mandate:
    """A mandate of the actor's own organization, or any for the operator, revoked or not. Raises NotFound."""
    row = _own_mandates(actor).filter(id=mandate_id).first()
    if row is None:
        raise NotFound(kind="mandate")
    return mandate_of(row)


def find_mandate(*, actor: Actor, payer_id: UUID) -> Mandate | None:
    """The mandate of a payer that holds: its own to read, and the operator's."""
    row = _own_mandates(actor).filter(payer_id=payer_id, revoked_at__isnull=True).first()
    return None if row is None else mandate_of(row)


def collected_by(*, actor: Actor, payable: Payable | None) -> Mandate | None:
    """The mandate by which a payable is collected when it falls due, as ``make_collections`` chooses; None where it is
    paid in another way. Its payer's own to know, and the operator's."""
    if payable is None or payable.subject_kind != "invoice" or payable.method != "bank_transfer":
        return None
    is_open = payable.status in ("open", "partially_paid") and payable.reference is not None
    if not is_open or payable.amount.currency != files.CURRENCY or not creditor_id():
        return None
    return find_mandate(actor=actor, payer_id=payable.payer_id)


def get_file(*, actor: Actor, file_id: UUID) -> PaymentFile:
    """A file with its content. Raises Forbidden, NotFound."""
    authority.require(actor, "operate")
    row = models.PaymentFile.objects.filter(id=file_id).first()
    if row is None:
        raise NotFound(kind="payment_file")
    return _files([row])[0]


def list_files(
    *, actor: Actor, cursor: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[PaymentFile]:
    """Files for the bank, the newest first. Raises Forbidden."""
    authority.require(actor, "operate")
    rows = models.PaymentFile.objects.all()
    if cursor is not None:
        rows = rows.filter(Q(made_at__lt=cursor[0]) | Q(made_at=cursor[0], id__lt=cursor[1]))
    return _files(list(rows.order_by("-made_at", "-id")[: min(limit, LIMIT_MAX + 1)]))


def mandate_of(row: models.Mandate) -> Mandate:
    """The row, frozen."""
    return Mandate(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        reference=row.reference,
        iban=row.iban,
        bic=row.bic,
        name=row.name,
        signed_on=row.signed_on,
        sequence=cast(MandateSequence, row.sequence),
        entered_at=row.entered_at,
        entered_by=row.entered_by,
        revoked_at=row.revoked_at,
    )


def _own_mandates(actor: Actor) -> QuerySet[models.Mandate]:
    """What the actor may see: its own organization's. Nobody between a payer and the operator reads an account."""
    if actor.scope == "operator":
        return models.Mandate.objects.all()
    return models.Mandate.objects.filter(payer_id=actor.organization_id)


def _files(rows: Sequence[models.PaymentFile]) -> list[PaymentFile]:
    items = models.PaymentFileItem.objects.filter(
        file_id__in=[row.id for row in rows], closed_at__isnull=True
    )
    open_items = dict(items.values_list("file_id").annotate(count=Count("id")))
    return [
        PaymentFile(
            id=row.id,
            kind=cast(FileKind, row.kind),
            message_id=row.message_id,
            execute_on=row.execute_on,
            count=row.count,
            total=Money(row.total, row.currency),
            content=row.content,
            made_at=row.made_at,
            made_by=row.made_by,
            withdrawn_at=row.withdrawn_at,
            open_items=open_items.get(row.id, 0),
        )
        for row in rows
    ]
