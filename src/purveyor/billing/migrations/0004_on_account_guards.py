"""What the database itself holds to: isolation, and rows on account that are closed once and never rewritten."""

from django.db import migrations

from purveyor.infra import rls

_FROZEN = (
    *("id", "reseller_id", "customer_id", "payer_id", "gathering_id", "counters_id", "kind", "order_id"),
    *("offer_id", "subscription_id", "customer_name", "currency", "description", "quantity", "months"),
    *("unit_price", "discount_percent", "net", "explanation", "period_start", "period_end", "put_at"),
)


def _kept(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION app_refuse_change()",
        reverse_sql=f"DROP TRIGGER {table}_kept ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_on_account"), ("infra", "0002_guards")]
    operations = [
        rls.protect("billing_gathering", "reseller"),
        rls.protect("billing_unbilled", "payer"),
        rls.immutable("billing_unbilled", columns=_FROZEN),
        migrations.RunSQL(
            sql="CREATE TRIGGER billing_unbilled_closed_once BEFORE UPDATE ON billing_unbilled FOR EACH ROW"
            " WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION app_refuse_change()",
            reverse_sql="DROP TRIGGER billing_unbilled_closed_once ON billing_unbilled",
        ),
        _kept("billing_gathering"),
        _kept("billing_unbilled"),
    ]
