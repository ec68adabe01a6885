"""Who listens to what, written out by hand: events -> handlers, due work -> its scanner, ports -> adapters."""

from __future__ import annotations


def wire() -> None:
    """Connect the rooms; called once per process when all apps are loaded."""
