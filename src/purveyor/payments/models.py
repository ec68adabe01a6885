"""Tables of payments."""

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

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(subject_kind__in=["order", "invoice", "renewal"]), name="payments_payable_subject"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "partially_paid", "settled", "cancelled"]),
                name="payments_payable_status",
            ),
            models.CheckConstraint(
                condition=Q(method__in=["bank_transfer", "balance"]), name="payments_payable_method"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_payable_positive"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="payments_payable_not_overpaid"
            ),
            models.CheckConstraint(
                condition=~Q(status="settled") | Q(paid=F("amount"), settled_at__isnull=False),
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
    blocks_orders = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["invoice"], name="payments_dunningcase_once"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        *("none", "reminded", "final_notice", "suspended", "terminated"),
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
