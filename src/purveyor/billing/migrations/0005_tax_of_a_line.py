from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_on_account_guards")]

    operations = [
        migrations.AddField("line", "tax", models.SmallIntegerField(default=0, db_default=0)),
    ]
