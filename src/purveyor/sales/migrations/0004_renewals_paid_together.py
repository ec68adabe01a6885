"""Renewals of several customers paid by one order: no quote, a document for each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_on_account_guards"),
        ("parties", "0004_billing_of_a_reseller"),
        ("payments", "0005_dunning_guards"),
        ("sales", "0003_on_account"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="order",
            name="sales_order_completed_is_invoiced",
        ),
        migrations.AddField(
            model_name="order",
            name="kind",
            field=models.TextField(db_default="sale", default="sale"),
        ),
        migrations.AlterField(
            model_name="order",
            name="quote",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="order", to="sales.quote"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "completed"), _negated=True),
                    models.Q(("completed_at__isnull", False), ("invoice__isnull", False)),
                    models.Q(("completed_at__isnull", False), ("on_account", True)),
                    models.Q(("completed_at__isnull", False), ("kind", "renewals")),
                    _connector="OR",
                ),
                name="sales_order_completed_is_invoiced",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "sale"), ("quote__isnull", False)),
                    models.Q(("kind", "renewals"), ("quote__isnull", True)),
                    _connector="OR",
                ),
                name="sales_order_kind",
            ),
        ),
    ]
