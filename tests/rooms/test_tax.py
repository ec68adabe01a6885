"""Tax: numbers as people type them, rates that only migrations change, evidence that stays in its house."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction
from hypothesis import given as sampled
from hypothesis import strategies as st

from purveyor.infra import tx
from purveyor.kernel.errors import DomainError, Invalid
from purveyor.parties.commands import update_customer
from purveyor.parties.types import Address
from purveyor.tax import queries
from purveyor.tax.commands import record_number_check
from purveyor.tax.errors import VatNumberInvalid
from purveyor.tax.live import NumberChecks
from purveyor.tax.numbers import check_number
from purveyor.tax.rates_data import STANDARD_RATES, rates_on
from purveyor.tax.rules.territories import EU_MEMBERS
from tests.support.houses import NOW, Houses, build_houses, given

# One number of each member state with a right check digit, and a digit of it whose change makes it wrong.
NUMBERS = {
    "AT": "ATU13585627",
    "BE": "BE0403019261",
    "BG": "BG175074752",
    "CY": "CY10259033P",
    "CZ": "CZ25123891",
    "DE": "DE136695976",
    "DK": "DK13585628",
    "EE": "EE100931558",
    "ES": "ESB58378431",
    "FI": "FI20774740",
    "FR": "FR40303265045",
    "GR": "EL094259216",
    "HR": "HR33392005961",
    "HU": "HU12892312",
    "IE": "IE6433435F",
    "IT": "IT00743110157",
    "LT": "LT119511515",
    "LU": "LU15027442",
    "LV": "LV40003521600",
    "MT": "MT11679112",
    "NL": "NL004495445B01",
    "PL": "PL8567346215",
    "PT": "PT501964843",
    "RO": "RO18547290",
    "SE": "SE123456789701",
    "SI": "SI50223054",
    "SK": "SK2022749619",
}
OTHER_FORMS = [
    ("GR", "GR 094259216", "EL094259216"),
    ("EL", "94259216", "EL094259216"),
    ("GR", "23456783", None),
    ("EL", "el-094.259.216", "EL094259216"),
    ("ES", "54362315K", "ES54362315K"),
    ("ES", "es x-5253868-r", "ESX5253868R"),
    ("ES", "M-1234567-L", "ESM1234567L"),
    ("IC", "B58378431", "ESB58378431"),
    ("FR", "fr 83 404 833 048", "FR83404833048"),
    ("FR", "K7399859412", "FRK7399859412"),
    ("FR", "4Z 123 456 782", "FR4Z123456782"),
    ("FR", "FR IO334175221", None),
    ("MC", "83404833048", "FR83404833048"),
    ("IE", "IE 6433435OA", "IE6433435OA"),
    ("IE", "8D79739I", "IE8D79739I"),
    ("NL", "NL4495445B01", "NL004495445B01"),
    ("NL", "002455799b11", "NL002455799B11"),
    ("BE", "(0)403.019.261", "BE0403019261"),
    ("BE", "BE 403 019 261", "BE0403019261"),
    ("LT", "100001919017", "LT100001919017"),
    ("RO", "1630615123457", None),
    ("SE", "556036-0793", None),
    ("SE", "SE556036-079301", "SE556036079301"),
    ("DE", "DEDE136695976", None),
    ("DE", "１３６６９５９７６", "DE136695976"),
    ("DE", "١٣٦٦٩٥٩٧٦", None),
    ("AX", "20774740", "FI20774740"),
    ("DE", "atu13585627", "ATU13585627"),
    ("DE", "ATU13585626", None),
    ("FR", "BE0403019261", "BE0403019261"),
    ("IT", "GB980780684", None),
    ("IT", "hello", None),
]


def test_the_table_has_every_member_state() -> None:
    assert set(NUMBERS) == EU_MEMBERS


@pytest.mark.parametrize("country", sorted(NUMBERS))
def test_a_number_is_understood_however_it_is_typed(country: str) -> None:
    number = NUMBERS[country]
    prefix, body = number[:2], number[2:]
    spaced = " ".join((prefix.lower(), body[:3], body[3:6], body[6:]))
    for typed in (
        number,
        number.lower(),
        body,
        body.lower(),
        spaced,
        f"  {prefix}-{body} ",
        f"{prefix} {body}",
    ):
        result = check_number(country, typed)
        assert (result.status, result.normalized) == ("valid", number), typed
        assert result.evidence == {
            "number": number,
            "country": country,
            "status": "valid",
            "source": "format only",
        }


@pytest.mark.parametrize("country", sorted(NUMBERS))
def test_no_single_wrong_digit_of_the_last_three_passes_everywhere(country: str) -> None:
    number = NUMBERS[country]
    refused = 0
    digits = [i for i, c in enumerate(number) if c.isdigit()][-3:]
    for index in digits:
        for digit in "0123456789":
            if digit != number[index]:
                facts = _refusal(country, number[:index] + digit + number[index + 1 :])
                if facts:
                    assert facts["reason"] in {"check_digit", "form"}
                    assert (facts["field"], facts["country"]) == ("vat_number", country)
                    refused += 1
    # Some states have parts without a check digit (NL, SE end in a counter); none has only such parts.
    assert refused >= 9


def _refusal(country: str, typed: str) -> dict[str, Any] | None:
    try:
        check_number(country, typed)
    except DomainError as refused:
        return refused.facts
    return None


@pytest.mark.parametrize("country", sorted(NUMBERS))
def test_a_digit_too_few_or_too_many_is_refused(country: str) -> None:
    for typed in (NUMBERS[country] + "00000", NUMBERS[country][:6]):
        with pytest.raises(VatNumberInvalid):
            check_number(country, typed)


@pytest.mark.parametrize(("country", "typed", "normalized"), OTHER_FORMS)
def test_other_forms(country: str, typed: str, normalized: str | None) -> None:
    if normalized is None:
        with pytest.raises(VatNumberInvalid):
            check_number(country, typed)
    else:
        assert check_number(country, typed).normalized == normalized


def test_a_french_key_may_look_like_a_prefix() -> None:
    for key in ("FR", "DE"):
        siren = next(n for n in range(300_000_000, 300_010_000) if _valid_or_none("FR", f"FR{key}{n}"))
        assert _valid_or_none("FR", f"{key}{siren}") == f"FR{key}{siren}"


def _valid_or_none(country: str, typed: str) -> str | None:
    try:
        return check_number(country, typed).normalized
    except VatNumberInvalid:
        return None


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("GB", " GB 980 7806  84 ", "GB 980 7806 84"),
        ("GB", "GB980780685", "GB980780685"),
        ("GB", "XI980780684", "XI980780684"),
        ("MX", "XAXX010101000", "XAXX010101000"),
        ("CH", "CHE-107.787.577 MWST", "CHE-107.787.577 MWST"),
        ("US", "12-3456789", "12-3456789"),
        ("NO", "DE136695979", "DE136695979"),
    ],
)
def test_a_number_from_outside_the_union_is_kept_and_not_checked(country: str, typed: str, kept: str) -> None:
    result = check_number(country, typed)
    assert (result.status, result.normalized) == ("unknown", kept)
    assert result.evidence["source"] == "not checked"


@pytest.mark.parametrize("country", ["DE", "GB", "MX"])
def test_what_is_no_number_at_all(country: str) -> None:
    assert check_number(country, "   ").status == "none"
    assert check_number(country, "").normalized == ""
    for typed in ("DE\x00136695976", "DE1366\n95976", "DE136\u200b695976", "\u202eDE136695976"):
        with pytest.raises(Invalid) as refused:
            check_number(country, typed)
        assert refused.value.facts == {"field": "vat_number", "reason": "control_characters"}
    with pytest.raises(Invalid):
        check_number(country, "1" * 41)


@sampled(country=st.sampled_from([*sorted(EU_MEMBERS), "GB", "MX", "EL", "MC"]), typed=st.text(max_size=30))
def test_any_text_is_read_or_refused_by_name(country: str, typed: str) -> None:
    refusal = _refusal(country, typed)
    if refusal is not None:
        assert refusal["field"] == "vat_number"
        return
    first = check_number(country, typed)
    again = check_number(country, first.normalized)
    assert (again.status, again.normalized) == (first.status, first.normalized)


@pytest.fixture(scope="module")
def houses(db: object) -> Houses:
    return build_houses()


def test_the_table_of_rates_is_the_data(houses: Houses) -> None:
    assert [(r.territory, r.rate_percent, r.valid_from, r.valid_to) for r in queries.list_rates()] == sorted(
        (tuple(row) for row in STANDARD_RATES), key=lambda row: (row[0], row[2])
    )
    for day in (date(2020, 7, 1), date(2024, 8, 31), date(2026, 11, 22)):
        assert queries.rates_for(day) == rates_on(day)


@pytest.mark.parametrize(
    "statement", ["UPDATE tax_rate SET rate_percent = 0", "DELETE FROM tax_rate", "INSERT"]
)
def test_the_serving_role_changes_no_rate(houses: Houses, statement: str) -> None:
    insert = "INSERT INTO tax_rate (territory, rate_percent, valid_from) VALUES ('XX', 0, '2026-01-01')"
    with tx.enter(houses.operator), connection.cursor() as cursor:
        if statement == "INSERT":
            with pytest.raises(Error), transaction.atomic():
                cursor.execute(insert)
        else:
            cursor.execute(statement)
            assert cursor.rowcount == 0


@pytest.mark.parametrize(
    ("country", "postal_code", "number", "rule", "rate"),
    [
        ("SE", "11122", "", "domestic", "25"),
        ("DE", "10115", "DE136695976", "reverse_charge", "0"),
        ("DE", "10115", "", "destination", "19"),
        ("GB", "SW1A 1AA", "GB980780684", "outside_scope", "0"),
        ("ES", "35001", "ESB58378431", "special_area", "0"),
        ("MX", "06000", "", "outside_scope", "0"),
    ],
)
def test_the_decision_is_that_of_the_party_on_the_document(
    houses: Houses, country: str, postal_code: str, number: str, rule: str, rate: str
) -> None:
    result = check_number(country, number)
    bill_to = dataclasses.replace(
        houses.first_customer,
        country=country,
        vat_number=result.normalized,
        vat_status=result.status,
        address=Address("Street 1", "Town", postal_code),
    )
    decision = queries.decide_for(seller=houses.seller, bill_to=bill_to, on=date(2026, 11, 22))
    assert (decision.rule, decision.rate_percent) == (rule, Decimal(rate))


def test_the_rate_is_that_of_the_day(houses: Houses) -> None:
    bill_to = dataclasses.replace(
        houses.first_customer, country="FI", vat_number="", address=Address("Katu 1", "Turku", "20100")
    )
    rates = [
        queries.decide_for(
            seller=houses.seller.organization, bill_to=bill_to, on=day, number_status="none"
        ).rate_percent
        for day in (date(2024, 8, 31), date(2024, 9, 1))
    ]
    assert rates == [Decimal("24"), Decimal("25.5")]


def test_saving_a_number_leaves_evidence_for_the_invoice(houses: Houses) -> None:
    actor, customer = houses.reseller(houses.first), houses.first_customer
    assert (customer.vat_number, customer.vat_status) == ("DE136695976", "valid")
    later = NOW + timedelta(days=3)
    changed = update_customer(
        actor=actor,
        now=later,
        customer_id=customer.id,
        given=given("Adler customer", "AT", vat_number="U13585627"),
    )
    with tx.enter(actor):
        record = queries.decide_with_proof(
            actor=actor, seller=houses.seller, bill_to=changed, on=later.date()
        ).record
        numbers = [row.number for row in queries.list_number_checks(actor=actor, organization=changed)]
    assert record["rule"] == "reverse_charge"
    assert record["evidence"] | {"check": "-"} == {
        "number": "ATU13585627",
        "status": "valid",
        "source": "format only",
        "checked_at": later.isoformat(),
        "check": "-",
        "country_of_supply": "AT",
        "exemption_code": "VATEX-EU-AE",
        "buyer_country": "AT",
        "buyer_postal_code": "10115",
    }
    assert numbers == ["ATU13585627", "DE136695976"]


def test_a_resellers_own_number_has_evidence_too(houses: Houses) -> None:
    actor = houses.reseller(houses.first)
    with tx.enter(actor):
        found = queries.find_number_check(actor=actor, organization=houses.first)
    assert found is not None
    assert (found.customer_id, found.number) == (None, "DE136695976")


def test_evidence_stays_in_its_house(houses: Houses) -> None:
    others = [
        houses.reseller(houses.second),
        houses.customer(houses.second_customer),
        houses.reseller(houses.second, on=houses.second_customer.id),
    ]
    for actor in others:
        with tx.enter(actor), connection.cursor() as cursor:
            # Unfiltered on purpose: row-level security alone must hold.
            cursor.execute("SELECT count(*) FROM tax_numbercheck WHERE reseller_id = %s", (houses.first.id,))
            assert cursor.fetchone() == (0,)
            assert queries.find_number_check(actor=actor, organization=houses.first_customer) is None
    with tx.enter(houses.customer(houses.first_customer)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tax_numbercheck WHERE customer_id IS DISTINCT FROM %s", (
            houses.first_customer.id,
        ))  # fmt: skip
        assert cursor.fetchone() == (0,)


def test_evidence_is_never_changed(houses: Houses) -> None:
    for statement in ("UPDATE tax_numbercheck SET status = 'invalid'", "DELETE FROM tax_numbercheck"):
        with (
            pytest.raises(Error, match="never changed"),
            tx.enter(houses.operator),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_no_number_leaves_no_evidence(houses: Houses) -> None:
    found = record_number_check(
        actor=houses.operator, now=NOW, country="DE", number=" ", reseller_id=houses.second.id
    )
    assert found is None
    assert NumberChecks().normalize(country="DE", number="") == ""
