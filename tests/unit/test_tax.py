"""VAT: the legal cases as a table, the special areas, the dated rates, and the arithmetic."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.kernel.money import Money
from purveyor.tax.decision import NumberStatus, TaxDecision, TaxParty, TaxUndecided, compute_tax, decide
from purveyor.tax.rates_data import STANDARD_RATES, rates_on
from purveyor.tax.rules.territories import EU_MEMBERS, number_country, territory

DAY = date(2026, 11, 26)
SELLER = TaxParty("SE", "111 22", "SE556677889901")


def decided(
    buyer: TaxParty, status: NumberStatus, *, seller: TaxParty = SELLER, oss: bool = True, on: date = DAY
) -> TaxDecision:
    return decide(seller=seller, buyer=buyer, number_status=status, rates=rates_on(on), oss=oss)


# country, number, status, OSS -> rule, category, rate, country of supply
LEGAL_CASES: list[tuple[str, str, NumberStatus, bool, str, str, str, str]] = [
    # resident: person and business alike
    ("SE", "", "none", True, "domestic", "S", "25", "SE"),
    ("SE", "SE556677889901", "valid", True, "domestic", "S", "25", "SE"),
    ("SE", "SE556677889901", "invalid", True, "domestic", "S", "25", "SE"),
    ("SE", "DE123456789", "valid", True, "domestic", "S", "25", "SE"),
    # another member state, business
    ("DE", "DE123456789", "valid", True, "reverse_charge", "AE", "0", "DE"),
    ("DE", "DE123456789", "valid", False, "reverse_charge", "AE", "0", "DE"),
    ("GR", "EL123456789", "valid", True, "reverse_charge", "AE", "0", "GR"),
    ("EL", "EL123456789", "valid", True, "reverse_charge", "AE", "0", "GR"),
    # another member state, person or a number that proves nothing
    ("DE", "", "none", True, "destination", "S", "19", "DE"),
    ("DE", "", "none", False, "seller_rate", "S", "25", "SE"),
    ("DE", "DE123456789", "invalid", True, "destination", "S", "19", "DE"),
    ("DE", "DE123456789", "invalid", False, "seller_rate", "S", "25", "SE"),
    ("DE", "DE123456789", "unknown", True, "destination", "S", "19", "DE"),
    ("DE", "DE123456789", "unknown", False, "seller_rate", "S", "25", "SE"),
    ("FI", "", "none", True, "destination", "S", "25.5", "FI"),
    ("IE", "XI123456789", "valid", True, "destination", "S", "23", "IE"),
    # the number is of another state than the address
    ("FR", "DE123456789", "valid", True, "reverse_charge", "AE", "0", "DE"),
    ("FR", "SE556677889901", "valid", True, "domestic_number", "S", "25", "SE"),
    ("FR", "DE123456789", "invalid", True, "destination", "S", "20", "FR"),
    # third countries, person and business
    ("US", "", "none", True, "outside_scope", "O", "0", "US"),
    ("CH", "CHE123456789", "unknown", True, "outside_scope", "O", "0", "CH"),
    ("CH", "DE123456789", "valid", True, "outside_scope", "O", "0", "CH"),
    ("GB", "", "none", False, "outside_scope", "O", "0", "GB"),
    ("GB", "XI123456789", "valid", True, "outside_scope", "O", "0", "GB"),
    ("NO", "", "none", True, "outside_scope", "O", "0", "NO"),
    # Monaco is France
    ("MC", "FR12345678901", "valid", True, "reverse_charge", "AE", "0", "FR"),
    ("MC", "", "none", True, "destination", "S", "20", "FR"),
]


@pytest.mark.parametrize(
    ("country", "number", "status", "oss", "rule", "category", "rate", "supply"), LEGAL_CASES
)
def test_legal_cases(
    country: str,
    number: str,
    status: NumberStatus,
    oss: bool,
    rule: str,
    category: str,
    rate: str,
    supply: str,
) -> None:
    outcome = decided(TaxParty(country, "", number), status, oss=oss)
    assert (outcome.rule, outcome.category, outcome.rate_percent, outcome.country_of_supply) == (
        rule,
        category,
        Decimal(rate),
        supply,
    )
    assert outcome.exemption_code == {"S": None, "AE": "VATEX-EU-AE", "O": "VATEX-EU-O"}[category]
    assert outcome.reason.code == f"tax.{rule}"
    assert outcome.reason.facts["number_status"] == status


@pytest.mark.parametrize("status", ["none", "valid", "invalid", "unknown"])
@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("ES", "35001"),
        ("ES", "38660"),
        ("IC", ""),
        ("ES", "51001"),
        ("ES", "52006"),
        ("FI", "22100"),
        ("FI", "FI-22 100"),
        ("AX", ""),
        ("DE", "78266"),
        ("DE", "27498"),
        ("IT", "23041"),
        ("IT", "22061"),
        ("GR", "63086"),
        ("FR", "97110"),
        ("FR", "97450"),
        ("RE", "97400"),
        ("FR", "97300"),
        ("FR", "98800"),
    ],
)
def test_special_areas_are_outside_whatever_number_they_show(
    country: str, postcode: str, status: NumberStatus
) -> None:
    number = "" if status == "none" else "ES12345678A"
    outcome = decided(TaxParty(country, postcode, number), status)
    assert (outcome.category, outcome.rate_percent, outcome.exemption_code) == (
        "O",
        Decimal(0),
        "VATEX-EU-O",
    )
    assert outcome.rule == "special_area"


@pytest.mark.parametrize(
    ("country", "postcode", "rate"),
    [
        ("ES", "28001", "21"),
        ("DE", "78267", "19"),
        ("IT", "23030", "22"),
        ("IT", "22060", "22"),
        ("FR", "98000", "20"),
        ("FR", "75001", "20"),
        ("FI", "00100", "25.5"),
        ("PT", "1000-001", "23"),
        ("PT", "9500-321", "16"),
        ("PT", "9000-001", "22"),
        ("AT", "6991", "19"),
        ("AT", "1010", "20"),
        ("SE", "35001", "25"),
    ],
)
def test_their_neighbours_are_inside_and_regions_have_their_rate(
    country: str, postcode: str, rate: str
) -> None:
    outcome = decided(TaxParty(country, postcode), "none")
    assert (outcome.category, outcome.rate_percent) == ("S", Decimal(rate))


@pytest.mark.parametrize(
    ("country", "postcode", "home"),
    [
        ("ES", "35001", "28001"),
        ("DE", "27498", "10115"),
        ("FR", "97133", "75001"),
        ("FR", "97150", "75001"),
        ("FR", "97300", "75001"),
    ],
)
def test_a_home_buyer_in_a_special_area_is_outside_too(country: str, postcode: str, home: str) -> None:
    outcome = decided(TaxParty(country, postcode), "none", seller=TaxParty(country, home))
    assert (outcome.rule, outcome.category) == ("special_area", "O")


@pytest.mark.parametrize(
    ("seller", "buyer", "rate"),
    [
        (TaxParty("FI", "00100"), TaxParty("FI", "22100"), "25.5"),
        (TaxParty("FI", "22100"), TaxParty("FI", "00100"), "25.5"),
        (TaxParty("FR", "75001"), TaxParty("FR", "97200"), "8.5"),
        (TaxParty("FR", "75001"), TaxParty("FR", "97450"), "8.5"),
        (TaxParty("MX", "06000"), TaxParty("MX", "64000"), "16"),
        (TaxParty("PT", "1000-001"), TaxParty("PT", "9500-321"), "16"),
    ],
)
def test_one_national_law_on_both_sides(seller: TaxParty, buyer: TaxParty, rate: str) -> None:
    outcome = decided(buyer, "none", seller=seller)
    assert (outcome.rule, outcome.category, outcome.rate_percent) == ("domestic", "S", Decimal(rate))


def test_a_seller_outside_the_common_system() -> None:
    canarias, madrid = TaxParty("ES", "35001"), TaxParty("ES", "28001", "ESB12345678")
    assert decided(madrid, "valid", seller=canarias).rule == "seller_outside_scope"
    assert decided(TaxParty("US"), "none", seller=canarias).rule == "outside_scope"
    assert decided(TaxParty("DE"), "none", seller=canarias, oss=True).rule == "destination"
    with pytest.raises(TaxUndecided) as refusal:
        decided(TaxParty("DE"), "none", seller=canarias, oss=False)
    assert refusal.value.facts == {"reason": "not_registered", "country": "DE"}
    with pytest.raises(TaxUndecided) as refusal:
        decided(canarias, "none", seller=canarias)
    assert refusal.value.facts == {"reason": "rate_missing", "country": "ES-CN"}


def test_no_rate_is_a_refusal_and_not_a_zero() -> None:
    with pytest.raises(TaxUndecided, match="rate_missing"):
        decided(TaxParty("DE"), "none", on=date(2019, 12, 31))


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("EL123456789", "GR"),
        ("de 123.456.789", "DE"),
        ("XI123456789", "XI"),
        ("123456789", ""),
        ("", ""),
        ("D1", ""),
    ],
)
def test_the_prefix_of_a_number(text: str, country: str) -> None:
    assert number_country(text) == country


def test_every_member_state_has_exactly_one_rate_on_every_day() -> None:
    assert len(EU_MEMBERS) == 27
    names = {row.territory for row in STANDARD_RATES}
    assert names >= EU_MEMBERS
    for name in names:
        rows = [row for row in STANDARD_RATES if row.territory == name]
        assert rows[0].valid_from == date(2020, 1, 1)
        assert rows[-1].valid_to is None
        assert [row.valid_to for row in rows[:-1]] == [row.valid_from for row in rows[1:]]
    assert all(15 <= rates_on(DAY)[name] <= 27 for name in EU_MEMBERS)
    assert "XI" not in names


@pytest.mark.parametrize(
    ("country", "first_day", "before", "after"),
    [
        ("DE", "2020-07-01", "19", "16"),
        ("DE", "2021-01-01", "16", "19"),
        ("IE", "2020-09-01", "23", "21"),
        ("IE", "2021-03-01", "21", "23"),
        ("LU", "2023-01-01", "17", "16"),
        ("LU", "2024-01-01", "16", "17"),
        ("EE", "2024-01-01", "20", "22"),
        ("EE", "2025-07-01", "22", "24"),
        ("FI", "2024-09-01", "24", "25.5"),
        ("SK", "2025-01-01", "20", "23"),
        ("RO", "2025-08-01", "19", "21"),
        ("PT-20", "2021-07-01", "18", "16"),
    ],
)
def test_rates_change_on_their_day(country: str, first_day: str, before: str, after: str) -> None:
    day = date.fromisoformat(first_day)
    assert rates_on(day - timedelta(days=1))[country] == Decimal(before)
    assert rates_on(day)[country] == Decimal(after)


def test_a_greek_address_is_found_by_both_codes() -> None:
    assert territory("GR", "10431") == territory("EL", "10431")


def _italian() -> TaxDecision:
    return decided(TaxParty("IT", "00100"), "none", seller=TaxParty("IT", "20100"))


def test_tax_is_computed_on_the_sum_and_not_on_lines() -> None:
    lines = [Money(1305, "EUR")] * 7
    on_sum = compute_tax(Money.total(lines, "EUR"), _italian())
    on_lines = Money.total((compute_tax(line, _italian()).amount for line in lines), "EUR")
    assert (on_sum.base, on_sum.amount) == (Money(9135, "EUR"), Money(2010, "EUR"))
    assert on_lines == Money(2009, "EUR")


@pytest.mark.parametrize(
    ("country", "net", "tax"), [("FI", 2, 1), ("FI", 100, 26), ("DE", 50, 10), ("SE", 2, 1), ("US", 999, 0)]
)
def test_half_a_cent_of_tax_goes_up(country: str, net: int, tax: int) -> None:
    line = compute_tax(Money(net, "EUR"), decided(TaxParty(country), "none"))
    assert line.amount == Money(tax, "EUR")


@given(st.integers(-(10**9), 10**9))
def test_a_credit_note_bears_the_mirrored_tax(net: int) -> None:
    decision = _italian()
    charged, credited = compute_tax(Money(net, "EUR"), decision), compute_tax(Money(-net, "EUR"), decision)
    assert charged.amount + credited.amount == Money(0, "EUR")
