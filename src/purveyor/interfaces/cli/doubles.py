"""`purveyor double`: the outside world on this machine, for the demo. Each speaks the contract of the real service."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from purveyor.interfaces.cli.children import Children
from purveyor.interfaces.doubles.vies import ViesDouble


def _vies(port: int) -> None:
    ViesDouble(port).serve()


_DOUBLES: dict[str, Callable[[int], None]] = {"vies": _vies}
# The setting that tells the others where each one listens.
_SETTINGS = {"vies": "PURVEYOR_VIES_URL"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which one, and where it listens."""
    parser.add_argument("name", choices=sorted(_DOUBLES))
    parser.add_argument("--port", type=int, required=True, help="a free port of this machine")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""

    def stop(*_: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    with contextlib.suppress(KeyboardInterrupt):
        _DOUBLES[options.name](options.port)
    return 0


def start(children: Children) -> None:
    """Start one of each whose setting is not set by somebody else, and tell web and worker where it is.

    The port is chosen once: a child that dies is started again with the same one.
    """
    for name, setting in _SETTINGS.items():
        if os.environ.get(setting) is None:
            port = free_port()
            os.environ[setting] = f"http://127.0.0.1:{port}"
            children.add(f"double of {name}", "double", name, "--port", str(port))


def free_port() -> int:
    """A port of this machine that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
