"""Finds the Chromium that the browser tests drive; prints its path, or exactly what to run."""

from __future__ import annotations

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of the browser: `PURVEYOR_CHROMIUM`, or the first of the usual names."""
    given = os.environ.get("PURVEYOR_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def what_to_run() -> str:
    """For whoever has no browser."""
    as_root = "" if os.geteuid() == 0 else "sudo "
    return (
        "The browser tests need Chromium, and there is none. Run:\n\n"
        f"    {as_root}apt-get update && {as_root}apt-get install -y chromium\n\n"
        "or set PURVEYOR_CHROMIUM to the path of one that you have."
    )


def main() -> int:
    """Exit code 1 and the command to run where there is none."""
    found = find()
    if found:
        print(f"Browser tests use {found}")
        return 0
    print(what_to_run(), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
