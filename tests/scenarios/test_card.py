"""Cards: kept, charged, declined, confirmed by 3-D Secure, refunded, charged back; with notices late, twice, early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from purveyor.infra import clock, tx
from purveyor.interfaces.doubles.card import CardDouble
from purveyor.kernel.ids import read
from purveyor.payments import cards, queries
from purveyor.payments.adapters.stripe_cards import StripeCards
from purveyor.payments.commands.cards import begin_keeping, drive
from purveyor.payments.ports import Asked, ProviderCharge
from purveyor.payments.types_cards import Card
from tests.scenarios.stage import MONTH, YEAR, Stage, new, open_stage
from tests.support.cards import (
    DECLINED,
    FRAUD,
    GOOD,
    KEPT_THEN_DECLINED,
    SECURE,
    SECURE_ONCE,
    Holder,
    card_provider,
    do_due,
    fill,
    post_notice,
    switch,
    tell,
)
from tests.support.filled import everything


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-03-02T09:00:00+00:00")


@pytest.fixture(scope="module")
def customer(stage: Stage) -> str:
    return stage.customer("Kunde GmbH", "DE", vat_number="DE136695976")


@pytest.fixture(scope="module")
def double(db: object) -> Iterator[CardDouble]:
    with card_provider() as found:
        yield found


def keep(stage: Stage, number: str, *acts: str) -> Card:
    """Let the reseller keep a card, by the provider's page."""
    actor = stage.shop.houses.reseller(stage.house)
    url = begin_keeping(actor=actor, now=clock.now(), payer_id=stage.house.id)
    Holder().pay(url, number, *acts)
    with tx.enter(actor):
        found = cards.list_cards(actor=actor, payer_id=stage.house.id)
    return max(found, key=lambda card: card.added_at)


