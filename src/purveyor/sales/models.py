"""Tables of sales. Every row carries its payer: nobody else but the operator reads it (rules.md b2).

Foreign keys have no index of their own where nothing is ever looked up or deleted through them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Quote(models.Model):
    """A computed promise. ``content`` is written by ``rules.stored``; nothing in it is ever changed."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    bill_to_id = models.UUIDField()
    status = models.TextField(default="open")
    currency = models.CharField(max_length=3)
    gross = models.BigIntegerField()
    fingerprint = models.TextField()
    content = models.JSONField()
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(status__in=["open", "accepted"]), name="sales_quote_status"),
        )
        indexes = (models.Index(fields=["customer_id", "-created_at"], name="sales_quote_customer"),)


class Order(models.Model):
    """An accepted quote, whose money is that of the quote for ever, tax decision included; or (``kind`` renewals)
    several renewals that are paid at once, each with a document of its own. ``customer_id`` is the reseller's id where
    these are of several customers."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField(default="sale", db_default="sale")
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer_id = models.UUIDField()
    bill_to_id = models.UUIDField()
    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="order", null=True)
    status = models.TextField()
    hold_reason = models.TextField(default="")
    payment_method = models.TextField()
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField()
    vat = models.BigIntegerField()
    gross = models.BigIntegerField()
    taxes = models.JSONField()
    tax_record = models.JSONField()
    payable = models.ForeignKey(
        "payments.Payable", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pro_forma = models.ForeignKey(
        "billing.Document", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    invoice = models.ForeignKey(
        "billing.Document", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # What was promised on the pro-forma; kept here so that a list of orders reads no other table.
    pro_forma_number = models.TextField(default="")
    invoice_number = models.TextField(default="")
    payment_details = models.JSONField(null=True)
    # Completed before it was invoiced: its lines are billed with the next gathered invoice.
    on_account = models.BooleanField(default=False)
    # Completed, and its invoice waits until something is known (billing.held).
    invoice_held = models.BooleanField(default=False, db_default=False)
    placed_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    status__in=["awaiting_payment", "on_hold", "provisioning", "completed", "cancelled"]
                ),
                name="sales_order_status",
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="sales_order_sums"),
            models.CheckConstraint(
                condition=~Q(status="completed")
                | Q(invoice__isnull=False, completed_at__isnull=False)
                | Q(on_account=True, completed_at__isnull=False)
                | Q(invoice_held=True, completed_at__isnull=False)
                | Q(kind="renewals", completed_at__isnull=False),
                name="sales_order_completed_is_invoiced",
            ),
            models.CheckConstraint(
                condition=Q(kind="sale", quote__isnull=False) | Q(kind="renewals", quote__isnull=True),
                name="sales_order_kind",
            ),
        )
        indexes = (
            models.Index(fields=["-placed_at", "-id"], name="sales_order_all"),
            models.Index(fields=["reseller_id", "-placed_at", "-id"], name="sales_order_newest"),
            models.Index(fields=["customer", "-placed_at", "-id"], name="sales_order_customer"),
            models.Index(
                fields=["reseller_id", "-placed_at", "-id"],
                condition=Q(status__in=["awaiting_payment", "on_hold"]),
                name="sales_order_waiting",
            ),
        )


class OrderLine(models.Model):
    """One line as it was promised, with the context that made its price."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.IntegerField()
    type = models.TextField()
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    product = models.TextField()
    plan = models.TextField()
    offer_code = models.TextField()
    quantity = models.IntegerField()
    months = models.IntegerField()
    term_months = models.IntegerField()
    unit_price = models.BigIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4)
    net = models.BigIntegerField()
    explanation = models.JSONField()
    pricing_context = models.JSONField()
    list_term_price = models.BigIntegerField()
    price_list = models.TextField()
    period_start = models.DateField()
    period_end = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order", "position"], name="sales_line_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1, net__gte=0), name="sales_line_amounts"),
        )
        indexes = (models.Index(fields=["subscription"], name="sales_line_subscription"),)


class Trial(models.Model):
    """That a customer had its one trial of a product."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "product"], name="sales_trial_once"),)
