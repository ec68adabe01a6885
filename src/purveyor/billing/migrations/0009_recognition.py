"""Revenue recognized over the term."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls

_ID = "01900000-0000-7000-8000-000000000002"
# The owner is held to row-level security too, so it says for whom it acts. The first instant lies far back: then it
# is due, and finds its morning.
_BEGIN = f"""
SELECT set_config('app.scope', 'operator', true);
INSERT INTO billing_recognitionstate (id, due_at) VALUES ('{_ID}', '2000-01-01T00:00:00Z');
SELECT set_config('app.scope', '', true);
"""
_END = f"""
SELECT set_config('app.scope', 'operator', true);
DELETE FROM billing_recognitionstate WHERE id = '{_ID}';
SELECT set_config('app.scope', '', true);
"""


class Migration(migrations.Migration):
    """Revenue recognized over the term."""

    dependencies = [("billing", "0008_exchange")]
    operations = [
        migrations.CreateModel(
            name="Recognition",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("customer_id", models.UUIDField(null=True)),
                ("payer_id", models.UUIDField()),
                ("day", models.DateField()),
                ("offer_id", models.UUIDField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reseller_id", "day", "offer_id", "currency"),
                        name="billing_recognition_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="billing_recognition_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecognitionState",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("through", models.DateField(null=True)),
                ("marker", models.UUIDField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
            ],
        ),
        rls.protect("billing_recognition", "payer"),
        rls.append_only("billing_recognition"),
        rls.reference("billing_recognitionstate"),
        migrations.RunSQL(sql=_BEGIN, reverse_sql=_END),
        # Lines come in the order of time, so a summary a few pages wide tells which of them may still run, and
        # costs an insert nothing.
        migrations.RunSQL(
            sql="CREATE INDEX billing_line_running ON billing_line USING brin (period_end)"
            " WITH (pages_per_range = 32)",
            reverse_sql="DROP INDEX billing_line_running",
        ),
    ]
