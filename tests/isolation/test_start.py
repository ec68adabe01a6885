"""Start-up refuses to serve with more rights than serving needs, whichever way it is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from purveyor.infra.roles import DatabaseUrls

COMMAND = [sys.executable, "-m", "purveyor.interfaces.cli.main"]
# As gunicorn loads it, when somebody starts it without the command `purveyor`.
WSGI = [sys.executable, "-c", "import purveyor.config.wsgi as served; print(served.application)"]
TOO_MANY = {
    "superuser": "is a superuser",
    "run": "may bypass row-level security",
    "owner": "owns tables",
}


def _start(
    urls: DatabaseUrls, alias: str, home: Path, command: list[str]
) -> subprocess.CompletedProcess[str]:
    address = getattr(urls, alias)
    if address is None:
        pytest.skip("this server's superuser is not known here")
    (home / "static").mkdir()
    environment = {
        **os.environ,
        **urls.environment(),
        "DATABASE_APP_URL": address,
        "PURVEYOR_HOME": str(home),
        "PURVEYOR_PORT": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"),
    }
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("alias", TOO_MANY)
@pytest.mark.parametrize("act", ["serve", "work"])
def test_the_command_refuses(urls: DatabaseUrls, tmp_path: Path, alias: str, act: str) -> None:
    ended = _start(urls, alias, tmp_path, [*COMMAND, act])
    assert ended.returncode == 1
    assert ended.stderr.startswith("purveyor: ")
    assert len(ended.stderr.splitlines()) == 1, "one sentence, no traceback"


@pytest.mark.parametrize("alias", TOO_MANY)
def test_the_bare_application_refuses(urls: DatabaseUrls, tmp_path: Path, alias: str) -> None:
    ended = _start(urls, alias, tmp_path, WSGI)
    assert ended.returncode != 0
    assert "Refusing to serve" in ended.stderr
    assert TOO_MANY[alias] in ended.stderr


def test_the_serving_role_is_served(urls: DatabaseUrls, tmp_path: Path) -> None:
    ended = _start(urls, "app", tmp_path, WSGI)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "WSGIHandler" in ended.stdout
