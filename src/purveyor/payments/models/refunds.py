"""Money on its way back to its payer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Refund(models.Model):
    """A part of a credit note that is paid back, or of a balance (then it names no document).

    Whose it is and how much never changes; its status does. ``payment`` is the money that goes back where that is
    known. ``number`` is the credit note's. An account (``iban``, ``name``) is needed for a transfer only, and may be
    named later. ``provider_id`` is what the card provider or the bank's file calls it; ``why`` is why it failed.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    invoice = models.ForeignKey(
        "billing.Document", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    credit_note = models.ForeignKey("billing.Document", on_delete=models.PROTECT, related_name="+", null=True)
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    number = models.TextField()
    method = models.TextField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.TextField()
    iban = models.TextField(default="")
    name = models.TextField(default="")
    reference = models.TextField(default="")
    provider_id = models.TextField(default="")
    why = models.TextField(default="")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_refund_positive"),
            models.CheckConstraint(
                condition=Q(method__in=["balance", "bank_transfer", "card"]), name="payments_refund_method"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "sent"], done_at__isnull=True)
                | Q(status__in=["done", "failed"], done_at__isnull=False),
                name="payments_refund_status",
            ),
        )
        indexes = (
            models.Index(fields=["-asked_at", "-id"], name="payments_refund_newest"),
            models.Index(fields=["payer_id", "-asked_at", "-id"], name="payments_refund_payer"),
            models.Index(
                fields=["method", "asked_at"],
                condition=Q(status__in=["pending", "sent"]),
                name="payments_refund_open",
            ),
            models.Index(
                fields=["payment"], condition=Q(payment__isnull=False), name="payments_refund_payment"
            ),
        )
