"""Where an installation lies, turned into the environment that `purveyor.config.settings` reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from purveyor.infra import postgres, roles


def port() -> int:
    """`PURVEYOR_PORT`, by default 8000. Raises ValueError with a sentence."""
    text = os.environ.get("PURVEYOR_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"PURVEYOR_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def prepare(*, with_database: bool = True) -> Path:
    """Sets the variables that are not set, starts the database where it is embedded, and returns the home."""
    home = postgres.home_folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Collected static files, if any; the server looks for the folder.
    (home / "static").mkdir(exist_ok=True)
    defaults = {
        "DJANGO_SETTINGS_MODULE": "purveyor.config.settings",
        "PURVEYOR_URL": f"http://localhost:{port()}",
        "PURVEYOR_SECRET_KEY": _secret(home / "secret"),
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    os.environ["PURVEYOR_HOME"] = str(home)
    if with_database:
        os.environ.update(roles.ensure_database(home).environment())
    return home


def _secret(path: Path) -> str:
    """The installation's own secret key, made once."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()
