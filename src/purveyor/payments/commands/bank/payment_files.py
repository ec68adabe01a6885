"""Make files for the bank: payouts of refunds, and direct debits of invoices that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from purveyor.infra import activity
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.payments import bank_files, models
from purveyor.payments.commands.finish_refund import finish_refund, name_refund_account
from purveyor.payments.errors_bank import FileNotOpen, NothingToPay
from purveyor.payments.rules.bank import files
from purveyor.payments.rules.bank.files import Account, Item
from purveyor.payments.types_bank import FileKind, PaymentFile

FILE_MAX = 5_000
_DUE = """
SELECT p.id, p.reference, p.amount - p.credited - p.paid, d.number, m.id
FROM payments_payable p
JOIN payments_mandate m ON m.payer_id = p.payer_id AND m.revoked_at IS NULL
JOIN billing_document d ON d.id = p.subject_id
WHERE p.subject_kind = 'invoice' AND p.status IN ('open', 'partially_paid') AND p.method = 'bank_transfer'
  AND p.currency = %s AND p.reference IS NOT NULL AND d.due_on <= %s
  AND NOT EXISTS (SELECT FROM payments_paymentfileitem i WHERE i.payable_id = p.id AND i.closed_at IS NULL)
ORDER BY d.due_on, p.id LIMIT %s FOR NO KEY UPDATE OF p"""
# From where the money of a refund came, or else the payer's last.
_CAME_FROM = """
SELECT e.debtor_iban, e.debtor_name FROM payments_bankmatch m JOIN payments_bankentry e ON e.id = m.entry_id
WHERE m.payer_id = %s AND m.undone_at IS NULL AND e.amount > 0 AND e.debtor_iban <> ''
ORDER BY m.payment_id = %s DESC NULLS LAST, m.matched_at DESC, m.id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class _Row:
    """One item and what it is for."""

    item: Item
    payable_id: UUID | None = None
    mandate_id: UUID | None = None
    refund_id: UUID | None = None


@command
def make_payouts(*, actor: Actor, now: datetime) -> PaymentFile:
    """A pain.001 file with every pending refund by transfer, which is ``sent`` from then on, and done when a statement
    shows it. A refund without an account gets the one that the payer's money came from; where none is known it waits.

    Raises: Forbidden; NothingToPay.
    """
    authority.require(actor, "operate")
    pending = models.Refund.objects.select_for_update(no_key=True).filter(
        method="bank_transfer", status="pending", currency=files.CURRENCY
    )
    rows = []
    for refund in pending.order_by("asked_at", "id")[:FILE_MAX]:
        iban, name = _account_of(actor, now, refund)
        if not iban:
            continue
        item = Item(
            name=name,
            iban=iban,
            amount=refund.amount,
            end_to_end=end_to_end_of(refund.id),
            text=refund.reference or refund.number,
        )
        rows.append(_Row(item, refund_id=refund.id))
    if not rows:
        raise NothingToPay(kind="pain.001")
    made = _store(actor, now, "pain.001", rows, files.bank_day(business_date(now), ahead=0))
    for row in rows:
        assert row.refund_id is not None  # made so above
        finish_refund(
            actor=actor, now=now, refund_id=row.refund_id, outcome="sent", provider_id=made.message_id
        )
    _note(actor, now, made, "bank.paid_out")
    return made


@command
def make_collections(*, actor: Actor, now: datetime) -> PaymentFile:
    """A pain.008 file that collects every open invoice in euro, due until the day of collection, of payers with a
    mandate. An invoice that waits in another file is left out: it is in one open file at most (unique index).

    Raises: Forbidden; NothingToPay; Invalid where our creditor identifier is not set.
    """
    authority.require(actor, "operate")
    if not settings.SEPA_CREDITOR_ID:
        raise Invalid(field="PURVEYOR_SEPA_CREDITOR_ID", reason="required")
    on = files.bank_day(business_date(now), ahead=files.DAYS_AHEAD)
    with connection.cursor() as cursor:
        # One at a time: what another file takes up is seen by who comes after it.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payment file'))")
        cursor.execute(_DUE, (files.CURRENCY, on, FILE_MAX))
        due = cursor.fetchall()
    mandates = {row.id: row for row in models.Mandate.objects.filter(id__in={one[4] for one in due})}
    rows = []
    for payable_id, reference, amount, number, mandate_id in due:
        mandate = mandates[mandate_id]
        item = Item(
            name=mandate.name,
            iban=mandate.iban,
            bic=mandate.bic,
            amount=amount,
            end_to_end=reference,
            text=number,
            mandate=mandate.reference,
            signed_on=mandate.signed_on,
            sequence="FRST" if mandate.sequence == "FRST" else "RCUR",
        )
        # Only the first of a mandate's collections is the first one.
        mandate.sequence = "RCUR"
        rows.append(_Row(item, payable_id=payable_id, mandate_id=mandate_id))
    if not rows:
        raise NothingToPay(kind="pain.008")
    models.Mandate.objects.filter(id__in=mandates).update(sequence="RCUR")
    made = _store(actor, now, "pain.008", rows, on)
    _note(actor, now, made, "bank.collected")
    return made


