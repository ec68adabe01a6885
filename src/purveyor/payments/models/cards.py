"""Kept cards, attempts to charge them, and what the provider told. Never a card's number, never its code."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from purveyor.payments.models.money import Payable, Payment


class CardPayer(models.Model):
    """Who a payer is at the provider: made once, before its first card."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(unique=True)
    provider_id = models.TextField(unique=True)
    made_at = models.DateTimeField()


class Card(models.Model):
    """A card that its holder let us keep: brand, last four digits, expiry and the provider's names for it."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    provider_payer = models.TextField()
    provider_id = models.TextField(unique=True)
    brand = models.TextField()
    last4 = models.CharField(max_length=4)
    exp_month = models.IntegerField()
    exp_year = models.IntegerField()
    is_default = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.TextField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(last4__regex=r"^[0-9]{4}$"), name="payments_card_last4"),
            models.CheckConstraint(
                condition=Q(exp_month__gte=1, exp_month__lte=12, exp_year__gte=2000, exp_year__lte=2200),
                name="payments_card_expiry",
            ),
            models.UniqueConstraint(
                fields=["payer_id"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="payments_card_one_default",
            ),
        )
        indexes = (models.Index(fields=["payer_id", "-added_at"], name="payments_card_payer"),)


class CardAttempt(models.Model):
    """One try to keep a card or to charge one: written and committed before the provider is asked.

    ``due_at`` is when it wants attention: to be sent, to be sent again after a crash (the same idempotency key), or
    to be looked at while the customer acts. ``tries`` counts how often the provider did not answer.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    kind = models.TextField()
    payable = models.ForeignKey(Payable, on_delete=models.PROTECT, null=True, db_index=False)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, null=True, db_index=False)
    number = models.IntegerField(default=1)
    amount = models.BigIntegerField(default=0)
    currency = models.TextField(default="")
    keep_card = models.BooleanField(default=False)
    status = models.TextField()
    decline_kind = models.TextField(default="")
    decline_code = models.TextField(default="")
    session_id = models.TextField(null=True, unique=True)
    session_url = models.TextField(default="")
    charge_id = models.TextField(null=True, unique=True)
    fee = models.BigIntegerField(null=True)
    tries = models.IntegerField(default=0)
    series_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="keep", payable__isnull=True, amount=0)
                | Q(kind="on_session", payable__isnull=False, amount__gt=0)
                | Q(kind="off_session", payable__isnull=False, amount__gt=0, card__isnull=False),
                name="payments_cardattempt_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["planned", "sending", "waiting", "succeeded", "declined", "cancelled"]
                ),
                name="payments_cardattempt_status",
            ),
            models.CheckConstraint(
                condition=Q(decline_kind__in=["", "hard", "soft", "authentication"]),
                name="payments_cardattempt_decline",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["succeeded", "declined", "cancelled"])
                | Q(due_at__isnull=True, ended_at__isnull=False),
                name="payments_cardattempt_ended",
            ),
            models.UniqueConstraint(fields=["payable", "number"], name="payments_cardattempt_number"),
            models.UniqueConstraint(
                fields=["payable"],
                condition=Q(kind="off_session", status__in=["planned", "sending"]),
                name="payments_cardattempt_one_open",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_cardattempt_due"
            ),
            models.Index(fields=["payer_id", "-opened_at", "-id"], name="payments_cardattempt_payer"),
            models.Index(fields=["-opened_at", "-id"], name="payments_cardattempt_newest"),
        )


class CardEvent(models.Model):
    """Something the provider told: kept once by its id, handled later by looking at the object itself.

    It belongs to no tenant (``reseller_id`` stays NULL), so that only the operator and its jobs read it.
    """

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField(null=True)
    event_id = models.TextField(unique=True)
    type = models.TextField()
    object_id = models.TextField()
    outcome = models.TextField(default="")
    tries = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_cardevent_due"),
        )


class CardRefund(models.Model):
    """A refund to be sent to the card it came from; its id is the refund's own (payments_refund)."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    charge_id = models.TextField()
    amount = models.BigIntegerField()
    currency = models.TextField()
    status = models.TextField(default="open")
    provider_id = models.TextField(null=True, unique=True)
    tries = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_cardrefund_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "sent", "done", "failed"]), name="payments_cardrefund_status"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="payments_cardrefund_due"
            ),
        )


class CardDispute(models.Model):
    """A chargeback: the holder's bank took the money back, and may give it again."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, db_index=False)
    provider_id = models.TextField(unique=True)
    invoice_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    currency = models.TextField()
    # Where it was taken from: the payable itself, the balance, and what nobody covers. What asks for it anew has parts.
    reopened = models.BigIntegerField(default=0)
    from_balance = models.BigIntegerField(default=0)
    loss = models.BigIntegerField(default=0)
    reason = models.TextField()
    status = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["open", "won", "lost"]), name="payments_carddispute_status"
            ),
        )
        indexes = (models.Index(fields=["payer_id", "-opened_at"], name="payments_carddispute_payer"),)


class CardDisputePart(models.Model):
    """What a chargeback took from one of the invoices that the payment had paid, and what asks for it anew."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    dispute = models.ForeignKey(CardDispute, on_delete=models.PROTECT, related_name="part", db_index=False)
    invoice_id = models.UUIDField()
    amount = models.BigIntegerField()
    asked = models.ForeignKey(Payable, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dispute", "invoice_id"], name="payments_carddisputepart_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_carddisputepart_amount"),
        )
        indexes = (models.Index(fields=["invoice_id"], name="payments_disputepart_invoice"),)
