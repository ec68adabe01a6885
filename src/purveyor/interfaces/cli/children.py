"""The processes that a launcher started: watched, restarted when they die, stopped with it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from purveyor.interfaces.cli.progress import say

_STOP_SECONDS = 12.0
_RESTARTS_MAX = 3
_RESTART_WINDOW = 60.0
_PR_SET_PDEATHSIG = 1


class ChildrenError(RuntimeError):
    """A child cannot be kept alive."""


@dataclass
class Child:
    """One process, started by the command line of this very program."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Starts it in a session of its own, so that a Ctrl-C reaches the launcher alone."""
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(
            [sys.executable, "-m", "purveyor.interfaces.cli.main", *self.arguments],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  (one thread here)
        )


class Children:
    """All of them."""

    def __init__(self) -> None:
        self._children: list[Child] = []

    def add(self, name: str, *arguments: str) -> None:
        """Starts one more."""
        child = Child(name, list(arguments))
        self._children.append(child)
        child.start()

    def check(self) -> None:
        """Restarts what died; raises `ChildrenError` for one that keeps dying."""
        for child in self._children:
            code = child.process.poll() if child.process else 0
            if code is None:
                continue
            recent = [at for at in child.starts if time.monotonic() - at < _RESTART_WINDOW]
            if len(recent) > _RESTARTS_MAX:
                raise ChildrenError(f"The {child.name} process keeps ending (exit code {code}); stopping.")
            say(f"The {child.name} process ended (exit code {code}); starting it again.")
            child.start()

    def stop(self) -> None:
        """Asks all to end, and ends those that do not."""
        living = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in living:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for process in living:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._children.clear()


def _end_with_parent() -> None:
    """Linux: the child gets SIGTERM should the launcher be killed, so that no port and no worker stays behind."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
