"""Dated exchange rates: everybody's documents need them, the operator brings them, nobody changes them."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """Dated exchange rates."""

    dependencies = [("tax", "0003_live_checks")]
    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("into", models.CharField(max_length=3)),
                ("on", models.DateField()),
                ("rate", models.DecimalField(decimal_places=10, max_digits=20)),
                ("source", models.TextField()),
                ("uploaded_by", models.TextField()),
                ("uploaded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["currency", "into", "-on", "-uploaded_at", "-id"], name="tax_exchange_latest"
                    ),
                    models.Index(fields=["-on", "-id"], name="tax_exchange_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="tax_exchange_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("currency", models.F("into")), _negated=True),
                        name="tax_exchange_two",
                    ),
                ],
            },
        ),
        rls.reference("tax_exchangerate"),
        rls.append_only("tax_exchangerate"),
    ]
