"""Every page of a reseller and of a customer; see ``looking``. In a file of its own, so that two can look at once."""

from __future__ import annotations

import pytest

from tests.browser.live import Site
from tests.browser.looking import look_at_all
from tests.support.filled import Filled, build_filled


@pytest.fixture(scope="module")
def filled(site: Site) -> Filled:
    """Two resellers and their customers, with one of everything each."""
    return build_filled()


@pytest.mark.parametrize("role", ["reseller", "admin"])
def test_every_page_is_for_everybody(site: Site, filled: Filled, role: str) -> None:
    look_at_all(site, filled, role)
