"""The door: every call is one transaction, opened by its key before anything else about it is looked at."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404
from django.urls.resolvers import RegexPattern, URLResolver
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from purveyor.infra import idempotency
from purveyor.interfaces.api import answers
from purveyor.interfaces.api.errors import MethodNotAllowed, TooLarge, UnknownField, UnsupportedMediaType
from purveyor.interfaces.api.problems import as_refusal, problem
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import read as read_public_id
from purveyor.kernel.text import has_control_characters
from purveyor.parties.entry import Unauthenticated, enter_by_key

PREFIX = "/api/v1"
BODY_BYTES_MAX = 1_000_000
# Files from a bank are larger than what programs say.
FILE_BYTES_MAX = 30_000_000
_FILES = frozenset({f"{PREFIX}/bank-statements"})
_LANGUAGES = ("en", "es", "de", "it", "fr")
_WRITING = frozenset({"POST", "PATCH", "PUT", "DELETE"})


@dataclass
class Call:
    """Who calls, at which business instant, and what was sent."""

    actor: Actor
    now: datetime
    looked: idempotency.Looked | None = None
    body: Any = None
    file: bytes = b""


class ApiRequest(HttpRequest):
    """A request that came through the door."""

    call: Call


def serve(request: HttpRequest) -> HttpResponse:
    """Answer a call under ``/api/v1``, whatever happens: with JSON or a problem document."""
    without_body = request.method == "HEAD"
    if without_body:
        request.method = "GET"
    with translation.override(_language(request)):
        try:
            response = _serve(request)
        except Exception as error:  # noqa: BLE001  (every refusal and fault becomes a problem document)
            response = problem(as_refusal(error))
        response["Content-Language"] = translation.get_language() or "en"
    if response.status_code != 204:
        response["Content-Length"] = str(len(response.content))
    if without_body:
        response.content = b""
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Authorization, Accept-Language"
    response["X-Content-Type-Options"] = "nosniff"
    if settings.SECURE_HSTS_SECONDS and request.is_secure():
        response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response


def _serve(request: HttpRequest) -> HttpResponse:
    language = translation.get_language() or "en"
    once = _usable_key(request)
    with enter_by_key(_bearer(request), ip=_ip(request), language=language, once=once) as entered:
        request.call = Call(entered.actor, entered.now, entered.looked)  # type: ignore[attr-defined]  # see ApiRequest
        _check_length(request)
        try:
            match = _resolver().resolve(request.path_info)
        except Resolver404 as error:
            raise NotFound(kind="path") from error
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Http404 as error:
            raise NotFound(kind="path") from error
        if response.status_code == 405:
            allowed = sorted(response.get("Allow", "").replace(" ", "").split(","))
            raise MethodNotAllowed(method=request.method, allowed=allowed)
    if isinstance(response, answers.Later):
        return response.work()
    return response


@cache
def _resolver() -> URLResolver:
    """The API's own addresses, as config/urls.py mounts them, without walking through the console's."""
    from purveyor.interfaces.api.app import api  # its resources are written with this module

    return URLResolver(RegexPattern(rf"^{PREFIX}/"), api.urls[0])


def _language(request: HttpRequest) -> str:
    """The best of our languages for ``Accept-Language``; English when none fits."""
    for wanted, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower()):
        if wanted[:2] in _LANGUAGES and wanted[2:3] in {"", "-"}:
            return wanted[:2]
    return "en"


def _bearer(request: HttpRequest) -> str:
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated()
    return str(secret.strip())


def _ip(request: HttpRequest) -> str | None:
    """The caller's address: the last hop that our own proxy saw, where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return str(forwarded)
    return request.META.get("REMOTE_ADDR") or None


def _check_length(request: HttpRequest) -> None:
    if "HTTP_TRANSFER_ENCODING" in request.META:
        # WSGI hides a body whose length was not told; an empty one would be a strange refusal.
        raise Invalid(field="Content-Length", reason="required")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    limit = FILE_BYTES_MAX if request.path_info in _FILES else BODY_BYTES_MAX
    if length > limit:
        raise TooLarge(limit=limit)


