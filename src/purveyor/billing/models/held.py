"""Invoices that are held until something is known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class HeldInvoice(models.Model):
    """A supply that was made and is not invoiced yet: the whole draft, and why.

    ``paid`` is the money that waits for it as an advance; ``booking`` says how the sale is booked when it is issued.
    ``due_at`` is the instant at which it is issued however it stands, null where it cannot be. ``subject_id`` is what
    it bills: an order, a subscription, or an account (its gathering). ``supplied_on`` is the day whose law decides its
    VAT, null where that is the day on which it was held.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    bill_to_id = models.UUIDField()
    buyer_name = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.UUIDField()
    reason = models.TextField()
    rules = models.JSONField(default=list)
    draft = models.JSONField()
    booking = models.JSONField()
    currency = models.CharField(max_length=3)
    gross = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    held_at = models.DateTimeField()
    supplied_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    document_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=["number_unknown", "would_not_validate", "rate_missing"]),
                name="billing_held_reason",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind__in=["order", "renewal", "account"]), name="billing_held_subject"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, document_id__isnull=True)
                | Q(released_at__isnull=False, document_id__isnull=False, due_at__isnull=True),
                name="billing_held_released",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=models.F("gross")), name="billing_held_paid"
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="billing_held_due"),
            models.Index(
                fields=["bill_to_id"], condition=Q(released_at__isnull=True), name="billing_held_bill_to"
            ),
            models.Index(
                fields=["held_at", "id"], condition=Q(released_at__isnull=True), name="billing_held_queue"
            ),
        )
