"""The exchange rate frozen on a document; files of many documents."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """The exchange rate frozen on a document; files of many documents."""

    dependencies = [("billing", "0007_held_invoices")]
    operations = [
        migrations.AddField(model_name="document", name="exchange", field=models.JSONField(null=True)),
        migrations.RunSQL(
            sql="CREATE TRIGGER billing_document_exchange_kept BEFORE UPDATE ON billing_document FOR EACH ROW"
            " WHEN (OLD.exchange IS DISTINCT FROM NEW.exchange) EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER billing_document_exchange_kept ON billing_document",
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField(null=True)),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField(null=True)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("total", models.IntegerField()),
                ("done", models.IntegerField(default=0)),
                ("status", models.TextField(default="asked")),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["payer_id", "-asked_at", "-id"], name="billing_batch_payer")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["asked", "finished", "failed"])),
                        name="billing_batch_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done__gte", 0),
                            ("done__lte", models.F("total")),
                            ("last__gte", models.F("first")),
                        ),
                        name="billing_batch_sane",
                    ),
                ],
            },
        ),
        rls.protect("billing_batch", "payer"),
    ]
