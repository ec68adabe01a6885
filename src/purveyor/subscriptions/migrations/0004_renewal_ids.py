"""Every running term has a renewal ahead of it, known by its id."""

from django.db import migrations

_IDS = """
SELECT set_config('app.scope', 'operator', true);
UPDATE subscriptions_subscription SET renewal_id = gen_random_uuid()
WHERE period_end IS NOT NULL AND status IN ('trial', 'active', 'suspended', 'extended');
SELECT set_config('app.scope', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0003_life_of_a_subscription")]

    operations = [migrations.RunSQL(sql=_IDS, reverse_sql=migrations.RunSQL.noop)]
