"""A session that nobody uses ends; one in use goes on and is not written with every page."""

from __future__ import annotations

import time
from typing import Any

import pytest

from purveyor.interfaces.console.idle import KEY
from tests.console.desks import Desk


@pytest.fixture
def desk(shop: Any) -> Desk:
    return Desk(shop.houses.first, "admin", shop.houses.first_customer)


def used(desk: Desk, seconds_ago: int) -> None:
    session = desk.client.session
    session[KEY] = int(time.time()) - seconds_ago
    session.save()


def test_half_an_hour_without_a_page_ends_it(desk: Desk) -> None:
    desk.get("members")
    used(desk, 31 * 60)
    answer = desk.get("members")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/res_")
    assert desk.get("members").status_code == 302


def test_a_session_in_use_goes_on(desk: Desk) -> None:
    used(desk, 29 * 60)
    assert desk.get("members").status_code == 200
    assert time.time() - desk.client.session[KEY] < 60


def test_reading_does_not_write(desk: Desk) -> None:
    used(desk, 30)
    before = desk.client.session[KEY]
    assert desk.get("members").status_code == 200
    assert desk.client.session[KEY] == before
