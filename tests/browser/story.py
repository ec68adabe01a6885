"""One reseller's day, told in one language: each step of the main job, as a person does it at the screen."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import translation
from playwright.sync_api import Page, expect

from purveyor.interfaces.texts import formats
from purveyor.kernel.ids import read
from purveyor.kernel.money import Money
from tests.browser.live import (
    Site,
    arriving,
    mails_to,
    on,
    overflow,
    plain,
    press,
    said,
    send,
    shot,
    sign_in,
)
from tests.support.jobs import run_pending_jobs
from tests.support.world import World


@dataclass(frozen=True)
class Cast:
    """Whom the story is about. ``gross`` is what three seats for a year cost with VAT, in cents."""

    language: str
    country: str
    vat_number: str
    gross: int
    sign_in: str
    members: str


@dataclass
class Story:
    """What has happened so far."""

    site: Site
    world: World
    cast: Cast
    reseller: str
    operator: str
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.page: Page = self.stack.enter_context(self.site.visitor(self.cast.language))
        self.name = f"Kontor {self.cast.language.upper()}"
        self.customer_id: UUID | None = None
        self.subscription = ""
        self.order = ""

    @property
    def lang(self) -> str:
        return self.cast.language

    @property
    def on(self) -> str:
        assert self.customer_id is not None
        return on(self.world.shop.houses.first, self.customer_id)

    def email(self, who: str) -> str:
        return f"{who}@{self.lang}.example"

    def money(self, cents: int) -> str:
        """An amount as the reader of this story writes it."""
        with translation.override(self.lang):
            return plain(formats.money_text(Money(cents, "EUR")))

    def look(self, step: str, page: Page | None = None) -> None:
        """The page is in the language, fits the window, and is kept as a picture."""
        page = page or self.page
        assert page.locator("html").get_attribute("lang") == self.lang
        assert overflow(page) <= 0, page.url
        shot(page, f"{step}-{self.lang}")

    # 1
    def signs_in(self) -> None:
        self.page.goto("/")
        expect(self.page.locator("h1")).to_have_text(self.cast.sign_in)
        self.look("1-sign-in")
        sign_in(self.page, self.reseller)
        assert self.page.url.endswith(f"/{self.world.shop.houses.first.public_id}/")
        # Ways in that are safer than a password are one press away.
        assert self.page.locator('.bar a[href$="/accounts/2fa/"]').count() == 1
        self.look("1-today")

    # 2
    def creates_a_customer(self) -> None:
        page = self.page
        press(page, 'nav a[href$="/customers"]')
        press(page, 'main a[href$="/customers/new"]')
        page.fill("main [name=name]", self.name)
        page.fill("main [name=email]", self.email("office"))
        page.select_option("main [name=country]", self.cast.country)
        page.select_option("main [name=language]", self.lang)
        page.fill("main [name=line1]", "Via 1")
        page.fill("main [name=postal_code]", "10115")
        page.fill("main [name=city]", "Centro")
        page.fill("main [name=vat_number]", self.cast.vat_number)
        page.check("main [name=bill_to][value=customer]")
        self.look("2-new-customer")
        send(page)
        assert page.url.endswith("/buy"), said(page)
        self.customer_id = read("cus", page.url.split("/on/")[1].split("/")[0])

    # 3
    def sees_the_price_and_chooses(self, offer: str, seats: int, net: int, step: str) -> None:
        page = self.page
        page.goto(f"{self.on}buy")
        page.check(f"main [name=offer][value={offer}]")
        page.fill("main [name=quantity]", str(seats))
        # The price follows the choice by itself.
        expect(page.locator("#preview")).to_contain_text(_loose(self.money(net)))
        self.look(f"{step}-choose")
        send(page)
        assert "/quotes/" in page.url, said(page)
        text = said(page)
        assert self.money(net) in text
        # The reseller's discount applied itself, with its arithmetic in words.
        assert "20" in text
        self.look(f"{step}-price")

    # 4
    def pays(self, method: str, gross: int, step: str) -> str:
        page = self.page
        assert self.money(gross) in said(page)
        page.check(f"main [name=payment_method][value={method}]")
        send(page)
        assert "/orders/ord_" in page.url, said(page)
        self.look(f"{step}-{method.replace('_', '-')}")
        return page.url

    def transfer_arrives(self, order_url: str) -> None:
        """The operator, at a desk of its own, records what the bank says; the order completes by itself."""
        reference = self.page.locator("[data-copy^=RF]").first.get_attribute("data-copy")
        assert reference
        with self.site.visitor(self.lang) as desk:
            sign_in(desk, self.operator)
            press(desk, 'nav a[href$="/money"]')
            press(desk, 'main a[href$="/money/receive"]')
            desk.fill("main input[name=q]", reference)
            press(desk, f'main #found .row-actions a[href*="{reference[:4]}"], main #found .row-actions a')
            self.look("4-record-transfer", desk)
            send(desk)
            self.look("4-money-received", desk)
        run_pending_jobs()
        self.page.goto(order_url)
        expect(self.page.locator(".page-title .badge")).to_have_class("badge tone-good")
        self.look("4-transfer-completed")

    # 5
    def finds_it_active(self) -> None:
        page = self.page
        press(page, 'nav a[href$="/subscriptions"] >> nth=0')
        assert page.url.startswith(self.site.url + self.on)
        expect(page.locator("#rows > tr")).to_have_count(2)
        expect(page.locator("#rows .badge.tone-good")).to_have_count(2)
        self.look("5-subscriptions")
        page.goto(self.subscription)
        expect(page.locator(".page-title .badge.tone-good")).to_be_visible()
        self.look("5-subscription")
        # The reseller works here and holds no seat.
        page.goto(f"{self.on}members")
        assert page.locator("#rows > tr").count() == 0

    # 6
    def acts_on_two_at_once(self) -> None:
        """Two tabs on two customers: what is done in one never lands in the other."""
        first = self.page
        press(first, 'main a[href$="/members/add"]')
        first.fill("main [name=emails]", self.email("tab"))
        second = first.context.new_page()
        second.goto("/")
        second.click("details.acting > summary")
        expect(second.locator("#switch-rows a.switch-row").nth(1)).to_be_visible()
        # Recent ones come first.
        expect(second.locator("#switch-rows a.switch-row").first).to_contain_text(self.name)
        second.fill("#switch-q", "siblin")
        row = second.locator("#switch-rows a.switch-row", has_text="Sibling GmbH")
        expect(second.locator("#switch-rows a.switch-row")).to_have_count(1)
        self.look("6-switch", second)
        with arriving(second):
            row.click()
        expect(second.locator(".bar .acting-name")).to_have_text("Sibling GmbH")
        press(second, 'nav a[href$="/members"]')
        self.look("6-acting-on", second)
        send(first)
        assert first.url.startswith(self.site.url + self.on)
        expect(first.locator(".bar .acting-name")).to_have_text(self.name)
        expect(first.locator("#rows")).to_contain_text(self.email("tab"))
        second.reload()
        assert self.email("tab") not in said(second)
        second.close()

    # 7
    def adds_members(self) -> None:
        page = self.page
        page.goto(f"{self.on}members")
        press(page, 'main a[href$="/members/add"]')
        people = f"Nova Nuova <{self.email('new')}>\n{self.email('known')}\nnot-an-address"
        page.fill("main [name=emails]", people)
        page.select_option("main [name=subscription]", value=self.subscription.rsplit("/", 1)[1])
        self.look("7-add-members")
        send(page)
        expect(page.locator("#rows > tr")).to_have_count(3)
        expect(page.locator("#rows .badge.tone-good")).to_have_count(2)
        # What was wrong can be corrected on the spot.
        expect(page.locator("main [name=emails]")).to_have_value("not-an-address")
        self.look("7-verdicts")

    def they_activate(self) -> None:
        with self.site.visitor("en") as new:
            new.goto(self._link("new"))
            self.look("7-activate", new)
            expect(new.locator("main [name=name]")).to_have_value("Nova Nuova")
            new.fill("main [name=password]", "four plain words here")
            send(new)
            assert new.url.endswith("/activated"), said(new)
            new.goto("/")
            shot(new, f"7-member-{self.lang}")
        with self.site.visitor(self.lang) as known:
            known.goto(self._link("known"))
            press(known, 'main a[href*="/accounts/login/"]')
            known.fill("main [name=login]", self.email("known"))
            known.fill("main [name=password]", "correct horse battery staple")
            send(known)
            assert "/activate/" in known.url
            self.look("7-accept", known)
            send(known)
            assert known.url.endswith("/activated"), said(known)
            self.look("7-activated", known)
        self.page.goto(f"{self.on}members")
        expect(self.page.locator("#rows .badge.tone-good")).to_have_count(2)
        expect(self.page.locator("h1")).to_have_text(self.cast.members)
        self.look("7-members")

    def _link(self, who: str) -> str:
        mails = mails_to(self.email(who))
        assert {mail["language"] for mail in mails} == {self.lang}
        links = [link for mail in mails for link in mail["links"] if "/activate/" in link]
        assert len(links) == 1, mails
        return links[0]

    # 8
    def tops_up(self, net: int) -> None:
        page = self.page
        page.goto(self.subscription)
        press(page, 'main a[href$="/top-up"]')
        page.fill("main [name=quantity]", "2")
        # A whole year is left: twelve months of the two seats.
        expect(page.locator("#preview")).to_contain_text(_loose(self.money(net)))
        expect(page.locator("#preview")).to_contain_text("12")
        self.look("8-top-up")
        send(page)
        self.look("8-top-up-price")
        page.check("main [name=payment_method][value=balance]")
        send(page)
        assert "/orders/ord_" in page.url, said(page)
        page.goto(self.subscription)
        self.look("8-topped-up")

    def swaps_and_removes(self) -> None:
        page = self.page
        row = page.locator("#rows > tr", has_text=self.email("new"))
        row.locator("summary").click()
        with arriving(page):
            row.locator('a[href$="/replace"]').click()
        page.fill("main [name=email]", self.email("tab"))
        self.look("8-swap")
        send(page)
        expect(page.locator("#rows")).to_contain_text(self.email("tab"))
        expect(page.locator("#rows")).not_to_contain_text(self.email("new"))
        self._member("new")
        page.locator("main .page-actions summary").click()
        press(page, 'main .page-actions a[href$="/remove"]')
        self.look("8-remove")
        send(page)
        assert self.email("new") not in page.locator("#rows").inner_text()

    def _member(self, who: str) -> None:
        self.page.goto(f"{self.on}members")
        row = self.page.locator("#rows > tr", has_text=self.email(who))
        with arriving(self.page):
            row.locator("th a").click()

    def promotes(self) -> None:
        """To administrator: the page says what follows and asks again; a manager is offered instead."""
        page = self.page
        self._member("known")
        page.locator("main .page-actions summary").click()
        press(page, 'main .page-actions a[href$="/role"]')
        page.check("main [name=role][value=admin]")
        send(page)
        assert page.locator("button[name=role][value=manager]").count() == 1
        self.look("8-administrator")
        send(page)
        # Not without the tick.
        expect(page.locator(".field-error")).to_be_visible()
        page.check("main [name=confirm]")
        send(page)
        assert "/members/mem_" in page.url, said(page)
        self.look("8-member")

    # and the paper
    def reads_the_invoice(self) -> None:
        page = self.page
        press(page, 'nav a[href$="/billing"] >> nth=0')
        self.look("9-billing")
        page.locator('#rows a[href*="/billing/inv_"]').first.wait_for()
        press(page, '#rows a[href*="/billing/inv_"]')
        text = said(page)
        assert self.name in text
        assert "Nordlicht AB" in text
        self.look("9-invoice")

    def close(self) -> None:
        self.stack.close()


def _loose(text: str) -> re.Pattern[str]:
    """A pattern for an amount whose spaces may be of any kind, and that is not the end of a longer one."""
    return re.compile(r"(?<![\d.,])" + r"\s".join(re.escape(part) for part in text.split(" ")))
