"""Tables of renewals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Renewal(models.Model):
    """The boundary between two terms of a subscription, from the day the old one ends. Unique per subscription
    and day, so that nothing is renewed or billed twice.

    ``status``: ``pending`` (invoiced or, with ``prepay``, waiting for its pro-forma to be paid), ``at_risk`` (the
    invoice is overdue, or the cut-off has passed), ``missed`` (suspended for it), ``paid``, ``ended``. Before the
    boundary there is no row: an upcoming renewal is computed from its subscription, under the same id.
    ``due_at`` is the next step of the ladder of a prepaid one; ``reason`` a stable word where the subscription
    ended although it was to renew.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    offer_id = models.UUIDField()
    period_start = models.DateField()
    status = models.TextField()
    reason = models.TextField(default="")
    prepay = models.BooleanField(default=False)
    quantity = models.IntegerField()
    # Of the price promised to one that waits for its money.
    price_list = models.TextField(default="", db_default="")
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField(default=0)
    vat = models.BigIntegerField(default=0)
    pro_forma = models.ForeignKey(
        "billing.Document", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    invoice = models.ForeignKey("billing.Document", null=True, on_delete=models.PROTECT, related_name="+")
    payable = models.ForeignKey(
        "payments.Payable", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    order_id = models.UUIDField(null=True)
    cut_off_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    rolled_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subscription", "period_start"], name="renewals_renewal_once"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "at_risk", "missed", "paid", "ended"]),
                name="renewals_status",
            ),
            models.CheckConstraint(condition=Q(net__gte=0, vat__gte=0), name="renewals_amounts"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(prepay=True, rolled_at__isnull=True),
                name="renewals_ladder_of_the_prepaid",
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="renewals_due"),
            models.Index(
                fields=["reseller_id", "period_start", "id"],
                condition=Q(status__in=["pending", "at_risk", "missed"]),
                name="renewals_open_reseller",
            ),
            models.Index(
                fields=["customer_id", "period_start", "id"],
                condition=Q(status__in=["pending", "at_risk", "missed"]),
                name="renewals_open_customer",
            ),
            models.Index(fields=["period_start", "subscription"], name="renewals_by_day"),
            models.Index(fields=["order_id"], condition=Q(order_id__isnull=False), name="renewals_order"),
        )


class PriceConsent(models.Model):
    """A payer's answer to a rise of the price at one renewal. Never changed: the last one counts."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    period_start = models.DateField()
    term_price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    accepted = models.BooleanField()
    answered_at = models.DateTimeField()
    answered_by = models.TextField()

    class Meta:
        indexes = (
            models.Index(
                fields=["subscription", "period_start", "-answered_at", "-id"], name="renewals_consent_last"
            ),
        )


class Notice(models.Model):
    """A notice that was given about one end of a term: once per kind and step (rules.md d)."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField(null=True)
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    period_end = models.DateField()
    kind = models.TextField()
    step = models.IntegerField()
    facts = models.JSONField()
    noticed_at = models.DateTimeField()
    noticed_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "period_end", "kind", "step"], name="renewals_notice_once"
            ),
        )
        indexes = (
            models.Index(fields=["noticed_on", "reseller_id", "customer_id"], name="renewals_notice_day"),
        )


class NoticeChoice(models.Model):
    """Whether a role of an organization wants one kind of notice; without a row the default holds."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    organization_id = models.UUIDField()
    role = models.TextField()
    kind = models.TextField()
    wanted = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization_id", "role", "kind"], name="renewals_choice_once"),
        )


class Daily(models.Model):
    """Work of renewals that comes once a day; one row each, ``due_at`` is its next time."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField(unique=True)
    due_at = models.DateTimeField(null=True)


class Run(models.Model):
    """One renewal run: what was due, what became of it. The figures add up once it is finished:
    ``due = billed + pending + ended + parked``."""

    id = models.UUIDField(primary_key=True)
    until = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.TextField()
    due = models.IntegerField(default=0)
    billed = models.IntegerField(default=0)
    pending = models.IntegerField(default=0)
    ended = models.IntegerField(default=0)
    parked = models.IntegerField(default=0)
    totals = models.JSONField(default=dict)
    # On the real clock, which a sandbox does not move: since when it works without a break, how many were done then,
    # and when it last counted a chunk.
    paced_at = models.DateTimeField(null=True)
    paced_from = models.IntegerField(default=0, db_default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(due=F("billed") + F("pending") + F("ended") + F("parked")),
                name="renewals_run_adds_up",
            ),
        )
        indexes = (models.Index(fields=["-started_at", "-id"], name="renewals_run_newest"),)