def parse_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent.

    Raises: UnsupportedMediaType; Invalid (``not_utf8``, ``not_json``, ``duplicate_field``, ``not_an_object``).
    """
    if request.content_type != "application/json":
        raise UnsupportedMediaType(content_type=request.content_type or "")
    try:
        text = request.body.decode()
    except UnicodeDecodeError as error:
        raise Invalid(field="body", reason="not_utf8") from error
    try:
        parsed = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid(field="body", reason="not_json") from error
    if not isinstance(parsed, dict):
        raise Invalid(field="body", reason="not_an_object")
    request.call.body = parsed  # type: ignore[attr-defined]  # see ApiRequest
    return parsed


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid(field="body", reason="duplicate_field")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


View = Callable[..., Any]


def taking_file(*content_types: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A call whose body is a file, in ``request.call.file``. The key of a repeated call is held against its bytes."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        def run(request: ApiRequest, **given: Any) -> HttpResponse:
            if request.content_type not in content_types:
                raise UnsupportedMediaType(content_type=request.content_type or "")
            # Past the limit for forms, which is much lower; the length was looked at before.
            request.call.file = request.read()
            request.call.body = {"sha256": hashlib.sha256(request.call.file).hexdigest()}
            found: HttpResponse = view(request, **given)
            return found

        return _as(view, run)

    return decorate


def reading(view: View) -> Callable[..., HttpResponse]:
    """A call that only reads: its plain answer becomes JSON."""
    known = _query_names(view)

    def run(request: ApiRequest, **given: Any) -> HttpResponse:
        _check_query(request, known)
        found = view(request, **given)
        return found if isinstance(found, HttpResponse) else answers.text(answers.dumps(found))

    return _as(view, run)


def writing(status: int = 200) -> Callable[[View], Callable[..., HttpResponse]]:
    """A call that changes something, answered once per ``Idempotency-Key``.

    The answer is rendered inside, so that a repeated call gets the first one byte for byte; ``None`` is an
    empty answer (204).
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        known = _query_names(view)

        def run(request: ApiRequest, **given: Any) -> HttpResponse:
            _check_query(request, known)

            def act() -> tuple[int, str]:
                found = view(request, **given)
                return status, "" if found is None else answers.dumps(found)

            key = _idempotency_key(request)
            asked = (
                idempotency.fingerprint(request.method, request.path_info, request.call.body) if key else ""
            )
            code, body, repeated = idempotency.once(
                actor=request.call.actor, key=key, asked=asked, act=act, looked=request.call.looked
            )
            response = answers.text(body, status=code)
            if not body:
                del response["Content-Type"]
            if repeated:
                response["Idempotency-Replayed"] = "true"
            return response

        return _as(view, run)

    return decorate


def _as(view: View, run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """``run`` with the face of ``view``: ninja reads its parameters from the evaluated signature."""
    wrapped = wraps(view)(run)
    wrapped.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]  # read by inspect
    return wrapped


def _query_names(view: View) -> frozenset[str]:
    # One that no parameter of Python can be named after ("from") has its name in its default.
    named = inspect.signature(view).parameters.items()
    found = (getattr(given.default, "alias", None) or name for name, given in named)
    return frozenset(found) - {"request", "body", "id"}


def _check_query(request: HttpRequest, known: frozenset[str]) -> None:
    """A misspelled filter must not silently show everything."""
    for name, values in request.GET.lists():
        if name not in known:
            raise UnknownField(field=name)
        if len(values) > 1:
            raise Invalid(field=name, reason="repeated")
        if has_control_characters(values[0]):
            raise Invalid(field=name, reason="control_characters")


def _idempotency_key(request: HttpRequest) -> str | None:
    if "HTTP_IDEMPOTENCY_KEY" not in request.META or request.method not in _WRITING:
        return None
    key = _usable_key(request)
    if key is None:
        raise Invalid(field="Idempotency-Key", reason="idempotency_key")
    return key


def _usable_key(request: HttpRequest) -> str | None:
    """The key of a call that changes something; None where there is none, or one that will be refused."""
    if request.method not in _WRITING:
        return None
    key = str(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if not 1 <= len(key) <= idempotency.KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
        return None
    return key


def path_id(prefix: str, text: str, *, kind: str) -> UUID:
    """The id in a path or a body. One that cannot be read names nothing.

    Raises: NotFound.
    """
    try:
        return read_public_id(prefix, text)
    except ValueError as error:
        raise NotFound(kind=kind) from error
