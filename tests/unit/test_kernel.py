"""The words every room shares."""

import pickle
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.kernel import ids
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.errors import DomainError, Invalid, NotFound
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money, exponent, round_half_up, split_largest_remainder
from purveyor.kernel.names import search_key, sort_key
from purveyor.kernel.period import Period, add_months, months_grid

NUMBERS = st.integers(-(10**9), 10**9)


def test_ids_are_uuid7_and_rise() -> None:
    made = [ids.new_id() for _ in range(2000)]
    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_ids_rise_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.new_id()
    monkeypatch.setattr("purveyor.kernel.ids.time.time_ns", lambda: 0)
    assert ids.new_id() > first


@given(st.uuids())
def test_an_id_is_read_as_it_is_shown(value: UUID) -> None:
    text = ids.show("cus", value)
    assert len(text) == 30
    assert ids.read("cus", text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cus_",
        "cus",
        "sub_00000000000000000000000000",
        "cus_0000000000000000000000000",
        "cus_0000000000000000000000000U",
        "cus_0000000000000000000000000l",
        "cus_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "cus_000000000000000000000000０0",
        "CUS_00000000000000000000000000",
    ],
)
def test_other_spellings_of_an_id_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        ids.read("cus", text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Decimal("2.5"), 3),
        (Decimal("-2.5"), -3),
        (7, 7),
    ],
)
def test_halves_are_rounded_away_from_zero(value: Fraction | Decimal | int, expected: int) -> None:
    assert round_half_up(value) == expected


@given(NUMBERS, st.integers(1, 10**6))
def test_rounding_errs_by_a_half_at_most_and_is_symmetric(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    assert abs(round_half_up(exact) - exact) <= Fraction(1, 2)
    assert round_half_up(-exact) == -round_half_up(exact)


@given(NUMBERS, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_split_parts_sum_to_the_whole_and_are_fair(total: int, weights: list[int]) -> None:
    parts = split_largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


def test_split_gives_what_is_left_over_to_the_largest_remainder() -> None:
    assert split_largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert split_largest_remainder(-10, [1, 1, 1]) == [-4, -3, -3]
    assert split_largest_remainder(10, [1, 2, 0]) == [3, 7, 0]
    with pytest.raises(ValueError, match="weights"):
        split_largest_remainder(10, [0, 0])
    with pytest.raises(ValueError, match="weights"):
        split_largest_remainder(10, [2, -1])


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(4800, "EUR"), "48.00 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(500, "JPY"), "500 JPY"),
        (Money(1234, "KWD"), "1.234 KWD"),
        (Money(0, "SEK"), "0.00 SEK"),
    ],
)
def test_money_shows_the_decimals_of_its_currency(money: Money, shown: str) -> None:
    assert str(money) == shown
    assert Money.parse(money.decimal(), money.currency) == money
    assert Money.from_json(money.as_json()) == money


def test_money_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, "EURO")
    with pytest.raises(TypeError):
        Money(True, "EUR")
    with pytest.raises(ValueError, match="two currencies"):
        Money(1, "EUR") + Money(1, "SEK")
    with pytest.raises(ValueError, match="two currencies"):
        assert Money(1, "EUR") < Money(2, "SEK")
    with pytest.raises(ValueError, match="2 decimals"):
        Money.parse(Decimal("1.005"), "EUR")
    with pytest.raises(ValueError, match="not money"):
        Money.from_json({"amount": "5", "currency": "EUR"})


def test_money_computes_within_one_currency() -> None:
    one, two = Money(100, "EUR"), Money(250, "EUR")
    assert one + two == Money(350, "EUR")
    assert one - two == -Money(150, "EUR")
    assert abs(one - two) == 3 * Money(50, "EUR")
    assert max(one, two) == two
    assert Money.total([one, two], "EUR") == Money(350, "EUR")
    assert not Money.zero("EUR")
    assert two.share(Decimal("0.25")) == Money(63, "EUR")
    assert (exponent("JPY"), exponent("EUR"), exponent("BHD"), exponent("CLF")) == (0, 2, 3, 4)


