"""Tables of renewals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Renewal(models.Model):
    """What became of one term at its end. Unique per subscription and day, so that nothing renews twice.

    ``outcome`` is renewed or ended; ``reason`` a stable code where it ended although it was to renew.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    period_start = models.DateField()
    outcome = models.TextField()
    reason = models.TextField(default="")
    quantity = models.IntegerField()
    invoice = models.ForeignKey(
        "billing.Document", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payable = models.ForeignKey(
        "payments.Payable", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rolled_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subscription", "period_start"], name="renewals_renewal_once"),
            models.CheckConstraint(condition=Q(outcome__in=["renewed", "ended"]), name="renewals_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome="renewed") | Q(invoice__isnull=False),
                name="renewals_renewed_is_invoiced",
            ),
        )
