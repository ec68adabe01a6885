"""Sums of zero are looked at once a statement, not once an entry at commit: a third of the cost of a large booking.

Stricter than before: a transaction has to sum to zero after every statement that adds to it, in all of its entries,
and no statement can put the check off.
"""

from django.db import migrations

# A customer's own context may be set: the check must see every entry all the same.
# (SET in the function's head would need a superuser.)
_CHECK = """
CREATE FUNCTION ledger_check_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  scope text := coalesce(current_setting('app.scope', true), '');
  crooked uuid;
BEGIN
  PERFORM set_config('app.scope', 'operator', true);
  -- By the index for each of them: this plan is kept, and has to be right for one booking and for ten thousand.
  -- Entries that the check cannot see come to NULL and are refused as well.
  SELECT a.transaction_id INTO crooked FROM (SELECT DISTINCT transaction_id FROM added) a
  WHERE (
    SELECT bool_and(total = 0) FROM (
      SELECT sum(e.amount) AS total FROM ledger_entry e WHERE e.transaction_id = a.transaction_id GROUP BY e.currency
    ) sums
  ) IS NOT TRUE LIMIT 1;
  IF crooked IS NOT NULL THEN
    RAISE EXCEPTION 'ledger transaction % does not sum to zero', crooked
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
  END IF;
  PERFORM set_config('app.scope', scope, true);
  RETURN NULL;
END $$
"""
_BEFORE = """
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
    dependencies = [("ledger", "0004_journal_by_day")]
    operations = [
        migrations.RunSQL(
            sql=[
                _CHECK,
                "CREATE TRIGGER ledger_sums AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added"
                " FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_sums()",
                "DROP TRIGGER ledger_entries_sum_to_zero ON ledger_entry",
                "DROP FUNCTION ledger_check_zero_sum()",
            ],
            reverse_sql=[
                _BEFORE,
                "CREATE CONSTRAINT TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON ledger_entry"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_zero_sum()",
                "DROP TRIGGER ledger_sums ON ledger_entry",
                "DROP FUNCTION ledger_check_sums()",
            ],
        ),
    ]
