"""Where mails lie until they are sent."""

from django.db import migrations, models

from purveyor.infra import rls


class Migration(migrations.Migration):
    dependencies = [
        ("infra", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("dedupe", models.TextField(unique=True)),
                ("to", models.TextField()),
                ("to_key", models.TextField(db_collation="C")),
                ("to_name", models.TextField(default="")),
                ("from_name", models.TextField(default="")),
                ("reply_to", models.TextField(default="")),
                ("subject", models.TextField()),
                ("language", models.CharField(max_length=2)),
                ("text", models.TextField()),
                ("html", models.TextField()),
                ("links", models.JSONField(default=list)),
                ("status", models.TextField(default="queued")),
                ("attempts", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("reseller_id", models.UUIDField(null=True)),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="infra_mail_newest"),
                    models.Index(fields=["to_key", "-created_at", "-id"], name="infra_mail_to"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "sent", "failed"])),
                        name="infra_mail_status",
                    )
                ],
            },
        ),
        rls.protect("infra_mail", "payer"),
    ]
