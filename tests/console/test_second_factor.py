"""Where the operator asks for a second factor, nobody of the staff works without one."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from tests.console.desks import Desk


@pytest.mark.parametrize("required", [False, True])
def test_staff_without_a_second_factor_is_led_to_it(shop: Any, required: bool) -> None:
    desk = Desk(shop.houses.first, "admin", shop.houses.first_customer)
    with override_settings(REQUIRE_MFA=required):
        answer = desk.get("members")
    if required:
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    else:
        assert answer.status_code == 200


def test_a_customers_people_are_not_asked(shop: Any) -> None:
    with override_settings(REQUIRE_MFA=True):
        customer = shop.houses.first_customer
        assert Desk(customer, "admin", customer).get("members").status_code == 200


def test_it_is_off_unless_set() -> None:
    assert settings.REQUIRE_MFA is False
