"""Builds what the repository does not keep: the stylesheet and the message catalogs."""

from __future__ import annotations

import compileall
import gzip
import os
import subprocess
import sysconfig
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2]
CONSOLE = PACKAGE / "interfaces" / "console"
LOCALE = PACKAGE / "locale"
STYLESHEET = CONSOLE / "static" / "console" / "app.css"


class BuildError(RuntimeError):
    """Something could not be built; the message says what and why."""


def build_stylesheet() -> Path:
    """Compiles `static_src/app.css` with the classes that templates and Python of the console use."""
    source = CONSOLE / "static_src" / "app.css"
    if not source.exists():
        raise BuildError(f"{source} is missing.")
    STYLESHEET.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=STYLESHEET.parent, prefix=".app-", suffix=".css")
    os.close(handle)
    command = [
        str(Path(sysconfig.get_path("scripts")) / "tailwindcss"),
        *("--input", str(source), "--output", name, "--minify", "--cwd", str(CONSOLE)),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BuildError(f"The stylesheet could not be built: {done.stderr.strip()}")
        Path(name).chmod(0o644)
        # The server hands the packed twin to browsers that take it: a fifth of the bytes.
        packed = STYLESHEET.with_suffix(".css.gz")
        packed.write_bytes(gzip.compress(Path(name).read_bytes(), mtime=0))
        Path(name).replace(STYLESHEET)
    finally:
        Path(name).unlink(missing_ok=True)
    return STYLESHEET


def compile_code() -> None:
    """Compiles our own modules that changed, so that every process that is started finds them ready."""
    compileall.compile_dir(PACKAGE, quiet=2)


def compile_messages() -> int:
    """Compiles every catalog that changed since it was compiled last; returns how many it compiled."""
    compiled = 0
    for catalog in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = catalog.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= catalog.stat().st_mtime_ns:
            continue
        with catalog.open("rb") as file:
            messages = read_po(file, locale=catalog.parent.parent.name, domain="django")
        new = target.with_suffix(f".{os.getpid()}.tmp")
        with new.open("wb") as file:
            write_mo(file, messages)
        new.replace(target)
        compiled += 1
    return compiled
