"""Tables of the plumbing: outbox, deliveries, idempotency, activity, parked work, the test clock."""

from __future__ import annotations

from django.db import models
from django.db.models import Func


class CurrentTransactionId(Func):
    """The 64-bit id of the writing transaction, so that the feed can wait for slower ones."""

    template = "(pg_current_xact_id()::text::bigint)"
    arity = 0
    output_field = models.BigIntegerField()


class Event(models.Model):
    """What happened, written in the transaction in which it happened. Never updated."""

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    xid = models.BigIntegerField(db_default=CurrentTransactionId())
    kind = models.TextField()
    at = models.DateTimeField()
    subject_id = models.UUIDField()
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)
    payload = models.JSONField()

    class Meta:
        indexes = (
            models.Index(fields=["xid", "seq"], name="infra_event_feed"),
            models.Index(fields=["reseller_id", "xid", "seq"], name="infra_event_reseller_feed"),
            models.Index(fields=["customer_id", "xid", "seq"], name="infra_event_customer_feed"),
        )


class Delivery(models.Model):
    """An event still owed to one in-house handler; the row is deleted by the handler's own transaction."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    handler = models.TextField()
    attempts = models.IntegerField(default=0)
    parked = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event", "handler"], name="infra_delivery_once"),)


class IdempotencyRecord(models.Model):
    """The first answer given to an idempotency key, kept for at least seven days."""

    id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    key = models.TextField()
    fingerprint = models.TextField()
    status = models.IntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization_id", "key"], name="infra_idempotency_once"),
        )


class Activity(models.Model):
    """Who did what, acting on whom, when, from where. Append-only; no foreign keys, so that
    the record never blocks a change and never disappears with what it speaks of."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    organization_id = models.UUIDField(null=True)
    role = models.TextField()
    via = models.TextField()
    ip = models.TextField(null=True)
    acting_on = models.UUIDField(null=True)
    kind = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.UUIDField(null=True)
    facts = models.JSONField()
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["-at", "-id"], name="infra_activity_at"),
            models.Index(fields=["reseller_id", "-at", "-id"], name="infra_activity_reseller"),
            models.Index(fields=["customer_id", "-at", "-id"], name="infra_activity_customer"),
        )


class Parked(models.Model):
    """Due work or a delivery that could not be done, kept where a person sees it."""

    id = models.UUIDField(primary_key=True)
    source = models.TextField()
    piece = models.TextField()
    due_at = models.DateTimeField()
    reason = models.TextField()
    parked_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["source", "piece"],
                condition=models.Q(resolved_at__isnull=True),
                name="infra_parked_once",
            ),
        )


class Clock(models.Model):
    """One row: how far the sandbox's test clock runs ahead of real time."""

    id = models.IntegerField(primary_key=True, default=1)
    offset_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="infra_clock_single"),)


class Mail(models.Model):
    """A mail in one recipient's language, stored with what caused it; sent by a job of the same transaction.

    ``dedupe`` names the cause and the recipient, so that nobody gets a mail twice. Outside a sandbox the
    body is emptied once sent, because it may hold a token.
    """

    id = models.UUIDField(primary_key=True)
    dedupe = models.TextField(unique=True)
    to = models.TextField()
    to_key = models.TextField(db_collation="C")
    to_name = models.TextField(default="")
    from_name = models.TextField(default="")
    reply_to = models.TextField(default="")
    subject = models.TextField()
    language = models.CharField(max_length=2)
    text = models.TextField()
    html = models.TextField()
    links = models.JSONField(default=list)
    status = models.TextField(default="queued")
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "sent", "failed"]), name="infra_mail_status"
            ),
        )
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="infra_mail_newest"),
            models.Index(fields=["to_key", "-created_at", "-id"], name="infra_mail_to"),
        )


class Told(models.Model):
    """Who was told about something that costs money: kept when the mail itself is emptied. Never changed.

    ``topic`` names what it was about: the id of a document or an order, or a morning's notices. ``what`` is the kind
    of the event that was told; ``kinds`` are those of the notices of a morning that the mail held.
    """

    id = models.UUIDField(primary_key=True)
    topic = models.TextField(db_collation="C")
    what = models.TextField()
    kinds = models.JSONField(default=list)
    organization_id = models.UUIDField(null=True)
    role = models.TextField(default="")
    name = models.TextField(default="")
    email = models.TextField()
    language = models.CharField(max_length=2)
    told_at = models.DateTimeField()
    reseller_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)

    class Meta:
        indexes = (models.Index(fields=["topic", "told_at"], name="infra_told_topic"),)
