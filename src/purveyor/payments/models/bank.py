"""Bank statements, their entries, and which entry paid what. The operator's alone, but for reversals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENTRY_STATUSES = ("new", "open", "matched", "partial", "returned", "outgoing", "booked", "dismissed")

OWN_ACCOUNTS = ("bank_fees", "bank_interest", "bank_other")


class BankStatement(models.Model):
    """A statement as it was read: opening and its entries come to closing, in minor units of its currency.

    ``sha256`` is that of the file; ``part`` tells several statements in one file apart. ``warnings`` are codes
    with facts: a gap in the sequence, an opening that is not the closing before it.
    """

    id = models.UUIDField(primary_key=True)
    account = models.TextField()
    reference = models.TextField()
    sequence = models.BigIntegerField(null=True)
    opening = models.BigIntegerField()
    closing = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    opening_on = models.DateField()
    closing_on = models.DateField()
    format = models.TextField()
    sha256 = models.TextField()
    part = models.IntegerField(default=0)
    warnings = models.JSONField(default=list)
    skipped = models.IntegerField(default=0)
    imported_at = models.DateTimeField()
    imported_by = models.TextField()
    imported_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sha256", "part"], name="payments_bankstatement_once"),
            models.CheckConstraint(
                condition=Q(format__in=["camt.053", "mt940"]), name="payments_bankstatement_format"
            ),
        )
        indexes = (
            models.Index(fields=["-imported_at", "-id"], name="payments_bankstatement_newest"),
            models.Index(fields=["account", "-closing_on"], name="payments_bankstatement_acct"),
        )


class BankEntry(models.Model):
    """One movement on the account; ``amount`` above zero came in. ``key`` is the bank's own reference, or the
    statement's with the position: the same movement in two statements is stored once. ``code`` is the bank's word for
    what it is (BkTxCd, or the type of MT940).

    ``status`` "new" was not looked at yet; "open" waits for a person, with ``suggestion``: payables that may be meant.
    """

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, db_index=False)
    position = models.IntegerField()
    account = models.TextField()
    key = models.TextField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    booked_on = models.DateField()
    is_reversal = models.BooleanField(default=False)
    reference = models.TextField()
    end_to_end = models.TextField()
    debtor_name = models.TextField()
    debtor_iban = models.TextField()
    text = models.TextField()
    code = models.TextField(default="", db_default="")
    status = models.TextField()
    reason = models.TextField(default="")
    suggestion = models.JSONField(default=dict)
    to_balance = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "key", "amount", "value_date"], name="payments_bankentry_once"
            ),
            models.UniqueConstraint(fields=["statement", "position"], name="payments_bankentry_position"),
            models.CheckConstraint(condition=~Q(amount=0), name="payments_bankentry_not_zero"),
            models.CheckConstraint(condition=Q(status__in=ENTRY_STATUSES), name="payments_bankentry_status"),
        )
        indexes = (
            models.Index(
                fields=["-value_date", "-id"],
                condition=Q(status__in=["new", "open"]),
                name="payments_bankentry_queue",
            ),
            models.Index(fields=["-value_date", "-id"], name="payments_bankentry_newest"),
            models.Index(
                fields=["debtor_iban"], condition=~Q(debtor_iban=""), name="payments_bankentry_iban"
            ),
            models.Index(
                fields=["reference"], condition=~Q(reference=""), name="payments_bankentry_reference"
            ),
            models.Index(
                fields=["end_to_end"], condition=~Q(end_to_end=""), name="payments_bankentry_endtoend"
            ),
        )


class BankMatch(models.Model):
    """What an entry came to: so much of it for a payable, by this rule; or a refund that it paid out; or, of a
    return, the payment that it takes back. ``undone_at`` when a person took it back, or the bank the money.

    Money of the operator's own names the account of the books as its rule, the operator as payer, and what a person
    ``note``-d.
    """

    id = models.UUIDField(primary_key=True)
    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, null=True)
    payable = models.ForeignKey("payments.Payable", on_delete=models.PROTECT, null=True)
    refund_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    rule = models.TextField()
    note = models.TextField(default="", db_default="")
    matched_at = models.DateTimeField()
    matched_by = models.TextField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["entry", "payable"],
                condition=Q(undone_at__isnull=True, payable__isnull=False),
                name="payments_bankmatch_once",
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(undone_at__isnull=True, rule__in=OWN_ACCOUNTS),
                name="payments_bankmatch_own_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_bankmatch_amount"),
        )


class Reversal(models.Model):
    """A payment taken back, whole: by the bank that returned it, or by a person who un-matched it. Never changed."""

    id = models.UUIDField(primary_key=True)
    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.TextField()
    reversed_at = models.DateTimeField()
    reversed_by = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=["returned", "unmatched"]), name="payments_reversal_reason"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_reversal_amount"),
        )


class Mandate(models.Model):
    """A payer's leave to collect from its account by SEPA direct debit, until it is revoked."""

    id = models.UUIDField(primary_key=True)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    payer_id = models.UUIDField()
    reference = models.TextField(unique=True)
    iban = models.TextField()
    bic = models.TextField(default="")
    name = models.TextField()
    signed_on = models.DateField()
    sequence = models.TextField(default="FRST")
    entered_at = models.DateTimeField()
    entered_by = models.TextField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(sequence__in=["FRST", "RCUR"]), name="payments_mandate_sequence"
            ),
            models.UniqueConstraint(
                fields=["payer_id"], condition=Q(revoked_at__isnull=True), name="payments_mandate_one"
            ),
        )


class PaymentFile(models.Model):
    """A file for the bank: payouts (pain.001) or collections (pain.008). The file itself is kept as it was made."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    message_id = models.TextField(unique=True)
    execute_on = models.DateField()
    count = models.IntegerField()
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    content = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["pain.001", "pain.008"]), name="payments_file_kind"),
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="payments_file_not_empty"),
        )
        indexes = (models.Index(fields=["-made_at", "-id"], name="payments_file_newest"),)


class PaymentFileItem(models.Model):
    """One payout or collection of a file; ``closed_at`` when the statement showed it, or the file was withdrawn.

    While it is open, what it is for is in no other file (unique indexes).
    """

    id = models.UUIDField(primary_key=True)
    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT)
    payable = models.ForeignKey("payments.Payable", on_delete=models.PROTECT, null=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True)
    refund_id = models.UUIDField(null=True)
    end_to_end = models.TextField()
    amount = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(payable__isnull=False, mandate__isnull=False, refund_id__isnull=True)
                | Q(payable__isnull=True, mandate__isnull=True, refund_id__isnull=False),
                name="payments_item_for_one",
            ),
            models.UniqueConstraint(
                fields=["payable"],
                condition=Q(closed_at__isnull=True, payable__isnull=False),
                name="payments_item_one_a_payable",
            ),
            models.UniqueConstraint(
                fields=["refund_id"],
                condition=Q(closed_at__isnull=True, refund_id__isnull=False),
                name="payments_item_one_a_refund",
            ),
        )
        indexes = (models.Index(fields=["end_to_end"], name="payments_item_endtoend"),)
