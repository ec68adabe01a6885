"""The rates, who may change them (only migrations), and the isolation of number checks."""

from typing import Any

from django.db import migrations

from purveyor.infra import rls
from purveyor.tax.rates_data import STANDARD_RATES


def load_rates(apps: Any, schema_editor: Any) -> None:
    """The table becomes what rates_data.py says. A migration that brings new rates calls it again."""
    rate = apps.get_model("tax", "Rate")
    alias = schema_editor.connection.alias
    rate.objects.using(alias).all().delete()
    rate.objects.using(alias).bulk_create(
        rate(territory=r.territory, rate_percent=r.percent, valid_from=r.valid_from, valid_to=r.valid_to)
        for r in STANDARD_RATES
    )


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_initial"), ("infra", "0002_guards")]
    operations = [
        migrations.RunPython(load_rates, migrations.RunPython.noop),
        # Not forced: the owner, who migrates and never serves, goes on loading rates.
        migrations.RunSQL(
            sql=[
                "ALTER TABLE tax_rate ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY tax_rate_read ON tax_rate FOR SELECT USING (true)",
            ],
            reverse_sql=[
                "DROP POLICY tax_rate_read ON tax_rate",
                "ALTER TABLE tax_rate DISABLE ROW LEVEL SECURITY",
            ],
        ),
        rls.protect("tax_numbercheck", "tenant"),
        rls.append_only("tax_numbercheck"),
    ]
