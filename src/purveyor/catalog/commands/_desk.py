"""What all commands of the catalog do alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from purveyor.catalog.errors import CodeTaken
from purveyor.infra import activity, outbox
from purveyor.kernel.actor import Actor
from purveyor.kernel.events import Event


@contextmanager
def unique_code(code: str) -> Iterator[None]:
    """Let the database decide whether a code is free. Raises: CodeTaken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise CodeTaken(field="code", value=code) from error


def put_on_record(
    actor: Actor,
    now: datetime,
    event: Event,
    *,
    subject_kind: str,
    subject_id: UUID,
    facts: dict[str, Any],
    reseller_id: UUID | None = None,
) -> None:
    """The act and its event, under one name."""
    activity.record(
        actor,
        now=now,
        kind=event.kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reseller_id=reseller_id,
        facts=facts,
    )
    outbox.emit(event, now=now, subject_id=subject_id, reseller_id=reseller_id)
