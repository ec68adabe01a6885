"""A forgotten filter shows nothing: the serving role asks for everything, and gets what is its own."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from purveyor.infra.roles import DatabaseUrls
from tests.isolation.tables import (
    OPEN,
    OPERATORS,
    OWNERSHIP,
    REFERENCE,
    Context,
    Row,
    all_tables,
    contexts,
    enter,
    key_of,
    serving,
)
from tests.support.filled import Filled

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def schema(urls: DatabaseUrls) -> dict[str, dict[str, Any]]:
    return all_tables(urls)


@pytest.fixture(scope="module")
def protected(schema: dict[str, dict[str, Any]]) -> list[str]:
    """The tables whose rows belong to somebody."""
    return [name for name in schema if name not in OPEN and name not in REFERENCE]


@pytest.fixture(scope="module")
def truth(filled: Filled, urls: DatabaseUrls, protected: list[str]) -> Tables:
    """All rows there are, read by the role that no policy holds."""
    with psycopg.connect(urls.run, row_factory=dict_row) as connection:
        return {
            name: connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
            for name in protected
        }


def test_every_table_is_protected_or_says_why_not(schema: dict[str, dict[str, Any]]) -> None:
    unguarded = {name for name, table in schema.items() if not table["guarded"]}
    assert unguarded == set(OPEN), "a new table needs rls.protect, or its reason here"
    assert {name for name in schema if name in REFERENCE} == REFERENCE


def test_what_is_open_belongs_to_nobody(schema: dict[str, dict[str, Any]]) -> None:
    owned = {name for name in OPEN if set(schema[name]["columns"]) & set(OWNERSHIP)}
    assert owned == set()


def test_protection_holds_for_the_owner_too(schema: dict[str, dict[str, Any]], protected: list[str]) -> None:
    assert [name for name in protected if not schema[name]["forced"]] == []


def test_no_protected_table_is_empty_here(truth: Tables) -> None:
    """An empty table would prove nothing: tests/support/filled.py must put rows of several owners into it."""
    assert [name for name, rows in truth.items() if not rows] == []
    by_house = {
        name: {row["reseller_id"] for row in rows if row.get("reseller_id")}
        for name, rows in truth.items()
        if name != "infra_idempotencyrecord" and name not in OPERATORS
    }
    assert [name for name, owners in by_house.items() if len(owners) < 2] == []


def test_everything_that_is_read_is_ones_own(
    filled: Filled, urls: DatabaseUrls, schema: dict[str, dict[str, Any]], truth: Tables
) -> None:
    wrong = []
    for context in contexts(filled):
        with serving(urls, context) as connection:
            for name, rows in truth.items():
                pk = schema[name]["pk"]
                found = connection.execute(
                    sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
                ).fetchall()
                seen = {key_of(row, pk) for row in found}
                wanted = {key_of(row, pk) for row in rows if context.sees(name, row)}
                if seen != wanted:
                    wrong.append((context.name, name, len(seen - wanted), len(wanted - seen)))
    assert wrong == [], "(who, table, seen too many, seen too few)"


def test_without_a_context_there_is_nothing_to_change(
    urls: DatabaseUrls, schema: dict[str, dict[str, Any]], truth: Tables
) -> None:
    with serving(urls, Context("nobody")) as connection:
        for name in truth:
            column = sql.Identifier(schema[name]["pk"][0])
            table = sql.Identifier(name)
            for statement in (
                sql.SQL("UPDATE {} SET {} = {}").format(table, column, column),
                sql.SQL("DELETE FROM {}").format(table),
            ):
                assert connection.execute(statement).rowcount == 0, name


def test_another_ones_rows_are_not_changed_nor_deleted(
    filled: Filled, urls: DatabaseUrls, schema: dict[str, dict[str, Any]], truth: Tables
) -> None:
    for context in contexts(filled):
        with serving(urls, context) as connection:
            for name, rows in truth.items():
                pk = schema[name]["pk"][0]
                foreign = [row[pk] for row in rows if not context.sees(name, row)]
                names = {"table": sql.Identifier(name), "pk": sql.Identifier(pk)}
                for statement in (
                    "UPDATE {table} SET {pk} = {pk} WHERE {pk} = ANY(%s)",
                    "DELETE FROM {table} WHERE {pk} = ANY(%s)",
                ):
                    query = sql.SQL(statement).format(**names)
                    assert connection.execute(query, [foreign]).rowcount == 0, (context.name, name)


def _attempt(connection: psycopg.Connection[Any], query: sql.Composed, values: list[Any]) -> tuple[int, str]:
    """How many rows it wrote, and the error with which the database refused; undone in either case."""
    done = 0
    try:
        with connection.transaction(force_rollback=True):
            done = connection.execute(query, values).rowcount
    except psycopg.Error as error:
        return 0, str(error)
    return done, ""


def test_rows_are_not_written_for_another(
    filled: Filled, urls: DatabaseUrls, schema: dict[str, dict[str, Any]], truth: Tables
) -> None:
    """A copy of every foreign row, under a new key, is refused by the table's policy and by nothing else."""
    wrong = []
    for context in contexts(filled):
        if context.scope == "operator":
            continue
        with serving(urls, context) as connection:
            for name, rows in truth.items():
                for row in _one_of_each_owner(context, name, rows):
                    _, error = _attempt(connection, *_copy(name, schema[name]["pk"], row))
                    if "row-level security policy" not in error:
                        wrong.append((context.name, name, error))
    assert wrong == []


