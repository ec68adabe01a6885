"""Functions and policies that every room's tables rely on."""

from django.db import migrations

from purveyor.infra import rls

_OWN = (
    f"({rls.SCOPE} = 'operator' OR ({rls.SCOPE} = 'reseller' AND organization_id = {rls.RESELLER})"
    f" OR ({rls.SCOPE} = 'customer' AND organization_id = {rls.CUSTOMER}))"
)


class Migration(migrations.Migration):
    dependencies = [("infra", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION app_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              RAISE EXCEPTION '% is never changed once written', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """,
            reverse_sql="DROP FUNCTION app_refuse_change()",
        ),
        migrations.RunSQL(
            sql="INSERT INTO infra_clock (id, offset_us) VALUES (1, 0)",
            reverse_sql="DELETE FROM infra_clock",
        ),
        rls.protect("infra_event", "payer"),
        rls.append_only("infra_event"),
        rls.protect("infra_activity", "payer"),
        rls.append_only("infra_activity"),
        migrations.RunSQL(
            sql=[
                "ALTER TABLE infra_idempotencyrecord ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE infra_idempotencyrecord FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY infra_idempotencyrecord_own ON infra_idempotencyrecord USING {_OWN}"
                f" WITH CHECK {_OWN}",
            ],
            reverse_sql=[
                "DROP POLICY infra_idempotencyrecord_own ON infra_idempotencyrecord",
                "ALTER TABLE infra_idempotencyrecord NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE infra_idempotencyrecord DISABLE ROW LEVEL SECURITY",
            ],
        ),
    ]
