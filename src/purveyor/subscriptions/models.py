"""Tables of subscriptions. Decisions live in rules and commands."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

FAR_AWAY = date(9999, 12, 31)


class Subscription(models.Model):
    """A customer's subscription; ``reseller_id`` is never updated (a hand-over opens a new row)."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer = models.ForeignKey("parties.Organization", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    status = models.TextField()
    payment_status = models.TextField(default="ok")
    quantity = models.IntegerField()
    seats_assigned = models.IntegerField(default=0)
    term_months = models.IntegerField()
    term_price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    price_list = models.TextField()
    started_on = models.DateField(null=True)
    anchor_day = models.SmallIntegerField(null=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    trial_end = models.DateField(null=True)
    auto_renew = models.BooleanField(default=True)
    renewal_quantity = models.IntegerField(null=True)
    renewal_offer = models.ForeignKey(
        "catalog.Offer", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    renewal_payment_method = models.TextField(default="bank_transfer")
    # The id that the next renewal bears, from the day its term begins until it is written.
    renewal_id = models.UUIDField(null=True, unique=True)
    # Of the seats assigned, those whose members go at the end of the term.
    seats_leaving = models.IntegerField(default=0)
    suspended_at = models.DateTimeField(null=True)
    suspend_reason = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="")
    # Copies made for lists: the database has neither ICU nor trigrams.
    customer_sort = models.TextField(db_collation="C")
    ends_sort = models.DateField(default=FAR_AWAY)
    search_key = models.TextField()
    offer_search = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(seats_assigned__gte=0, seats_assigned__lte=F("quantity")),
                name="subscriptions_seats_fit",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="subscriptions_quantity"),
            models.CheckConstraint(
                condition=Q(seats_leaving__gte=0, seats_leaving__lte=F("seats_assigned")),
                name="subscriptions_leaving_fit",
            ),
            models.CheckConstraint(
                condition=Q(payment_status__in=["ok", "past_due"]), name="subscriptions_payment_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "awaiting_payment", "awaiting_link", "provisioning", "provision_failed", "trial",
                        "active", "suspended", "extended", "ended", "cancelled",
                    ]
                ),
                name="subscriptions_status",
            ),
            models.CheckConstraint(
                condition=Q(period_start__isnull=True, period_end__isnull=True)
                | Q(period_start__lt=F("period_end")),
                name="subscriptions_period",
            ),
            models.CheckConstraint(
                condition=Q(renewal_quantity__isnull=True) | Q(renewal_quantity__gte=1),
                name="subscriptions_renewal_quantity",
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["customer", "-created_at", "-id"], name="sub_customer_newest"),
            models.Index(fields=["reseller_id", "-created_at", "-id"], name="sub_reseller_newest"),
            models.Index(fields=["-created_at", "-id"], name="sub_newest"),
            models.Index(fields=["reseller_id", "customer_sort", "id"], name="sub_reseller_customer"),
            models.Index(fields=["customer_sort", "id"], name="sub_by_customer"),
            models.Index(fields=["reseller_id", "ends_sort", "id"], name="sub_reseller_ends"),
            models.Index(fields=["ends_sort", "id"], name="sub_ends"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="sub_due"),
            models.Index(
                fields=["reseller_id", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="sub_due_reseller",
            ),
        )


class Term(models.Model):
    """A term as it was sold. Never overlaps: unique start, and a next term starts at the old end."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    start = models.DateField()
    end = models.DateField()
    price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    price_list = models.TextField()
    quantity = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subscription", "start"], name="subscriptions_term_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="subscriptions_term_days"),
            models.CheckConstraint(condition=Q(kind__in=["trial", "paid"]), name="subscriptions_term_kind"),
        )
