"""A bar a month, drawn as SVG. Sizes are attributes and colours are classes: the security policy refuses nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from purveyor.interfaces.console.widgets import Point
from purveyor.interfaces.texts import formats
from purveyor.kernel.money import Money

register = template.Library()
_WIDTH, _HEIGHT, _LEFT, _TOP = 560, 200, 58, 12
_LINES = 4


@register.simple_tag
def month_bars(points: Sequence[Point], label: str, currency: str) -> SafeString:
    """Draw one bar a point against a scale of round amounts; the figures stand in a table beside it."""
    step = scale(max((one.value for one in points), default=0))
    top = step * _LINES
    grid = format_html_join(
        "",
        '<line class="bar-base" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text class="bar-label" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, _y(step * n, top), _WIDTH, _y(step * n, top), _LEFT - 8, _y(step * n, top) + 4,
             _short(step * n, currency))
            for n in range(_LINES + 1)
        ),
    )  # fmt: skip
    room = (_WIDTH - _LEFT) // max(len(points), 1)
    bars = format_html_join(
        "",
        '<g><title>{}: {}</title><rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" rx="3"/>'
        '<text class="bar-label" x="{}" y="{}" text-anchor="middle">{}</text></g>',
        (
            (one.label, one.shown, _LEFT + n * room + room // 5, _y(one.value, top), room - 2 * (room // 5),
             _TOP + _HEIGHT - _y(one.value, top), _LEFT + n * room + room // 2, _TOP + _HEIGHT + 18, one.label)
            for n, one in enumerate(points)
        ),
    )  # fmt: skip
    return format_html(
        '<figure class="chart chart-wide"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg></figure>',
        _WIDTH, _TOP + _HEIGHT + 26, label, grid, bars,
    )  # fmt: skip


def scale(highest: int) -> int:
    """A round step, in minor units, such that four of them reach the highest value."""
    step = 100
    while step * _LINES < highest:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _y(value: int, top: int) -> int:
    return _TOP + _HEIGHT - _HEIGHT * max(value, 0) // top


def _short(amount: int, currency: str) -> str:
    """A round amount without its cents."""
    return formats.number_text(int(formats.money_decimal(Money(amount, currency))))
