"""Tables of tax: dated rates, and what is known of VAT numbers and since when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Rate(models.Model):
    """A standard rate. Reference data: written by migrations alone, read by all."""

    id = models.BigAutoField(primary_key=True)
    territory = models.TextField(db_collation="C")
    rate_percent = models.DecimalField(max_digits=6, decimal_places=3)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["territory", "valid_from"], name="tax_rate_once"),
            models.CheckConstraint(
                condition=Q(rate_percent__gte=0, rate_percent__lte=100), name="tax_rate_percent"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="tax_rate_days"
            ),
        )


class NumberCheck(models.Model):
    """One check of a VAT number: evidence for the documents that rely on it, so it is never changed.

    ``customer`` is null where the number is the reseller's own.
    """

    id = models.UUIDField(primary_key=True)
    reseller = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    number = models.TextField()
    status = models.TextField()
    source = models.TextField()
    checked_at = models.DateTimeField()
    evidence = models.JSONField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["valid", "invalid", "unknown"]), name="tax_number_status"
            ),
        )
        indexes = (
            models.Index(fields=["reseller", "customer", "-checked_at", "-id"], name="tax_number_latest"),
        )


class ExchangeRate(models.Model):
    """What one unit of a currency is worth in another on a day, as somebody uploaded it with its source. Never
    changed: a correction is a later row for the same day, and documents keep the rate they were issued with."""

    id = models.UUIDField(primary_key=True)
    currency = models.CharField(max_length=3)
    into = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.TextField()
    uploaded_by = models.TextField()
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(rate__gt=0), name="tax_exchange_positive"),
            models.CheckConstraint(condition=~Q(currency=F("into")), name="tax_exchange_two"),
        )
        indexes = (
            models.Index(
                fields=["currency", "into", "-on", "-uploaded_at", "-id"], name="tax_exchange_latest"
            ),
            models.Index(fields=["-on", "-id"], name="tax_exchange_newest"),
        )


class NumberWatch(models.Model):
    """When the number of a party is looked at next, and how often in a row nobody could say. One row a party.

    ``last_error`` is why the last answer was unknown.
    """

    id = models.UUIDField(primary_key=True)
    reseller = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    organization = models.OneToOneField("parties.Organization", on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    due_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="tax_watch_due"),)
