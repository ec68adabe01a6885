"""Seals over what was issued."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Seal(models.Model):
    """The documents ``first`` to ``last`` of a series of a year, as they were issued, in one SHA-256 over the
    seal before and theirs, in hexadecimal. Never changed.

    It is the operator's proof: so ``payer_id`` is the operator, and nobody else reads it.
    """

    id = models.BigAutoField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    series = models.TextField()
    year = models.IntegerField()
    first = models.IntegerField()
    last = models.IntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reseller_id", "series", "year", "last"], name="billing_seal_once"
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")), name="billing_seal_in_order"
            ),
        )
