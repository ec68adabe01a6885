"""The base of what rooms announce: past tense, plain JSON-able fields, no secrets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """Something that happened. Subclasses are frozen dataclasses in a room's ``events.py`` that set ``kind``.

    Fields are strings, whole numbers, booleans, None, or lists and mappings of these.
    """

    kind: ClassVar[str] = ""

    def as_json(self) -> dict[str, Any]:
        """The fields, as they are stored and delivered."""
        return asdict(self)
