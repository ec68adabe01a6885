"""Every page of the operator and of a member, and those that nobody signed in for; see ``looking``."""

from __future__ import annotations

import pytest

from tests.browser.every_page import SIGNED_OUT
from tests.browser.live import Site
from tests.browser.looking import look_at_all, visit
from tests.support.filled import Filled, build_filled


@pytest.fixture(scope="module")
def filled(site: Site) -> Filled:
    """Two resellers and their customers, with one of everything each."""
    return build_filled()


@pytest.mark.parametrize("role", ["operator", "member"])
def test_every_page_is_for_everybody(site: Site, filled: Filled, role: str) -> None:
    look_at_all(site, filled, role)


def test_every_signed_out_page_is_for_everybody(site: Site, filled: Filled) -> None:
    with site.visitor(color_scheme="light") as page:
        found = [one for path in SIGNED_OUT for one in visit(page, path, closely=True)[1]]
    site.complaints = [one for one in site.complaints if "status of 404" not in one]
    assert not found, "\n".join(found)
