"""A shop with a discount, a fresh customer, and its reseller at the console."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from purveyor.catalog import commands as catalog
from purveyor.infra import clock
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from tests.support.counter import Browser
from tests.support.houses import Houses, given
from tests.support.shop import TODAY, Shop, build_shop


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    built = build_shop()
    catalog.set_discount(
        **built.desk,
        reseller_id=built.houses.first.id,
        percent=Decimal(20),
        valid_from=TODAY - timedelta(days=900),
    )
    return built


@pytest.fixture
def customer(shop: Shop) -> Organization:
    return parties.create_customer(
        actor=Houses.reseller(shop.houses.first),
        now=clock.now(),
        given=given("Kunde GmbH", vat_number="DE136695976"),
    )


@pytest.fixture
def reseller(shop: Shop, customer: Organization) -> Browser:
    return Browser(shop.houses.first, "admin", customer)
