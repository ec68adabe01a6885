"""Bank statements and files for the bank, without a database: read exactly, refused in words, never a crash."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purveyor.kernel.errors import DomainError
from purveyor.payments.errors_bank import StatementDoesNotAddUp, StatementUnreadable
from purveyor.payments.rules.bank.fields import line
from purveyor.payments.rules.bank.files import Account, Item, bank_day, collections, payouts
from purveyor.payments.rules.bank.naming import numbers_in, references_in
from purveyor.payments.rules.bank.reading import read_file, warnings_of
from purveyor.payments.rules.references import display_rf, rf_reference
from purveyor.payments.types_bank import ReadStatement
from tests.support.statements import ACCOUNT, Line, camt, mt940

GOOD = [
    Line(15000, "B1", rf="RF18539007547034", text="Danke & Grüße"),
    Line(-1000, "B2", text="fee"),
    Line(250, "B3", parts=((100, ""), (150, ""))),
]
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>&c;&d;</Id></Stmt>
</BkToCstmrStmt></Document>"""


@pytest.mark.parametrize("version", ["02", "08"])
def test_camt_is_read_in_both_versions(version: str) -> None:
    (found,) = read_file(camt(GOOD, version=version, opening=-500))
    assert (found.account, found.sequence, found.opening, found.closing) == (ACCOUNT, 1, -500, 13750)
    first = found.entries[0]
    assert (first.reference, first.text, first.debtor_name) == (
        "RF18539007547034",
        "Danke & Grüße",
        "Somebody",
    )
    assert (first.debtor_iban, first.value_date) == ("DE89370400440532013000", date(2026, 3, 10))
    assert [one.amount for one in found.entries] == [15000, -1000, 100, 150]
    assert len({one.key for one in found.entries}) == 4


def test_mt940_tells_text_iban_and_name_apart() -> None:
    long = "RF18 5390 0754 7034 and 2026-R017-000123 and thank you very much for everything"
    (found,) = read_file(
        mt940([Line(15000, "B1", text=long, name="Kunde GmbH"), Line(-9, "B2", reversal=True)])
    )
    first, second = found.entries
    assert (first.debtor_name, first.debtor_iban) == ("Kunde GmbH", "DE89370400440532013000")
    assert "RF18539007547034" in references_in(first.text)
    assert numbers_in(first.text) == ("2026-R017-000123",)
    assert (second.amount, second.is_reversal) == (-9, True)


def test_what_does_not_add_up_is_refused_with_the_difference() -> None:
    for make in (camt, mt940):
        with pytest.raises(StatementDoesNotAddUp) as caught:
            read_file(make(GOOD[:2], opening=100, closing=14101))
        assert caught.value.facts["difference"] == 1


def test_entities_are_refused() -> None:
    with pytest.raises(StatementUnreadable) as caught:
        read_file(LAUGHS)
    assert caught.value.facts["reason"] in ("document_type", "not_xml")


def test_equal_entries_of_one_file_are_two() -> None:
    (found,) = read_file(camt([Line(100, "SAME"), Line(100, "SAME")]))
    assert len({one.key for one in found.entries}) == 2


def test_gaps_are_warnings() -> None:
    (found,) = read_file(camt(GOOD, sequence=9, opening=7))
    codes = [one.code for one in warnings_of(found, before=(7, 8, "EUR"), seller_iban="SE00")]
    assert codes == ["other_account", "sequence_gap", "opening_differs"]
    assert warnings_of(found, before=(8, 7, "EUR"), seller_iban=ACCOUNT) == []


@given(st.from_regex(r"[1-9][0-9]{0,20}", fullmatch=True), st.text(max_size=20), st.text(max_size=20))
def test_a_reference_is_found_however_it_is_written(body: str, before: str, after: str) -> None:
    reference = rf_reference(body)
    for spelled in (reference, display_rf(reference), reference.lower()):
        assert reference in references_in(f"{before} {spelled} {after}") or "RF" in before.upper()


@given(st.text())
def test_a_line_is_one_line(text: str) -> None:
    found = line(text)
    assert found == found.strip()
    assert not any(char in found for char in "\x00\r\n\t")


def _broken(good: bytes, cut: int, at: int, put: bytes) -> bytes:
    at %= len(good)
    return good[:at] + put + good[at + cut :]


def _tried(content: bytes) -> tuple[list[ReadStatement], str]:
    """What was read, or the code of the refusal."""
    try:
        return read_file(content), ""
    except DomainError as error:
        return [], error.code


@settings(max_examples=300, deadline=None)
@given(
    good=st.sampled_from([camt(GOOD), camt(GOOD, version="02"), mt940(GOOD[:2])]),
    cut=st.integers(0, 60),
    at=st.integers(0, 10_000),
    put=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"<", b"&a;", b":61:", b":62F:", b"\x00", b"9" * 30, b"-"])
    ),
)
def test_a_broken_statement_is_refused_or_read_but_never_crashes(
    good: bytes, cut: int, at: int, put: bytes
) -> None:
    found, code = _tried(_broken(good, cut, at, put))
    assert code in ("", "statement_unreadable", "statement_does_not_add_up", "statement_too_large")
    for one in found:
        assert one.difference == 0
        assert all("\x00" not in entry.text + entry.key + entry.debtor_name for entry in one.entries)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_refused(content: bytes) -> None:
    with pytest.raises(DomainError):
        read_file(content)


def test_files_for_the_bank_are_valid_and_the_same_again() -> None:
    account = Account("Example AB", "SE45 5000 0000 0583 9825 7466", "ESSESESS", "DE98ZZZ09999999999")
    item = Item(
        name="Kunde & Söhne", iban="DE89370400440532013000", amount=102012, end_to_end="RF18539007547034",
        text="2026-R001-000001", mandate="M-1", signed_on=date(2026, 1, 1), sequence="FRST",
    )  # fmt: skip
    made: dict[str, Any] = {
        "message_id": "PVR1",
        "made_at": datetime(2026, 3, 1, tzinfo=UTC),
        "on": date(2026, 3, 3),
    }
    for write in (payouts, collections):
        text = write(account, [item], **made)
        assert text == write(account, [item], **made)
        assert "1020.12" in text
        assert "RF18539007547034" in text
        assert "<MsgId>PVR1</MsgId>" in text


def test_bank_days_leave_out_weekends() -> None:
    friday = date(2026, 11, 20)
    assert bank_day(friday, ahead=0) == friday
    assert bank_day(friday, ahead=2) == date(2026, 11, 24)
    assert bank_day(date(2026, 11, 21), ahead=0) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "said"),
    [("Åse & Søn <AS>", "Ase + Son AS"), ("株式会社", "Zhu Shi Hui She"), ("★★", "E1"), ("//a//b/", "a/b")],
)
def test_names_are_written_in_the_letters_of_banks(name: str, said: str) -> None:
    item = Item(name=name, iban="DE89370400440532013000", amount=100, end_to_end="E1", text=name)
    house = Account("Søn & Co", "SE4550000000058398257466", "")
    content = payouts(house, [item], message_id="M1", made_at=datetime(2026, 3, 2, 9), on=date(2026, 3, 3))
    assert f"<Nm>{said}</Nm>" in content
    assert f"<Ustrd>{said}</Ustrd>" in content
    assert "<Nm>Son + Co</Nm>" in content
