"""Revenue as it is earned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Recognition(models.Model):
    """What was earned in a reseller's books on one day with one offer (none: lines without one). Never changed.

    It is the operator's revenue, from payers who must not see each other's prices: so ``payer_id`` is the operator,
    and nobody else reads it. Below zero where credit notes took back more than the day earned.
    """

    id = models.BigAutoField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    day = models.DateField()
    offer_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reseller_id", "day", "offer_id", "currency"],
                nulls_distinct=False,
                name="billing_recognition_once",
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="billing_recognition_something"),
        )


class RecognitionState(models.Model):
    """How far revenue is recognized: one row, locked by whoever goes on.

    All documents dated until ``through`` are in, as far as they were written before ``marker`` (an id is minted by
    the real clock): one that is written later with an earlier date is made up for at the next ``due_at``.
    """

    id = models.UUIDField(primary_key=True)
    through = models.DateField(null=True)
    marker = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
