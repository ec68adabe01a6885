"""Drawings made as SVG: sizes are attributes, colours are classes, so the security policy has nothing to refuse."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from purveyor.interfaces.console import formats
from purveyor.interfaces.console.widgets import Point

_WIDTH = 160
_CHART_HEIGHT = 96
_STEP = 26


def seat_meter(used: int, total: int, reserved: int, words: bool) -> SafeString:
    """Draw taken and reserved seats out of `total` as one bar, and say it in words."""
    return _meter(used, total, reserved, words, get_language())


@lru_cache(maxsize=1024)
def _meter(used: int, total: int, reserved: int, words: bool, _language: str | None) -> SafeString:
    # Kept by language: every row of a list has one, and most look like another.
    taken = _WIDTH * min(used, total) // total if total else 0
    held = _WIDTH * min(used + reserved, total) // total - taken if total else 0
    free = max(total - used - reserved, 0)
    said = ngettext(
        "%(used)s of %(total)s seat taken, %(free)s free",
        "%(used)s of %(total)s seats taken, %(free)s free",
        total,
    ) % {
        "used": formats.number_text(used + reserved),
        "total": formats.number_text(total),
        "free": formats.number_text(free),
    }
    if reserved:
        held_words = ngettext(
            "%(count)s reserved by an invitation", "%(count)s reserved by invitations", reserved
        )
        said = gettext("%(seats)s (%(reserved)s)") % {
            "seats": said,
            "reserved": held_words % {"count": formats.number_text(reserved)},
        }
    return format_html(
        '<span class="seats"><svg viewBox="0 0 {} 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="seats-free" width="{}" height="6"/><rect class="seats-used" width="{}" height="6"/>'
        '<rect class="seats-held" x="{}" width="{}" height="6"/></svg>{}</span>',
        _WIDTH, said, _WIDTH, taken, taken, held,
        format_html('<span class="seats-words" aria-hidden="true">{}</span>', said) if words
        else format_html('<span class="seats-words" aria-hidden="true">{}/{}</span>', used + reserved, total),
    )  # fmt: skip


def bar_chart(points: Sequence[Point], label: str) -> SafeString:
    """Draw one bar per point from zero, the largest filling the height; figures also as a hidden table."""
    top = max((point.value for point in points), default=0) or 1
    width = _STEP * max(len(points), 1)
    drawn = format_html_join(
        "",
        '<g><title>{}: {}</title><rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" rx="3"/>'
        '<text class="bar-label" x="{}" y="{}" text-anchor="middle">{}</text></g>',
        (
            (
                point.label, point.shown or formats.number_text(point.value), index * _STEP + 4,
                _CHART_HEIGHT - _height(point.value, top), _STEP - 8, _height(point.value, top),
                index * _STEP + _STEP // 2, _CHART_HEIGHT + 14, point.label,
            )
            for index, point in enumerate(points)
        ),
    )  # fmt: skip
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td></tr>',
        ((point.label, point.shown or formats.number_text(point.value)) for point in points),
    )
    return format_html(
        '<figure class="chart"><svg viewBox="0 0 {} {}" aria-hidden="true" focusable="false">'
        '<line class="bar-base" x1="0" y1="{}" x2="{}" y2="{}"/>{}</svg>'
        '<table class="sr-only"><caption>{}</caption>{}</table></figure>',
        width, _CHART_HEIGHT + 18, _CHART_HEIGHT, width, _CHART_HEIGHT, drawn, label, rows,
    )  # fmt: skip


def _height(value: int, top: int) -> int:
    return max((_CHART_HEIGHT - 4) * max(value, 0) // top, 1 if value > 0 else 0)
