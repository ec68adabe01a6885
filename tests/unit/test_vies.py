"""What VIES may answer, and what is made of it: whatever is not a clear word about the number asked is unknown."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.de import vat as german

from purveyor.interfaces.doubles.vies import ViesDouble, number_of_code, special_numbers
from purveyor.tax import vies
from purveyor.tax.rules.answers import pause_before, state_after
from purveyor.tax.rules.names import match_names
from purveyor.tax.vies import Answer, Number, read_answer

NUMBER = Number("ES", "B12345674")
GOOD: dict[str, Any] = {
    "countryCode": "ES",
    "vatNumber": "B12345674",
    "requestDate": "2026-11-22T10:00:00.000Z",
    "valid": True,
    "requestIdentifier": "WAPIAAAAAAAAAAAA",
    "name": "---",
    "address": "---",
}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def read(body: bytes | dict[str, Any], status: int = 200) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(status, content, number=NUMBER, request={})


def test_a_clear_answer() -> None:
    found = read(GOOD)
    assert (found.status, found.consultation, found.name, found.error) == (
        "valid",
        "WAPIAAAAAAAAAAAA",
        "",
        "",
    )
    assert read(GOOD | {"valid": False}).status == "invalid"
    assert read(GOOD | {"name": "VINOS  DEL\nSUR SL"}).name == "VINOS DEL SUR SL"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}, "MS_UNAVAILABLE"),
        ({"actionSucceed": False}, "error"),
        (GOOD | {"actionSucceed": False}, "error"),
        (GOOD | {"errorWrappers": [{"error": "TIMEOUT"}]}, "TIMEOUT"),
        (GOOD | {"userError": "MS_MAX_CONCURRENT_REQ"}, "MS_MAX_CONCURRENT_REQ"),
        (GOOD | {"countryCode": "DE"}, "other_number"),
        (GOOD | {"vatNumber": "B99999999"}, "other_number"),
        (GOOD | {"valid": "true"}, "garbage"),
        (GOOD | {"valid": 1}, "garbage"),
        ({}, "garbage"),
        (b"[]", "garbage"),
        (b"", "garbage"),
        (b"<html>", "garbage"),
        (b"[" * 100_000, "garbage"),
        (b'{"valid": tr', "garbage"),
        (b"\xff\xfe\x00", "garbage"),
    ],
)
def test_what_is_no_clear_answer(body: bytes | dict[str, Any], error: str) -> None:
    found = read(body)
    assert (found.status, found.error) == ("unknown", error)


def test_another_status_is_no_answer_whatever_it_says() -> None:
    assert (read(GOOD, 503).status, read(GOOD, 503).error) == ("unknown", "http_503")
    assert read(b"Bad Gateway", 502).error == "http_502"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_FIELDS = st.sampled_from([*GOOD, "actionSucceed", "errorWrappers", "userError"])


def harmless(found: Answer) -> bool:
    """What is stored: no zero bytes, which PostgreSQL refuses, nothing endless, nothing that is no text."""
    texts = [found.response, found.error, found.consultation, found.name, found.address]
    return all("\x00" not in text and len(text) <= 4_000 and text.encode("utf-8") for text in texts if text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([200, 200, 400, 429, 500, 503]))
def test_any_bytes_are_unknown(content: bytes, status: int) -> None:
    found = read(content, status)
    assert found.status == "unknown"
    assert found.error
    assert harmless(found)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_FIELDS, _JSON, max_size=5), st.sampled_from([200, 200, 200, 500]))
def test_broken_fields_never_make_a_number_valid(changed: dict[str, Any], status: int) -> None:
    body = GOOD | changed
    found = read(body, status)
    assert harmless(found)
    if found.status != "unknown":
        assert status == 200
        assert body["valid"] is (found.status == "valid")
        assert body["countryCode"] == "ES"
        assert body["vatNumber"].replace(" ", "") == "B12345674"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_cut_answer_is_unknown(data: st.DataObject) -> None:
    whole = json.dumps(GOOD).encode()
    end = data.draw(st.integers(0, len(whole) - 1))
    assert read(whole[:end]).status == "unknown"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.text(alphabet=string.printable, max_size=40))
def test_names_are_compared_without_a_fault(given_name: str, disclosed: str) -> None:
    assert match_names(given_name, disclosed) in ("yes", "no", "not_disclosed")


@pytest.mark.parametrize(
    ("given_name", "disclosed", "match"),
    [
        ("Bäckerei Sonnenschein GmbH", "BACKEREI SONNENSCHEIN", "yes"),
        ("Vinos del Sur S.L.", "VINOS DEL SUR SL", "yes"),
        ("Rossi S.p.A.", "ROSSI SPA", "yes"),
        ("Straße AG", "STRASSE AG", "yes"),
        ("Sonne Nord", "Nord, Sonne", "yes"),
        ("Adler GmbH", "Falke GmbH", "no"),
        ("Adler GmbH", "", "not_disclosed"),
    ],
)
def test_names(given_name: str, disclosed: str, match: str) -> None:
    assert match_names(given_name, disclosed) == match


@pytest.mark.parametrize(
    ("answer", "before", "days", "after"),
    [
        ("valid", "unknown", None, "valid"),
        ("invalid", "valid", 1, "invalid"),
        ("unknown", "valid", 30, "valid"),
        ("unknown", "valid", 31, "unknown"),
        ("unknown", "valid", None, "unknown"),
        ("unknown", "invalid", 1, "invalid"),
        ("unknown", "unknown", 5, "valid"),
    ],
)
def test_unknown_decides_nothing(answer: Any, before: Any, days: int | None, after: str) -> None:
    valid_at = None if days is None else NOW - timedelta(days=days)
    found = state_after(answer, before=before, valid_at=valid_at, now=NOW, serves=timedelta(days=30))
    assert found == after


def test_the_pauses_grow_and_differ() -> None:
    assert [pause_before(n, 20) // timedelta(minutes=1) for n in (1, 2, 3, 4, 5, 28, 29, 40, 41)] == [
        1, 5, 15, 30, 60, 60, 240, 240, 1440,
    ]  # fmt: skip
    assert pause_before(5, 0) == timedelta(minutes=48)
    assert pause_before(5, 40) == timedelta(minutes=72)


def test_the_double_speaks_the_contract() -> None:
    """Each test number, by the client: errors inside the status 200, slowness, garbage, a cut connection."""
    with ViesDouble() as double:
        double.switches.slow_seconds = 0.6
        double.switches.answers["DE5"] = "cut"
        requester = Number("SE", "556677889901")
        for number, says in {**special_numbers(), "DE5": "cut", number_of_code("100"): "valid"}.items():
            vies.forget_rest()
            found = vies.ask(double.url, Number.of(number), requester=requester, milliseconds=300)
            expected = {"invalid": "invalid", "valid": "valid", "INVALID_REQUESTER_INFO": "valid"}
            assert found.status == expected.get(says, "unknown"), number
            if says.isupper() and found.status == "unknown":
                assert found.error == says
        assert found.consultation.startswith("WAPI")
    vies.forget_rest()
    assert vies.ask(double.url, NUMBER, requester=None, milliseconds=300).error == "unreachable"
    # It hung a moment ago: nobody else waits for it.
    assert vies.ask(double.url, NUMBER, requester=None, milliseconds=300).error == "resting"
    vies.forget_rest()


def test_the_page_of_test_numbers_is_the_code() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/reference/vies-test-numbers.md").read_text()
    for number in special_numbers():
        assert german.is_valid(number)
        assert f"| `{number}` |" in page
    assert page.count("| `DE1") == len(special_numbers())
