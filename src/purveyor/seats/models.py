"""Tables of seats. Decisions live in rules and commands."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Member(models.Model):
    """A customer's user. Removed ones stay, so that history has names."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+", null=True)
    email = models.TextField()
    email_key = models.TextField(db_collation="C")
    name = models.TextField(default="")
    language = models.CharField(max_length=2)
    role = models.TextField()
    status = models.TextField()
    search_key = models.TextField()
    sort_key = models.TextField(db_collation="C")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "email_key"], condition=~Q(status="removed"), name="seats_member_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["member", "manager", "admin"]), name="seats_member_role"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["invited", "active", "removed"]), name="seats_member_status"
            ),
        )
        indexes = (
            models.Index(fields=["customer", "sort_key", "id"], name="seats_member_by_name"),
            models.Index(fields=["customer", "-created_at", "-id"], name="seats_member_newest"),
        )


class Assignment(models.Model):
    """A member in a seat of a subscription; ended ones stay."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    status = models.TextField()
    # The member goes when the term ends: the next one begins without this seat.
    leaves_at_renewal = models.BooleanField(default=False)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subscription", "member"], condition=~Q(status="ended"), name="seats_assignment_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["reserved", "active"], ended_at__isnull=True)
                | Q(status="ended", ended_at__isnull=False),
                name="seats_assignment_status",
            ),
        )
        indexes = (models.Index(fields=["subscription", "-since", "-id"], name="seats_assignment_newest"),)


class Invitation(models.Model):
    """An invitation of a member, or of a reseller's or the operator's staff (then without member)."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    organization = models.ForeignKey("parties.Organization", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    email = models.TextField()
    email_key = models.TextField(db_collation="C")
    name = models.TextField(default="")
    role = models.TextField()
    language = models.CharField(max_length=2)
    token_hash = models.TextField(null=True, unique=True)
    status = models.TextField()
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "email_key"],
                condition=Q(status="pending"),
                name="seats_invitation_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "accepted", "withdrawn", "expired"]),
                name="seats_invitation_status",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", due_at__isnull=False) | ~Q(status="pending"),
                name="seats_invitation_due",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="seats_invitation_due_at"
            ),
            models.Index(
                fields=["reseller_id", "expires_at", "id"],
                condition=Q(status="pending"),
                name="seats_invitation_open",
            ),
        )
