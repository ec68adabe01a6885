"""`python -m bench`: all figures, printed and written to bench.json. `python -m bench renewal` measures that part."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import house
from purveyor.infra.postgres import PostgresError
from purveyor.infra.roles import RightsError
from purveyor.interfaces.cli.demo import migrate
from purveyor.interfaces.cli.progress import step

PARTS = ("calls", "renewal", "bank", "documents")


def main(parts: Sequence[str]) -> int:
    """Run the parts asked for, or all; a refusal is one sentence and exit code 1."""
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        print(f"bench: there is no part {unknown[0]}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 1
    try:
        return max([_part(name) for name in PARTS if not parts or name in parts])
    except (PostgresError, RightsError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


def _part(name: str) -> int:
    """Each part begins with a database of its own, empty and migrated."""
    with house.opened() as home:
        with step("Migrating the bench's own database"):
            migrate()
        return _runner(name)(home)


def _runner(name: str) -> Callable[[Path], int]:
    # The rooms can be imported once Django knows them.
    from bench import bank, documents, renewal, run

    return {"renewal": renewal.run, "bank": bank.run, "documents": documents.run}.get(name, run.run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
