"""Ladders and cases of overdue invoices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DunningStep(models.Model):
    """One step of a ladder: a reseller's own, or the operator's default (``reseller_id`` NULL).

    Where neither is kept, the ladder of rules/dunning.py holds.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField(null=True)
    position = models.IntegerField()
    days = models.IntegerField()
    channel = models.TextField()
    audience = models.JSONField()
    action = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reseller_id", "position"], nulls_distinct=False, name="payments_dunningstep_once"
            ),
            models.CheckConstraint(
                condition=Q(action__in=["remind", "final_notice", "block_orders", "suspend", "terminate"]),
                name="payments_dunningstep_action",
            ),
            models.CheckConstraint(condition=Q(channel="mail"), name="payments_dunningstep_channel"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=365), name="payments_dunningstep_days"),
        )


class DunningCase(models.Model):
    """The dunning of one overdue invoice; see :class:`purveyor.payments.types.DunningCase`.

    ``due_at`` is its next step, or the end of a promise; NULL while it is on hold and when nothing is to come.
    ``retry_at`` is when the payer's card is tried again.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    invoice = models.ForeignKey(
        "billing.Document", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.TextField()
    due_on = models.DateField()
    status = models.TextField(default="none")
    before = models.TextField(default="none")
    plan = models.JSONField()
    position = models.IntegerField(default=0)
    shift_days = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    promised_until = models.DateField(null=True)
    retry_at = models.DateTimeField(null=True)
    blocks_orders = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["invoice"], name="payments_dunningcase_once"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        *("none", "reminded", "retrying", "final_notice", "suspended", "terminated"),
                        *("on_hold", "promised", "resolved"),
                    ]
                ),
                name="payments_dunningcase_status",
            ),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at__isnull=True)),
                name="payments_dunningcase_resolved",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["on_hold", "terminated", "resolved"]) | Q(due_at__isnull=True),
                name="payments_dunningcase_rests",
            ),
            models.CheckConstraint(
                condition=~Q(status="promised") | Q(promised_until__isnull=False),
                name="payments_dunningcase_promise",
            ),
            models.CheckConstraint(
                condition=~Q(status="retrying") | Q(retry_at__isnull=False),
                name="payments_dunningcase_retry",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_dunningcase_due"
            ),
            models.Index(
                fields=["payer_id"],
                condition=Q(blocks_orders=True, resolved_at__isnull=True),
                name="payments_dunningcase_blocks",
            ),
            models.Index(
                fields=["-opened_at", "-id"],
                condition=Q(resolved_at__isnull=True),
                name="payments_dunningcase_open",
            ),
            models.Index(fields=["payer_id", "-opened_at", "-id"], name="payments_dunningcase_payer"),
        )


class DunningDone(models.Model):
    """A step that was taken: each once, never changed."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(DunningCase, on_delete=models.PROTECT, db_index=False)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    position = models.IntegerField()
    step = models.JSONField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "position"], name="payments_dunningdone_once"),
        )
