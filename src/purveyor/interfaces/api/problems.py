"""Refusals as RFC 9457 problem documents. Nothing that fails under /api/v1 is ever HTML."""

from __future__ import annotations

import logging
import secrets

from django.db import OperationalError
from django.http import HttpResponse
from ninja.errors import HttpError

from purveyor.interfaces.api import answers, public
from purveyor.interfaces.api.errors import InternalError, Unavailable
from purveyor.interfaces.texts import refusals
from purveyor.kernel.errors import DomainError, Invalid

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


def as_refusal(error: Exception) -> DomainError:
    """The refusal that ``error`` amounts to; a fault of ours is logged under an incident id."""
    if isinstance(error, DomainError) and error.status < 500:
        return error
    if isinstance(error, answers.RefusedThen):
        return _with_more(error)
    if isinstance(error, HttpError):
        # The parser's own refusal, wrapped on its way out.
        cause = error.__cause__
        return cause if isinstance(cause, DomainError) else Invalid(field="body", reason="not_json")
    incident = secrets.token_hex(8)
    logger.error("incident %s", incident, exc_info=error)
    if isinstance(error, OperationalError):
        return Unavailable(incident=incident)
    return InternalError(incident=incident)


def _with_more(error: answers.RefusedThen) -> DomainError:
    """The refusal with what follows it, as far as that can be done."""
    try:
        more = error.follow()
    except DomainError:
        # Why it cannot be had anew is what the next call will be told.
        more = {}
    return type(error.refusal)(**error.refusal.facts, **more)


def problem(error: DomainError) -> HttpResponse:
    """The problem document of a refusal, its ``detail`` in the language of the thread."""
    response = answers.text(
        answers.dumps(
            {
                "type": f"urn:purveyor:problem:{error.code}",
                "title": refusals.title(error.code),
                "status": error.status,
                "code": error.code,
                "detail": refusals.sentence(error),
                "facts": public.facts(error.facts),
            }
        ),
        status=error.status,
        content_type=CONTENT_TYPE,
    )
    # Refusals are answers, not incidents; a fault of ours is in the log with its id already.
    response._has_been_logged = True  # type: ignore[attr-defined]  # read by django.utils.log
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="purveyor"'
    if error.status == 405:
        response["Allow"] = ", ".join(error.facts.get("allowed", []))
    if error.status == 503:
        response["Retry-After"] = "1"
    return response
