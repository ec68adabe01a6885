"""Creditor references, ISO 11649."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.payments.rules.references import check_rf, display_rf, normalize_rf, rf_reference

BODIES = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=21)


def test_the_known_vector() -> None:
    assert rf_reference("539007547034") == "RF18539007547034"
    assert check_rf("RF18539007547034")
    assert display_rf("RF18539007547034") == "RF18 5390 0754 7034"


@pytest.mark.parametrize("text", ["rf18 5390 0754 7034", "RF18-5390-0754-7034", " RF18539007547034\n"])
def test_what_people_type_is_understood(text: str) -> None:
    assert check_rf(text)
    assert normalize_rf(text) == "RF18539007547034"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RF",
        "RF18",
        "RF19539007547034",
        "RF81539007547034",
        "XX18539007547034",
        "RF18５39007547034",
        "RF18" + "0" * 22,
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert not check_rf(text)


@given(BODIES)
def test_every_reference_checks(body: str) -> None:
    reference = rf_reference(body)
    assert check_rf(reference)
    assert check_rf(display_rf(reference).lower())
    assert 2 <= int(reference[2:4]) <= 98


@given(BODIES, st.data())
def test_one_wrong_character_is_always_found(body: str, data: st.DataObject) -> None:
    reference = rf_reference(body)
    at = data.draw(st.integers(2, len(reference) - 1))
    kind = string.digits if reference[at].isdigit() else string.ascii_uppercase
    other = data.draw(st.sampled_from([char for char in kind if char != reference[at]]))
    assert not check_rf(reference[:at] + other + reference[at + 1 :])


@pytest.mark.parametrize("body", ["", "0" * 22, "A B", "Ä1", "１2", "A-1"])
def test_bodies_that_no_bank_carries_are_refused(body: str) -> None:
    with pytest.raises(ValueError, match="1 to 21"):
        rf_reference(body)
