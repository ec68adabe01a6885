"""A local double of Stripe: stateful, over HTTP, for the official SDK. Tests start it in a thread, the demo as a child.

It takes the documented test cards, honours Idempotency-Key, shows hosted pages for card entry and 3-D Secure, and
signs and sends webhooks: at once, or held back, twice and out of order when told to. ``/_double/...`` are its switches.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from purveyor.interfaces.doubles import card_pages as pages
from purveyor.interfaces.doubles.card_world import Json, Refused, World, invalid

PORT = 4242
KEY, SECRET = "sk_test_double", "whsec_double"
_SEND_TRIES = 6


class CardDouble:
    """The whole double. ``hook`` is where webhooks go; with ``hold`` they wait in ``held`` for ``flush``."""

    def __init__(
        self,
        *,
        port: int = 0,
        hook: str = "",
        secret: str = SECRET,
        hold: bool = False,
        kept_in: Path | None = None,
    ) -> None:
        self.hook, self.secret, self.hold = hook, secret, hold
        self.held: list[Json] = []
        self.calls: list[tuple[str, str, str]] = []
        self.faults: list[str] = []
        self.latency = 0.0
        self.lock = threading.RLock()
        self.world = World(self._told, kept_in=kept_in)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="card double", daemon=True)

    def start(self) -> CardDouble:
        """Begin answering, in a thread."""
        self._thread.start()
        return self

    def serve(self) -> None:
        """Answer until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()

    def sign(self, body: bytes, *, at: int | None = None) -> str:
        """The Stripe-Signature of ``body``."""
        stamp = int(time.time()) if at is None else at
        mac = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        return f"t={stamp},v1={mac.hexdigest()}"

    def take_held(self, *, twice: bool = False, shuffled: bool = False) -> list[tuple[bytes, str]]:
        """The events that were held back, as (body, signature), and forget them."""
        with self.lock:
            events, self.held = self.held, []
        events = events * 2 if twice else events
        if shuffled:
            random.shuffle(events)
        bodies = [json.dumps(event).encode() for event in events]
        return [(body, self.sign(body)) for body in bodies]

    def flush(self, *, twice: bool = False, shuffled: bool = False) -> int:
        """Send what was held back to ``hook``; how many were sent."""
        sent = self.take_held(twice=twice, shuffled=shuffled)
        for body, _signature in sent:
            self._post(body)
        return len(sent)

    def _told(self, event: Json) -> None:
        if self.hold or not self.hook:
            self.held.append(event)
            return
        body = json.dumps(event).encode()
        # A little later, as the real one does: the answer to the call is usually there first.
        timer = threading.Timer(0.2, self._post, (body,))
        timer.daemon = True
        timer.start()

    def _post(self, body: bytes) -> None:
        for attempt in range(_SEND_TRIES):
            headers = {"Content-Type": "application/json", "Stripe-Signature": self.sign(body)}
            request = urllib.request.Request(self.hook, data=body, headers=headers)  # noqa: S310  (our own address)
            try:
                with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(2**attempt)

    # The API, one method a call: (method, pattern) -> function(given, id).

    def answer(self, method: str, path: str, given: Json) -> Json:
        """What the API answers. Raises Refused."""
        for wanted, pattern, act in self._routes():
            found = re.fullmatch(pattern, path)
            if wanted == method and found:
                return act(given, *found.groups())
        raise Refused(404, "invalid_request_error", "", f"Unrecognized request URL ({method}: {path}).")

    def _routes(self) -> list[tuple[str, str, Callable[..., Json]]]:
        w = self.world
        return [
            ("POST", "/v1/customers", w.customer),
            ("GET", r"/v1/customers/(\w+)", lambda _, id: w.get("customers", id)),
            ("POST", "/v1/payment_methods", self._new_method),
            ("GET", r"/v1/payment_methods/(\w+)", lambda _, id: w.get("payment_methods", id)),
            ("POST", r"/v1/payment_methods/(\w+)/attach", self._attach),
            ("POST", r"/v1/payment_methods/(\w+)/detach", self._detach),
            ("POST", "/v1/setup_intents", self._new_setup),
            ("GET", r"/v1/setup_intents/(\w+)", lambda _, id: w.get("setup_intents", id)),
            ("POST", "/v1/payment_intents", w.intent),
            ("GET", "/v1/payment_intents", self._intents),
            ("GET", r"/v1/payment_intents/(\w+)", lambda _, id: w.get("payment_intents", id)),
            ("POST", r"/v1/payment_intents/(\w+)/confirm", self._confirm),
            ("POST", r"/v1/payment_intents/(\w+)/cancel", self._cancel),
            ("POST", "/v1/checkout/sessions", self._new_session),
            ("GET", r"/v1/checkout/sessions/(\w+)", lambda _, id: w.get("sessions", id)),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", self._expire),
            ("POST", "/v1/refunds", w.refund),
            ("GET", r"/v1/refunds/(\w+)", lambda _, id: w.get("refunds", id)),
            ("GET", r"/v1/disputes/(\w+)", lambda _, id: w.get("disputes", id)),
            ("GET", r"/v1/charges/(\w+)", lambda _, id: w.get("charges", id)),
            ("GET", r"/v1/events/(\w+)", lambda _, id: w.get("events", id)),
            # The switches.
            ("POST", "/_double/disputes", self._dispute),
            ("POST", r"/_double/disputes/(\w+)", lambda given, id: w.close_dispute(id, given["status"])),
            ("POST", "/_double/cards", self._switch),
            ("POST", r"/_double/refunds/(\w+)", lambda given, id: w.finish_refund(id, given["status"])),
            ("POST", "/_double/webhooks", self._webhooks),
        ]

    def _new_method(self, given: Json) -> Json:
        card = given.get("card", {})
        return self.world.payment_method(
            card.get("number", ""), month=int(card.get("exp_month", 12)), year=int(card.get("exp_year", 2034))
        )

    def _attach(self, given: Json, id: str) -> Json:
        method = self.world.get("payment_methods", id)
        method["customer"] = self.world.get("customers", given.get("customer", ""))["id"]
        return method

    def _detach(self, _: Json, id: str) -> Json:
        method = self.world.get("payment_methods", id)
        if method["customer"] is None:
            raise invalid("The payment method is not attached to a customer.")
        method["customer"] = None
        self.world.tell("payment_method.detached", method)
        return method

    def _new_setup(self, given: Json) -> Json:
        setup = self.world.make(
            "setup_intents", "seti", object="setup_intent", customer=given.get("customer"), payment_method=None,
            status="requires_payment_method", usage=given.get("usage", "off_session"),
            metadata=given.get("metadata", {}),
        )  # fmt: skip
        if given.get("payment_method") and given.get("confirm") == "true":
            self.world.keep(setup, self.world.get("payment_methods", given["payment_method"]))
        return setup

    def _intents(self, given: Json) -> Json:
        all_of = [
            one
            for one in self.world.db["payment_intents"].values()
            if one["customer"] == given.get("customer")
        ]
        found = all_of[::-1][: int(given.get("limit", 10))]
        return {
            "object": "list",
            "url": "/v1/payment_intents",
            "has_more": len(found) < len(all_of),
            "data": found,
        }

    def _confirm(self, given: Json, id: str) -> Json:
        intent = self.world.get("payment_intents", id)
        if given.get("payment_method"):
            intent["payment_method"] = self.world.get("payment_methods", given["payment_method"])["id"]
        return self.world.confirm(intent, off_session=given.get("off_session") == "true")

    def _cancel(self, _: Json, id: str) -> Json:
        intent = self.world.get("payment_intents", id)
        if intent["status"] == "succeeded":
            raise invalid("A succeeded PaymentIntent cannot be canceled.", "payment_intent_unexpected_state")
        intent["status"] = "canceled"
        self.world.tell("payment_intent.canceled", intent)
        return intent

    def _new_session(self, given: Json) -> Json:
        mode = given.get("mode")
        if mode not in ("payment", "setup") or not given.get("success_url"):
            raise invalid("Missing required param: success_url or mode.", "parameter_missing", "mode")
        self.world.get("customers", given.get("customer", ""))
        session = self.world.make(
            "sessions", "cs_test", object="checkout.session", mode=mode, status="open", customer=given["customer"],
            success_url=given["success_url"], cancel_url=given.get("cancel_url"), metadata=given.get("metadata", {}),
            payment_intent=None, setup_intent=None, payment_status="unpaid", amount_total=None, currency=None,
            expires_at=int(time.time()) + 86400, _intent=given.get("payment_intent_data", {}), _method=None,
        )  # fmt: skip
        session["url"] = f"{self.url}/c/{session['id']}"
        if mode == "setup":
            setup = self._new_setup(
                {
                    "customer": given["customer"],
                    "metadata": given.get("setup_intent_data", {}).get("metadata", {}),
                }
            )
            session["setup_intent"] = setup["id"]
        else:
            items = given.get("line_items", {})
            prices = [item["price_data"] for item in items.values()]
            session["amount_total"] = sum(int(price["unit_amount"]) for price in prices)
            session["currency"] = prices[0]["currency"]
        return session

    def _expire(self, _: Json, id: str) -> Json:
        session = self.world.get("sessions", id)
        if session["status"] != "open":
            raise invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
        session["status"], session["url"] = "expired", None
        self.world.tell("checkout.session.expired", session)
        return session

    def _dispute(self, given: Json) -> Json:
        amount = int(given["amount"]) if "amount" in given else None
        return self.world.dispute(
            given["payment_intent"], reason=given.get("reason", "fraudulent"), amount=amount
        )

    def _switch(self, given: Json) -> Json:
        """``{card: pm id or last four, outcome: ok | a decline code, times}``: what that card does from now on."""
        outcome = given.get("outcome", "ok")
        code = (
            outcome if outcome in ("expired_card", "incorrect_cvc", "processing_error") else "card_declined"
        )
        decline = None if outcome == "ok" else [code, outcome]
        self.world.db["switches"][given["card"]] = {"decline": decline, "times": int(given.get("times", -1))}
        return {"object": "switch"}

    def _webhooks(self, given: Json) -> Json:
        """``{mode: now | hold}``, ``{flush: 1, twice: 1, shuffled: 1}``."""
        if "mode" in given:
            self.hold = given["mode"] == "hold"
        sent = 0
        if "flush" in given:
            sent = self.flush(twice="twice" in given, shuffled="shuffled" in given)
        return {"object": "webhooks", "hold": self.hold, "sent": sent}

    # The hosted pages.

    def hosted(self, id: str, given: Json | None) -> tuple[int, str]:
        """What the holder sees: (200, page) or (303, address)."""
        session = self.world.db["sessions"].get(id)
        if session is None or session["status"] != "open":
            return 410, pages.over("It was used already, or took too long. Go back and begin again.")
        if given is None:
            return 200, pages.entry(session)
        try:
            return self._submitted(session, given)
        except Refused as refused:
            session["_method"] = None
            return 200, pages.entry(session, said=refused.body["error"]["message"])

    def _submitted(self, session: Json, given: Json) -> tuple[int, str]:
        act = given.get("act", "pay")
        if act == "refuse":
            session["_method"] = None
            if session["payment_intent"]:
                intent = self.world.get("payment_intents", session["payment_intent"])
                intent["status"] = "requires_payment_method"
                intent["last_payment_error"] = {"type": "invalid_request_error",
                                                "code": "payment_intent_authentication_failure"}  # fmt: skip
                self.world.tell("payment_intent.payment_failed", intent)
            return 200, pages.entry(session, said="We are unable to authenticate your payment method.")
        if session["_method"] is None:
            month, _, year = given.get("expiry", "").replace(" ", "").partition("/")
            if not (month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12):
                raise invalid("Your card's expiration date is invalid.")
            made = self.world.payment_method(
                given.get("number", ""), month=int(month), year=2000 + int(year) % 100
            )
            session["_method"] = made["id"]
        method = self.world.get("payment_methods", session["_method"])
        done = self._finish(session, method, approved=act == "approve")
        if not done:
            return 200, pages.secure(session)
        session["status"], session["url"] = "complete", None
        session["payment_status"] = "paid" if session["mode"] == "payment" else "no_payment_required"
        self.world.tell("checkout.session.completed", session)
        return 303, session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])

    def _finish(self, session: Json, method: Json, *, approved: bool) -> bool:
        if session["mode"] == "setup":
            setup = self.world.get("setup_intents", session["setup_intent"])
            return bool(self.world.keep(setup, method, approved=approved)["status"] == "succeeded")
        if session["payment_intent"] is None:
            intent = self.world.intent(
                {**session["_intent"], "amount": session["amount_total"], "currency": session["currency"],
                 "customer": session["customer"]}, session=session["id"],
            )  # fmt: skip
            session["payment_intent"] = intent["id"]
        intent = self.world.get("payment_intents", session["payment_intent"])
        intent["payment_method"] = method["id"]
        return bool(self.world.confirm(intent, approved=approved)["status"] == "succeeded")

    def expanded(self, one: Json, wanted: list[str]) -> Json:
        """The object as it is shown: nothing of the double's own, and expanded where asked (one level and a half)."""
        shown = {name: value for name, value in one.items() if not name.startswith("_")}
        if "latest_charge.balance_transaction" in wanted and shown.get("latest_charge"):
            charge = dict(self.world.get("charges", shown["latest_charge"]))
            charge["balance_transaction"] = self.world.get(
                "balance_transactions", charge["balance_transaction"]
            )
            shown["latest_charge"] = charge
        if "setup_intent" in wanted and shown.get("setup_intent"):
            shown["setup_intent"] = self.expanded(self.world.get("setup_intents", shown["setup_intent"]), [])
        return shown


def nested(pairs: list[tuple[str, str]]) -> Json:
    """``a[b][0]=c`` as nested dictionaries."""
    found: Json = {}
    for key, value in pairs:
        parts = re.findall(r"[^\[\]]+", key)
        at: Any = found
        for part in parts[:-1]:
            at = at.setdefault(part, {}) if isinstance(at, dict) else {}
        if isinstance(at, dict) and parts:
            at[parts[-1]] = value
    return found


def _handler(double: CardDouble) -> type[BaseHTTPRequestHandler]:
    from purveyor.interfaces.doubles.card_http import Handler  # noqa: PLC0415  (which knows the class above)

    return type("CardHandler", (Handler,), {"double": double})


def main(port: int = PORT, *, hook: str = "", secret: str = SECRET, kept_in: Path | None = None) -> None:
    """Serve until interrupted: the demo's child."""
    socket.setdefaulttimeout(30)
    CardDouble(port=port, hook=hook, secret=secret, kept_in=kept_in).serve()
