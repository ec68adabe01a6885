"""Tags that need the desk: ``{% form_key %}`` and ``{% page_url "on_members" %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from purveyor.interfaces.texts import formats, labels

register = template.Library()

# The first that occurs is meant: Edge and Opera also call themselves Chrome, and Chrome also Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
             ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@register.simple_tag(takes_context=True)
def form_key(context: Context) -> SafeString:
    """A hidden key that makes sending the same form twice the same as sending it once."""
    return format_html('<input type="hidden" name="once" value="{}">', context["once_key"])


@register.simple_tag(takes_context=True)
def page_url(context: Context, name: str, **ids: Any) -> str:
    """The address of a page in this workspace, for the customer acted on if there is one."""
    return str(context["desk"].url(name, **ids))


@register.simple_tag
def role_label(role: str) -> str:
    """A role in words."""
    return labels.role(role)


@register.filter
def may_do(desk: Any, act: str) -> bool:
    """Whether the actor's role includes an act: ``{% if desk|may_do:"buy" %}``."""
    return bool(desk.may(act))


@register.filter
def country_name(code: str) -> str:
    """A country by its name."""
    return formats.country_text(code)


@register.filter
def browser_name(user_agent: str) -> str:
    """What a browser calls itself, as its owner knows it ("Firefox · Windows"); else the start of its own words."""
    found = [
        next((name for mark, name in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name) or user_agent[:70]
