"""How much a reseller may owe."""

from __future__ import annotations

from django.db import migrations, models

from purveyor.infra import rls

# The reseller reads its own limit; nobody but the operator writes one.
_READ = rls.predicate("reseller")
_WRITE = f"{rls.SCOPE} = 'operator'"


class Migration(migrations.Migration):
    """How much a reseller may owe."""

    dependencies = [("parties", "0005_seller_policies")]
    operations = [
        migrations.CreateModel(
            name="CreditLimit",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reseller_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reseller_id", "currency"), name="credit_limit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="credit_limit_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            sql=[
                "ALTER TABLE parties_creditlimit ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE parties_creditlimit FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY parties_creditlimit_read ON parties_creditlimit FOR SELECT USING ({_READ})",
                f"CREATE POLICY parties_creditlimit_write ON parties_creditlimit USING ({_WRITE}) WITH CHECK ({_WRITE})",
            ],
            reverse_sql=[
                "DROP POLICY parties_creditlimit_write ON parties_creditlimit",
                "DROP POLICY parties_creditlimit_read ON parties_creditlimit",
                "ALTER TABLE parties_creditlimit NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE parties_creditlimit DISABLE ROW LEVEL SECURITY",
            ],
        ),
    ]
