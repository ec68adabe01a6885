"""Live checks of VAT numbers, and when the next is due."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """Live checks of VAT numbers, and when the next is due."""

    dependencies = [("tax", "0002_guards"), ("parties", "0005_seller_policies")]
    operations = [
        migrations.CreateModel(
            name="NumberWatch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.TextField()),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(default="")),
                (
                    "reseller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organization",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organization",
                    ),
                ),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="tax_watch_due"
                    )
                ],
            },
        ),
        rls.protect("tax_numberwatch", "tenant"),
    ]
