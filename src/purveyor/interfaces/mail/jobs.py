"""Sends stored mails, each outside any transaction, and tries again when the mail server is away."""

from __future__ import annotations

import logging
from email.utils import formataddr, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from purveyor.infra import mailbox, parking, tx
from purveyor.infra.mailbox import MailRow
from purveyor.kernel.actor import system_actor

logger = logging.getLogger(__name__)
ATTEMPTS_MAX = 8


@app.task(
    name="purveyor.send_mail",
    queue="mail",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS_MAX, exponential_wait=4),
)
def send_mail(context: JobContext, *, mail_id: str) -> None:
    """Send one stored mail, unless it was sent before; see :func:`deliver`."""
    deliver(UUID(mail_id), last=context.job.attempts + 1 >= ATTEMPTS_MAX)


def defer(mail_id: UUID) -> None:
    """Defer the sending with the transaction in progress."""
    send_mail.defer(mail_id=str(mail_id))


def deliver(mail_id: UUID, *, last: bool) -> None:
    """Hand the mail to the mail server and mark it, between two short transactions.

    A process that dies in between sends it again: with the same Message-ID, so that mail programs show it
    once. After the ``last`` attempt it is parked, where the operator sees it.
    """
    with tx.enter(system_actor()):
        mail = mailbox.find_queued(mail_id)
    if mail is None:
        return
    try:
        if not settings.SANDBOX:
            message(mail).send()
    except Exception as error:
        with tx.enter(system_actor()) as now:
            mailbox.mark_failed(mail_id, finally_=last)
            if last:
                parking.park(source="mail", piece=str(mail_id), due_at=now, reason=error)
        logger.warning("mail %s was not sent: %s", mail_id, type(error).__name__)
        raise
    with tx.enter(system_actor()) as now:
        mailbox.mark_sent(mail_id, now=now)


def message(mail: MailRow) -> EmailMultiAlternatives:
    """The mail as the mail server gets it: from the house's own address, in the sender's name."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2] or "localhost"
    made = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((mail.from_name, address)) if mail.from_name else settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((mail.to_name, mail.to)) if mail.to_name else mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": f"<{mail.id}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    made.attach_alternative(mail.html, "text/html")
    return made
