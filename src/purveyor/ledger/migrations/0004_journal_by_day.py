"""The journal of a period reads the pages of its days: transactions come in their order."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_more_accounts")]
    operations = [
        migrations.RunSQL(
            sql="CREATE INDEX ledger_transaction_days ON ledger_transaction USING brin (booked_on)"
            " WITH (pages_per_range = 32)",
            reverse_sql="DROP INDEX ledger_transaction_days",
        )
    ]
