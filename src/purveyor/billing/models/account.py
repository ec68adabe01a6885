"""What a reseller has on account until it is gathered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.billing.models.documents import Document


class Gathering(models.Model):
    """What a reseller has on account in one currency. Its row is locked by whoever puts on or closes.

    ``net`` is the sum of the open rows, ``cap`` the operator's limit of it (null: none); ``due_at`` the instant
    at which they are billed, null while there are none.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField(default=0)
    cap = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reseller_id", "currency"], name="billing_gathering_once"),
            models.CheckConstraint(condition=Q(net__gte=0), name="billing_gathering_not_negative"),
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(cap__gte=0), name="billing_gathering_cap"
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="billing_gathering_due"),
        )


class Unbilled(models.Model):
    """A line on account: delivered, and billed with the next gathered invoice.

    ``counters`` is the row whose seats this one takes back; then quantity and net are below zero. A row is closed
    once: with the document that bills it, or without one where nothing was left of it. Where that document is held, the
    row stays open, and ``held_id`` says by which: nothing of it can be taken back, and no other month bills it. Nothing
    else changes.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    gathering = models.ForeignKey(Gathering, on_delete=models.PROTECT, related_name="+", db_index=False)
    counters = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.TextField()
    order_id = models.UUIDField(null=True)
    offer_id = models.UUIDField()
    subscription_id = models.UUIDField()
    customer_name = models.TextField()
    currency = models.CharField(max_length=3)
    description = models.JSONField()
    quantity = models.IntegerField()
    months = models.IntegerField()
    unit_price = models.BigIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4)
    net = models.BigIntegerField()
    explanation = models.JSONField()
    period_start = models.DateField()
    period_end = models.DateField()
    put_at = models.DateTimeField()
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    closed_at = models.DateTimeField(null=True)
    held_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["new", "add_seats", "renewal", "take_back"]),
                name="billing_unbilled_kind",
            ),
            models.CheckConstraint(
                condition=Q(counters__isnull=True, quantity__gte=1, net__gte=0) & ~Q(kind="take_back")
                | Q(counters__isnull=False, kind="take_back", quantity__lte=-1, net__lte=0),
                name="billing_unbilled_signs",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=True) | Q(closed_at__isnull=False),
                name="billing_unbilled_closed",
            ),
        )
        indexes = (
            models.Index(
                fields=["gathering", "put_at"],
                condition=Q(closed_at__isnull=True),
                name="billing_unbilled_open",
            ),
            models.Index(
                fields=["subscription_id"],
                condition=Q(closed_at__isnull=True),
                name="billing_unbilled_seats",
            ),
            models.Index(
                fields=["document"], condition=Q(document__isnull=False), name="billing_unbilled_document"
            ),
            models.Index(
                fields=["held_id"],
                condition=Q(held_id__isnull=False, closed_at__isnull=True),
                name="billing_unbilled_held",
            ),
        )
