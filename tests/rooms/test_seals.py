"""What was issued is sealed in a chain: a change made around every trigger shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from purveyor.billing.commands import issue_invoice
from purveyor.billing.commands.seal_documents import seal_documents
from purveyor.billing.types import Document
from purveyor.infra.roles import DatabaseUrls
from purveyor.kernel.errors import Forbidden
from purveyor.sales.books import verify
from tests.rooms.books import NOW, SYSTEM, House, draft, found_house, found_operator

TABLES = ("billing_document", "billing_line", "billing_seal")
CODES = (f"S{number}" for number in count(1))


@pytest.fixture
def house(db: DatabaseUrls) -> House:
    found_operator()
    return found_house(next(CODES))


@pytest.fixture(autouse=True)
def repaired(db: DatabaseUrls) -> Iterator[None]:
    yield
    with psycopg.connect(db.owner) as connection:
        connection.execute("SELECT set_config('app.scope', 'operator', true)")
        connection.execute("ALTER TABLE billing_seal DISABLE TRIGGER USER")
        connection.execute("DELETE FROM billing_seal")
        connection.execute("ALTER TABLE billing_seal ENABLE TRIGGER USER")


def issued(house: House, number: int) -> list[Document]:
    return [issue_invoice(actor=house.actor, now=NOW, draft=draft(house)) for _ in range(number)]


def seal(day: int) -> int:
    return seal_documents(actor=SYSTEM, now=NOW + timedelta(days=day))


def around(db: DatabaseUrls, *statements: LiteralString, of: UUID | None = None) -> None:
    """As somebody would who owns the tables: no trigger stands in the way. ``%(id)s`` is ``of``."""
    with psycopg.connect(db.owner) as connection:
        connection.execute("SELECT set_config('app.scope', 'operator', true)")
        for table in TABLES:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        for statement in statements:
            assert connection.execute(statement, {"id": of}).rowcount > 0
        # A table whose foreign keys are still to be checked is not altered.
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def broken() -> int:
    return sum(one.found for one in verify() if one.what == "document_seal")


def test_every_day_seals_what_is_new(house: House) -> None:
    issued(house, 3)
    assert seal(1) >= 1
    assert seal(2) == 0, "nothing new"
    issued(house, 2)
    assert seal(3) == 1
    assert broken() == 0


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE billing_document SET buyer = buyer || \'{"name": "Somebody"}\' WHERE id = %(id)s',
        "UPDATE billing_document SET issued_on = issued_on - 1 WHERE id = %(id)s",
        "UPDATE billing_line SET quantity = quantity + 1 WHERE document_id = %(id)s",
        "DELETE FROM billing_line WHERE document_id = %(id)s",
    ],
)
def test_a_change_around_the_triggers_shows(db: DatabaseUrls, house: House, change: LiteralString) -> None:
    first, second, _third = issued(house, 3)
    seal(1)
    issued(house, 1)
    seal(2)
    around(db, change, of=second.id)
    assert broken() == 1, "the seal that it lies under, and not those after it"
    # What was paid since is no part of what was issued.
    around(
        db, "UPDATE billing_document SET paid = 1, status = 'partially_paid' WHERE id = %(id)s", of=first.id
    )
    assert broken() == 1


def test_a_document_that_is_gone_shows_and_so_does_a_seal(db: DatabaseUrls, house: House) -> None:
    first, *_rest = issued(house, 2)
    seal(1)
    issued(house, 1)
    seal(2)
    issued(house, 1)
    seal(3)
    lines = "DELETE FROM billing_line WHERE document_id = %(id)s"
    around(db, lines, "DELETE FROM billing_document WHERE id = %(id)s", of=first.id)
    assert broken() == 1
    around(db, "DELETE FROM billing_seal WHERE reseller_id = %(id)s AND first = 3", of=house.reseller.id)
    assert broken() == 2, "the one over what is gone, and the one whose forerunner is gone"


def test_a_seal_never_changes(db: DatabaseUrls, house: House) -> None:
    issued(house, 1)
    seal(1)
    with psycopg.connect(db.owner) as connection:
        connection.execute("SELECT set_config('app.scope', 'operator', true)")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            connection.execute("UPDATE billing_seal SET digest = ''")


def test_only_the_house_seals(house: House) -> None:
    with pytest.raises(Forbidden):
        seal_documents(actor=house.actor, now=NOW)
