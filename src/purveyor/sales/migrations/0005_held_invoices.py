"""An order may be completed while its invoice is held."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """An order may be completed while its invoice is held."""

    dependencies = [("sales", "0004_renewals_paid_together")]
    operations = [
        migrations.RemoveConstraint(model_name="order", name="sales_order_completed_is_invoiced"),
        migrations.AddField(
            model_name="order",
            name="invoice_held",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "completed"), _negated=True),
                    models.Q(("completed_at__isnull", False), ("invoice__isnull", False)),
                    models.Q(("completed_at__isnull", False), ("on_account", True)),
                    models.Q(("completed_at__isnull", False), ("invoice_held", True)),
                    models.Q(("completed_at__isnull", False), ("kind", "renewals")),
                    _connector="OR",
                ),
                name="sales_order_completed_is_invoiced",
            ),
        ),
    ]
