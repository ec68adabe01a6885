"""Who was told of what."""

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [("infra", "0004_look")]

    operations = [
        migrations.CreateModel(
            name="Told",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("topic", models.TextField(db_collation="C")),
                ("what", models.TextField()),
                ("kinds", models.JSONField(default=list)),
                ("organization_id", models.UUIDField(null=True)),
                ("role", models.TextField(default="")),
                ("name", models.TextField(default="")),
                ("email", models.TextField()),
                ("language", models.CharField(max_length=2)),
                ("told_at", models.DateTimeField()),
                ("reseller_id", models.UUIDField(null=True)),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["topic", "told_at"], name="infra_told_topic")]},
        ),
        rls.protect("infra_told", "payer"),
        rls.append_only("infra_told"),
    ]
