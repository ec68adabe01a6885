"""Documents as they were issued, and the counters of their numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Counter(models.Model):
    """The last number of a series; its row is locked by the transaction that takes the next."""

    id = models.BigAutoField(primary_key=True)
    reseller_id = models.UUIDField()
    series = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()
    issued_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reseller_id", "series", "year"], name="billing_counter_once"),
            models.CheckConstraint(condition=Q(last__gte=1), name="billing_counter_from_one"),
        )


class Document(models.Model):
    """An invoice, credit note or pro-forma as it was issued.

    Parties other than the customer are plain ids: a foreign key would share-lock the reseller's one row
    with every sale. Their names on the day are in ``seller`` and ``buyer``. A gathered invoice is for all of a
    reseller's customers: its ``customer`` is the reseller itself, and each line names its own.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    number = models.TextField()
    series = models.TextField()
    year = models.IntegerField()
    sequence = models.IntegerField()
    reseller_id = models.UUIDField()
    customer = models.ForeignKey(
        "parties.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer_id = models.UUIDField()
    bill_to_id = models.UUIDField()
    order_id = models.UUIDField(null=True)
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    seller = models.JSONField()
    buyer = models.JSONField()
    taxes = models.JSONField()
    tax_decision = models.JSONField()
    payment = models.JSONField(null=True)
    exchange = models.JSONField(null=True)
    net = models.BigIntegerField()
    vat = models.BigIntegerField()
    gross = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    status = models.TextField()
    bill_to_may_read = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    # What credit notes took off what was open; with ``paid`` never more than the gross.
    credited = models.BigIntegerField(default=0, db_default=0)
    # Of a credit note: the invoice that it answers, and why.
    answers = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["reseller_id", "series", "year", "sequence"], name="billing_document_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["reseller_id", "series", "year", "number"], name="billing_document_number_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["invoice", "credit_note", "pro_forma"]), name="billing_document_kind"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["issued", "partially_paid", "paid", "overdue", "written_off", "cancelled"]
                ),
                name="billing_document_status",
            ),
            # An invoice is never cancelled: a credit note answers it.
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(kind="pro_forma"), name="billing_document_not_cancelled"
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="billing_document_adds_up"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, credited__gte=0, paid__lte=F("gross") - F("credited")),
                name="billing_document_not_overpaid",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", answers__isnull=False)
                | (~Q(kind="credit_note") & Q(answers__isnull=True)),
                name="billing_document_answers",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")), name="billing_document_due_later"
            ),
        )
        indexes = (
            models.Index(fields=["payer_id", "-issued_on", "-id"], name="billing_document_payer"),
            models.Index(fields=["customer", "-issued_on", "-id"], name="billing_document_customer"),
            models.Index(fields=["reseller_id", "-issued_on", "-id"], name="billing_document_reseller"),
            models.Index(
                fields=["bill_to_id", "-issued_on"],
                condition=Q(bill_to_may_read=True),
                name="billing_document_bill_to",
            ),
            models.Index(
                fields=["order_id"], condition=Q(order_id__isnull=False), name="billing_document_order"
            ),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="billing_document_due"),
            models.Index(fields=["-issued_on", "-id"], name="billing_document_newest"),
            models.Index(
                fields=["payer_id"],
                condition=Q(status__in=["issued", "partially_paid", "overdue"], kind="invoice"),
                name="billing_document_open",
            ),
            models.Index(
                fields=["answers"], condition=Q(answers__isnull=False), name="billing_document_credits"
            ),
        )


class Line(models.Model):
    """One line of a document; the scope columns repeat the document's, but for the customer of a gathered
    invoice's line, whose name of the day is kept with it. ``tax`` is the place, from 0, of its tax among the
    document's."""

    id = models.UUIDField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, db_index=False)
    reseller_id = models.UUIDField()
    customer_id = models.UUIDField()
    payer_id = models.UUIDField()
    position = models.IntegerField()
    offer_id = models.UUIDField(null=True)
    subscription_id = models.UUIDField(null=True)
    description = models.JSONField()
    quantity = models.IntegerField()
    months = models.IntegerField()
    unit_price = models.BigIntegerField()
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4)
    net = models.BigIntegerField()
    explanation = models.JSONField()
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    customer_name = models.TextField(db_default="", default="")
    tax = models.SmallIntegerField(db_default=0, default=0)
    # Of a credit note: the invoice's line that it takes back, whole or in part.
    answers = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "position"], name="billing_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, months__gte=0, net__gte=0, unit_price__gte=0),
                name="billing_line_sane",
            ),
        )
        indexes = (
            models.Index(fields=["answers"], condition=Q(answers__isnull=False), name="billing_line_credits"),
        )
