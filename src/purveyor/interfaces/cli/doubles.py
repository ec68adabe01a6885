"""`purveyor double`: the outside world on this machine, for the demo. Each speaks the contract of the real service."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from purveyor.interfaces.cli.children import Children
from purveyor.interfaces.doubles import card
from purveyor.interfaces.doubles.vies import ViesDouble


def _vies(port: int) -> None:
    ViesDouble(port).serve()


def _card(port: int) -> None:
    home = os.environ.get("PURVEYOR_HOME")
    card.main(
        port,
        hook=f"{os.environ.get('PURVEYOR_URL', 'http://localhost:8000')}/webhooks/card",
        secret=os.environ.get("PURVEYOR_STRIPE_WEBHOOK_SECRET") or card.SECRET,
        # A demo that is started again knows its cards.
        kept_in=Path(home) / "demo-card.json" if home else None,
    )


_START_SECONDS = 15.0
_DOUBLES: dict[str, Callable[[int], None]] = {"card": _card, "vies": _vies}
# The setting that tells the others where each one listens.
_SETTINGS = {"card": "PURVEYOR_STRIPE_URL", "vies": "PURVEYOR_VIES_URL"}


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
    settings, ports = dict(_SETTINGS), list[int]()
    if os.environ.get("PURVEYOR_STRIPE_KEY"):
        # Somebody's own account at the real one, or another double.
        del settings["card"]
    else:
        os.environ |= {"PURVEYOR_STRIPE_KEY": card.KEY, "PURVEYOR_STRIPE_WEBHOOK_SECRET": card.SECRET}
    for name, setting in settings.items():
        if os.environ.get(setting) is None:
            port = free_port()
            os.environ[setting] = f"http://127.0.0.1:{port}"
            children.add(f"double of {name}", "double", name, "--port", str(port))
            ports.append(port)
    for port in ports:
        _wait_for(port)


def _wait_for(port: int) -> None:
    """Until it listens; who asks too early would be told that the service is away."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)


def free_port() -> int:
    """A port of this machine that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
