"""What happens at the end of a term, and who owes the next one."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.renewals.rules.outcome import Debtor, debtor, decide

RESELLER, CUSTOMER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("auto_renew", "has_price", "is_trial", "expected"),
    [
        (True, True, False, ("renew", "")),
        (True, True, True, ("renew", "")),
        (True, False, False, ("end", "offer_not_available")),
        (False, True, False, ("end", "not_renewed")),
        (False, True, True, ("end", "trial_over")),
    ],
)
def test_outcomes(auto_renew: bool, has_price: bool, is_trial: bool, expected: tuple[str, str]) -> None:
    assert decide(auto_renew=auto_renew, has_price=has_price, is_trial=is_trial) == expected


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
