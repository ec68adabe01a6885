"""Who was told of what that costs money: one line for each mail and organization, kept when the mail is emptied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from purveyor.infra import models, rows
from purveyor.kernel.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Telling:
    """That a mail told somebody of an organization about ``topic``; ``role`` is empty for its own address.

    ``payer_id`` is set where it tells what one party owes: then nobody between may read it.
    """

    topic: str
    what: str
    email: str
    name: str
    role: str
    language: str
    told_at: datetime
    organization_id: UUID | None
    reseller_id: UUID | None
    customer_id: UUID | None
    payer_id: UUID | None = None
    kinds: tuple[str, ...] = ()


def morning(on: date) -> str:
    """The topic of a morning's notices."""
    return f"notices:{on.isoformat()}"


def note(tellings: Iterable[Telling]) -> None:
    """Write them down with the transaction in progress."""
    for one in tellings:
        rows.insert(
            models.Told(
                id=new_id(),
                topic=one.topic,
                what=one.what,
                email=one.email,
                name=one.name,
                role=one.role,
                language=one.language,
                told_at=one.told_at,
                organization_id=one.organization_id,
                reseller_id=one.reseller_id,
                customer_id=one.customer_id,
                payer_id=one.payer_id,
                kinds=list(one.kinds),
            )
        )