def _one_of_each_owner(context: Context, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        if not context.sees(name, row):
            found.setdefault(tuple(row.get(column) for column in OWNERSHIP), row)
    return list(found.values())


def _copy(name: str, pk: list[str], row: Row) -> tuple[sql.Composed, list[Any]]:
    text = (
        "INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::{table}, %s)"
    )
    values = {column: _plain(value) for column, value in row.items()}
    if name == "catalog_pricelist":
        values["currency"] = "XTS"  # two lists of one currency would be refused for their dates
    # Its own key: a key that is taken would be refused for another reason.
    for column in pk:
        values[column] = (
            999_999_999 if isinstance(row[column], int) else "00000000-0000-7000-8000-00000000ffff"
        )
    return sql.SQL(text).format(table=sql.Identifier(name)), [Jsonb(values)]


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool, list, dict, type(None))) else str(value)


def test_a_row_is_not_handed_to_another(
    filled: Filled, urls: DatabaseUrls, schema: dict[str, dict[str, Any]], truth: Tables
) -> None:
    """What is one's own cannot be given away: not to another reseller, another customer or another payer."""
    houses = filled.world.shop.houses
    stranger = Context("the stranger's customer", "customer", houses.second.id, houses.second_customer.id)
    others = {
        "reseller_id": houses.second.id,
        "customer_id": houses.second_customer.id,
        "payer_id": houses.second_customer.id,
    }
    wrong = []
    for context in contexts(filled):
        if context.scope not in ("reseller", "customer") or context.reseller != houses.first.id:
            continue
        with serving(urls, context) as connection:
            for name, rows in truth.items():
                mine = next((row for row in rows if context.sees(name, row) and context.reaches(row)), None)
                for column in set(others) & set(schema[name]["columns"]):
                    # Who pays for a subscription is a fact of it, not a wall around it.
                    if mine is None or (name, column) == ("subscriptions_subscription", "payer_id"):
                        continue
                    pk = schema[name]["pk"][0]
                    change = (name, pk, mine[pk], column, others[column])
                    narrow = context.customer is not None and name != "parties_recentcustomer"
                    if _handed_over(connection, change, stranger, narrow=narrow):
                        wrong.append((context.name, name, column))
    assert wrong == []


def _handed_over(
    connection: psycopg.Connection[Any], change: tuple[str, str, Any, str, Any], to: Context, *, narrow: bool
) -> bool:
    """Whether the change is taken; by a reseller that acts on no customer, whether the stranger then sees it.

    (A reseller may write any customer's id under its own: the database does not know whose customer that is.)
    """
    name, pk, key, column, value = change
    update = sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(
        *(sql.Identifier(part) for part in (name, column, pk))
    )
    read = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(name), sql.Identifier(pk))
    done = False
    try:
        with connection.transaction(force_rollback=True):
            done = connection.execute(update, [value, key]).rowcount > 0
            if done and not narrow and column == "customer_id":
                enter(connection, to)
                done = connection.execute(read, [key]).fetchone() is not None
    except psycopg.Error:
        return False
    return done


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_reference_data_is_read_by_all_and_written_by_the_operator(
    filled: Filled, urls: DatabaseUrls, schema: dict[str, dict[str, Any]], name: str
) -> None:
    pk = schema[name]["pk"][0]
    for context in contexts(filled):
        if context.scope == "operator":
            continue
        with serving(urls, context) as connection:
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
            assert rows, (context.name, name)
            names = {"table": sql.Identifier(name), "pk": sql.Identifier(pk)}
            assert connection.execute(sql.SQL("UPDATE {table} SET {pk} = {pk}").format(**names)).rowcount == 0
            assert connection.execute(sql.SQL("DELETE FROM {table}").format(**names)).rowcount == 0
            _, error = _attempt(connection, *_copy(name, [pk], rows[0]))
            assert "row-level security policy" in error, (context.name, error)
