from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_renewal_ids")]

    operations = [
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["reseller_id", "due_at", "id"],
                name="sub_due_reseller",
            ),
        ),
    ]
