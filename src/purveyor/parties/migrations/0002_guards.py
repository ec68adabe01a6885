"""Isolation of parties, and the look-ups that happen before a context exists."""

from django.db import migrations

from purveyor.infra import rls

_LOOKUPS = """
CREATE FUNCTION app_find_key(wanted text)
RETURNS TABLE (key_id uuid, organization_id uuid, kind text, reseller_id uuid, customer_id uuid, role text,
               name text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE scope text := coalesce(current_setting('app.scope', true), '');
BEGIN
  -- Not SET in the function's head: that would need a superuser.
  PERFORM set_config('app.scope', 'operator', true);
  RETURN QUERY
  SELECT k.id, k.organization_id, o.kind, k.reseller_id, k.customer_id, k.role, k.name
  FROM parties_apikey k JOIN parties_organization o ON o.id = k.organization_id
  WHERE k.key_hash = wanted AND k.revoked_at IS NULL;
  PERFORM set_config('app.scope', scope, true);
END $$;

-- Sets the isolation context of the transaction from an API key and returns who it is, in one statement.
CREATE FUNCTION app_enter_by_key(wanted text)
RETURNS TABLE (key_id uuid, organization_id uuid, kind text, reseller_id uuid, customer_id uuid, role text,
               name text, offset_us bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE k record;
BEGIN
  SELECT * INTO k FROM app_find_key(wanted);
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('app.scope', k.kind, true),
          set_config('app.reseller', coalesce(k.reseller_id::text, ''), true),
          set_config('app.customer', coalesce(k.customer_id::text, ''), true);
  RETURN QUERY SELECT k.key_id, k.organization_id, k.kind, k.reseller_id, k.customer_id, k.role,
                      k.name, (SELECT c.offset_us FROM infra_clock c);
END $$;

CREATE FUNCTION app_workspaces(wanted uuid)
RETURNS TABLE (membership_id uuid, organization_id uuid, kind text, role text, reseller_id uuid,
               customer_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE scope text := coalesce(current_setting('app.scope', true), '');
BEGIN
  -- Not SET in the function's head: that would need a superuser.
  PERFORM set_config('app.scope', 'operator', true);
  RETURN QUERY
  SELECT m.id, m.organization_id, o.kind, m.role, m.reseller_id, m.customer_id
  FROM parties_membership m JOIN parties_organization o ON o.id = m.organization_id
  WHERE m.person_id = wanted AND m.ended_at IS NULL
  ORDER BY CASE o.kind WHEN 'operator' THEN 0 WHEN 'reseller' THEN 1 ELSE 2 END, m.created_at, m.id;
  PERFORM set_config('app.scope', scope, true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("infra", "0002_guards")]

    operations = [
        # Whoever works here may know who the seller is.
        rls.protect(
            "parties_organization",
            "tenant",
            extra_read=f"kind = 'operator' AND {rls.SCOPE} IN ('reseller', 'customer')",
        ),
        rls.protect("parties_resellerprofile", "shared"),
        # The bank account that invoices name: read by all, changed by the operator alone.
        rls.reference("parties_sellerprofile"),
        rls.protect("parties_membership", "tenant"),
        rls.protect("parties_apikey", "tenant"),
        rls.protect("parties_recentcustomer", "reseller"),
        migrations.RunSQL(
            sql=_LOOKUPS,
            reverse_sql="DROP FUNCTION app_workspaces(uuid); DROP FUNCTION app_enter_by_key(text);"
            " DROP FUNCTION app_find_key(text)",
        ),
        rls.immutable("parties_organization", columns=("kind", "reseller_id", "customer_id")),
        rls.immutable("parties_membership", columns=("organization_id", "reseller_id", "customer_id")),
    ]
