"""A morning with many ends of terms: a fixed number of statements a chunk, nothing twice, one word an organization."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from purveyor.kernel.actor import system_actor
from purveyor.renewals.commands import _notice_cases
from purveyor.renewals.commands.give_notices import FIRST, announce_notices, find_short, give_notices
from tests.rooms.shop import Shop, open_shop
from tests.support.filled import everything

SYSTEM = system_actor()
MANY = 2500
# The shop's annual terms end on 2027-01-15; this is thirty days before it, at six in Stockholm.
MORNING = datetime(2026, 12, 16, 5, tzinfo=UTC)
_COPIES = """
INSERT INTO subscriptions_subscription
SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'renewal_id', gen_random_uuid(),
        'renewal_payment_method', CASE WHEN mod(n, 2) = 0 THEN 'balance' ELSE 'bank_transfer' END))).*
FROM subscriptions_subscription s, generate_series(2, %s) n WHERE s.id = %s"""


@pytest.fixture(scope="module")
def many(db: object) -> Shop:
    shop = open_shop()
    original: UUID = shop.subscription(3)
    with connections["run"].cursor() as cursor:
        cursor.execute(_COPIES, [MANY, original])
    return shop


def given() -> int:
    ((count,),) = everything("SELECT count(*) FROM renewals_notice")
    return int(count)


def give_all() -> list[int]:
    """The statements of the look at balances, then of each chunk."""
    with CaptureQueriesContext(connection) as captured:
        short = find_short(actor=SYSTEM, now=MORNING)
    statements = [len(captured)]
    after: UUID | None = FIRST
    while after is not None:
        with CaptureQueriesContext(connection) as captured:
            after = give_notices(actor=SYSTEM, now=MORNING, after=after, short=short)
        statements.append(len(captured))
    return statements


def test_a_chunk_takes_a_fixed_number_of_statements(many: Shop) -> None:
    balances, *chunks = give_all()
    assert len(chunks) == -(-MANY // _notice_cases.CHUNK)
    assert max(chunks) <= 20, chunks
    assert balances <= 20 * len(chunks)
    # The end and the seats that nobody holds of each, and the balance that is too small for half of them.
    kinds = dict(everything("SELECT kind, count(*) FROM renewals_notice GROUP BY 1"))
    assert (kinds["commits"], kinds["unused"]) == (MANY, MANY)
    assert 0 < kinds["payment"] <= MANY // 2


def test_again_gives_nothing_and_one_word_is_said_to_each(many: Shop) -> None:
    before = given()
    assert before > MANY
    give_all()
    assert given() == before
    ((daily,),) = everything("SELECT id FROM renewals_daily WHERE name = 'notices'")
    told = announce_notices(actor=SYSTEM, now=MORNING, daily_id=daily, next_at=MORNING)
    assert told == 2
    rows = everything("SELECT payload->'kinds'->>'commits' FROM infra_event WHERE kind = 'notices.given'")
    assert [int(row[0]) for row in rows] == [MANY, MANY]
