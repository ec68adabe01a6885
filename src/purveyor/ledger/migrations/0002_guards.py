"""What the database itself holds to: isolation, no change of what is booked, and sums of zero."""

from django.db import migrations

from purveyor.infra import rls

_OWN = (
    f"{rls.SCOPE} = 'operator'"
    f" OR ({rls.SCOPE} = 'reseller' AND reseller_id = {rls.RESELLER} AND party_id = {rls.RESELLER})"
    f" OR ({rls.SCOPE} = 'customer' AND party_id = {rls.CUSTOMER})"
)
# Movements are joined with their accounts, so a party may see that its own exist.
_OWN_ACCOUNT = f"{rls.SCOPE} = 'customer' AND party_id = {rls.CUSTOMER}"

# Runs at commit, when a customer's own context may be back: the check must see every entry all the same.
# (SET in the function's head would need a superuser.)
_ZERO_SUM = """
CREATE FUNCTION ledger_check_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  scope text := coalesce(current_setting('app.scope', true), '');
BEGIN
  PERFORM set_config('app.scope', 'operator', true);
  IF EXISTS (
    SELECT FROM ledger_entry WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount) <> 0
  ) OR NOT EXISTS (SELECT FROM ledger_entry WHERE transaction_id = NEW.transaction_id) THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
  END IF;
  PERFORM set_config('app.scope', scope, true);
  RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("infra", "0002_guards")]
    operations = [
        rls.protect("ledger_account", "reseller", extra_read=_OWN_ACCOUNT),
        rls.protect("ledger_transaction", "payer"),
        rls.protect("ledger_entry", "payer"),
        migrations.RunSQL(
            sql=[
                "ALTER TABLE ledger_prepaidbalance ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE ledger_prepaidbalance FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY ledger_prepaidbalance_own ON ledger_prepaidbalance USING ({_OWN}) WITH CHECK ({_OWN})",
            ],
            reverse_sql=[
                "DROP POLICY ledger_prepaidbalance_own ON ledger_prepaidbalance",
                "ALTER TABLE ledger_prepaidbalance NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE ledger_prepaidbalance DISABLE ROW LEVEL SECURITY",
            ],
        ),
        rls.append_only("ledger_account"),
        rls.append_only("ledger_transaction"),
        rls.append_only("ledger_entry"),
        migrations.RunSQL(
            sql=[
                _ZERO_SUM,
                "CREATE CONSTRAINT TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON ledger_entry"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_zero_sum()",
            ],
            reverse_sql=[
                "DROP TRIGGER ledger_entries_sum_to_zero ON ledger_entry",
                "DROP FUNCTION ledger_check_zero_sum()",
            ],
        ),
    ]
