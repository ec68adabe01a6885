"""The look at an idempotency key as a function: an API call takes it in the statement that opens the call."""

from django.db import migrations

# Lock first, then read: what the call before wrote until its end is seen. A query around it must not be free to
# read the table before the context is set; inside a volatile function it is not.
_LOOK = """
CREATE FUNCTION app_look(organization uuid, wanted text)
RETURNS TABLE (free boolean, fingerprint text, status integer, answer jsonb)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE mine boolean := pg_try_advisory_xact_lock(hashtextextended(organization::text || ':' || wanted, 0));
BEGIN
  RETURN QUERY
  SELECT mine, r.fingerprint, r.status, r.answer
  FROM (SELECT 1) one LEFT JOIN infra_idempotencyrecord r ON r.organization_id = organization AND r.key = wanted;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("infra", "0003_mail")]

    operations = [migrations.RunSQL(sql=_LOOK, reverse_sql="DROP FUNCTION app_look(uuid, text)")]
