"""Invoices that are held until something is known."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """Invoices that are held until something is known."""

    dependencies = [("billing", "0006_credit_notes")]
    operations = [
        migrations.CreateModel(
            name="HeldInvoice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField()),
                ("payer_id", models.UUIDField()),
                ("bill_to_id", models.UUIDField()),
                ("buyer_name", models.TextField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.UUIDField()),
                ("reason", models.TextField()),
                ("rules", models.JSONField(default=list)),
                ("draft", models.JSONField()),
                ("booking", models.JSONField()),
                ("currency", models.CharField(max_length=3)),
                ("gross", models.BigIntegerField()),
                ("paid", models.BigIntegerField(default=0)),
                ("held_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("document_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="billing_held_due",
                    ),
                    models.Index(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=["bill_to_id"],
                        name="billing_held_bill_to",
                    ),
                    models.Index(
                        condition=models.Q(("released_at__isnull", True)),
                        fields=["held_at", "id"],
                        name="billing_held_queue",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["number_unknown", "would_not_validate", "rate_missing"])
                        ),
                        name="billing_held_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject_kind__in", ["order", "renewal"])),
                        name="billing_held_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document_id__isnull", True), ("released_at__isnull", True)),
                            models.Q(
                                ("document_id__isnull", False),
                                ("due_at__isnull", True),
                                ("released_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="billing_held_released",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid__gte", 0), ("paid__lte", models.F("gross"))),
                        name="billing_held_paid",
                    ),
                ],
            },
        ),
        # The few invoices that may have to be corrected, by the party whose number was unknown.
        migrations.RunSQL(
            sql="CREATE INDEX billing_document_provisional ON billing_document (bill_to_id) WHERE kind = 'invoice'"
            " AND (tax_decision -> 'evidence' ->> 'meanwhile') = 'charge_then_correct'",
            reverse_sql="DROP INDEX billing_document_provisional",
        ),
        rls.protect("billing_heldinvoice", "payer"),
        rls.immutable(
            "billing_heldinvoice",
            columns=("draft", "booking", "gross", "paid", "held_at", "subject_id", "payer_id"),
        ),
    ]
