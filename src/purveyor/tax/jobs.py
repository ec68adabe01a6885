"""Due work of tax: VAT numbers that are looked at again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.tax.commands import run_watch


def check_due(watch_id: UUID, due_at: datetime) -> None:
    """Look at a number as of its own due instant."""
    run_watch(watch_id, due_at)