@command
def withdraw_file(*, actor: Actor, now: datetime, file_id: UUID) -> PaymentFile:
    """The bank did not carry out (the rest of) a file of direct debits: its open invoices may go into another one.

    Refunds in a file of payouts are sent; one that comes back is told by the statement.

    Raises: Forbidden; NotFound; FileNotOpen.
    """
    authority.require(actor, "operate")
    row = models.PaymentFile.objects.select_for_update(no_key=True).filter(id=file_id).first()
    if row is None:
        raise NotFound(kind="payment_file")
    items = models.PaymentFileItem.objects.filter(file_id=file_id, closed_at__isnull=True)
    if row.kind != "pain.008" or row.withdrawn_at is not None or not items.exists():
        raise FileNotOpen()
    items.update(closed_at=now)
    models.PaymentFile.objects.filter(id=file_id).update(withdrawn_at=now)
    found = bank_files.get_file(actor=actor, file_id=file_id)
    _note(actor, now, found, "bank.withdrawn")
    return found


def end_to_end_of(refund_id: UUID) -> str:
    """What the bank calls the payout of a refund: letters and digits alone, at most 35 (SEPA)."""
    return f"REF{show('ref', refund_id).partition('_')[2].upper()}"


def _account_of(actor: Actor, now: datetime, refund: models.Refund) -> tuple[str, str]:
    if refund.iban:
        return refund.iban, refund.name
    with connection.cursor() as cursor:
        cursor.execute(_CAME_FROM, (refund.payer_id, refund.payment_id))
        found = cursor.fetchone()
    if found is None:
        return "", ""
    name = found[1] or parties.names_of(actor=actor, ids={refund.payer_id}).get(refund.payer_id, "")
    try:
        name_refund_account(actor=actor, now=now, refund_id=refund.id, iban=found[0], name=name)
    except Invalid:
        # What the bank wrote is no account: this one waits for a person, the others do not.
        return "", ""
    return found[0], name


def _store(actor: Actor, now: datetime, kind: FileKind, rows: Sequence[_Row], on: date) -> PaymentFile:
    seller = parties.get_seller()
    account = Account(seller.organization.name, seller.iban, seller.bic, settings.SEPA_CREDITOR_ID)
    id = new_id()
    message_id = f"PVR{show('pfl', id).partition('_')[2].upper()}"
    write = files.payouts if kind == "pain.001" else files.collections
    items = [row.item for row in rows]
    models.PaymentFile(
        id=id,
        kind=kind,
        message_id=message_id,
        execute_on=on,
        count=len(rows),
        total=sum(one.amount for one in items),
        currency=files.CURRENCY,
        content=write(account, items, message_id=message_id, made_at=now, on=on),
        made_at=now,
        made_by=actor.name,
    ).save(force_insert=True)
    models.PaymentFileItem.objects.bulk_create(
        models.PaymentFileItem(
            id=new_id(),
            file_id=id,
            payable_id=row.payable_id,
            mandate_id=row.mandate_id,
            refund_id=row.refund_id,
            end_to_end=row.item.end_to_end,
            amount=row.item.amount,
        )
        for row in rows
    )
    return bank_files.get_file(actor=actor, file_id=id)


def _note(actor: Actor, now: datetime, made: PaymentFile, kind: str) -> None:
    activity.record(
        actor,
        now=now,
        kind=kind,
        subject_kind="payment_file",
        subject_id=made.id,
        reseller_id=None,
        facts={"reference": made.message_id, "count": made.count},
    )
