"""What happens at the end of a term, and who owes the next one."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.renewals.rules.outcome import Consent, Debtor, consent_needed, debtor, decide

RESELLER, CUSTOMER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("auto_renew", "has_price", "is_trial", "expected"),
    [
        (True, True, False, ("invoice", "")),
        (True, True, True, ("invoice", "")),
        (True, False, False, ("end", "offer_not_available")),
        (False, True, False, ("end", "not_renewed")),
        (False, True, True, ("end", "trial_over")),
    ],
)
def test_outcomes(auto_renew: bool, has_price: bool, is_trial: bool, expected: tuple[str, str]) -> None:
    assert decide(auto_renew=auto_renew, has_price=has_price, is_trial=is_trial) == expected


@pytest.mark.parametrize(
    ("consent", "prepay", "gathered", "suspended", "expected"),
    [
        ("not_needed", False, False, False, ("invoice", "")),
        ("accepted", False, False, False, ("invoice", "")),
        ("missing", True, True, False, ("end", "price_missing")),
        ("refused", False, False, False, ("end", "price_refused")),
        ("not_needed", True, False, False, ("pend", "")),
        ("not_needed", True, True, False, ("pend", "")),
        ("not_needed", False, True, False, ("gather", "")),
        ("accepted", False, False, True, ("end", "suspended")),
    ],
)
def test_what_comes_before_the_bill(
    consent: Consent, prepay: bool, gathered: bool, suspended: bool, expected: tuple[str, str]
) -> None:
    found = decide(
        auto_renew=True, has_price=True, is_trial=False, is_suspended=suspended, consent=consent, prepay=prepay,
        gathered=gathered,
    )  # fmt: skip
    assert found == expected


@pytest.mark.parametrize(
    ("old", "new", "percent", "same", "expected"),
    [
        (1000, 1100, 10, True, False),
        (1000, 1101, 10, True, True),
        (1000, 9999, 0, True, False),
        (1000, 9999, 10, False, False),
        (0, 1, 10, True, True),
        (1000, 900, 10, True, False),
    ],
)
def test_a_rise_needs_consent_above_its_limit(
    old: int, new: int, percent: int, same: bool, expected: bool
) -> None:
    assert consent_needed(old=old, new=new, percent=percent, same_offer=same) is expected


@pytest.mark.parametrize(
    ("payer", "bill_to", "expected"),
    [
        (RESELLER, "customer", Debtor(RESELLER, CUSTOMER, True)),
        (RESELLER, "reseller", Debtor(RESELLER, RESELLER, True)),
        (CUSTOMER, "customer", Debtor(CUSTOMER, CUSTOMER, False)),
        (CUSTOMER, "reseller", Debtor(CUSTOMER, CUSTOMER, False)),
    ],
)
def test_the_payer_owes_at_its_own_price(payer: UUID, bill_to: str, expected: Debtor) -> None:
    assert debtor(payer_id=payer, customer_id=CUSTOMER, reseller_id=RESELLER, bill_to=bill_to) == expected
