"""What became of the terms so far, said in the words of the renewal's life."""

from django.db import migrations

from purveyor.infra import rls

# The owner is held to row-level security too, so it says for whom it acts.
_CARRY = """
SELECT set_config('app.scope', 'operator', true);
UPDATE renewals_renewal r SET
  offer_id = s.offer_id, currency = s.currency, opened_at = r.rolled_at,
  net = coalesce(d.net, 0), vat = coalesce(d.vat, 0),
  paid_at = CASE WHEN d.status = 'paid' THEN r.rolled_at END,
  status = CASE WHEN r.outcome = 'ended' THEN 'ended' WHEN d.status = 'paid' THEN 'paid'
                WHEN d.status = 'overdue' THEN 'at_risk' ELSE 'pending' END
FROM subscriptions_subscription s, (SELECT i.id AS renewal, x.* FROM renewals_renewal i
  LEFT JOIN billing_document x ON x.id = i.invoice_id) d
WHERE s.id = r.subscription_id AND d.renewal = r.id;
SELECT set_config('app.scope', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("renewals", "0003_life_of_a_subscription"), ("infra", "0002_guards")]

    operations = [
        migrations.RunSQL(
            sql="DROP TRIGGER renewals_renewal_append_only ON renewals_renewal",
            reverse_sql=rls.append_only("renewals_renewal").sql,
        ),
        migrations.RunSQL(sql=_CARRY, reverse_sql=migrations.RunSQL.noop),
    ]
