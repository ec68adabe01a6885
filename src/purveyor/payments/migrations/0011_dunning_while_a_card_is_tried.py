"""A case says when its payer's card is tried again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A case says when its payer's card is tried again."""

    dependencies = [("payments", "0010_disputes_of_several")]
    operations = [
        migrations.RemoveConstraint(model_name="dunningcase", name="payments_dunningcase_status"),
        migrations.AddField(model_name="dunningcase", name="retry_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="dunningcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            *("none", "reminded", "retrying", "final_notice", "suspended", "terminated"),
                            *("on_hold", "promised", "resolved"),
                        ],
                    )
                ),
                name="payments_dunningcase_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="dunningcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "retrying"), _negated=True),
                    ("retry_at__isnull", False),
                    _connector="OR",
                ),
                name="payments_dunningcase_retry",
            ),
        ),
    ]