def order_of(stage: Stage, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = stage.operator.get(f"/orders/{order['id']}").ok()
    return found


def attempts(stage: Stage, order: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(kind, status, word) of the attempts on an order, oldest first."""
    actor = stage.shop.houses.operator
    with tx.enter(actor):
        order_id = read("ord", order["id"])
        payable = queries.find_payable_for(actor=actor, subject_kind="order", subject_id=order_id)
        assert payable is not None
        found = cards.list_attempts(actor=actor, payable_id=payable.id)
    return [(one.kind, one.status, one.decline_code) for one in reversed(found)]


def charges(double: CardDouble) -> int:
    """How often money was really taken."""
    return len(double.world.db["charges"])


def test_an_order_is_declined_then_paid_by_3d_secure(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(2), method="card")
    assert (order["status"], "pro_forma" in order, set(order["payment"])) == (
        "awaiting_payment", False, {"url", "amount"},
    )  # fmt: skip
    url, holder = order["payment"]["url"], Holder()
    assert b"Pay by card" in holder.page(url).content
    assert "declined" in holder.pay(url, DECLINED)
    # Back without paying: the page tells why, and leads to the same page of the provider's again.
    holder.client.get(url.split("8000")[-1] + "/back")
    assert b"The last try did not work" in holder.page(url).content
    assert "authenticate" in holder.pay(url, SECURE, "refuse")
    assert holder.pay(url, SECURE, "approve").endswith("/back")
    do_due()
    assert order_of(stage, order)["status"] == "completed"
    assert b"Paid" in holder.page(url).content
    assert attempts(stage, order) == [("on_session", "succeeded", "")]
    assert charges(double) == 1
    # What is told afterwards, twice and in any order, changes nothing.
    before = everything("SELECT count(*) FROM payments_payment")
    assert tell(double, twice=True, shuffled=True) > 0
    assert everything("SELECT count(*) FROM payments_payment") == before
    invoice = stage.operator.get(f"/invoices/{order_of(stage, order)['invoice']['id']}").ok()
    assert (invoice["status"], invoice["paid"]["amount"]) == ("paid", 7680)


def test_a_notice_comes_before_anybody_comes_back(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(1), method="card")
    holder = Holder()
    # The holder pays and closes the browser: only the notice tells.
    fill(holder.hosted(order["payment"]["url"]), GOOD)
    assert order_of(stage, order)["status"] == "awaiting_payment"
    tell(double, shuffled=True)
    assert order_of(stage, order)["status"] == "completed"


def test_nobody_comes_back_and_no_notice_comes(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(1), method="card")
    fill(Holder().hosted(order["payment"]["url"]), GOOD)
    double.take_held()
    stage.move("2026-03-02T09:30:00Z")
    assert order_of(stage, order)["status"] == "completed"


def test_a_kept_card_pays_at_once(stage: Stage, customer: str, double: CardDouble) -> None:
    card = keep(stage, SECURE_ONCE, "approve")
    assert (card.brand, card.last4, card.is_default) == ("visa", "3155", True)
    order = stage.buy(customer, new(1), method="card")
    do_due()
    assert order_of(stage, order)["status"] == "completed"
    assert attempts(stage, order) == [("off_session", "succeeded", "")]
    tell(double, twice=True)


def test_a_worker_killed_between_charge_and_write(
    stage: Stage, customer: str, double: CardDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = stage.buy(customer, new(1), method="card")
    before = charges(double)

    class Killed(BaseException):
        """The process is gone."""

    def die(**_: object) -> None:
        raise Killed

    attempt = everything("SELECT id FROM payments_cardattempt WHERE status = 'planned'")[0][0]
    with monkeypatch.context() as patch:
        patch.setattr("purveyor.payments.commands.cards.apply.apply_charge", die)
        with pytest.raises(Killed):
            drive.drive(attempt_id=attempt, now=clock.now())
    assert charges(double) == before + 1
    assert attempts(stage, order) == [("off_session", "sending", "")]
    # While the call may still be under way nobody makes another; then it is found again, and not made twice.
    do_due()
    assert attempts(stage, order) == [("off_session", "sending", "")]
    stage.move("2026-03-02T10:00:00Z")
    assert attempts(stage, order) == [("off_session", "succeeded", "")]
    assert (order_of(stage, order)["status"], charges(double)) == ("completed", before + 1)
    tell(double)


def test_a_notice_comes_before_the_answer(
    stage: Stage, customer: str, double: CardDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider's notice is handled while our own call is still under way: counted once."""
    order = stage.buy(customer, new(1), method="card")
    really = StripeCards.charge

    def slow(self: StripeCards, asked: Asked, *, card: str) -> ProviderCharge:
        answer = really(self, asked, card=card)
        assert tell(double, twice=True, shuffled=True) > 0
        assert order_of(stage, order)["status"] == "completed"
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(StripeCards, "charge", slow)
        do_due()
    assert attempts(stage, order) == [("off_session", "succeeded", "")]
    assert everything(
        "SELECT count(*) FROM payments_payment p JOIN payments_payable y ON y.id = p.payable_id"
        " WHERE y.subject_id = %s",
        read("ord", order["id"]),
    ) == [(1,)]


def test_an_answer_is_lost_and_the_provider_is_away(stage: Stage, customer: str, double: CardDouble) -> None:
    before = charges(double)
    order = stage.buy(customer, new(1), method="card")
    double.faults += ["lost", "drop", "500"]
    do_due()
    assert attempts(stage, order) == [("off_session", "sending", "")]
    drive._rest.until = 0
    for hour in (11, 12, 13):
        stage.move(f"2026-03-02T{hour}:00:00Z")
        drive._rest.until = 0
    assert attempts(stage, order) == [("off_session", "succeeded", "")]
    assert charges(double) == before + 1
    tell(double)


def test_renewals_by_kept_card(stage: Stage, customer: str, double: CardDouble) -> None:
    """Paid at the boundary; a soft decline is tried again, and resolves; a hard one is not."""
    order = stage.buy(customer, new(1, MONTH), method="card")
    do_due()
    (subscription,) = order_of(stage, order)["subscriptions"]
    body = {"renewal_payment_method": "card"}
    stage.reseller.patch(f"/subscriptions/{subscription}", body).ok()
    stage.move("2026-04-02T09:00:00Z")
    newest = stage.invoices()[-1]
    assert (newest["issued_on"], newest["status"]) == ("2026-04-02", "paid")
    # Not enough money on the 2nd and the 3rd, enough on the 5th.
    switch(double, "3155", "insufficient_funds", times=2)
    stage.move("2026-05-02T09:00:00Z")
    newest = stage.invoices()[-1]
    assert (newest["issued_on"], newest["paid"]["amount"]) == ("2026-05-02", 0)
    mail = stage.operator.get("/mailbox").ok()["data"][0]
    assert "declined" in mail["subject"], mail
    stage.move("2026-05-04T09:00:00Z")
    assert stage.invoices()[-1]["paid"]["amount"] == 0
    stage.move("2026-05-05T09:00:00Z")
    assert stage.invoices()[-1]["status"] == "paid"
    # Stolen: nothing is tried again, and the ladder goes its way.
    switch(double, "3155", "stolen_card")
    stage.move("2026-06-02T09:00:00Z")
    stage.move("2026-06-20T09:00:00Z")
    assert stage.invoices()[-1]["paid"]["amount"] == 0
    planned = everything("SELECT count(*) FROM payments_cardattempt WHERE status IN ('planned', 'sending')")
    assert planned == [(0,)]
    # The payer gives another card, on the page of the mail.
    invoice = stage.invoices()[-1]
    actor = stage.shop.houses.operator
    with tx.enter(actor):
        invoice_id = read("inv", invoice["id"])
        payable = queries.find_payable_for(actor=actor, subject_kind="invoice", subject_id=invoice_id)
    assert payable is not None
    Holder().pay(cards.pay_url(payable.id), GOOD, keep=True)
    do_due()
    assert stage.invoices()[-1]["status"] == "paid"
    with tx.enter(actor):
        kept = cards.list_cards(actor=actor, payer_id=stage.house.id)
    assert sorted(card.last4 for card in kept) == ["3155", "4242"]
    tell(double)
    switch(double, "3155", "ok")


def test_the_bank_wants_its_holder(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(1, YEAR), method="card")
    switch(double, "3155", "authentication_required", times=1)
    do_due()
    assert attempts(stage, order)[-1] == ("off_session", "declined", "authentication_required")
    mail = stage.operator.get("/mailbox").ok()["data"][0]
    assert order["payment"]["url"] in mail["links"], mail
    Holder().pay(order["payment"]["url"], GOOD)
    do_due()
    assert order_of(stage, order)["status"] == "completed"
    tell(double)


def test_a_chargeback_is_lost_and_another_won(stage: Stage, customer: str, double: CardDouble) -> None:
    for outcome in ("lost", "won"):
        order = stage.buy(customer, new(1, YEAR), method="card")
        do_due()
        done = order_of(stage, order)
        assert done["status"] == "completed"
        charge = list(double.world.db["payment_intents"])[-1]
        with double.lock:
            dispute = double.world.dispute(charge)
        tell(double, twice=True, shuffled=True)
        invoice = stage.operator.get(f"/invoices/{done['invoice']['id']}").ok()
        assert (invoice["status"], invoice["paid"]["amount"]) == ("issued", 0)
        with double.lock:
            double.world.close_dispute(dispute["id"], outcome)
        tell(double, twice=True, shuffled=True)
        invoice = stage.operator.get(f"/invoices/{done['invoice']['id']}").ok()
        assert (invoice["status"] == "paid") == (outcome == "won")


def test_a_chargeback_is_told_before_its_payment(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(1, YEAR), method="card")
    fill(Holder().hosted(order["payment"]["url"]), FRAUD)
    later = double.take_held()
    first = [one for one in later if b'"charge.dispute.created"' in one[0]]
    assert len(first) == 1
    post_notice(Client(), *first[0])
    do_due()
    disputes = (
        "SELECT d.status, d.amount FROM payments_carddispute d JOIN payments_payment p ON p.id = d.payment_id"
    )
    disputes += " JOIN payments_payable y ON y.id = p.payable_id WHERE y.subject_id = %s"
    amount = order["gross"]["amount"]
    assert everything(disputes, read("ord", order["id"])) == [("open", amount)]
    for body, signature in reversed(later):
        post_notice(Client(), body, signature)
    do_due()
    assert everything(disputes, read("ord", order["id"])) == [("open", amount)]


def test_a_bank_that_only_asks_takes_nothing(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(1, YEAR), method="card")
    Holder().pay(order["payment"]["url"], GOOD)
    do_due()
    done = order_of(stage, order)
    charge = list(double.world.db["payment_intents"])[-1]
    for status in ("warning_needs_response", "warning_closed"):
        with double.lock:
            dispute = double.world.dispute(charge)
            double.world.close_dispute(dispute["id"], status)
        tell(double, twice=True, shuffled=True)
        invoice = stage.operator.get(f"/invoices/{done['invoice']['id']}").ok()
        assert (invoice["status"], invoice["paid"]["amount"]) == ("paid", order["gross"]["amount"])
    # It becomes a chargeback after all.
    with double.lock:
        double.world.close_dispute(dispute["id"], "needs_response")
    tell(double)
    invoice = stage.operator.get(f"/invoices/{done['invoice']['id']}").ok()
    assert (invoice["status"], invoice["paid"]["amount"]) == ("issued", 0)


def test_a_credit_note_refunds_to_the_card(stage: Stage, customer: str, double: CardDouble) -> None:
    order = stage.buy(customer, new(3, YEAR), method="card")
    do_due()
    done = order_of(stage, order)
    invoice = stage.operator.get(f"/invoices/{done['invoice']['id']}").ok()
    body = {
        "invoice": invoice["id"],
        "lines": [{"line": invoice["lines"][0]["id"], "quantity": 1}],
        "refund_to": "source",
        "reason": "one too many",
    }
    stage.operator.post("/credit-notes", body).ok(status=201)
    do_due()
    do_due()
    refunds = list(double.world.db["refunds"].values())
    assert [one["amount"] for one in refunds] == [3840]
    assert everything("SELECT status FROM payments_refund WHERE method = 'card'") == [("done",)]
    tell(double)


def test_a_card_that_was_kept_is_declined_later(stage: Stage, customer: str, double: CardDouble) -> None:
    card = keep(stage, KEPT_THEN_DECLINED)
    assert card.last4 == "0341"
    tell(double)


def test_a_chargeback_of_an_invoice_rests_the_dunning(
    stage: Stage, customer: str, double: CardDouble
) -> None:
    """A renewal's invoice is paid by card, charged back past its due date, and won: nobody was reminded meanwhile."""
    keep(stage, GOOD)
    order = stage.buy(customer, new(1, MONTH), method="card")
    do_due()
    (subscription,) = order_of(stage, order)["subscriptions"]
    stage.reseller.patch(f"/subscriptions/{subscription}", {"renewal_payment_method": "card"}).ok()
    end = stage.subscription(subscription)["period"]["end"]
    stage.move(f"{end}T09:00:00Z")
    found = [one for one in stage.invoices() if one["issued_on"] == end and one["status"] == "paid"]
    invoice = found[-1]["id"]
    charge = everything(
        "SELECT a.charge_id FROM payments_cardattempt a JOIN payments_payable p ON p.id = a.payable_id"
        " WHERE p.subject_id = %s AND a.status = 'succeeded'",
        read("inv", invoice),
    )[0][0]
    with double.lock:
        dispute = double.world.dispute(charge)
    tell(double)
    assert stage.operator.get(f"/invoices/{invoice}").ok()["paid"]["amount"] == 0
    later = date.fromisoformat(end) + timedelta(days=40)
    stage.move(f"{later}T09:00:00Z")
    case = "SELECT status FROM payments_dunningcase WHERE invoice_id = %s"
    assert everything(case, read("inv", invoice)) == [("on_hold",)]
    with double.lock:
        double.world.close_dispute(dispute["id"], "won")
    tell(double, twice=True)
    assert everything(case, read("inv", invoice)) == [("resolved",)]
    assert stage.operator.get(f"/invoices/{invoice}").ok()["status"] == "paid"


def test_a_chargeback_never_takes_a_balance_below_zero(stage: Stage, double: CardDouble) -> None:
    """Money paid in by card was spent meanwhile: what is left is taken, the rest is a loss."""
    before = stage.available()
    asked = stage.reseller.post(
        "/balance/top-ups",
        {"amount": {"amount": 5_000, "currency": "EUR"}, "payment_method": "card"},
    ).ok(status=201)
    Holder().pay(asked["payment"]["url"], GOOD)
    do_due()
    tell(double)
    assert stage.available() == before + 5_000
    charge = list(double.world.db["payment_intents"])[-1]
    with double.lock:
        double.world.dispute(charge, amount=5_000)
    tell(double)
    assert stage.available() == before
    assert everything("SELECT count(*) FROM ledger_prepaidbalance WHERE available < 0") == [(0,)]
