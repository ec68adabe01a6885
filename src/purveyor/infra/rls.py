"""Row-level security: the second wall behind every scoped query (rules.md f).

The context lives in three transaction-local settings: ``app.scope`` (operator, reseller, customer),
``app.reseller`` and ``app.customer``. Without them every protected table is empty.
"""

from __future__ import annotations

from typing import Literal

from django.db import migrations

Policy = Literal["tenant", "payer", "reseller", "shared"]

# Scalar sub-selects are evaluated once a statement, not once a row.
SCOPE = "(SELECT current_setting('app.scope', true))"
RESELLER = "(SELECT nullif(current_setting('app.reseller', true), '')::uuid)"
CUSTOMER = "(SELECT nullif(current_setting('app.customer', true), '')::uuid)"

_PINNED = f"({CUSTOMER} IS NULL OR customer_id IS NULL OR customer_id = {CUSTOMER})"

_RESELLER_SIDE: dict[str, str] = {
    "tenant": f"reseller_id = {RESELLER} AND {_PINNED}",
    "payer": f"reseller_id = {RESELLER} AND {_PINNED} AND (payer_id IS NULL OR payer_id = {RESELLER})",
    "reseller": f"reseller_id = {RESELLER}",
    "shared": f"reseller_id = {RESELLER}",
}
# The reseller too: a row that another house wrote under this customer's id by mistake stays unseen.
_MINE = f"customer_id = {CUSTOMER} AND reseller_id = {RESELLER}"
_CUSTOMER_SIDE: dict[str, str] = {
    "tenant": _MINE,
    "payer": f"{_MINE} AND (payer_id IS NULL OR payer_id = {CUSTOMER})",
    "reseller": "false",
    "shared": f"reseller_id = {RESELLER}",
}


def predicate(policy: Policy, *, extra: str | None = None) -> str:
    """The SQL condition of a policy; ``extra`` is OR-ed to it for reading."""
    sql = (
        f"({SCOPE} = 'operator'"
        f" OR ({SCOPE} = 'reseller' AND {_RESELLER_SIDE[policy]})"
        f" OR ({SCOPE} = 'customer' AND {_CUSTOMER_SIDE[policy]}))"
    )
    return f"({sql} OR ({extra}))" if extra else sql


def protect(table: str, policy: Policy, *, extra_read: str | None = None) -> migrations.RunSQL:
    """A migration operation that turns forced row-level security on for ``table``.

    ``shared`` rows are read by the reseller's customers but written by the reseller and the operator only.
    """
    read = predicate(policy, extra=extra_read)
    write = predicate("reseller") if policy == "shared" else predicate(policy)
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})",
            f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({write})",
            f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
            f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({write})",
        ],
        reverse_sql=[
            f"DROP POLICY {table}_read ON {table}",
            f"DROP POLICY {table}_insert ON {table}",
            f"DROP POLICY {table}_update ON {table}",
            f"DROP POLICY {table}_delete ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def reference(table: str) -> migrations.RunSQL:
    """A migration operation: everybody reads ``table``, the operator writes it; its rows belong to no tenant."""
    write = f"{SCOPE} = 'operator'"
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_read ON {table} FOR SELECT USING (true)",
            f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({write})",
            f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
            f"CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({write})",
        ],
        reverse_sql=[
            *(f"DROP POLICY {table}_{act} ON {table}" for act in ("read", "insert", "update", "delete")),
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def append_only(table: str) -> migrations.RunSQL:
    """A migration operation: rows of ``table`` are never updated nor deleted, whoever asks."""
    return migrations.RunSQL(
        sql=f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION app_refuse_change()",
        reverse_sql=f"DROP TRIGGER {table}_append_only ON {table}",
    )


def immutable(table: str, *, columns: tuple[str, ...]) -> migrations.RunSQL:
    """A migration operation: the named ``columns`` of ``table`` keep their first value for ever."""
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
    return migrations.RunSQL(
        sql=f"CREATE TRIGGER {table}_immutable BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION app_refuse_change()",
        reverse_sql=f"DROP TRIGGER {table}_immutable ON {table}",
    )
