"""All documents of a period as one zip file in the home of the installation: begun here, drawn by another process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from uuid import UUID

from django.conf import settings

from purveyor.billing import batches
from purveyor.billing.batches import BatchStatus
from purveyor.billing.commands.batches import note_batch
from purveyor.infra import clock, tx
from purveyor.interfaces.documents.batch import draw, pieces
from purveyor.kernel.actor import system_actor

# Whoever asked has fetched it by then; the same can be asked for again.
KEPT_SECONDS = 2 * 24 * 3600
_NOTE_EVERY = 0.5


def path_of(batch_id: UUID) -> Path:
    """Where the file of a batch lies, once it is finished."""
    return _folder() / f"{batch_id}.zip"


def start(batch_id: UUID) -> None:
    """Let a process of its own draw the file, so that pages are served meanwhile. Call it after the commit."""
    subprocess.Popen(
        [sys.executable, "-m", "purveyor.interfaces.documents.drawer", str(batch_id)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE)},
    )


def write(batch_id: UUID, *, processes: int | None = None) -> None:
    """Draw the documents of a batch into its file, counting as it goes. Old files are deleted."""
    system = system_actor()
    with tx.enter(system):
        owner = batches.owner_of(actor=system, batch_id=batch_id)
        batch = batches.get_batch(actor=system, batch_id=batch_id)
    _clean()
    part = _folder() / f"{batch_id}.part"
    done, noted = 0, 0.0
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            found = pieces(actor=owner, first=batch.first, last=batch.last)
            for file in draw(found, processes=processes):
                archive.writestr(file.name, file.content)
                done += 1
                if time.monotonic() - noted > _NOTE_EVERY:
                    noted = time.monotonic()
                    _note(batch_id, min(done, batch.total), "asked")
        part.rename(path_of(batch_id))
    except BaseException:
        part.unlink(missing_ok=True)
        _note(batch_id, min(done, batch.total), "failed")
        raise
    _note(batch_id, min(done, batch.total), "finished")


def _note(batch_id: UUID, done: int, status: BatchStatus) -> None:
    note_batch(actor=system_actor(), now=clock.now(), batch_id=batch_id, done=done, status=status)


def _folder() -> Path:
    found = Path(settings.HOME) / "documents"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def _clean() -> None:
    for file in _folder().iterdir():
        if time.time() - file.stat().st_mtime > KEPT_SECONDS:
            file.unlink(missing_ok=True)
