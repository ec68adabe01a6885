"""Files of many documents that somebody asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Batch(models.Model):
    """All documents of a period as one file, drawn by a process of its own; how far it is stands here.

    ``payer_id`` is whose documents they are; null, with ``reseller_id``, for the operator's of everybody.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)
    first = models.DateField()
    last = models.DateField()
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    status = models.TextField(default="asked")
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    # Real time, not the business clock's: whether it still goes on.
    seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["asked", "finished", "failed"]), name="billing_batch_status"
            ),
            models.CheckConstraint(
                condition=Q(done__gte=0, done__lte=F("total"), last__gte=F("first")),
                name="billing_batch_sane",
            ),
        )
        indexes = (models.Index(fields=["payer_id", "-asked_at", "-id"], name="billing_batch_payer"),)
