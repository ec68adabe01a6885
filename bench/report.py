"""Figures, and how they are shown."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass
class Figures:
    """One round of one contender: calls a second, and how long each took."""

    rate: float
    times_ms: list[float] = field(default_factory=list)


def median(rounds: list[Figures]) -> Figures:
    """The median rate of the rounds, with all their times."""
    return Figures(
        rate=statistics.median(one.rate for one in rounds),
        times_ms=[time for one in rounds for time in one.times_ms],
    )


def percentile(times: list[float], share: float) -> float:
    """The time that `share` of the calls did not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns wide enough for what stands in them; all but the first to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = []
    for row in (head, tuple("-" * width for width in widths), *rows):
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)
