"""What the migrated database itself says about isolation."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from purveyor.infra import roles
from purveyor.infra.roles import DatabaseUrls

# Rows that carry a reseller and are yet open to every session, each with the reason.
OPEN: dict[str, str] = {}


@pytest.fixture(scope="module")
def owner(urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    with psycopg.connect(urls.owner) as connection:
        yield connection


def test_every_table_with_a_reseller_is_protected_from_its_owner_too(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,"
        " EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        " AND a.attname = 'reseller_id' AND NOT a.attisdropped ORDER BY 1"
    ).fetchall()
    assert rows, "the look-up finds tables at all"
    assert [name for name, forced, policies in rows if not (forced and policies) and name not in OPEN] == []


def test_the_serving_role_sees_nothing_without_a_context(
    urls: DatabaseUrls, owner: psycopg.Connection
) -> None:
    protected = [
        name
        for (name,) in owner.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relrowsecurity AND a.attname = 'reseller_id'"
        )
    ]
    with psycopg.connect(urls.app) as connection:
        for name in protected:
            assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,), name  # type: ignore[arg-type]  # a name from the catalog


def test_the_serving_roles_own_nothing(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(%s)", ([roles.APP, roles.RUN],)
    ).fetchall()
    assert rows == []


def test_the_serving_roles_may_never_truncate(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT relname, who FROM pg_class, unnest(%s::text[]) AS who"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(who, oid, 'TRUNCATE')",
        ([roles.APP, roles.RUN],),
    ).fetchall()
    assert rows == []


def test_no_column_takes_business_time_from_the_database(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_default ~*"
        " '(now\\(|current_(date|time)|clock_timestamp|statement_timestamp)'"
        " AND table_name NOT LIKE 'procrastinate%%' AND table_name NOT LIKE 'django%%'"
    ).fetchall()
    assert rows == []


def test_security_definers_have_a_fixed_search_path(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND NOT coalesce(proconfig::text, '') LIKE '%search_path%'"
    ).fetchall()
    assert rows == []
