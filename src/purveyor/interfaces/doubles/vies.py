"""A local VIES: the tax administrations' service by its REST contract, with its errors and its slowness.

Valid is every number with right check digits, but for the test numbers of docs/reference/vies-test-numbers.md, which
answer as the service's own test numbers do (rules.md c2). Tests switch it by code: ``down``, ``delay_seconds``,
``answers``, ``names``.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

CHECK = "/rest-api/check-vat-number"
STATUS = "/rest-api/check-status"
_LETTERS = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_STATES = _LETTERS.split()
_BODY_MAX = 10_000

# The service's own test codes, as German numbers with right check digits: DE10000 + code + check digit.
_TEST_CODES = {
    "200": "invalid",
    "201": "INVALID_INPUT",
    "202": "INVALID_REQUESTER_INFO",
    "300": "SERVICE_UNAVAILABLE",
    "301": "MS_UNAVAILABLE",
    "302": "TIMEOUT",
    "400": "VAT_BLOCKED",
    "401": "IP_BLOCKED",
    "500": "GLOBAL_MAX_CONCURRENT_REQ",
    "501": "GLOBAL_MAX_CONCURRENT_REQ_TIME",
    "600": "MS_MAX_CONCURRENT_REQ",
    "601": "MS_MAX_CONCURRENT_REQ_TIME",
    # Of our own: what a network and a bad day do.
    "900": "slow",
    "901": "garbage",
    "902": "http_500",
    "903": "recovers",
}
_SLOW_SECONDS = 10.0
_RECOVERS_AFTER = 2


def number_of_code(code: str) -> str:
    """The German number, with its prefix, that stands for one of the service's test codes ("100" is valid)."""
    body = f"10000{code}"
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = (2 * total) % 11
    return f"DE{body}{(11 - product) % 10}"


def special_numbers() -> dict[str, str]:
    """What each test number answers: ``invalid``, an error of the service, or ``slow garbage http_500 recovers``."""
    return {number_of_code(code): answer for code, answer in _TEST_CODES.items()}


@dataclass
class Switches:
    """What a test may turn. ``down`` is an error that everything answers; ``answers`` one of a number alone, by
    prefix and body; ``names`` what is disclosed of a number: (name, address)."""

    down: str | None = None
    delay_seconds: float = 0.0
    answers: dict[str, str] = field(default_factory=special_numbers)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    slow_seconds: float = _SLOW_SECONDS
    asked: list[dict[str, Any]] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    # How many are in hand at this moment, by state, and the most there were at once.
    running: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)


class ViesDouble:
    """The server. ``with ViesDouble() as vies:`` runs it in threads on a free port of this machine."""

    def __init__(self, port: int = 0) -> None:
        self.switches = Switches()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.switches = self.switches
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """What PURVEYOR_VIES_URL takes."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> ViesDouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve in this thread until interrupted."""
        try:
            self._server.serve_forever()
        finally:
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    switches: Switches
    lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30

    def do_GET(self) -> None:
        if self.path != STATUS:
            self._send(404, {"actionSucceed": False, "errorWrappers": [{"error": "NOT_FOUND"}]})
            return
        state = "Unavailable" if self.server.switches.down else "Available"
        self._send(
            200,
            {
                "vow": {"available": not self.server.switches.down},
                "countries": [{"countryCode": one, "availability": state} for one in _STATES],
            },
        )

    def do_POST(self) -> None:
        if self.path != CHECK:
            self._send(404, {"actionSucceed": False, "errorWrappers": [{"error": "NOT_FOUND"}]})
            return
        length = min(int(self.headers.get("Content-Length") or 0), _BODY_MAX)
        try:
            asked = json.loads(self.rfile.read(length))
            country, body = str(asked["countryCode"]), str(asked["vatNumber"])
        except (ValueError, KeyError, TypeError):
            self._error("INVALID_INPUT")
            return
        switches = self.server.switches
        with self.server.lock:
            switches.asked.append(asked)
            switches.times[country + body] += 1
            switches.running[country] += 1
            switches.most[country] = max(switches.most[country], switches.running[country])
        try:
            if switches.delay_seconds:
                time.sleep(switches.delay_seconds)
            self._answer(asked, country, body)
        finally:
            with self.server.lock:
                switches.running[country] -= 1

    def _answer(self, asked: dict[str, Any], country: str, body: str) -> None:
        switches = self.server.switches
        wanted = switches.down or switches.answers.get(country + body, "")
        if wanted == "recovers":
            wanted = "MS_UNAVAILABLE" if switches.times[country + body] <= _RECOVERS_AFTER else ""
        if wanted == "INVALID_REQUESTER_INFO" and not asked.get("requesterNumber"):
            wanted = ""
        if wanted == "slow":
            time.sleep(switches.slow_seconds)
            wanted = ""
        if wanted == "garbage":
            self._raw(200, b"<html><body>Service maintenance", "text/html")
        elif wanted == "http_500":
            self._raw(500, b"Internal Server Error", "text/plain")
        elif wanted == "cut":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
        elif wanted not in ("", "valid", "invalid"):
            self._error(wanted)
        elif country not in _STATES:
            self._error("INVALID_INPUT")
        else:
            self._send(200, self._found(asked, country, body, wanted))

    def _found(self, asked: dict[str, Any], country: str, body: str, wanted: str) -> dict[str, Any]:
        valid = wanted == "valid" or (wanted != "invalid" and _has_right_digits(country, body))
        name, address = self.server.switches.names.get(country + body, ("---", "---"))
        requester = asked.get("requesterMemberStateCode") and asked.get("requesterNumber")
        return {
            "countryCode": country,
            "vatNumber": body,
            "requestDate": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "valid": valid,
            # A consultation number is given to who names itself, and for what is found valid.
            "requestIdentifier": f"WAPI{uuid4().hex[:12].upper()}" if requester and valid else "",
            "name": name if valid else "---",
            "address": address if valid else "---",
            "traderName": "---",
            "traderStreet": "---",
            "traderPostalCode": "---",
            "traderCity": "---",
            "traderCompanyType": "---",
        }

    def _error(self, code: str) -> None:
        """The service says what went wrong with the status 200, as the real one does."""
        self._send(200, {"actionSucceed": False, "errorWrappers": [{"error": code}]})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self._raw(status, json.dumps(body).encode(), "application/json")

    def _raw(self, status: int, body: bytes, kind: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # who asked did not wait: that is what slow answers are for

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what is asked is in ``Switches.asked``."""


def _has_right_digits(country: str, body: str) -> bool:
    module = get_cc_module("gr" if country == "EL" else country.lower(), "vat")
    if module is None:
        return False
    try:
        module.validate(country + body)
    except ValidationError:
        return False
    return True
