"""Mails at rest: stored in the transaction that causes them, marked when they are sent, read in a sandbox."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models as db

from purveyor.infra import models, tx
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id

LIMIT_MAX = 200
_STORE = """
INSERT INTO infra_mail (id, dedupe, "to", to_key, to_name, from_name, reply_to, subject, language, text, html, links,
  status, attempts, created_at, sent_at, reseller_id, customer_id, payer_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, 0, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, kw_only=True)
class NewMail:
    """A rendered mail. ``dedupe`` names its cause and recipient; ``links`` are those in its text, in order.

    ``payer_id`` is set where it tells what somebody owes: then nobody between may read it.
    """

    dedupe: str
    to: str
    subject: str
    language: str
    text: str
    html: str
    links: tuple[str, ...] = ()
    to_name: str = ""
    from_name: str = ""
    reply_to: str = ""
    reseller_id: UUID | None = None
    customer_id: UUID | None = None
    payer_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class MailRow(NewMail):
    """A stored mail. ``sent_at`` is business time, None until it is sent."""

    id: UUID
    status: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None = None
    links: tuple[str, ...] = field(default=())


def is_stored(dedupe: str) -> bool:
    """Whether the mail of this cause to this recipient exists already."""
    return bool(tx.fetch("SELECT FROM infra_mail WHERE dedupe = %s", (dedupe,)))


def store_mail(mail: NewMail, *, now: datetime) -> UUID | None:
    """Store a mail with the transaction in progress; its id, or None where it was stored before.

    In a sandbox no mail leaves the house: it is stored as sent. Elsewhere the caller defers its sending.
    """
    mail_id = new_id()
    status, sent_at = ("sent", now) if settings.SANDBOX else ("queued", None)
    values = (
        mail_id, mail.dedupe, mail.to, mail.to.strip().lower(), mail.to_name, mail.from_name, mail.reply_to,
        mail.subject, mail.language, mail.text, mail.html, json.dumps(mail.links), status, now, sent_at,
        mail.reseller_id, mail.customer_id, mail.payer_id,
    )  # fmt: skip
    return mail_id if tx.execute(_STORE, values).rowcount else None


def list_mail(
    *,
    actor: Actor,
    to: str | None = None,
    q: str = "",
    limit: int = 50,
    before: tuple[datetime, UUID] | None = None,
) -> list[MailRow]:
    """Mails, newest first; ``before`` is the last row's (created_at, id) of the page before.

    For a sandbox's edges: they check that this is one. ``to`` is compared without case; ``q`` is a part of
    the address or the subject.
    """
    rows = _visible(actor)
    if to:
        rows = rows.filter(to_key=to.strip().lower())
    if q.strip():
        part = q.strip().replace("\x00", "")
        rows = rows.filter(db.Q(to_key__contains=part.lower()) | db.Q(subject__icontains=part))
    if before is not None:
        rows = rows.filter(db.Q(created_at__lt=before[0]) | db.Q(created_at=before[0], id__lt=before[1]))
    return [_row(row) for row in rows.order_by("-created_at", "-id")[: min(limit, LIMIT_MAX)]]


def _visible(actor: Actor) -> db.QuerySet[models.Mail]:
    """The actor's own mails, but for those about what somebody else pays."""
    rows = models.Mail.objects.all()
    if actor.scope == "operator":
        return rows
    own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
    where = {"reseller_id": own} if actor.scope == "reseller" else {"customer_id": own}
    return rows.filter(db.Q(payer_id=None) | db.Q(payer_id=own), **where)


def find_mail(*, actor: Actor, mail_id: UUID) -> MailRow | None:
    """One mail that ``list_mail`` shows to ``actor``."""
    row = _visible(actor).filter(id=mail_id).first()
    return None if row is None else _row(row)


def find_queued(mail_id: UUID) -> MailRow | None:
    """The mail, if it still waits to be sent."""
    row = models.Mail.objects.filter(id=mail_id, status="queued").first()
    return None if row is None else _row(row)


def mark_sent(mail_id: UUID, *, now: datetime) -> None:
    """It left the house: its body is emptied, because it may hold a token."""
    body = {} if settings.SANDBOX else {"text": "", "html": "", "links": []}
    models.Mail.objects.filter(id=mail_id, status="queued").update(
        status="sent", sent_at=now, attempts=db.F("attempts") + 1, **body
    )


def mark_failed(mail_id: UUID, *, finally_: bool) -> None:
    """One more attempt came to nothing; ``finally_`` when no other follows."""
    change = {"status": "failed"} if finally_ else {}
    models.Mail.objects.filter(id=mail_id, status="queued").update(attempts=db.F("attempts") + 1, **change)


def queue_again(mail_id: UUID) -> bool:
    """Let a mail that was given up be sent after all; whether there was one."""
    return models.Mail.objects.filter(id=mail_id, status="failed").update(status="queued", attempts=0) > 0


def _row(row: models.Mail) -> MailRow:
    return MailRow(
        id=row.id,
        dedupe=row.dedupe,
        to=row.to,
        to_name=row.to_name,
        from_name=row.from_name,
        reply_to=row.reply_to,
        subject=row.subject,
        language=row.language,
        text=row.text,
        html=row.html,
        links=tuple(row.links),
        status=row.status,
        attempts=row.attempts,
        created_at=row.created_at,
        sent_at=row.sent_at,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )
