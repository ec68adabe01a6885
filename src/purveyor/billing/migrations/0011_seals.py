"""Seals over issued documents."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """Seals over issued documents."""

    dependencies = [("billing", "0010_gathered_invoices_held")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("series", models.TextField()),
                ("year", models.IntegerField()),
                ("first", models.IntegerField()),
                ("last", models.IntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reseller_id", "series", "year", "last"), name="billing_seal_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 1), ("last__gte", models.F("first"))),
                        name="billing_seal_in_order",
                    ),
                ],
            },
        ),
        rls.protect("billing_seal", "payer"),
        rls.append_only("billing_seal"),
    ]
