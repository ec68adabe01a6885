"""The client of VIES, the tax administrations' service for VAT numbers, by its REST contract (rules.md c2).

Three answers: valid, invalid, unknown. Unknown is whatever is not a clear word about the number asked: errors, also
those that come with the status 200, slowness, garbage, an answer about another number.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import httpx2

Status = Literal["valid", "invalid", "unknown"]
_PATH = "/rest-api/check-vat-number"
_ANSWER_MAX = 20_000
_TEXT_MAX = 500
_NOT_DISCLOSED = {"", "---", "-"}
# After a call that the network or the service let hang, the same state is left alone for so long (real seconds), so
# that a slow service delays one page and not every one.
_QUIET_NS = 20 * 10**9


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said. ``error`` says why it is unknown: a code of the service, or ``slow``, ``unreachable``,
    ``garbage``, ``other_number``, ``http_503``, ``resting`` (not asked, it hung a moment ago). ``response`` is what
    came back, cut to a harmless size."""

    status: Status
    error: str = ""
    consultation: str = ""
    name: str = ""
    address: str = ""
    request: Mapping[str, str] = field(default_factory=dict)
    response: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its prefix, as the service takes it: EL for Greece."""

    country: str
    body: str

    @classmethod
    def of(cls, normalized: str) -> Number:
        """Of a number as it is stored: prefix and body."""
        return cls(normalized[:2], normalized[2:])


_resting: dict[tuple[str, str], int] = {}


@cache
def _client() -> httpx2.Client:
    """One for the process, made when it is first needed: loading the certificates takes longer than a call."""
    return httpx2.Client(follow_redirects=False)


def forget_rest() -> None:
    """Ask again at once, whatever hung before."""
    _resting.clear()


def ask(url: str, number: Number, *, requester: Number | None, milliseconds: int) -> Answer:
    """Ask the service at ``url`` about a number, naming ``requester`` as the one who asks; never raises.

    Without a requester, or where the service does not know it, the answer bears no consultation number.
    ``milliseconds`` is how long to wait for the connection, and for the answer.
    """
    key = (url, number.country)
    if _resting.get(key, 0) > time.monotonic_ns():
        return Answer("unknown", "resting", request=_request(number, requester))
    found = _ask(url, number, requester, milliseconds)
    if found.error == "INVALID_REQUESTER_INFO" and requester is not None:
        found = _ask(url, number, None, milliseconds)
    if found.error in ("slow", "unreachable"):
        _resting[key] = time.monotonic_ns() + _QUIET_NS
    return found


def _request(number: Number, requester: Number | None) -> dict[str, str]:
    request = {"countryCode": number.country, "vatNumber": number.body}
    if requester is not None:
        request["requesterMemberStateCode"] = requester.country
        request["requesterNumber"] = requester.body
    return request


def _ask(url: str, number: Number, requester: Number | None, milliseconds: int) -> Answer:
    request = _request(number, requester)
    until = time.monotonic_ns() + 2 * milliseconds * 10**6
    try:
        with _client().stream(
            "POST", url.rstrip("/") + _PATH, json=request, timeout=httpx2.Timeout(milliseconds / 1000)
        ) as response:
            content = b""
            for part in response.iter_bytes():
                content += part
                # One that sends a byte a second is slow too.
                if len(content) > _ANSWER_MAX or time.monotonic_ns() > until:
                    break
            status = response.status_code
    except httpx2.TimeoutException:
        return Answer("unknown", "slow", request=request)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):
        return Answer("unknown", "unreachable", request=request)
    if time.monotonic_ns() > until:
        return Answer("unknown", "slow", request=request)
    return read_answer(status, content, number=number, request=request)


def read_answer(status: int, content: bytes, *, number: Number, request: Mapping[str, str]) -> Answer:
    """What an answer of the service says about ``number``; whatever it does not clearly say is unknown."""
    text = _harmless(content.decode("utf-8", "replace"), 4_000)

    def unknown(error: str) -> Answer:
        return Answer("unknown", error, request=request, response=text)

    if len(content) > _ANSWER_MAX:
        return unknown("garbage")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return unknown("garbage" if status == 200 else f"http_{status}")
    if not isinstance(found, dict):
        return unknown("garbage")
    error = _error(found)
    if error:
        return unknown(error)
    if status != 200:
        return unknown(f"http_{status}")
    if not isinstance(found.get("valid"), bool):
        return unknown("garbage")
    if not _is_about(found, number):
        return unknown("other_number")
    return Answer(
        "valid" if found["valid"] else "invalid",
        consultation=_line(found.get("requestIdentifier"), 60),
        name=_line(found.get("name")),
        address=_line(found.get("address")),
        request=request,
        response=text,
    )


def _error(found: Mapping[str, Any]) -> str:
    """The service's word for what went wrong, which it may say with the status 200."""
    wrappers = found.get("errorWrappers")
    if isinstance(wrappers, list):
        for one in wrappers:
            if isinstance(one, dict) and isinstance(one.get("error"), str):
                return _line(one["error"], 60) or "error"
    if found.get("actionSucceed") is False or wrappers:
        return "error"
    said = found.get("userError")
    # The one that says VALID or INVALID is no error.
    return _line(said, 60) if isinstance(said, str) and said not in ("", "VALID", "INVALID") else ""


def _is_about(found: Mapping[str, Any], number: Number) -> bool:
    country, body = found.get("countryCode", number.country), found.get("vatNumber", number.body)
    return country == number.country and isinstance(body, str) and body.replace(" ", "") == number.body


def _line(value: Any, most: int = _TEXT_MAX) -> str:
    if not isinstance(value, str):
        return ""
    text = " ".join(_harmless(value, most).split())
    return "" if text in _NOT_DISCLOSED else text


def _harmless(text: str, most: int) -> str:
    """What the database takes and a page may show: no control characters, no halves of surrogates."""
    kept = "".join(c if c.isprintable() or c in "\n\t " else " " for c in text[:most])
    return kept.encode("utf-8", "replace").decode("utf-8")
