"""The row of the work that gives notices. Its first instant lies far back: then it is due, and finds its morning."""

from django.db import migrations

_ID = "01900000-0000-7000-8000-000000000001"
# The owner is held to row-level security too, so it says for whom it acts.
_BEGIN = f"""
SELECT set_config('app.scope', 'operator', true);
INSERT INTO renewals_daily (id, name, due_at) VALUES ('{_ID}', 'notices', '2000-01-01T00:00:00Z');
SELECT set_config('app.scope', '', true);
"""
_END = f"""
SELECT set_config('app.scope', 'operator', true);
DELETE FROM renewals_daily WHERE id = '{_ID}';
SELECT set_config('app.scope', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("renewals", "0005_guards")]

    operations = [migrations.RunSQL(sql=_BEGIN, reverse_sql=_END)]
