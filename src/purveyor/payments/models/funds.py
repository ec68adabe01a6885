"""How an organization keeps its balance filled."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class FundSettings(models.Model):
    """When an organization is warned that its balance in a currency is low, and whether it is filled up by itself.

    ``low_since`` is since when it is below the threshold: told once, until it is above again. ``due_at`` is when
    somebody looks: at once after money was spent, in the morning while a top-up is still to be tried.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    threshold = models.BigIntegerField(null=True)
    target = models.BigIntegerField(null=True)
    automatic = models.BooleanField(default=False)
    method = models.TextField(default="bank_transfer")
    low_since = models.DateTimeField(null=True)
    topped_up_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["payer_id", "currency"], name="payments_fundsettings_once"),
            models.CheckConstraint(
                condition=Q(threshold__isnull=True) | Q(threshold__gt=0),
                name="payments_fundsettings_threshold",
            ),
            models.CheckConstraint(
                condition=Q(automatic=False)
                | Q(threshold__isnull=False, target__isnull=False, target__gt=F("threshold")),
                name="payments_fundsettings_target",
            ),
            models.CheckConstraint(
                condition=Q(method__in=["bank_transfer", "card"]), name="payments_fundsettings_method"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_fundsettings_due"
            ),
        )
