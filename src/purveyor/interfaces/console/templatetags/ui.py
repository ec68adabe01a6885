"""The console's components as template tags: `{% load ui %}`. README.md in the console's folder shows each.

Small ones that repeat on every row are made in Python; larger ones render `templates/components/`. None writes a
style attribute or a script: the content security policy refuses both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import template
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.template import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from purveyor.interfaces.console import formats
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.statuses import LABELS, TONES, known_badge
from purveyor.interfaces.console.templatetags import charts, icons
from purveyor.interfaces.console.widgets import Line, Pager, Point, Tab

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from purveyor.kernel.money import Money

    Text = str | _StrPromise

register = template.Library()
THEMES = ("light", "dark")
_NOTHING = mark_safe("")


# -- text in the reader's format ------------------------------------------------------------------------------


@register.simple_tag
def money(amount: Money | None, css: str = "") -> SafeString:
    """Show an amount with its currency in the reader's format; a dash when there is none."""
    if amount is None:
        return mark_safe('<span class="money faint">–</span>')
    tone = " is-minus" if amount.amount < 0 else ""
    return format_html(
        '<data class="money{} {}" value="{} {}">{}</data>',
        tone, css, formats.money_decimal(amount), amount.currency, formats.money_text(amount),
    )  # fmt: skip


@register.filter
def money_text(amount: Money | None) -> str:
    """Write an amount as plain text, for sentences."""
    return "–" if amount is None else formats.money_text(amount)


@register.filter
def day(value: date | datetime | None, style: str = "medium") -> str:
    """Write a date; styles short, medium, long, full."""
    return "–" if value is None else formats.day_text(value, style)


@register.filter
def instant(value: datetime | None, style: str = "medium") -> str:
    """Write a date and time to the minute; style "time" writes the time alone."""
    return "–" if value is None else formats.instant_text(value, style)


@register.filter
def number(value: int | Decimal | None) -> str:
    """Write a number with the reader's separators."""
    return "–" if value is None else formats.number_text(value)


@register.filter
def percent(value: Decimal | int | None) -> str:
    """Write percent points: 20 is "20 %"."""
    return "–" if value is None else formats.percent_text(value)


@register.filter
def tint(organization_id: UUID) -> str:
    """Return the colour class of an organization."""
    return tint_of(organization_id)


# -- small pieces ---------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "", label: Text = "") -> SafeString:
    """Draw one of our icons; give a label only when no text stands beside it."""
    return icons.svg(name, css, str(label))


@register.simple_tag
def button(
    label: Text, url: str = "", kind: str = "primary", icon: str = "", type: str = "submit", name: str = "",
    value: str = "", form: str = "", id: str = "", small: bool = False, disabled: bool = False, wide: bool = False,
) -> SafeString:  # fmt: skip
    """Draw a link (with `url`) or a button. Kinds: primary, secondary, quiet, danger."""
    css = f"btn btn-{kind}" + (" btn-small" if small else "") + (" btn-wide" if wide else "")
    inner = format_html("{}<span>{}</span>", icons.svg(icon) if icon else "", label)
    given = [
        (key, text) for key, text in (("name", name), ("value", value), ("form", form), ("id", id)) if text
    ]
    attributes = format_html_join("", ' {}="{}"', given) if given else _NOTHING
    if url:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, url, attributes, inner)
    off = mark_safe(" disabled") if disabled else ""
    return format_html('<button class="{}" type="{}"{}{}>{}</button>', css, type, attributes, off, inner)


@register.simple_tag
def badge(status: str, label: Text = "", tone: str = "") -> SafeString:
    """Show a state. Known states bring their label and tone (statuses.py); both can be given."""
    if not label and not tone:
        return known_badge(status, get_language())
    shown = label or LABELS.get(status, status.replace("_", " ").capitalize())
    return format_html('<span class="badge tone-{}">{}</span>', tone or TONES.get(status, "calm"), shown)


@register.simple_tag
def customer(name: str, colour: str, url: str = "") -> SafeString:
    """Show a customer's name behind its colour; a link where a url is given."""
    inner = format_html('<span class="dot {}" aria-hidden="true"></span><span>{}</span>', colour, name)
    if url:
        return format_html('<a class="named" href="{}">{}</a>', url, inner)
    return format_html('<span class="named">{}</span>', inner)


