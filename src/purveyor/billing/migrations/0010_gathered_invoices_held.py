"""A gathered invoice may be held: its rows stay on account until it is issued."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A gathered invoice may be held."""

    dependencies = [
        ("billing", "0009_recognition"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="heldinvoice",
            name="billing_held_subject",
        ),
        migrations.AddField(
            model_name="heldinvoice",
            name="supplied_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="unbilled",
            name="held_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name="unbilled",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("held_id__isnull", False)),
                fields=["held_id"],
                name="billing_unbilled_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="heldinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject_kind__in", ["order", "renewal", "account"])),
                name="billing_held_subject",
            ),
        ),
    ]
