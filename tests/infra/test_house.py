"""The test house itself: a database of one's own, three roles, and jobs that run."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import connections

from purveyor.infra import roles
from purveyor.infra.roles import DatabaseUrls


def test_each_connection_has_its_role(db: DatabaseUrls) -> None:
    found = {}
    for alias in ("default", "run", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user")
            found[alias] = cursor.fetchone()[0]
    assert found == {"default": roles.APP, "run": roles.RUN, "owner": roles.OWNER}


def test_serving_refuses_more_rights_than_it_needs(urls: DatabaseUrls) -> None:
    roles.refuse_excess_rights(connections["default"])
    for alias, reason in (("run", "bypass"), ("owner", "owns tables")):
        with pytest.raises(roles.RightsError, match=reason):
            roles.refuse_excess_rights(connections[alias])
    if urls.superuser:
        with (
            psycopg.connect(urls.superuser) as connection,
            pytest.raises(roles.RightsError, match="superuser"),
        ):
            roles.refuse_excess_rights(connection)


@pytest.mark.parametrize("query", ["TRUNCATE django_migrations", "CREATE TABLE mine (a int)"])
def test_the_serving_role_may_not_empty_or_define_tables(urls: DatabaseUrls, query: str) -> None:
    with psycopg.connect(urls.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(query)  # type: ignore[call-overload]  # a literal of this test


def test_drain_without_jobs_runs_nothing(drain: Callable[[], int]) -> None:
    assert drain() == 0


def test_drain_runs_what_was_deferred(drain: Callable[[], int]) -> None:
    from purveyor.infra.jobs import defer_deliveries

    defer_deliveries([1_000_000_001])  # owed by nobody: done before it is begun
    assert drain() == 1
    assert drain() == 0


def test_addresses_are_derived_with_their_options() -> None:
    given = "postgresql://me:s%40crt@db.example:6432/shop?sslmode=require"
    derived = roles.derived_url(given, roles.APP)
    assert derived.startswith("postgresql://purveyor_app:")
    assert derived.endswith("@db.example:6432/shop?sslmode=require")
    assert derived == roles.derived_url(given, roles.APP)
    assert roles.role_of(roles.database_url(given, "other")) == "me"
