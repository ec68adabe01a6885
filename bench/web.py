"""HTTP: starts gunicorn as `purveyor serve` does, and calls it with four clients."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.report import Figures

CLIENTS = 4
WORKERS = 2
# A round that takes longer is cut short: a slow machine gets fewer calls, not a longer evening.
ROUND_SECONDS = 6.0


class CallFailed(RuntimeError):
    """An answer that was not a success."""


@contextmanager
def serving(application: str, **environment: str) -> Iterator[int]:
    """gunicorn with two sync workers on a free port; yields the port and ends it after."""
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", application, "--preload", "--workers", str(WORKERS), "--worker-class",
        "sync", "--log-level", "warning", "--no-control-socket", "--bind", f"127.0.0.1:{port}",
    ]  # fmt: skip
    if Path("/dev/shm").is_dir():  # noqa: S108  (heartbeat files that never touch a disk)
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    process = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")


@dataclass
class Browser:
    """One client with one connection, kept alive as long as the server keeps it."""

    port: int
    _socket: socket.socket | None = None

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; its status and body. A connection that the server closed is opened again."""
        for attempt in (1, 2):
            kept = self._socket is not None
            try:
                return self._exchange(request)
            except ConnectionError:
                self.close()
                if attempt == 2 or not kept:
                    raise
        raise AssertionError

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), 60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = self._socket.recv(65536)
        while b"\r\n\r\n" not in data:
            more = self._socket.recv(65536)
            if not more:
                raise ConnectionResetError("closed before an answer")
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            more = self._socket.recv(min(missing, 1 << 20))
            if not more:
                raise ConnectionResetError("closed within an answer")
            parts.append(more)
            missing -= len(more)
        if b"connection: close" in lower:
            self.close()
        return int(head[9:12]), b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def request(method: str, path: str, body: str = "", **headers: str) -> bytes:
    """The bytes of a request; header names are written with underscores."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    raw = body.encode()
    if raw:
        lines += ["Content-Type: application/json", f"Content-Length: {len(raw)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + raw


Answered = Callable[[int, bytes], None]


def hammer(port: int, requests: list[tuple[int, bytes]], answered: Answered | None = None) -> Figures:
    """Send all requests by four clients; `answered` gets each one's number and body.

    Raises: CallFailed with the first answer that is no success.
    """
    times: list[list[float]] = [[] for _ in range(CLIENTS)]
    failures: list[str] = []
    began = time.perf_counter()

    def client(which: int) -> None:
        browser = Browser(port)
        mine = times[which]
        try:
            for number, data in requests[which::CLIENTS]:
                at = time.perf_counter()
                status, body = browser.send(data)
                ended = time.perf_counter()
                mine.append((ended - at) * 1000)
                if not 200 <= status < 300:
                    raise CallFailed(f"{status} {body[:400]!r} for {data[:120]!r}")
                if answered is not None:
                    answered(number, body)
                if failures or ended - began > ROUND_SECONDS:
                    return
        except (CallFailed, OSError) as error:
            failures.append(str(error))
        finally:
            browser.close()

    threads = [threading.Thread(target=client, args=(which,)) for which in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        raise CallFailed(failures[0])
    flat = [one for part in times for one in part]
    return Figures(rate=len(flat) / seconds, times_ms=flat)
