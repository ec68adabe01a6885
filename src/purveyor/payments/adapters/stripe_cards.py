"""Cards by Stripe, through its official SDK. The state of anything is what Stripe answers when asked about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import stripe
from stripe import StripeClient

from purveyor.kernel.money import Money
from purveyor.payments.ports import (
    Asked,
    ChargeStatus,
    Hosted,
    Notice,
    NoticeForged,
    ProviderCard,
    ProviderCharge,
    ProviderDispute,
    ProviderRefund,
    ProviderRefused,
    ProviderSession,
    ProviderUnavailable,
)

# Seconds; a call that takes longer is asked again under the same key.
TIMEOUT = 20
TOLERANCE_SECONDS = 300
_IN_FLIGHT = 409
# Languages of the hosted page are ours; Stripe knows them by the same two letters.
_CHARGE: dict[str, ChargeStatus] = {
    "succeeded": "succeeded",
    "processing": "processing",
    "requires_capture": "processing",
    "canceled": "cancelled",
    "requires_action": "authentication",
    "requires_confirmation": "open",
}
_EXPAND = ["latest_charge.balance_transaction"]


class StripeCards:
    """The port over one Stripe account. Without a key cards are not offered and nothing is called."""

    def __init__(self, *, key: str, webhook_secret: str, url: str = "") -> None:
        self._key = key
        self._secret = webhook_secret
        self._url = url
        self._made: StripeClient | None = None

    @property
    def is_ready(self) -> bool:
        return bool(self._key)

    @property
    def _stripe(self) -> StripeClient:
        if self._made is None:
            self._made = StripeClient(
                self._key,
                base_addresses={"api": self._url} if self._url else None,
                # A repeat is ours to make: it is on record, and outlives the process.
                max_network_retries=0,
                http_client=stripe.RequestsClient(timeout=TIMEOUT),
            )
        return self._made

    def open_payer(self, *, key: str, name: str, email: str, payer_id: str) -> str:
        with _asking():
            made = self._stripe.v1.customers.create(
                {"name": name, "email": email, "metadata": {"payer": payer_id}},
                {"idempotency_key": key},
            )
        return made.id

    def keep_card(self, *, key: str, payer: str, attempt: str, back_url: str, language: str) -> Hosted:
        params: Any = {
            "mode": "setup",
            "customer": payer,
            "payment_method_types": ["card"],
            "setup_intent_data": {"metadata": {"attempt": attempt}},
            "metadata": {"attempt": attempt},
            "success_url": back_url,
            "cancel_url": back_url,
            "locale": language,
        }
        with _asking():
            made = self._stripe.v1.checkout.sessions.create(params, {"idempotency_key": key})
        return Hosted(made.id, made.url or "")

    def ask(self, asked: Asked, *, keep: bool, back_url: str, language: str) -> Hosted:
        about = {**asked.about, "attempt": asked.attempt}
        intent: dict[str, Any] = {"metadata": about, "description": asked.description}
        if keep:
            intent["setup_future_usage"] = "off_session"
        params: Any = {
            "mode": "payment",
            "customer": asked.payer,
            "payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": asked.amount.currency.lower(),
                        "unit_amount": asked.amount.amount,
                        "product_data": {"name": asked.description},
                    },
                }
            ],
            "payment_intent_data": intent,
            "metadata": about,
            "success_url": back_url,
            "cancel_url": back_url,
            "locale": language,
        }
        with _asking():
            made = self._stripe.v1.checkout.sessions.create(params, {"idempotency_key": asked.key})
        return Hosted(made.id, made.url or "")

    def charge(self, asked: Asked, *, card: str) -> ProviderCharge:
        params: Any = {
            "amount": asked.amount.amount,
            "currency": asked.amount.currency.lower(),
            "customer": asked.payer,
            "payment_method": card,
            "payment_method_types": ["card"],
            "off_session": True,
            "confirm": True,
            "description": asked.description,
            "metadata": {**asked.about, "attempt": asked.attempt},
            "expand": _EXPAND,
        }
        try:
            with _asking():
                made = self._stripe.v1.payment_intents.create(params, {"idempotency_key": asked.key})
        except _Declined as declined:
            if declined.intent is not None:
                return _charge(declined.intent, code=declined.code)
            return ProviderCharge("", "declined", asked.amount, asked.attempt, declined.code, card)
        return _charge(made)

    def find_charge(self, *, payer: str, attempt: str) -> ProviderCharge | None:
        with _asking():
            page = self._stripe.v1.payment_intents.list({"customer": payer, "limit": 100})
        for one in page.data:
            if _plain(one).get("metadata", {}).get("attempt") == attempt:
                return self.read_charge(one.id)
        return None

    def read_charge(self, charge_id: str) -> ProviderCharge:
        with _asking():
            found = self._stripe.v1.payment_intents.retrieve(charge_id, {"expand": _EXPAND})
        return _charge(found)

    def read_session(self, session_id: str) -> ProviderSession:
        with _asking():
            found = _plain(
                self._stripe.v1.checkout.sessions.retrieve(session_id, {"expand": ["setup_intent"]})
            )
        setup = found.get("setup_intent") or {}
        return ProviderSession(
            id=found["id"],
            status=found["status"],
            attempt=(found.get("metadata") or {}).get("attempt", ""),
            url=found.get("url") or "",
            charge=found.get("payment_intent"),
            card=setup.get("payment_method") if setup.get("status") == "succeeded" else None,
        )

    def close_session(self, session_id: str) -> None:
        try:
            with _asking():
                self._stripe.v1.checkout.sessions.expire(session_id)
        except ProviderRefused:
            return  # it was over already

    def read_card(self, card_id: str) -> ProviderCard:
        with _asking():
            found = _plain(self._stripe.v1.payment_methods.retrieve(card_id))
        card = found["card"]
        return ProviderCard(
            id=found["id"],
            payer=found.get("customer") or "",
            brand=card["brand"],
            last4=card["last4"],
            exp_month=card["exp_month"],
            exp_year=card["exp_year"],
        )

    def forget_card(self, card_id: str) -> None:
        try:
            with _asking():
                self._stripe.v1.payment_methods.detach(card_id)
        except ProviderRefused:
            return  # it was not kept any more

    def refund(self, *, key: str, charge_id: str, amount: Money, reference: str) -> ProviderRefund:
        with _asking():
            made = self._stripe.v1.refunds.create(
                {
                    "payment_intent": charge_id,
                    "amount": amount.amount,
                    "metadata": {"refund": reference},
                },
                {"idempotency_key": key},
            )
        return _refund(made)

    def read_refund(self, refund_id: str) -> ProviderRefund:
        with _asking():
            return _refund(self._stripe.v1.refunds.retrieve(refund_id))

    def read_dispute(self, dispute_id: str) -> ProviderDispute:
        with _asking():
            found = _plain(self._stripe.v1.disputes.retrieve(dispute_id))
        return ProviderDispute(
            id=found["id"],
            charge=found.get("payment_intent") or "",
            amount=Money(found["amount"], found["currency"].upper()),
            reason=found.get("reason") or "general",
            status=_dispute_status(found["status"]),
        )

    def read_notice(self, *, body: bytes, signature: str) -> Notice:
        if not self._secret:
            raise NoticeForged("no secret")
        try:
            stripe.WebhookSignature.verify_header(
                body.decode("utf-8"), signature, self._secret, TOLERANCE_SECONDS
            )
            found = json.loads(body)
            event_id, kind, object_id = found["id"], found["type"], found["data"]["object"]["id"]
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise NoticeForged(type(error).__name__) from error
        texts = (event_id, kind, object_id)
        if not all(isinstance(one, str) and 0 < len(one) <= 255 and "\x00" not in one for one in texts):
            raise NoticeForged("ids")
        return Notice(*texts)


class _Declined(Exception):
    def __init__(self, code: str, intent: Any) -> None:
        super().__init__(code)
        self.code, self.intent = code, intent


@contextmanager
def _asking() -> Iterator[None]:
    """Stripe's errors as the port's: declined, refused for good, or unknown, which is asked again."""
    try:
        yield
    except stripe.CardError as error:
        detail = _plain(error.error) if error.error else {}
        raise _Declined(_code(detail, error.code or ""), detail.get("payment_intent")) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        if error.http_status == _IN_FLIGHT:
            raise ProviderUnavailable("in flight") from error
        raise ProviderRefused(error.code or "invalid_request") from error
    except stripe.StripeError as error:
        # No answer, a fault of theirs, a key of ours that is wrong: none of them says what happened.
        raise ProviderUnavailable(f"{type(error).__name__} {error.code or ''}".strip()) from error


def _plain(found: Any) -> dict[str, Any]:
    make: Callable[[], dict[str, Any]] | None = getattr(found, "to_dict", None)
    return make() if make is not None else dict(found)


def _code(detail: dict[str, Any], code: str) -> str:
    """The most telling word of a decline."""
    return detail.get("decline_code") or detail.get("code") or code or "generic_decline"


def _charge(found: Any, *, code: str = "") -> ProviderCharge:
    one = _plain(found)
    error = one.get("last_payment_error") or {}
    status = _CHARGE.get(one["status"], "open")
    if one["status"] == "requires_payment_method":
        status = "declined" if error else "open"
    said = code or (_code(_plain(error), "") if error else "")
    if status in ("declined", "authentication") and said in ("authentication_required", ""):
        status = "authentication" if said or status == "authentication" else status
    charge = one.get("latest_charge")
    moved = charge.get("balance_transaction") if isinstance(charge, dict) else None
    currency = one["currency"].upper()
    fee = None
    if isinstance(moved, dict) and str(moved.get("currency", "")).upper() == currency:
        fee = Money(moved["fee"], currency)
    return ProviderCharge(
        id=one["id"],
        status=status,
        amount=Money(one["amount"], currency),
        attempt=(one.get("metadata") or {}).get("attempt", ""),
        decline_code=said if status in ("declined", "authentication") else "",
        card=one.get("payment_method"),
        fee=fee,
    )


def _dispute_status(said: str) -> Literal["inquiry", "open", "won", "lost"]:
    """``warning_needs_response``, ``warning_under_review`` and ``warning_closed`` are inquiries: no money moved."""
    if said.startswith("warning_"):
        return "inquiry"
    return said if said in ("won", "lost") else "open"  # type: ignore[return-value]  # one of these two


def _refund(found: Any) -> ProviderRefund:
    one = _plain(found)
    status = {"succeeded": "done", "failed": "failed", "canceled": "failed"}.get(one["status"], "sent")
    return ProviderRefund(
        id=one["id"],
        status=status,  # type: ignore[arg-type]  # one of the three above
        reference=(one.get("metadata") or {}).get("refund", ""),
        reason=one.get("failure_reason") or "",
    )
