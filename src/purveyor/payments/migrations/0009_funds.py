"""Deposits that are asked for, and balances that are watched and filled up."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    """Deposits that are asked for, and balances that are watched and filled up."""

    dependencies = [("payments", "0008_bank")]
    operations = [
        migrations.RemoveConstraint(model_name="payable", name="payments_payable_subject"),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject_kind__in", ["order", "invoice", "renewal", "deposit"])),
                name="payments_payable_subject",
            ),
        ),
        migrations.CreateModel(
            name="FundSettings",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("threshold", models.BigIntegerField(null=True)),
                ("target", models.BigIntegerField(null=True)),
                ("automatic", models.BooleanField(default=False)),
                ("method", models.TextField(default="bank_transfer")),
                ("low_since", models.DateTimeField(null=True)),
                ("topped_up_on", models.DateField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="payments_fundsettings_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payer_id", "currency"), name="payments_fundsettings_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("threshold__isnull", True), ("threshold__gt", 0), _connector="OR"
                        ),
                        name="payments_fundsettings_threshold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("automatic", False),
                            models.Q(
                                ("target__gt", models.F("threshold")),
                                ("target__isnull", False),
                                ("threshold__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="payments_fundsettings_target",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["bank_transfer", "card"])),
                        name="payments_fundsettings_method",
                    ),
                ],
            },
        ),
        rls.protect("payments_fundsettings", "payer"),
    ]
