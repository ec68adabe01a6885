"""What every page must hold to: WCAG 2.2 AA in light and dark, wide and narrow, and never wider than a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.browser.axe import small_targets, violations
from tests.browser.every_page import pages_for
from tests.browser.live import NARROW, WIDE, Site, overflow
from tests.support.filled import Filled

# Whose pages are looked at from all sides; the others share their templates and are looked at once.
CLOSELY = {"operator": ("own",), "reseller": ("own", "acting"), "admin": (), "member": ()}
OFF = {403, 404}
# What each must reach, so that no page goes unseen because an id of the world was the wrong one.
MAY = {
    "operator": re.compile(
        r"^(?!.*/(settings/((people|keys)/(per|key)_|billing$|notices$|cards|direct-debit)|pay/pbl_|on-account$"
        r"|balance/(pay-in|settings)))"
    ),
    "reseller": re.compile(r"^(?!.*/(suspend|resume|end|reactivate)$)"),
    "admin": re.compile(r"^(?!.*/(suspend|resume|end|reactivate|take-back)$).*(/on/|/settings/keys)"),
    "member": re.compile("^/accounts/|^/cus_[0-9a-z]+/$"),
}


def problems(page: Page, *, closely: bool) -> list[str]:
    """Wide and narrow, light and dark. Colours are all that differs between light and dark."""
    found = [f"wide: {one}" for one in violations(page)]
    if closely:
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in violations(page, rules=["color-contrast"])]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    if closely:
        found += [f"narrow: {one}" for one in violations(page)]
    if overflow(page) > 0:
        found.append(f"narrow: {overflow(page)} pixels too wide")
    found += [f"narrow: {one}" for one in small_targets(page)]
    page.set_viewport_size(WIDE)
    return found


def visit(page: Page, path: str, *, closely: bool) -> tuple[int, list[str]]:
    """The status of a page, and what is wrong with it."""
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    if answer.headers.get("content-type", "").startswith("text/html"):
        return answer.status, [f"{path} {one}" for one in problems(page, closely=closely)]
    return answer.status, []


def look_at_all(site: Site, filled: Filled, role: str) -> None:
    """Fails with what is wrong on the pages that this role may see."""
    context = site.context(color_scheme="light")
    site.enter(context, f"{role}@people.example")
    page = context.new_page()
    found: list[str] = []
    refused: list[str] = []
    for part, path in pages_for(filled, role):
        # One refusal looks like the other: two of them are enough.
        if len(refused) > 1 and context.request.get(path, max_redirects=0).status in OFF:
            refused.append(path)
            continue
        status, wrong = visit(page, path, closely=part in CLOSELY[role])
        assert status < 500, path
        if status in OFF:
            refused.append(path)
        found += wrong
    context.close()
    assert [path for path in refused if MAY[role].search(path)] == []
    # Where somebody may not go is what is being looked at.
    site.complaints = [one for one in site.complaints if not re.search("status of (403|404)", one)]
    assert not found, "\n".join(found)
