"""The recorded SQL sent by pgbench: what PostgreSQL alone can do."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import Literal

from bench import house
from bench.load import MEMBERS_EACH, SUBSCRIPTIONS_EACH, Size
from bench.recorded import Job, Statement
from bench.report import Figures
from purveyor.infra import postgres

CLIENTS = 4
SLOT = MEMBERS_EACH - 1
_HOLE = re.compile("«(\\w+)»")
_VARIABLE = re.compile(r":(?=[A-Za-z_])")
_FIXED = {"z": "a", "slot": str(SLOT)}
_HEX = "lpad(to_hex(:{}::bigint), 12, '0')"


class Raw:
    """Writes the scripts and runs them; each target is used once."""

    def __init__(self, jobs: dict[str, Job], size: Size, folder: Path) -> None:
        self._size = size
        self._folder = folder
        self._done = dict.fromkeys(jobs, 0)
        for name, job in jobs.items():
            (folder / f"{name}.sql").write_text(self._script(job))

    def run(self, job: str, each: int) -> Figures:
        """`each` transactions for each of four clients."""
        log = self._folder / f"{job}.log"
        command = [
            str(postgres.programs() / "pgbench"), "--no-vacuum", f"--client={CLIENTS}", "--jobs=1",
            f"--transactions={each}", "--protocol=prepared", f"--define=i={self._done[job]}",
            f"--file={self._folder / f'{job}.sql'}", "--log", f"--log-prefix={log}", *_place(),
        ]  # fmt: skip
        self._done[job] += each
        done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode != 0 or found is None:
            raise RuntimeError(f"pgbench {job}: {done.stderr.strip()[-600:]}")
        times: list[float] = []
        for part in self._folder.glob(f"{job}.log.*"):
            times += [int(line.split()[2]) / 1000 for line in part.read_text().splitlines()]
            part.unlink()
        return Figures(rate=float(found[1]), times_ms=times)

    def _script(self, job: Job) -> str:
        lines = [
            f"\\set k :i * {CLIENTS} + :client_id",
            "\\set i :i + 1",
            f"\\set s :k * {STRIDE} % {self._size.subscriptions} + 1",
            f"\\set c (:s - 1) / {SUBSCRIPTIONS_EACH} + 1",
            f"\\set m :c * 8 + {SLOT}",
            "BEGIN;",
            *[_with_values(one) + ";" for one in job.statements],
            "COMMIT;",
        ]
        return "\n".join(lines) + "\n"


# Neighbours in time are not neighbours in the table. A prime that no size is a multiple of.
STRIDE = 7919


def _with_values(statement: Statement) -> str:
    pieces = statement.sql.strip().replace("%%", "%").split("%s")
    sql = pieces[0]
    for value, piece in zip(statement.values, pieces[1:], strict=True):
        sql += ("NULL" if value is None else _expression(value)) + piece
    return sql


def _expression(text: str) -> str:
    """A text with holes as SQL that puts pgbench's variables into them."""
    for hole, value in _FIXED.items():
        text = text.replace(f"«{hole}»", value)
    parts = _HOLE.split(text)
    if len(parts) == 1:
        return _literal(text)
    found = []
    for at, part in enumerate(parts):
        if at % 2:
            found.append(":c::bigint::text" if part == "number" else _HEX.format(part))
        elif part:
            found.append(_literal(part))
    return "(" + " || ".join(found) + ")"


def _literal(text: str) -> str:
    """A text constant in which pgbench sees no variable of its own (``:name``)."""
    quoted = Literal(text).as_string().strip()
    escaped = _VARIABLE.sub(r"\\x3a", quoted)
    return escaped if escaped == quoted or quoted.startswith("E") else f"E{escaped}"


def _place() -> list[str]:
    parts = conninfo_to_dict(house.url("run"))
    place = [f"--username={parts['user']}"]
    if parts.get("host"):
        place.append(f"--host={parts['host']}")
    if parts.get("port"):
        place.append(f"--port={parts['port']}")
    return [*place, str(parts["dbname"])]


def _environment() -> dict[str, str]:
    password = conninfo_to_dict(house.url("run")).get("password")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | ({"PGPASSWORD": str(password)} if password else {})
