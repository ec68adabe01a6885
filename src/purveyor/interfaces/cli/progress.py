"""Says what is happening and how long it took: a bar on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_WIDTH = 28
_PIPE_SECONDS = 5.0


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announces a step and, at its end, its seconds."""
    say(f"{what} ...")
    start = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - start:.1f} s")


class Bar:
    """Progress of long work; call it with how much of how much is done, and what is being done."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._last = 0.0

    def __call__(self, done: int, total: int, what: str = "") -> None:
        """`done` of `total` pieces; may be called as often as wished."""
        now = time.monotonic()
        ended = done >= total
        if not ended and now - self._last < (0.1 if self._terminal else _PIPE_SECONDS):
            return
        self._last = now
        percent = 100 * done // max(total, 1)
        if self._terminal:
            filled = _WIDTH * done // max(total, 1)
            line = f"\r  [{'#' * filled}{' ' * (_WIDTH - filled)}] {percent:3d} % {what:<40.40}"
            print(line, end="\n" if ended else "", flush=True)
        else:
            say(f"  {percent} % {what}".rstrip())
