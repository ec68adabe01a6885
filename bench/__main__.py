"""`python -m bench`: one run, one database that holds data, all figures printed and written to bench.json."""

from __future__ import annotations

import sys

from bench import house
from purveyor.infra.postgres import PostgresError
from purveyor.infra.roles import RightsError
from purveyor.interfaces.cli.demo import migrate
from purveyor.interfaces.cli.progress import step


def main() -> int:
    """Run the bench; a refusal is one sentence and exit code 1."""
    try:
        with house.opened() as home:
            with step("Migrating the bench's own database"):
                migrate()
            # The rooms can be imported once Django knows them.
            from bench import run

            return run.run(home)
    except (PostgresError, RightsError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
