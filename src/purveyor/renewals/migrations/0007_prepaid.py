"""What a renewal promised while it waits for its money, and where lists of renewals are read from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_on_account_guards"),
        ("payments", "0005_dunning_guards"),
        ("renewals", "0006_daily_notices"),
        ("subscriptions", "0005_due_by_reseller"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="renewal",
            name="renewals_open",
        ),
        migrations.AddField(
            model_name="renewal",
            name="price_list",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddIndex(
            model_name="renewal",
            index=models.Index(fields=["period_start", "subscription"], name="renewals_by_day"),
        ),
        migrations.AddIndex(
            model_name="renewal",
            index=models.Index(
                condition=models.Q(("order_id__isnull", False)), fields=["order_id"], name="renewals_order"
            ),
        ),
    ]
