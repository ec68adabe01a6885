"""Tables of the catalog. All but discounts is the operator's reference data, read by everybody."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Vendor(models.Model):
    """Who makes the software."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")


class Product(models.Model):
    """What the vendor makes."""

    id = models.UUIDField(primary_key=True)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT)
    code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    sort_key = models.TextField(db_collation="C")


class Plan(models.Model):
    """A tier of a product; ranks order the tiers."""

    id = models.UUIDField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    code = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    rank = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["product", "rank"], name="catalog_plan_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="catalog_plan_rank"),
        )


class Offer(models.Model):
    """What can be bought: a plan, for a term, billed at a frequency, under its terms. Never deleted."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True, db_collation="C")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT)
    term_months = models.IntegerField()
    billing_months = models.IntegerField()
    terms = models.JSONField()
    available_from = models.DateField()
    available_to = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(term_months__gte=1, billing_months__gte=1, billing_months__lte=F("term_months")),
                name="catalog_offer_months",
            ),
            models.CheckConstraint(
                condition=Q(available_to__isnull=True) | Q(available_to__gt=F("available_from")),
                name="catalog_offer_days",
            ),
        )


class PriceList(models.Model):
    """Prices of one currency from a day on. A trigger keeps lists of a currency from overlapping."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True, db_collation="C")
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["currency", "valid_from"], name="catalog_price_list_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="catalog_price_list_days",
            ),
        )


class Price(models.Model):
    """Minor units for one seat and the whole term of the offer."""

    id = models.UUIDField(primary_key=True)
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, db_index=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    amount = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["price_list", "offer"], name="catalog_price_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="catalog_price_not_negative"),
        )


class Discount(models.Model):
    """A reseller's discount on one offer, or on all (offer null) that have none of their own."""

    id = models.UUIDField(primary_key=True)
    reseller = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reseller", "offer", "valid_from"],
                nulls_distinct=False,
                name="catalog_discount_once",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="catalog_discount_percent"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="catalog_discount_days",
            ),
        )
