"""What is owed and what came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Payable(models.Model):
    """Something to be paid. ``reseller_id`` and ``payer_id`` are plain ids: see billing.models.Document."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer_id = models.UUIDField()
    subject_kind = models.TextField()
    subject_id = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid = models.BigIntegerField(default=0)
    reference = models.TextField(unique=True, null=True, db_collation="C")
    method = models.TextField()
    status = models.TextField()
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # What credit notes took off what was open.
    credited = models.BigIntegerField(default=0, db_default=0)
    # The invoice that it paid in the end, where its subject is a renewal; else the subject tells.
    invoice_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(subject_kind__in=["order", "invoice", "renewal", "deposit"]),
                name="payments_payable_subject",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "partially_paid", "settled", "cancelled"]),
                name="payments_payable_status",
            ),
            models.CheckConstraint(
                condition=Q(method__in=["bank_transfer", "balance", "card"]), name="payments_payable_method"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_payable_positive"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, credited__gte=0, paid__lte=F("amount") - F("credited")),
                name="payments_payable_not_overpaid",
            ),
            models.CheckConstraint(
                condition=~Q(status="settled")
                | Q(paid=F("amount") - F("credited"), settled_at__isnull=False),
                name="payments_payable_settled_is_paid",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=~Q(status="cancelled"),
                name="payments_payable_one_a_subject",
            ),
        )
        indexes = (
            models.Index(fields=["payer_id", "-opened_at", "-id"], name="payments_payable_payer"),
            models.Index(
                fields=["-opened_at", "-id"],
                condition=Q(status__in=["open", "partially_paid"]),
                name="payments_payable_open",
            ),
            models.Index(
                fields=["invoice_id"],
                condition=Q(invoice_id__isnull=False),
                name="payments_payable_invoice",
            ),
        )


class Payment(models.Model):
    """Money that came, from a bank or from the payer's balance. Never changed."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    allocated = models.BigIntegerField()
    method = models.TextField()
    received_on = models.DateField()
    reference = models.TextField()
    occurrence = models.IntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    recorded_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, allocated__gte=0, allocated__lte=F("amount")),
                name="payments_payment_amounts",
            ),
            # One transfer typed in twice is one payment; two that look alike are told apart by a person.
            models.UniqueConstraint(
                fields=[
                    "payer_id",
                    "payable",
                    "reference",
                    "amount",
                    "currency",
                    "received_on",
                    "occurrence",
                ],
                nulls_distinct=False,
                name="payments_payment_once",
            ),
        )
        indexes = (
            models.Index(fields=["payer_id", "-recorded_at", "-id"], name="payments_payment_payer"),
            models.Index(fields=["-recorded_at", "-id"], name="payments_payment_newest"),
        )


class Allocation(models.Model):
    """How much of a payment a payable took. Never changed."""

    id = models.UUIDField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT)
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_allocation_positive"),
            models.UniqueConstraint(fields=["payment", "payable"], name="payments_allocation_once"),
        )


class PaidInvoice(models.Model):
    """An invoice that was issued before the order whose money paid it, and how much of it (minor units): a payment of
    several finds its way back."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice_id = models.UUIDField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payable", "invoice_id"], name="payments_paidinvoice_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_paidinvoice_amount"),
        )
