"""What the card double knows: objects as Stripe answers them, test cards as Stripe documents them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TestCard:
    """What happens with a number: ``decline`` is (code, decline_code) of every charge, ``at_setup`` of keeping it too.

    ``auth``: never; ``once`` (kept by an approved set-up, it needs no more); ``always`` (also for a kept card).
    """

    brand: str
    about: str
    decline: tuple[str, str] | None = None
    at_setup: bool = True
    auth: str = "never"
    disputed: bool = False


def _declined(
    about: str, decline_code: str, code: str = "card_declined", *, at_setup: bool = True
) -> TestCard:
    return TestCard("visa", about, (code, decline_code), at_setup)


# https://docs.stripe.com/testing; any expiry in the future, any security code.
CARDS: dict[str, TestCard] = {
    "4242424242424242": TestCard("visa", "is always paid"),
    "5555555555554444": TestCard("mastercard", "is always paid"),
    "378282246310005": TestCard("amex", "is always paid"),
    "4000000000000002": _declined("is declined, no reason told", "generic_decline"),
    "4000000000009995": _declined("has not enough money", "insufficient_funds"),
    "4000000000009987": _declined("was reported lost", "lost_card"),
    "4000000000009979": _declined("was reported stolen", "stolen_card"),
    "4000000000000069": _declined("is expired", "expired_card", "expired_card"),
    "4000000000000127": _declined("has another security code", "incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": _declined("fails at the bank", "processing_error", "processing_error"),
    "4000000000000341": _declined("can be kept, and is declined then", "generic_decline", at_setup=False),
    "4000002500003155": TestCard("visa", "asks for 3-D Secure unless kept before", auth="once"),
    "4000002760003184": TestCard("visa", "asks for 3-D Secure every time", auth="always"),
    "4000000000003220": TestCard("visa", "asks for 3-D Secure every time", auth="always"),
    "4000000000000259": TestCard("visa", "is paid and then disputed as fraud", disputed=True),
}
SAID = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}
_KINDS = (
    *("customers", "payment_methods", "setup_intents", "payment_intents", "charges", "sessions", "refunds"),
    *("disputes", "balance_transactions", "events", "keys", "switches"),
)


class Refused(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, kind: str, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"error": {"type": kind, "code": code, "message": message, **more}}


def invalid(message: str, code: str = "parameter_invalid", param: str = "") -> Refused:
    """A 400 about one parameter."""
    return Refused(400, "invalid_request_error", code, message, param=param)


class World:
    """All objects, and ``tell`` for what happened. Not safe for two threads at once: the server holds a lock."""

    def __init__(self, tell: Callable[[Json], None], *, kept_in: Path | None = None) -> None:
        self._tell = tell
        self._kept_in = kept_in
        self.db: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
        if kept_in is not None and kept_in.exists():
            self.db |= json.loads(kept_in.read_text())

    def save(self) -> None:
        """Write everything down, where a file was given: a demo that is started again knows its cards."""
        if self._kept_in is not None:
            part = self._kept_in.with_suffix(".part")
            part.write_text(json.dumps(self.db))
            part.replace(self._kept_in)

    def make(self, kind: str, prefix: str, **fields: Any) -> Json:
        """A new object."""
        one = {
            "id": f"{prefix}_{secrets.token_hex(12)}",
            "created": int(time.time()),
            "livemode": False,
            **fields,
        }
        self.db[kind][one["id"]] = one
        return one

    def get(self, kind: str, id: str) -> Json:
        """An object by its id. Raises Refused (404)."""
        found: Json | None = self.db[kind].get(id)
        if found is None:
            raise Refused(
                404, "invalid_request_error", "resource_missing", f"No such {kind[:-1]}: '{id}'", param="id"
            )
        return found

    def tell(self, type: str, one: Json) -> None:
        """Announce an event about ``one`` as it is now."""
        shown = {name: value for name, value in one.items() if not name.startswith("_")}
        event = self.make(
            "events", "evt", object="event", type=type, api_version="2026-10-28.endive",
            data={"object": json.loads(json.dumps(shown))}, pending_webhooks=1,
        )  # fmt: skip
        self._tell(event)

    def customer(self, given: Json) -> Json:
        """POST /v1/customers."""
        made = self.make(
            "customers", "cus", object="customer", name=given.get("name"), email=given.get("email"),
            metadata=given.get("metadata", {}),
        )  # fmt: skip
        self.tell("customer.created", made)
        return made

    def payment_method(self, number: str, *, month: int, year: int, customer: str | None = None) -> Json:
        """A card as a payment method. Raises Refused for a number that is no test card."""
        digits = "".join(filter(str.isdigit, number))
        if digits not in CARDS:
            raise Refused(
                402, "card_error", "incorrect_number", "Your card number is incorrect. Use a test card."
            )
        card = {
            "brand": CARDS[digits].brand, "last4": digits[-4:], "exp_month": month, "exp_year": year,
            "country": "US", "funding": "credit",
        }  # fmt: skip
        return self.make(
            "payment_methods", "pm", object="payment_method", type="card", card=card, customer=customer,
            _number=digits, _approved=False,
        )  # fmt: skip

    def behaviour(self, method: Json) -> TestCard:
        """What the card does now: a switch outranks its number, as often as it says."""
        switch = self.db["switches"].get(method["id"]) or self.db["switches"].get(method["card"]["last4"])
        if switch and switch["times"] != 0:
            switch["times"] -= 1
            return TestCard("visa", "switched", tuple(switch["decline"]) if switch["decline"] else None)
        return CARDS[method["_number"]]

    def intent(self, given: Json, *, session: str | None = None) -> Json:
        """POST /v1/payment_intents, and confirmed where that is asked."""
        try:
            amount = int(given["amount"])
        except (KeyError, ValueError) as error:
            raise invalid("Invalid integer: amount", "parameter_invalid_integer", "amount") from error
        if amount < 1:
            raise invalid(
                "This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount"
            )
        if given.get("customer"):
            self.get("customers", given["customer"])
        made = self.make(
            "payment_intents", "pi", object="payment_intent", amount=amount, amount_received=0,
            currency=str(given.get("currency", "")).lower(), customer=given.get("customer"),
            payment_method=None, status="requires_payment_method", last_payment_error=None, latest_charge=None,
            next_action=None, metadata=given.get("metadata", {}), description=given.get("description"),
            setup_future_usage=given.get("setup_future_usage"), client_secret=secrets.token_hex(8), _session=session,
        )  # fmt: skip
        self.tell("payment_intent.created", made)
        if given.get("payment_method"):
            made["payment_method"] = self.get("payment_methods", given["payment_method"])["id"]
            made["status"] = "requires_confirmation"
        if given.get("confirm") == "true":
            self.confirm(made, off_session=given.get("off_session") == "true")
        return made

    def confirm(self, intent: Json, *, off_session: bool = False, approved: bool = False) -> Json:
        """Try to take the money. Raises Refused (402) for a card that is declined."""
        if intent["status"] == "succeeded":
            raise invalid("You cannot confirm this PaymentIntent: it has a status of succeeded.",
                          "payment_intent_unexpected_state")  # fmt: skip
        method = self.get("payment_methods", intent["payment_method"] or "")
        if off_session and method["customer"] != intent["customer"]:
            raise invalid(
                "The payment method is not attached to this customer.", "resource_missing", "payment_method"
            )
        card = self.behaviour(method)
        if card.decline is not None:
            self._fail(intent, *card.decline)
        wants = card.auth == "always" or (card.auth == "once" and not (off_session and method["_approved"]))
        if wants and not approved:
            if off_session:
                self._fail(intent, "authentication_required", "authentication_required")
            intent["status"] = "requires_action"
            self.tell("payment_intent.requires_action", intent)
            return intent
        charge = self._charge(intent, method)
        intent |= {
            "status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"],
            "last_payment_error": None, "next_action": None,
        }  # fmt: skip
        if intent["setup_future_usage"] and intent["customer"]:
            method["customer"], method["_approved"] = intent["customer"], approved or method["_approved"]
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)
        if card.disputed:
            self.dispute(intent["id"], reason="fraudulent")
        return intent

    def _fail(self, intent: Json, code: str, decline_code: str) -> None:
        error = {
            "type": "card_error",
            "code": code,
            "decline_code": decline_code,
            "message": SAID[decline_code],
        }
        intent["last_payment_error"] = error
        intent["status"] = "requires_payment_method"
        self.tell("payment_intent.payment_failed", intent)
        shown = {name: value for name, value in intent.items() if not name.startswith("_")}
        raise Refused(
            402, "card_error", code, error["message"], decline_code=decline_code, payment_intent=shown
        )

    def _charge(self, intent: Json, method: Json) -> Json:
        amount = intent["amount"]
        charge = self.make(
            "charges", "ch", object="charge", amount=amount, amount_refunded=0, currency=intent["currency"],
            payment_intent=intent["id"], payment_method=method["id"], paid=True, status="succeeded", disputed=False,
            metadata=intent["metadata"],
        )  # fmt: skip
        # 1.5 percent and 25 cents, as for European cards.
        fee = (amount * 15 + 500) // 1000 + 25
        moved = self.make(
            "balance_transactions", "txn", object="balance_transaction", amount=amount, fee=fee, net=amount - fee,
            currency=intent["currency"], source=charge["id"], type="charge",
        )  # fmt: skip
        charge["balance_transaction"] = moved["id"]
        return charge

    def keep(self, setup: Json, method: Json, *, approved: bool = False) -> Json:
        """Confirm a SetupIntent. Raises Refused (402) for a card that cannot be kept."""
        card = self.behaviour(method)
        if card.decline is not None and card.at_setup:
            code, decline_code = card.decline
            self.tell("setup_intent.setup_failed", setup)
            raise Refused(402, "card_error", code, SAID[decline_code], decline_code=decline_code)
        if card.auth != "never" and not approved:
            setup["status"] = "requires_action"
            return setup
        method["customer"], method["_approved"] = setup["customer"], True
        setup |= {"status": "succeeded", "payment_method": method["id"]}
        self.tell("payment_method.attached", method)
        self.tell("setup_intent.succeeded", setup)
        return setup

    def refund(self, given: Json) -> Json:
        """POST /v1/refunds."""
        intent = self.get("payment_intents", given.get("payment_intent", ""))
        charge = self.get("charges", intent["latest_charge"] or "")
        amount = int(given.get("amount") or charge["amount"] - charge["amount_refunded"])
        if charge["disputed"]:
            raise invalid("The charge is disputed.", "charge_disputed", "payment_intent")
        if amount < 1 or charge["amount_refunded"] + amount > charge["amount"]:
            raise invalid("Refund amount is greater than what is left.", "charge_already_refunded", "amount")
        switch = self.db["switches"].pop("refund", None)
        status = switch["status"] if switch else "succeeded"
        made = self.make(
            "refunds", "re", object="refund", amount=amount, currency=charge["currency"], charge=charge["id"],
            payment_intent=intent["id"], status=status, metadata=given.get("metadata", {}),
            failure_reason="expired_or_canceled_card" if status == "failed" else None,
        )  # fmt: skip
        if status != "failed":
            charge["amount_refunded"] += amount
        self.tell("refund.created", made)
        self.tell("charge.refunded", charge)
        return made

    def finish_refund(self, id: str, status: str) -> Json:
        """A refund that was pending is done, or fails."""
        refund = self.get("refunds", id)
        refund["status"] = status
        self.tell("refund.updated", refund)
        return refund

    def dispute(self, intent_id: str, *, reason: str = "fraudulent", amount: int | None = None) -> Json:
        """The holder's bank takes the money back."""
        intent = self.get("payment_intents", intent_id)
        charge = self.get("charges", intent["latest_charge"] or "")
        made = self.make(
            "disputes", "dp", object="dispute", amount=amount or charge["amount"], currency=charge["currency"],
            charge=charge["id"], payment_intent=intent["id"], reason=reason, status="needs_response", metadata={},
        )  # fmt: skip
        charge["disputed"] = True
        self.tell("charge.dispute.created", made)
        self.tell("charge.dispute.funds_withdrawn", made)
        return made

    def close_dispute(self, id: str, status: str) -> Json:
        """The dispute is ``won`` or ``lost``."""
        dispute = self.get("disputes", id)
        dispute["status"] = status
        if status == "won":
            self.tell("charge.dispute.funds_reinstated", dispute)
        self.tell("charge.dispute.closed", dispute)
        return dispute