@register.simple_tag
def avatar(name: str, colour: str = "") -> SafeString:
    """Show a person's initials in a disc."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    letters = "".join(word[0] for word in words[:2]).upper() or "?"
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', colour, letters)


@register.simple_tag
def copy(text: str) -> SafeString:
    """Show a value to be copied (a payment reference, an IBAN); the button appears only with JavaScript."""
    return format_html(
        '<span class="copy"><code>{}</code><button type="button" class="btn btn-quiet btn-icon" data-copy="{}"'
        ' data-copied="{}" hidden>{}</button></span>',
        text, text, gettext("Copied"), icons.svg("copy", label=gettext("Copy")),
    )  # fmt: skip


@register.simple_tag
def progress(value: int, max: int, label: Text = "") -> SafeString:
    """Show how far long work is; `label` says it in words."""
    return format_html(
        '<div class="progress"><progress value="{}" max="{}" aria-label="{}"></progress><span>{}</span></div>',
        value, max or 1, label or gettext("Progress"), label,
    )  # fmt: skip


@register.simple_tag
def seats(used: int, total: int, reserved: int = 0, words: bool = True) -> SafeString:
    """Show a seat meter: taken, reserved by invitations, free. `words=False` leaves the sentence out."""
    return charts.seat_meter(used, total, reserved, words)


@register.simple_tag
def bars(points: Sequence[Point], label: Text) -> SafeString:
    """Draw a small bar chart as SVG with a table of the same figures for screen readers."""
    return charts.bar_chart(points, str(label))


@register.simple_tag
def stat(
    label: Text, value: Text | int | SafeString, url: str = "", hint: Text = "", tone: str = ""
) -> SafeString:
    """Show one figure of a landing page; the whole tile is a link where a url is given."""
    shown = formats.number_text(value) if isinstance(value, int) else value
    css = f"stat tone-{tone}" if tone else "stat"
    inner = format_html('<span class="stat-label">{}</span><span class="stat-value">{}</span>', label, shown)
    if hint:
        inner = format_html('{}<span class="stat-hint">{}</span>', inner, hint)
    if url:
        return format_html('<a class="{}" href="{}">{}</a>', css, url, inner)
    return format_html('<div class="{}">{}</div>', css, inner)


# -- boxes around content -------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, title: Text = "", text: Text = "", flush: bool = False, css: str = "") -> SafeString:
    """Put content in a titled box. `flush` takes the padding away, for a table that fills the box."""
    head = _NOTHING
    if title:
        under = format_html("<p>{}</p>", text) if text else ""
        head = format_html('<header class="card-head"><h2>{}</h2>{}</header>', title, under)
    body = "card-flush" if flush else "card-body"
    return format_html(
        '<section class="card {}">{}<div class="{}">{}</div></section>', css, head, body, content
    )


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: Text = "") -> SafeString:
    """Say something that matters on this page. Tones: info, good, wait, bad."""
    drawn = {"good": "check-circle", "wait": "warning", "bad": "refuse"}.get(tone, "info")
    head = format_html("<strong>{}</strong>", title) if title else ""
    role = "alert" if tone == "bad" else "status"
    return format_html(
        '<div class="alert tone-{}" role="{}">{}<div>{}{}</div></div>',
        tone,
        role,
        icons.svg(drawn),
        head,
        content,
    )


@register.simple_block_tag
def table(content: str, caption: Text, cards: bool = True, css: str = "") -> SafeString:
    """Wrap rows in a table. On a phone rows become cards (each `td` with `data-label`), or scroll (`cards=False`)."""
    kind = "table-cards" if cards else ""
    # The region takes focus, so that a table that scrolls sideways can be scrolled by keyboard.
    return format_html(
        '<div class="table-wrap" role="region" aria-label="{}" tabindex="0"><table class="table {} {}">'
        '<caption class="sr-only">{}</caption>{}</table></div>',
        caption, kind, css, caption, content,
    )  # fmt: skip


@register.simple_block_tag
def menu(
    content: str, label: Text, icon: str = "", kind: str = "secondary", small: bool = False
) -> SafeString:
    """Open a small menu under a button; works without JavaScript. Inside: links and buttons."""
    css = f"btn btn-{kind}" + (" btn-small" if small else "")
    if kind == "icon":
        inner, css = icons.svg(icon or "more", label=str(label)), "btn btn-quiet btn-icon"
    else:
        inner = format_html("{}<span>{}</span>{}", icons.svg(icon) if icon else "", label, icons.svg("down"))
    return format_html(
        '<details class="menu" data-menu><summary class="{}">{}</summary><div class="menu-list">{}</div></details>',
        css, inner, content,
    )  # fmt: skip


@register.simple_block_tag
def pairs(content: str, wide: bool = False) -> SafeString:
    """Hold a list of `{% pair %}` lines: a name and its value."""
    return format_html('<dl class="pairs {}">{}</dl>', "pairs-wide" if wide else "", content)


@register.simple_tag
def pair(label: Text, value: object = "") -> SafeString:
    """Show a name and its value; an empty value shows a dash."""
    shown = value if value not in (None, "") else mark_safe('<span class="faint">–</span>')
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


# -- pieces with a template of their own ----------------------------------------------------------------------


@register.inclusion_tag("components/empty.html")
def empty(icon: str, title: Text, text: Text, url: str = "", action: Text = "") -> dict[str, Any]:
    """Say what an empty page is for and what to do next."""
    return {"icon": icon, "title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/pagination.html")
def pagination(pager: Pager) -> dict[str, Any]:
    """Show links to the page before and after, and how many there are."""
    words = ""
    if pager.total is not None:
        words = ngettext("%(count)s in all", "%(count)s in all", pager.total) % {
            "count": formats.number_text(pager.total)
        }
    return {"pager": pager, "words": words}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[Text], current: int) -> dict[str, Any]:
    """Show where the reader is on a way of several pages; `current` counts from 1."""
    states = ["done" if n < current else "now" if n == current else "next" for n in range(1, len(steps) + 1)]
    return {"steps": list(zip(range(1, len(steps) + 1), steps, states, strict=True)), "current": current,
            "count": len(steps), "name": steps[current - 1]}  # fmt: skip


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Tab], label: Text = "") -> dict[str, Any]:
    """Show links to the other pages of the same thing."""
    return {"tabs": items, "label": label or gettext("Sections")}


@register.inclusion_tag("components/explain.html")
def explain(lines: Sequence[Line], title: Text = "") -> dict[str, Any]:
    """Show how an amount comes about, line by line, before it is charged."""
    return {"lines": lines, "title": title}


@register.inclusion_tag("components/search.html", takes_context=True)
def search(
    context: RequestContext, url: str, target: str = "#rows", placeholder: Text = "", name: str = "q"
) -> dict[str, Any]:
    """Show a search box: a plain GET form that htmx also sends while one types, replacing `target`."""
    request = context["request"]
    kept = [(key, value) for key, value in request.GET.items() if key not in (name, "after", "before")]
    return {"url": url, "target": target, "placeholder": placeholder or gettext("Search"), "name": name,
            "value": request.GET.get(name, ""), "kept": kept}  # fmt: skip


@register.simple_tag(takes_context=True)
def sort_header(context: RequestContext, label: Text, key: str, number: bool = False) -> SafeString:
    """Draw a table heading that sorts by `?sort=key` (or `-key`), keeping the other filters."""
    request = context["request"]
    now = request.GET.get("sort", "")
    query = request.GET.copy()
    query["sort"] = f"-{key}" if now == key else key
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    drawn = {"ascending": "up", "descending": "down"}.get(order, "updown")
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a class="sort" href="?{}">{}{}</a></th>',
        "num" if number else "", order, query.urlencode(), label, icons.svg(drawn),
    )  # fmt: skip


# -- forms ----------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, label: Text = "", help: Text = "", suffix: Text = "", optional: bool = True,
    autofocus: bool = False, placeholder: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Show a form field with its label, help and error beside it.

    Fields that are not required say "optional" unless `optional=False`. `suffix` is a unit behind the input.
    """
    widget = bound.field.widget
    kinds = (
        (CheckboxInput, "check"), (RadioSelect, "choice"), (CheckboxSelectMultiple, "choice"),
        (Select, "select"), (Textarea, "area"),
    )  # fmt: skip
    kind = next((name for cls, name in kinds if isinstance(widget, cls)), "line")
    css = {"line": "input", "area": "input", "select": "input select"}.get(kind, "")
    told = help or bound.help_text
    described = [f"{bound.auto_id}_help"] * bool(told) + [f"{bound.auto_id}_error"] * bool(bound.errors)
    attributes: dict[str, str | bool] = {"class": css} if css else {}
    if described and kind != "choice":
        attributes["aria-describedby"] = " ".join(described)
    if not placeholder:
        attributes["placeholder"] = False
    if autofocus:
        attributes["autofocus"] = True
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {"bound": bound, "kind": kind, "label": label or bound.label, "help": told, "suffix": suffix,
            "input": bound.as_widget(attrs=attributes), "optional": optional and not bound.field.required,
            "described": " ".join(described)}  # fmt: skip


@register.inclusion_tag("components/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """Sum up on top what has to be corrected, each a link to its field; nothing when all is well."""
    wrong = [bound for bound in form if bound.errors and not bound.is_hidden]
    general = list(form.non_field_errors()) + [e for bound in form.hidden_fields() for e in bound.errors]
    return {"general": general, "fields": wrong, "count": len(wrong) + len(general)}


# -- page -----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def theme(context: RequestContext) -> str:
    """Return "light" or "dark" when the reader chose one, else "" (the system decides)."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return chosen if chosen in THEMES else ""


@register.simple_tag
def language() -> str:
    """Return the code of the language of this page."""
    return get_language() or "en"
