"""Exchange rates: what is taken in, which one counts for a day, and who may."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from django.conf import settings
from django.db import Error, connection, transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from purveyor.infra import tx
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.tax import exchange
from purveyor.tax.commands import upload_exchange_rates
from purveyor.tax.rate_file import RateInput, read_rates
from tests.support.houses import NOW, Houses, build_houses

DAY = date(2026, 11, 20)


def rate(value: str, *, on: date = DAY, currency: str = "SEK", source: str = "ECB") -> RateInput:
    return RateInput(currency, Decimal(value), on, source)


@pytest.fixture
def houses(db: object, monkeypatch: pytest.MonkeyPatch) -> Houses:
    monkeypatch.setattr(settings, "EXCHANGE_RATE_DAYS", 10)
    return _houses()


@cache
def _houses() -> Houses:
    return build_houses()


def upload(houses: Houses, *rates: RateInput) -> tuple[int, int]:
    with tx.enter(houses.operator):
        done = upload_exchange_rates(actor=houses.operator, now=NOW, rates=rates)
    return done.added, done.known


def found(on: date, currency: str = "SEK") -> exchange.ExchangeRate | None:
    return exchange.find_rate(currency=currency, on=on)


def test_the_latest_rate_not_later_than_the_day_and_not_too_old(houses: Houses) -> None:
    upload(houses, rate("0.0911"), rate("0.0905", on=DAY - timedelta(days=3)), rate("0.87", currency="USD"))
    with tx.enter(houses.customer(houses.first_customer)):
        assert found(DAY) == exchange.ExchangeRate("SEK", "EUR", Decimal("0.0911"), "ECB", DAY)
        assert found(DAY - timedelta(days=1)).rate == Decimal("0.0905")  # type: ignore[union-attr]  # it is there
        assert found(DAY + timedelta(days=10)) is not None
        assert found(DAY + timedelta(days=11)) is None
        assert found(DAY - timedelta(days=4)) is None
        assert found(DAY, "GBP") is None
        assert found(DAY, "EUR").rate == 1  # type: ignore[union-attr]  # the seller's own is worth itself


def test_the_same_again_changes_nothing_and_a_correction_counts(houses: Houses) -> None:
    first, corrected = rate("0.0911", currency="NOK"), rate("0.09", currency="NOK")
    assert upload(houses, first) == (1, 0)
    assert upload(houses, rate("0.09110", currency="NOK")) == (0, 1)
    assert upload(houses, first, corrected) == (1, 1)
    with tx.enter(houses.operator):
        assert found(DAY, "NOK").rate == Decimal("0.09")  # type: ignore[union-attr]  # it was just uploaded
        rows = exchange.list_rates(actor=houses.operator, currency="NOK")
        assert [str(row.rate) for row in rows] == ["0.09", "0.0911"]
        assert rows[0].uploaded_by == "Olof Operator"
        assert exchange.list_rates(actor=houses.operator, currency="NOK", after=rows[0].cursor) == rows[1:]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (rate("1", currency="EUR"), "rate_same_currency"),
        (rate("1", currency="XXQ"), "rate_currency"),
        (rate("0"), "rate_number"),
        (rate("NaN"), "rate_number"),
        (rate("1E+12"), "rate_number"),
        (rate("0.12345678901"), "rate_number"),
        (rate("1", on=date(2026, 11, 23)), "rate_future"),
        (rate("1", source=" "), "rate_source"),
        (rate("1", source="a\x00"), "rate_source"),
    ],
)
def test_one_wrong_row_and_nothing_is_stored(houses: Houses, wrong: RateInput, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        upload(houses, rate("0.0911", currency="DKK"), wrong)
    assert (caught.value.facts["reason"], caught.value.facts["row"]) == (reason, 2)
    with tx.enter(houses.operator):
        assert exchange.list_rates(actor=houses.operator, currency="DKK") == []


def test_only_the_operator_brings_and_lists_them(houses: Houses) -> None:
    for actor in (houses.reseller(houses.first), houses.customer(houses.first_customer)):
        with pytest.raises(Forbidden), tx.enter(actor):
            upload_exchange_rates(actor=actor, now=NOW, rates=[rate("1")])
        with pytest.raises(NotFound), tx.enter(actor):
            exchange.list_rates(actor=actor)
        with pytest.raises(Error), tx.enter(actor), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tax_exchangerate VALUES (gen_random_uuid(), 'SEK', 'EUR', now(), 1, 'x', 'x', now())"
            )


def test_a_rate_is_never_changed(houses: Houses) -> None:
    upload(houses, rate("0.0911"))
    for act in ("UPDATE tax_exchangerate SET rate = 2", "DELETE FROM tax_exchangerate"):
        with (
            tx.enter(houses.operator),
            pytest.raises(Error),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)


def test_a_file_of_rates() -> None:
    text = "\ufeffcurrency;rate;date;source\r\nsek;0,0911;2026-11-20;Riksbanken\r\n\r\nUSD;0,87;2026-11-20;ECB\r\n"
    assert read_rates(text) == [rate("0.0911", source="Riksbanken"), rate("0.87", currency="USD")]
    assert read_rates("source,date,rate,currency\nECB,2026-11-20,0.0911,SEK") == [rate("0.0911")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "rate_columns"),
        ("a,b\n1,2", "rate_columns"),
        ("currency,rate,date,source\nSEK,1", "rate_cells"),
        ("currency,rate,date,source\nSEK,one,2026-11-20,ECB", "rate_number"),
        ("currency,rate,date,source\nSEK,1,20/11/2026,ECB", "rate_date"),
    ],
)
def test_a_file_that_cannot_be_read(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_rates(text)
    assert caught.value.facts["reason"] == reason


@examples(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read_or_refused(text: str, with_head: bool) -> None:
    with contextlib.suppress(Invalid):
        read_rates(f"currency,rate,date,source\n{text}" if with_head else text)
