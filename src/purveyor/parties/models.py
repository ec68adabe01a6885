"""Tables of parties. Decisions live in commands and rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their login, however it is typed."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """A login. One person may work in several organizations."""

    id = models.UUIDField(primary_key=True)
    email = models.EmailField(max_length=254, unique=True)
    name = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),)

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """There is no Django admin."""
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's permission tables are not used; parties.authority decides."""
        return False


class Organization(models.Model):
    """Operator, reseller or customer. ``reseller_id`` and ``customer_id`` carry its scope."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    name = models.TextField()
    search_key = models.TextField()
    sort_key = models.TextField(db_collation="C")
    country = models.CharField(max_length=2)
    email = models.TextField()
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    currency_frozen = models.BooleanField(default=False)
    vat_number = models.TextField(default="")
    vat_status = models.TextField(default="none")
    bill_to = models.TextField(default="customer")
    # A customer of a reseller: it may take over what the reseller leaves unpaid.
    may_pay_itself = models.BooleanField(default=False)
    line1 = models.TextField()
    line2 = models.TextField(default="")
    city = models.TextField()
    region = models.TextField(default="")
    postal_code = models.TextField()
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["operator", "reseller", "customer"]), name="org_kind"
            ),
            models.CheckConstraint(condition=Q(bill_to__in=["customer", "reseller"]), name="org_bill_to"),
            models.CheckConstraint(
                condition=Q(vat_status__in=["none", "valid", "invalid", "unknown"]), name="org_vat_status"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="operator", reseller_id__isnull=True, customer_id__isnull=True)
                    | Q(kind="reseller", reseller_id=models.F("id"), customer_id__isnull=True)
                    | Q(kind="customer", reseller_id__isnull=False, customer_id=models.F("id"))
                ),
                name="org_scope_fits_kind",
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="operator"), name="org_one_operator"),
        )
        indexes = (
            models.Index(fields=["reseller_id", "kind", "sort_key", "id"], name="org_by_name"),
            models.Index(fields=["kind", "sort_key", "id"], name="org_all_by_name"),
            models.Index(fields=["reseller_id", "kind", "-created_at", "-id"], name="org_newest"),
        )


class ResellerProfile(models.Model):
    """A reseller's face to its customers and its switches."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, primary_key=True)
    reseller_id = models.UUIDField()
    code = models.TextField(unique=True)
    name = models.TextField()
    is_house = models.BooleanField(default=False)
    help_name = models.TextField(default="")
    help_email = models.TextField(default="")
    help_url = models.TextField(default="")
    notify_customer_contact = models.BooleanField(default=True)
    documents_to_bill_to = models.BooleanField(default=False)
    billing_mode = models.TextField(default="at_once")
    # The operator's limits on gathering: whether at all, and how many days the gathered invoice gives.
    gathering_allowed = models.BooleanField(default=True)
    gathered_due_days = models.IntegerField(default=14)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_house"], condition=Q(is_house=True), name="reseller_one_house"
            ),
            models.CheckConstraint(
                condition=Q(billing_mode__in=["at_once", "gathered"]), name="reseller_billing_mode"
            ),
            models.CheckConstraint(
                condition=Q(billing_mode="at_once") | Q(gathering_allowed=True),
                name="reseller_gathers_if_allowed",
            ),
            models.CheckConstraint(
                condition=Q(gathered_due_days__gte=0, gathered_due_days__lte=90),
                name="reseller_gathered_due_days",
            ),
        )


class CreditLimit(models.Model):
    """How much a reseller may owe in a currency before what it orders on account is held. The operator sets it; the
    reseller reads its own, its customers nothing."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reseller_id", "currency"], name="credit_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_limit_not_negative"),
        )


class SellerProfile(models.Model):
    """The operator's bank account and help desk; public to all who are signed in."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, primary_key=True)
    iban = models.TextField(default="")
    bic = models.TextField(default="")
    bank_name = models.TextField(default="")
    help_email = models.TextField(default="")
    help_url = models.TextField(default="")
    # While a buyer's VAT number is unknown: a valid answer of at most so many days serves, then the policy decides.
    vat_unknown = models.TextField(default="hold_invoice")
    vat_answer_days = models.IntegerField(default=30)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(vat_unknown__in=["hold_invoice", "charge_then_correct"]),
                name="seller_vat_unknown",
            ),
            models.CheckConstraint(
                condition=Q(vat_answer_days__gte=0, vat_answer_days__lte=90), name="seller_vat_answer_days"
            ),
        )


class Membership(models.Model):
    """Person x organization x role; ended, never deleted."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    role = models.TextField()
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=Q(ended_at__isnull=True),
                name="membership_once",
            ),
        )
        indexes = (models.Index(fields=["organization", "role"], name="membership_org"),)


class ApiKey(models.Model):
    """A key of one organization in one role; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    name = models.TextField()
    role = models.TextField()
    key_hash = models.TextField(unique=True)
    hint = models.TextField()
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class RecentCustomer(models.Model):
    """Whom a person acted on last, so that the switch offers them first."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(Organization, on_delete=models.PROTECT, db_column="customer_id")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "customer"], name="recent_once"),)
        indexes = (models.Index(fields=["person", "-at"], name="recent_newest"),)
