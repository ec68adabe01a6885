"""The console's components: amounts and dates in the reader's format, fields that say what is wrong, strict pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

from purveyor.interfaces.console import formats
from purveyor.interfaces.console.shell import TINTS, tint_of
from purveyor.interfaces.console.statuses import LABELS, TONES
from purveyor.interfaces.console.templatetags import icons
from purveyor.interfaces.console.widgets import Line, Pager, Point
from purveyor.kernel.money import Money

CONSOLE = Path(formats.__file__).parent
TEMPLATES = sorted((CONSOLE / "templates").rglob("*.html"))


def render(text: str, **context: Any) -> str:
    return Template("{% load ui %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("en", Money(123450, "EUR"), "€1,234.50"),
        ("de", Money(123450, "EUR"), "1.234,50 €"),
        ("fr", Money(123450, "EUR"), "1 234,50 €"),
        ("it", Money(-500, "EUR"), "-5,00 €"),
        ("es", Money(1234500, "SEK"), "12.345,00 SEK"),
        ("en", Money(1200, "JPY"), "JP¥1,200"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(language: str, amount: Money, shown: str) -> None:
    with translation.override(language):
        written = formats.money_text(amount)
    assert re.sub(r"[\u00a0\u202f]", " ", written) == shown


def test_money_keeps_an_exact_value_for_machines() -> None:
    assert 'value="0.07 EUR"' in render("{% money m %}", m=Money(7, "EUR"))
    assert "is-minus" in render("{% money m %}", m=Money(-7, "EUR"))
    assert "–" in render("{% money m %}", m=None)


def test_dates_and_numbers_follow_the_language() -> None:
    with translation.override("de"):
        shown = render("{{ d|day:'long' }}|{{ n|number }}|{{ p|percent }}", d=date(2026, 11, 22), n=10240,
                       p=Decimal("12.5"))  # fmt: skip
    assert shown.replace("\u00a0", " ") == "22. November 2026|10.240|12,5 %"


def test_an_instant_is_shown_in_the_operators_zone() -> None:
    assert formats.instant_text(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "time") == "00:30"
    assert formats.day_text(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "23 Nov 2026"


def test_a_customer_keeps_its_colour_and_the_palette_is_used() -> None:
    ids = [UUID(int=n * 7919) for n in range(200)]
    assert {tint_of(i) for i in ids} == {f"tint-{n}" for n in range(TINTS)}
    assert tint_of(ids[3]) == tint_of(UUID(str(ids[3])))


def test_every_named_state_has_a_tone_and_an_unknown_one_is_calm() -> None:
    assert set(LABELS) == set(TONES)
    assert 'tone-calm">Never seen<' in render('{% badge "never_seen" %}')


class _Form(forms.Form):
    vat = forms.CharField(label="VAT number", help_text="As in DE136695976.")
    note = forms.CharField(label="Note", required=False)


def test_a_field_names_its_help_and_its_error() -> None:
    form = _Form({"vat": ""})
    shown = render("{% errors f %}{% field f.vat %}{% field f.note %}", f=form)
    assert 'aria-describedby="id_vat_help id_vat_error"' in shown
    assert 'id="id_vat_error"' in shown
    assert 'id="id_vat_help"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'href="#id_vat"' in shown
    assert shown.count("<small>") == 1  # only the note is optional
    assert render("{% errors f %}", f=_Form({"vat": "x"})).strip() == ""


def test_sorting_turns_round_and_keeps_the_filters_but_not_the_cursor() -> None:
    request = RequestFactory().get("/", {"q": "gar", "sort": "name", "after": "zzz"})
    shown = render('{% sort_header "Name" "name" %}', request=request)
    assert 'aria-sort="ascending"' in shown
    assert 'href="?q=gar&amp;sort=-name"' in shown


def test_seats_never_draw_past_the_end() -> None:
    shown = render("{% seats 12 10 5 %}")
    assert re.findall(r'class="seats-(\w+)"[^>]*width="(\d+)"', shown) == [
        ("free", "160"), ("used", "160"), ("held", "0"),
    ]  # fmt: skip
    assert "0 free" in shown
    assert 'width="0"' in render("{% seats 0 0 %}")


def test_everything_given_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    shown = render(
        "{% badge s label=s %}{% button s %}{% customer s 'tint-1' %}{% copy s %}{% pair s s %}{% stat s s %}"
        "{% avatar s %}{% explain lines %}{% bars points s %}{% alert 'wait' title=s %}{{ s }}{% endalert %}",
        s=bad, lines=[Line(bad, Money(1, "EUR"), bad)], points=[Point(bad, 1)],
    )  # fmt: skip
    assert "<script" not in shown


def test_pages_show_only_the_ways_that_lead_on() -> None:
    assert "Next" in render("{% pagination p %}", p=Pager(next_url="?after=x"))
    assert render("{% pagination p %}", p=Pager()).strip() == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_leave_nothing_for_the_security_policy_to_refuse(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text), "no style attribute"
    assert not re.search(r"<style\b", text), "no style element"
    assert not re.search(r"\son[a-z]+\s*=", text), "no event handler attribute"
    assert "hx-on" not in text
    assert "js:" not in re.sub(r'"[^"]*\.js"', "", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_icons_that_templates_name_exist(path: Path) -> None:
    text = path.read_text()
    named = re.findall(r'{% icon "([\w-]+)"', text) + re.findall(
        r'{% (?:button|menu)[^%]*? icon="([\w-]+)"', text
    )
    assert set(named) <= set(icons.PATHS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_compile(path: Path) -> None:
    get_template(str(path.relative_to(CONSOLE / "templates")))


def test_icons_of_the_menu_exist() -> None:
    text = (CONSOLE / "menus.py").read_text()
    named = re.findall(r'_item\(desk, "\w+", _\("[^"]+"\), "([\w-]+)"', text)
    assert named
    assert set(named) <= set(icons.PATHS)
