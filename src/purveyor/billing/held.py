"""Reads of held invoices: why one cannot be issued, and those that wait."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.billing import models
from purveyor.billing.rules.drafts import draft_of
from purveyor.billing.rules.norm import broken_rules
from purveyor.billing.types import DocumentDraft, DraftLine, PartySnapshot, PaymentDetails, TaxLine
from purveyor.billing.types_held import Booking, HeldInvoice, HoldReason, Why
from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.parties import authority
from purveyor.parties.types import Organization, Seller
from purveyor.tax.exchange import find_rate

LIMIT_MAX = 200
# As its index says it.
_PROVISIONAL = """
SELECT id FROM billing_document
WHERE bill_to_id = %s AND kind = 'invoice'
  AND (tax_decision -> 'evidence' ->> 'meanwhile') = 'charge_then_correct'
ORDER BY issued_at, id"""


def why_held(draft: DocumentDraft, *, now: datetime, number_unknown: bool = False) -> Why | None:
    """Why an invoice over ``draft`` must wait, or None where it may be issued now.

    ``number_unknown`` is the caller's word: nobody can say whether the buyer's VAT number is valid, and the seller
    holds the invoice then (``tax.queries``). One statement more, for another currency than the seller's alone.
    """
    if number_unknown:
        return Why("number_unknown")
    rules = broken_rules(draft)
    if rules:
        return Why("would_not_validate", rules)
    own, currency = draft.seller.currency, draft.gross.currency
    if own and own != currency and find_rate(currency=currency, on=business_date(now), into=own) is None:
        return Why("rate_missing")
    return None


def breaks_norm(seller: Seller, buyer: Organization, tax: Any) -> bool:
    """Whether an invoice with one line over the base of ``tax`` (anything with the fields of ``types.TaxLine``) would
    break a rule of the norm: what many invoices of a run have in common is looked at once."""
    draft = DocumentDraft(
        reseller_id=buyer.id,
        customer_id=buyer.id,
        payer_id=buyer.id,
        bill_to_id=buyer.id,
        seller=PartySnapshot.of(seller.organization),
        buyer=PartySnapshot.of(buyer),
        lines=(DraftLine(tax.reason, 1, 1, tax.base, Decimal(0), tax.base),),
        taxes=(TaxLine.of(tax),),
        tax_decision={},
        net=tax.base,
        vat=tax.amount,
        gross=tax.base + tax.amount,
        payment=PaymentDetails.of(seller, ""),
    )
    return bool(broken_rules(draft))


def list_held(
    *,
    actor: Actor,
    reason: HoldReason | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[HeldInvoice]:
    """The invoices that wait (for ``reason``, if given), oldest first. The operator's to read.

    Raises: NotFound for everybody else.
    """
    _require(actor)
    rows = models.HeldInvoice.objects.filter(released_at__isnull=True).order_by("held_at", "id")
    if reason is not None:
        rows = rows.filter(reason=reason)
    if after is not None:
        held_at, last = after
        rows = rows.filter(held_at__gte=held_at).exclude(held_at=held_at, id__lte=last)
    return [held_of(row) for row in rows[: min(limit, LIMIT_MAX + 1)]]


def get_held(*, actor: Actor, held_id: UUID) -> HeldInvoice:
    """One of them, released or not. The operator's to read. Raises: NotFound."""
    _require(actor)
    row = models.HeldInvoice.objects.filter(id=held_id).first()
    if row is None:
        raise NotFound(kind="held_invoice")
    return held_of(row)


def list_provisional(*, actor: Actor, bill_to_id: UUID) -> list[UUID]:
    """The invoices that name this party and were issued with VAT while nobody knew its number, oldest first."""
    rows = tx.fetch(_PROVISIONAL, [bill_to_id])
    return [row[0] for row in rows]


def held_of(row: models.HeldInvoice) -> HeldInvoice:
    """The row as a type."""
    return HeldInvoice(
        id=row.id,
        subject_kind=row.subject_kind,  # type: ignore[arg-type]  # a check constraint holds it to the literal
        subject_id=row.subject_id,
        why=Why(row.reason, tuple(row.rules)),  # type: ignore[arg-type]  # as above
        draft=draft_of(row.draft),
        booking=Booking(**row.booking),
        paid=Money(row.paid, row.currency),
        held_at=row.held_at,
        supplied_on=row.supplied_on or business_date(row.held_at),
        due_at=row.due_at,
        released_at=row.released_at,
        document_id=row.document_id,
    )


def _require(actor: Actor) -> None:
    if not authority.may(actor, "operate"):
        raise NotFound(kind="held_invoice")
