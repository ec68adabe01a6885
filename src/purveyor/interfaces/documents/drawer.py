"""`python -m purveyor.interfaces.documents.drawer <id>`: draws one file of many documents, in the environment given."""

from __future__ import annotations

import os
import sys
from uuid import UUID

# Pages and jobs come first.
_NICE = 5


def main(batch_id: UUID) -> int:
    """Draw it. What it imports first must not need Django: its helpers begin by importing this module."""
    import django

    os.nice(_NICE)
    django.setup()
    from purveyor.interfaces.documents import zips

    zips.write(batch_id)
    return 0


if __name__ == "__main__":
    sys.exit(main(UUID(sys.argv[1])))
