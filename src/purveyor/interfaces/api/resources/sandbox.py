"""The test clock and the mailbox of a sandbox. Elsewhere they do not exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Router

from purveyor.infra import clock, mailbox
from purveyor.interfaces.api import answers, bodies, documents, records
from purveyor.interfaces.api.door import ApiRequest, reading
from purveyor.interfaces.api.resources import _reach
from purveyor.interfaces.api.types import Limit
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.paging import write_cursor
from purveyor.parties.authority import require

router = Router(tags=["sandbox"])
# Price lists and rates are kept for decades, not centuries.
LAST_YEAR = 2099


def _in_sandbox() -> None:
    if not settings.SANDBOX:
        raise NotFound(kind="path")


@router.get("/clock", response=records.Clock, summary="Business now (sandbox)")
@reading
def get_clock(request: ApiRequest) -> Any:
    _in_sandbox()
    return {"now": answers.instant(request.call.now)}


@router.post("/clock", response=records.Clock, summary="Move the test clock forward (sandbox, operator)")
@reading
def move_clock(request: ApiRequest, body: bodies.ClockIn) -> HttpResponse:
    """Answers when every piece of work due by then is done, each at its own due instant."""
    _in_sandbox()
    require(request.call.actor, "operate")
    target = datetime.fromisoformat(body.now)
    if target.year > LAST_YEAR:
        raise Invalid(field="now", reason="too_large", le=f"{LAST_YEAR}-12-31")

    def work() -> HttpResponse:
        done = clock.move(target)
        return answers.text(answers.dumps({"now": answers.instant(clock.now()), "done": done}))

    # Due work runs in transactions of its own, so this call's has to end first.
    return answers.Later(work)


@router.get(
    "/mailbox", response=documents.Listed[records.Mail], summary="Mails that would have been sent (sandbox)"
)
@reading
def list_mailbox(
    request: ApiRequest, to: str | None = None, limit: Limit = 50, cursor: str | None = None
) -> Any:
    """Newest first; a reseller's and a customer's key see the mails of their own."""
    _in_sandbox()
    actor = request.call.actor
    _reach.see(actor)
    rows = mailbox.list_mail(actor=actor, to=to, limit=limit + 1, before=_reach.instant_cursor(cursor))
    found = answers.cut(rows, limit, lambda row: write_cursor(row.created_at.isoformat(), str(row.id)))
    return answers.page(found, _mail)


def _mail(row: mailbox.MailRow) -> answers.Json:
    return {
        "to": row.to,
        "subject": row.subject,
        "language": row.language,
        "text": row.text,
        "html": row.html,
        "links": list(row.links),
        "sent_at": answers.instant(row.sent_at or row.created_at),
    }
