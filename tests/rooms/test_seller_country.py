"""Where a seller may be: a country whose invoices we cannot write yet is refused in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from purveyor.infra import tx
from purveyor.interfaces.texts import refusals
from purveyor.kernel.actor import system_actor
from purveyor.parties.commands import setup_operator, update_seller
from purveyor.parties.errors import SellerCountryNotYet
from purveyor.parties.queries import get_seller
from tests.support.houses import NOW, build_houses, given

BANK: dict[str, Any] = {
    "iban": "SE4550000000058398257466",
    "bic": "",
    "bank_name": "",
    "help_email": "",
    "help_url": "",
}


def test_a_seller_in_mexico_waits_for_cfdi(db: object) -> None:
    mexican = given("Aceros SA de CV", "MX", currency="MXN")
    with pytest.raises(SellerCountryNotYet) as caught, tx.enter(system_actor()):
        setup_operator(actor=system_actor(), now=NOW, given=mexican, **BANK)
    with translation.override("en"):
        said = refusals.sentence(caught.value)
    assert said.startswith("A seller in Mexico cannot be configured yet")
    houses = build_houses()
    with pytest.raises(SellerCountryNotYet), tx.enter(houses.operator):
        update_seller(actor=houses.operator, now=NOW, given=mexican, **BANK)
    with tx.enter(houses.operator):
        assert get_seller().organization.country == "SE"
