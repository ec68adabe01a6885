"""A payer's own mandate at the console: what it means, signing it with a wrong and a right account, withdrawing it."""

from __future__ import annotations

import pytest
from django.test import override_settings

from purveyor.infra import tx
from purveyor.parties.types import Organization
from purveyor.payments import bank_files
from purveyor.payments.types_bank import Mandate
from tests.support.counter import SYSTEM, Browser, bought, text_of
from tests.support.shop import Shop

GOOD = "de89 3704 0044 0532 0130 00"
# Each with what is said about it: a digit too few, two digits swapped, no country, a word, outside SEPA.
WRONG = {
    "DE89 3704 0044 0532 0130 0": "An IBAN of Germany has 22 characters, this one has 21.",
    "DE89 3704 0044 0523 0130 00": "Check it digit by digit.",
    "XX89 3704 0044 0532 0130 00": "No country has IBANs that begin with XX.",
    "my account": "An IBAN has two letters for the country",
    "TR33 0006 1005 1978 6457 8413 26": "Direct debits work within SEPA",
}


@pytest.fixture
def payer(customer: Organization) -> Browser:
    """The customer's own administrator."""
    return Browser(customer, "admin", customer)


def mandates(payer: Organization) -> list[Mandate]:
    with tx.enter(SYSTEM):
        rows = bank_files.list_mandates(actor=SYSTEM, only_valid=False)
    return [one for one in rows if one.payer_id == payer.id]


def test_a_mandate_is_signed_and_withdrawn(customer: Organization, payer: Browser) -> None:
    where = f"{payer.root}settings/direct-debit"
    page = text_of(payer.get(where))
    assert "No mandate yet" in page
    assert "Sign a mandate" in page
    page = text_of(payer.get(f"{where}/sign"))
    for said in (
        "within 8 weeks",
        "DE98ZZZ09999999999",
        "2 working days",
        "until you withdraw it",
        "Kunde GmbH",
    ):
        assert said in page, said
    answer = payer.post(f"{where}/sign", {"iban": GOOD, "name": "Kunde GmbH", "signed": "on"})
    assert (answer.status_code, answer["Location"]) == (302, where)
    (made,) = mandates(customer)
    assert (made.iban, made.name, made.entered_by) == ("DE89370400440532013000", "Kunde GmbH", "Pia")
    page = text_of(payer.get(where))
    for said in ("DE89 3704 0044 0532 0130 00", made.reference, "within 8 weeks", "The mandate is signed"):
        assert said in page, said
    # Who has one is led to it.
    assert payer.get(f"{where}/sign").status_code == 302
    page = text_of(payer.get(f"{where}/withdraw"))
    assert "DE … 3000" in page
    assert "What the bank has already is still collected" in page
    assert payer.post(f"{where}/withdraw", {}).status_code == 302
    page = text_of(payer.get(where))
    assert "No mandate holds now" in page
    assert made.reference in page
    assert [one.revoked_at is None for one in mandates(customer)] == [False]
    # A second press finds none, and leads to the same page.
    assert payer.post(f"{where}/withdraw", {})["Location"] == where


@pytest.mark.parametrize("iban", WRONG)
def test_a_wrong_account_is_told_why(customer: Organization, payer: Browser, iban: str) -> None:
    answer = payer.post(
        f"{payer.root}settings/direct-debit/sign", {"iban": iban, "name": "Kunde", "signed": "on"}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert WRONG[iban] in page
    # What was typed is not lost.
    assert f'value="{iban}"' in page
    assert mandates(customer) == []


def test_nothing_is_signed_without_a_word(customer: Organization, payer: Browser) -> None:
    answer = payer.post(f"{payer.root}settings/direct-debit/sign", {"iban": GOOD, "name": "Kunde"})
    assert answer.status_code == 422
    assert "Tick the box" in text_of(answer)
    assert mandates(customer) == []


def test_a_reseller_is_told_what_is_collected(shop: Shop, customer: Organization, reseller: Browser) -> None:
    bought(shop, customer)
    where = f"{reseller.root}settings/direct-debit"
    assert "to be paid by bank transfer" in text_of(reseller.get(f"{where}/sign"))
    reseller.post(f"{where}/sign", {"iban": GOOD, "name": "Adler", "signed": "on"})
    page = text_of(reseller.get(where))
    assert "subscription of yours renews by bank transfer" in page
    # Signing twice, from another window.
    again = reseller.post(f"{where}/sign", {"iban": GOOD, "name": "Adler", "signed": "on"})
    assert again.status_code == 422
    assert "has a mandate that holds" in text_of(again)
    assert "you transfer its invoice yourself again" in text_of(reseller.get(f"{where}/withdraw"))
    reseller.post(f"{where}/withdraw", {})


def test_only_who_may_change_settings_signs(shop: Shop, customer: Organization) -> None:
    for organization, role in (
        (shop.houses.first, "technician"),
        (customer, "manager"),
        (shop.houses.seller.organization, "admin"),
    ):
        somebody = Browser(organization, role, customer)
        for page in ("", "/sign", "/withdraw"):
            url = f"{somebody.root}settings/direct-debit{page}"
            assert somebody.get(url).status_code in (403, 404)
            assert somebody.post(url, {}).status_code in (403, 404)


@override_settings(SEPA_CREDITOR_ID="")
def test_without_a_creditor_identifier_it_is_not_offered(payer: Browser) -> None:
    page = text_of(payer.get(f"{payer.root}settings/direct-debit"))
    assert "Direct debit is not offered here" in page
    answer = payer.post(
        f"{payer.root}settings/direct-debit/sign", {"iban": GOOD, "name": "Kunde", "signed": "on"}
    )
    assert answer.status_code in (404, 422)
