"""An explanation is data: a code and its facts. ``interfaces/texts`` makes a sentence of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = str | int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an amount, a tax or a date is what it is. ``code`` is stable and has its own set of facts."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The stored shape: ``{"code": ..., "facts": {...}}``."""
        return {"code": self.code, "facts": dict(self.facts)}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Explanation:
        """The explanation that :meth:`as_json` wrote.

        Raises:
            ValueError: another shape.
        """
        code, facts = data.get("code"), data.get("facts")
        if not isinstance(code, str) or not isinstance(facts, Mapping):
            raise ValueError("not an explanation")
        return cls(code, dict(facts))
