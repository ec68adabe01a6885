"""Safer ways in: a passkey instead of the password, a code from an app after it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.live import PASSWORD, Site, employ, press, root_of, said, send, sign_in
from tests.support.world import World


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def plug_in(page: Page) -> None:
    """An authenticator that says yes by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.goto("/")
    page.locator(".bar details.menu summary.btn-icon").click()
    press(page, '.bar form[action*="/logout/"] button')


def to_security(page: Page) -> None:
    page.locator(".bar details.menu summary.btn-icon").click()
    press(page, '.bar a[href$="/accounts/2fa/"]')


def it_is_still_me(page: Page) -> None:
    """Whoever changes how one signs in says the password once more."""
    assert "/reauthenticate/" in page.url, said(page)
    assert violations(page) == []
    page.fill("main [name=password]", PASSWORD)
    send(page)


def test_a_passkey_is_set_up_and_opens_the_door(site: Site, world: World) -> None:
    email = employ(world.shop.houses.first, "paula@adler.example")
    with site.visitor() as page:
        plug_in(page)
        sign_in(page, email)
        to_security(page)
        press(page, 'main a[href$="/webauthn/add/"]')
        it_is_still_me(page)
        page.fill("main [name=name]", "This computer")
        if page.locator("main [name=passwordless]").count():
            page.check("main [name=passwordless]")
        press(page, "#mfa_webauthn_add")
        page.goto("/accounts/2fa/webauthn/")
        expect(page.locator("main")).to_contain_text("This computer")
        sign_out(page)
        page.goto("/accounts/login/")
        press(page, "#passkey_login")
        page.wait_for_url(f"**{root_of(world.shop.houses.first)}")


def test_a_passkey_that_is_refused_says_so(site: Site, world: World) -> None:
    with site.visitor() as page:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**options, "hasResidentKey": True, "automaticPresenceSimulation": True}},
        )
        page.goto("/accounts/login/")
        page.click("#passkey_login")
        expect(page.locator("[data-passkey-error]")).to_be_visible()


def test_a_code_is_asked_for_after_the_password(site: Site, world: World) -> None:
    email = employ(world.shop.houses.first, "theo@adler.example")
    with site.visitor() as page:
        sign_in(page, email)
        to_security(page)
        press(page, 'main a[href$="/totp/activate/"]')
        it_is_still_me(page)
        secret = page.locator("main [data-copy]").get_attribute("data-copy") or ""
        page.fill("main [name=code]", "000000")
        send(page)
        expect(page.locator(".field-error")).to_be_visible()
        assert secret == page.locator("main [data-copy]").get_attribute("data-copy")
        page.fill("main [name=code]", code_of(secret))
        send(page)
        page.goto("/accounts/2fa/recovery-codes/")
        sign_out(page)
        # A code works once; the next one comes in half a minute, for which no test waits.
        cache.clear()
        page.goto("/accounts/login/")
        page.fill("main [name=login]", email)
        page.fill("main [name=password]", PASSWORD)
        send(page)
        assert "/2fa/authenticate/" in page.url, said(page)
        page.fill("main [name=code]", code_of(secret))
        send(page)
        page.wait_for_url(f"**{root_of(world.shop.houses.first)}")


def test_a_wrong_password_says_so_and_keeps_the_address(site: Site, world: World) -> None:
    email = employ(world.shop.houses.first, "wanda@adler.example")
    with site.visitor() as page:
        page.goto("/accounts/login/")
        page.fill("main [name=login]", email)
        page.fill("main [name=password]", "not this one at all")
        send(page)
        expect(page.locator("main [name=login]")).to_have_value(email)
        expect(page.locator("main .alert, main [role=alert], main .field-error").first).to_be_visible()
        assert "/accounts/login" in page.url
