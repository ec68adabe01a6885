"""The exchange rate frozen on a document."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The exchange rate frozen on a document."""

    dependencies = [("billing", "0007_held_invoices")]
    operations = [
        migrations.AddField(model_name="document", name="exchange", field=models.JSONField(null=True)),
        migrations.RunSQL(
            sql="CREATE TRIGGER billing_document_exchange_kept BEFORE UPDATE ON billing_document FOR EACH ROW"
            " WHEN (OLD.exchange IS DISTINCT FROM NEW.exchange) EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER billing_document_exchange_kept ON billing_document",
        ),
    ]