def test_a_period_is_half_open_and_splits_without_loss() -> None:
    whole = Period(date(2026, 1, 15), date(2027, 1, 15))
    before, after = whole.split(date(2026, 11, 26))
    assert (before.days, after.days) == (315, 50)
    assert before.days + after.days == whole.days == 365
    assert date(2026, 1, 15) in whole
    assert date(2027, 1, 15) not in whole
    assert whole.last_day == date(2027, 1, 14)
    assert not before.overlaps(after)
    assert whole.overlaps(after)
    with pytest.raises(ValueError, match="at least one day"):
        Period(date(2026, 1, 1), date(2026, 1, 1))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_the_grid_rises_month_by_month_and_is_never_chained(start: date, months: int) -> None:
    grid = months_grid(start, months)
    assert len(grid) == months + 1
    for count, boundary in enumerate(grid):
        assert (boundary.year * 12 + boundary.month) - (start.year * 12 + start.month) == count
        last = (add_months(boundary, 1, 1) - date(boundary.year, boundary.month, 1)).days
        assert boundary.day == min(start.day, last)


def test_months_keep_their_anchor_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 2, 28), 1, anchor_day=31) == date(2026, 3, 31)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Müller  & Søn", "muller & son"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź Đurić Æbelø", "lodz duric aebelo"),
        ("İstanbul ﬁrst", "istanbul first"),
        ("  A.Person@Example.COM ", "a.person@example.com"),
        ("Ἀθῆναι", "αθηναι"),
    ],
)
def test_search_ignores_case_accents_and_spacing(text: str, key: str) -> None:
    assert search_key(text) == key
    assert search_key(key) == key


@given(st.text())
def test_search_keys_are_stable(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


def test_names_sort_as_people_list_them() -> None:
    ordered = ["Äbc 2", "Abc 7", "Abc 10", "Åland", "Ann", "Ann Lee", "ann-marie", "Øre", "Zoë"]
    shuffled = [*ordered[4:], *ordered[:4]]
    assert sorted(shuffled, key=sort_key) == ordered
    assert sort_key("Ann") != sort_key("ann")


def _actor(**changes: object) -> Actor:
    base: dict[str, object] = {
        "scope": "reseller",
        "organization_id": UUID(int=1),
        "reseller_id": UUID(int=1),
        "role": "admin",
    }
    return Actor(**{**base, **changes})  # type: ignore[arg-type]  # the table varies any field


def test_an_actor_acts_on_a_customer_or_for_itself() -> None:
    customer = UUID(int=9)
    assert _actor().acting_on is None
    assert _actor().on(customer).acting_on == customer
    own = _actor(scope="customer", organization_id=customer, customer_id=customer)
    assert own.acting_on is None
    with pytest.raises(ValueError, match="itself only"):
        own.on(UUID(int=8))


@pytest.mark.parametrize(
    "changes",
    [
        {"reseller_id": None},
        {"scope": "operator"},
        {"scope": "customer"},
        {"scope": "customer", "reseller_id": None},
    ],
)
def test_an_actor_without_the_ids_of_its_scope_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"actor|reseller"):
        _actor(**changes)


def test_jobs_act_as_the_system() -> None:
    actor = system_actor(customer_id=UUID(int=9))
    assert (actor.scope, actor.reseller_id, actor.role, actor.via) == ("operator", None, "system", "system")
    assert actor.is_system
    assert not _actor().is_system


def test_refusals_carry_a_code_a_status_and_facts() -> None:
    class SeatsExhausted(DomainError):
        code = "seats_exhausted"
        status = 409

    error = SeatsExhausted(free=0, wanted=3)
    assert (error.code, error.status, error.facts, error.field) == (
        "seats_exhausted",
        409,
        {"free": 0, "wanted": 3},
        None,
    )
    assert str(error) == "seats_exhausted (free=0, wanted=3)"
    invalid = Invalid(field="vat_number", reason="format")
    assert (invalid.field, invalid.facts) == ("vat_number", {"field": "vat_number", "reason": "format"})
    copy = pickle.loads(pickle.dumps(invalid))
    assert (type(copy), copy.facts) == (Invalid, invalid.facts)
    assert (NotFound().status, str(NotFound())) == (404, "not_found")


def test_an_explanation_is_stored_as_data() -> None:
    one = Explanation("price.term", {"quantity": 5, "currency": "EUR"})
    assert Explanation.from_json(one.as_json()) == one
    with pytest.raises(ValueError, match="not an explanation"):
        Explanation.from_json({"code": 1})
