"""Isolation, and the one look-up that happens before a context exists."""

from django.db import migrations

from purveyor.infra import rls

_LOOKUP = """
CREATE FUNCTION seats_invitation_by_token(wanted text)
RETURNS TABLE (invitation_id uuid, organization_id uuid, reseller_id uuid, customer_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE scope text := coalesce(current_setting('app.scope', true), '');
BEGIN
  -- Not SET in the function's head: that would need a superuser.
  PERFORM set_config('app.scope', 'operator', true);
  RETURN QUERY
  SELECT i.id, i.organization_id, i.reseller_id, i.customer_id
  FROM seats_invitation i WHERE i.token_hash = wanted;
  PERFORM set_config('app.scope', scope, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("seats", "0001_initial"), ("infra", "0002_guards")]

    operations = [
        rls.protect("seats_member", "tenant"),
        rls.protect("seats_assignment", "tenant"),
        rls.protect("seats_invitation", "tenant"),
        rls.immutable("seats_member", columns=("reseller_id", "customer_id", "created_at")),
        rls.immutable(
            "seats_assignment", columns=("reseller_id", "customer_id", "subscription_id", "member_id")
        ),
        rls.immutable(
            "seats_invitation",
            columns=("reseller_id", "customer_id", "organization_id", "member_id", "email_key"),
        ),
        migrations.RunSQL(sql=_LOOKUP, reverse_sql="DROP FUNCTION seats_invitation_by_token(text)"),
    ]
