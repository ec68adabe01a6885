"""What a renewal run counts. The figures add up: what was due was billed, waits for its money, ended or is parked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts of subscriptions, and per currency the sums of what was billed, in minor units."""

    billed: int = 0
    pending: int = 0
    ended: int = 0
    parked: int = 0
    sums: dict[str, list[int]] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """All that were looked at and not left as they are."""
        return self.billed + self.pending + self.ended + self.parked

    def bill(self, currency: str, net: int, vat: int) -> None:
        """One more was billed."""
        self.billed += 1
        sums = self.sums.setdefault(currency, [0, 0, 0])
        sums[0] += 1
        sums[1] += net
        sums[2] += vat

    def add(self, other: Tally) -> None:
        """Put another count on top of this."""
        self.billed += other.billed
        self.pending += other.pending
        self.ended += other.ended
        self.parked += other.parked
        for currency, parts in other.sums.items():
            sums = self.sums.setdefault(currency, [0, 0, 0])
            for at, part in enumerate(parts):
                sums[at] += part

    def totals_after(self, stored: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        """The stored totals of a run with these sums on top: ``{"EUR": {"count", "net", "vat", "gross"}}``."""
        found = {currency: dict(parts) for currency, parts in stored.items()}
        for currency, (count, net, vat) in self.sums.items():
            known = found.setdefault(currency, {"count": 0, "net": 0, "vat": 0, "gross": 0})
            known["count"] += count
            known["net"] += net
            known["vat"] += vat
            known["gross"] += net + vat
        return found
