"""HTTP of the card double: keys, Idempotency-Key, faults, and the hosted pages."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from purveyor.interfaces.doubles.card_world import Refused

if TYPE_CHECKING:
    from purveyor.interfaces.doubles.card import CardDouble

_BODY_MAX = 100_000


class Handler(BaseHTTPRequestHandler):
    """One request. ``double`` is set by the server that makes the class."""

    double: ClassVar[CardDouble]
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/c/"):
            with self.double.lock:
                self._html(*self.double.hosted(parts.path[3:], None))
            return
        self._api("GET", parts.path, parse_qsl(parts.query))

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _BODY_MAX)
        given = parse_qsl(self.rfile.read(length).decode("utf-8", "replace"))
        parts = urlsplit(self.path)
        if parts.path.startswith("/c/"):
            with self.double.lock:
                answer = self.double.hosted(parts.path[3:], dict(given))
                self.double.world.save()
            self._html(*answer)
            return
        self._api("POST", parts.path, given)

    def _api(self, method: str, path: str, pairs: list[tuple[str, str]]) -> None:
        from purveyor.interfaces.doubles.card import nested  # noqa: PLC0415  (it makes this class)

        double = self.double
        if double.latency:
            time.sleep(double.latency)
        fault = double.faults.pop(0) if double.faults and path.startswith("/v1/") else ""
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "500":
            self._json(500, {"error": {"type": "api_error", "message": "Something went wrong."}})
            return
        with double.lock:
            key = self.headers.get("Idempotency-Key", "")
            double.calls.append((method, path, key))
            status, body, again = self._once(method, path, pairs, nested(pairs), key)
            if method == "POST":
                double.world.save()
        if fault == "lost":
            # It was done, and nobody hears of it.
            self.close_connection = True
            return
        self._json(status, body, again=again)

    def _once(
        self, method: str, path: str, pairs: list[tuple[str, str]], given: dict[str, Any], key: str
    ) -> tuple[int, dict[str, Any], bool]:
        """Run the call, once for its key: the same again is answered as before, another under it refused."""
        double = self.double
        if path.startswith("/v1/") and not self._has_key():
            error = {"type": "invalid_request_error", "message": "Invalid API Key provided."}
            return 401, {"error": error}, False
        asked = json.dumps([path, sorted(pairs)])
        kept = double.world.db["keys"]
        if method == "POST" and key in kept:
            if kept[key]["asked"] != asked:
                message = "Keys for idempotent requests can only be used with the same parameters."
                return 400, {"error": {"type": "idempotency_error", "message": message}}, False
            return kept[key]["status"], kept[key]["body"], True
        wanted = [value for name, value in pairs if name.startswith("expand")]
        try:
            found = double.answer(method, path, given)
            status, body = 200, double.expanded(found, wanted) if "data" not in found else found
        except Refused as refused:
            status, body = refused.status, refused.body
        except (KeyError, ValueError, TypeError):
            message = "The request could not be understood."
            status, body = 400, {"error": {"type": "invalid_request_error", "message": message}}
        if method == "POST" and key and status not in (401, 404):
            kept[key] = {"asked": asked, "status": status, "body": json.loads(json.dumps(body))}
        return status, body, False

    def _has_key(self) -> bool:
        return self.headers.get("Authorization", "").startswith(("Bearer sk_", "Basic "))

    def _json(self, status: int, body: dict[str, Any], *, again: bool = False) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if again:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(data)

    def _html(self, status: int, text: str) -> None:
        data = b"" if status == 303 else text.encode()
        self.send_response(status)
        if status == 303:
            self.send_header("Location", text)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
