"""VAT with proof: the number is asked about at VIES, and what nobody knows yet never stops a sale nor decides it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.infra import clock, tx
from purveyor.interfaces.doubles.vies import ViesDouble, number_of_code
from purveyor.kernel.actor import system_actor
from purveyor.parties import commands as parties
from purveyor.parties import queries
from purveyor.parties.types import CustomerInput
from purveyor.tax import vies as client
from tests.scenarios.stage import MONTH, Json, Stage, books_closed, new, open_stage
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.vies import live_vies

NET = 3 * 400
ANSWER_OF_NOBODY = "MS_UNAVAILABLE"


@pytest.fixture(scope="module")
def vies() -> Iterator[ViesDouble]:
    with live_vies() as double:
        yield double


@pytest.fixture(scope="module")
def stage(db: object, vies: ViesDouble) -> Stage:
    stage = open_stage("2026-11-22T09:00:00+00:00")
    stage.pay_in(100_000)
    return stage


@pytest.fixture(autouse=True)
def up_again(vies: ViesDouble) -> Iterator[None]:
    yield
    vies.switches.down = None
    client.forget_rest()


def invoice_of(stage: Stage, order: Json) -> Json:
    found: Json = stage.operator.get(f"/invoices/{order['invoice']['id']}").ok()
    return found


def order_now(stage: Stage, order: Json) -> Json:
    found: Json = stage.operator.get(f"/orders/{order['id']}").ok()
    return found


def never_renew(stage: Stage, order: Json) -> None:
    stage.reseller.patch(f"/subscriptions/{order['subscriptions'][0]}", {"auto_renew": False}).ok()


def state_of(stage: Stage, customer: str) -> str:
    return str(stage.reseller.get(f"/customers/{customer}").ok()["vat_status"])


def choose_policy(policy: str, *, days: int) -> None:
    with tx.enter(system_actor()):
        seller = queries.get_seller()
        one = seller.organization
        parties.update_seller(
            actor=system_actor(),
            now=clock.now(),
            given=CustomerInput(one.name, one.country, one.email, one.language, one.address, one.vat_number),
            iban=seller.iban,
            bic=seller.bic,
            bank_name=seller.bank_name,
            help_email=seller.help_email,
            help_url=seller.help_url,
            vat_answer_days=days,
            vat_unknown=policy,  # type: ignore[arg-type]  # a word of the tests' own is refused there
        )


def test_a_reverse_charge_sale_with_proof(stage: Stage, vies: ViesDouble) -> None:
    """What the quote says is what the invoice says, and the evidence stays."""
    with books_closed(stage):
        customer = stage.customer("Vinos del Sur S.L.", "ES", "28001", vat_number="B12345674")
        asked = vies.switches.asked[-1]
        assert (asked["countryCode"], asked["vatNumber"]) == ("ES", "B12345674")
        assert (asked["requesterMemberStateCode"], asked["requesterNumber"]) == ("SE", "556677889901")
        quote = stage.quote(customer, new(3, MONTH))
        order = stage.buy(customer, new(3, MONTH))
        invoice = invoice_of(stage, order)
        evidence = invoice["tax_decision"]["evidence"]
        assert evidence["consultation"].startswith("WAPI")
        assert evidence["name_match"] == "not_disclosed"
        sentence = (
            "VAT not charged: reverse charge, ESB12345674 valid on 2026-11-22"
            f" (consultation {evidence['consultation']})"
        )
        assert [tax["reason"] for tax in quote["taxes"]] == [sentence]
        assert [tax["reason"] for tax in invoice["taxes"]] == [sentence]
        # Asked once, at saving; the answer is fresh for quote and order.
        assert vies.switches.times["ESB12345674"] == 1
        never_renew(stage, order)


def test_a_day_without_an_answer_holds_the_invoice(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        vies.switches.down = ANSWER_OF_NOBODY
        customer = stage.customer("Berlin GmbH", "DE", vat_number="DE136695976")
        assert state_of(stage, customer) == "unknown"
        before = stage.available()
        quote = stage.quote(customer, new(3, MONTH))
        assert quote["taxes"][0]["amount"]["amount"] == 228
        assert "The invoice waits for the answer" in quote["taxes"][0]["reason"]
        stage.events()
        order = stage.buy(customer, new(3, MONTH))
        assert (order["status"], order.get("invoice")) == ("completed", None)
        assert stage.subscription(order["subscriptions"][0])["status"] == "active"
        assert stage.available() == before - 1428
        assert "invoice.held" in stage.events()
        del stage.invoiced[-1]
        never_renew(stage, order)
        stage.move("2026-11-23T08:00:00Z")
        assert order_now(stage, order).get("invoice") is None
        vies.switches.down = None
        stage.move("2026-11-23T11:00:00Z")
        assert state_of(stage, customer) == "valid"
        assert "invoice.released" in stage.events()
        invoice = invoice_of(stage, order_now(stage, order))
        assert (invoice["vat"]["amount"], invoice["status"]) == (0, "paid")
        assert "reverse charge, DE136695976 valid on 2026-11-23" in invoice["taxes"][0]["reason"]
        # The VAT that was paid and is not owed is back.
        assert stage.available() == before - NET
        stage.invoiced.append((NET, 0))


def test_a_held_invoice_that_turns_out_to_be_a_consumers(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        number = number_of_code("903")
        vies.switches.answers[number] = ANSWER_OF_NOBODY
        customer = stage.customer("Unklar GmbH", "DE", vat_number=number)
        order = stage.buy(customer, new(3, MONTH))
        assert order.get("invoice") is None
        never_renew(stage, order)
        vies.switches.answers[number] = "invalid"
        stage.move("2026-11-23T13:00:00Z")
        invoice = invoice_of(stage, order_now(stage, order))
        # As previewed.
        assert (invoice["vat"]["amount"], invoice["gross"]["amount"]) == (228, 1428)
        assert f"{number} was not valid on 2026-11-23" in invoice["taxes"][0]["reason"]


def test_nobody_ever_answers(stage: Stage, vies: ViesDouble) -> None:
    """Invoiced by transfer, with VAT, on the 15th of the following month (art. 222)."""
    with books_closed(stage):
        number = number_of_code("301")
        customer = stage.customer("Schweigen GmbH", "DE", vat_number=number)
        order = stage.buy(customer, new(3, MONTH), method="bank_transfer")
        stage.transfer(order, 1428, "2026-11-24")
        del stage.received[-1], stage.invoiced[len(stage.invoiced) :]
        stage.received.append(1428)
        never_renew(stage, order)
        assert order_now(stage, order)["status"] == "completed"
        assert order_now(stage, order).get("invoice") is None
        stage.move("2026-12-14T22:00:00Z")
        assert order_now(stage, order).get("invoice") is None
        stage.move("2026-12-15T06:00:00Z")
        invoice = invoice_of(stage, order_now(stage, order))
        assert (invoice["vat"]["amount"], invoice["issued_on"]) == (228, "2026-12-15")
        assert f"{number} could not be checked by 2026-12-1" in invoice["taxes"][0]["reason"]
        stage.invoiced.append((NET, 228))


def test_a_number_that_turned_invalid_before_the_renewal(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        number = number_of_code("101")
        customer = stage.customer("Bald Weg GmbH", "DE", vat_number=number)
        order = stage.buy(customer, new(3, MONTH))
        assert order["vat"]["amount"] == 0
        vies.switches.answers[number] = "invalid"
        stage.move("2027-01-15T12:00:00Z")
        assert state_of(stage, customer) == "invalid"
        (invoice,) = [one for one in stage.invoices() if one["issued_on"] == "2027-01-15"]
        assert (invoice["net"]["amount"], invoice["vat"]["amount"]) == (NET, 228)
        stage.invoiced.append((NET, 228))
        never_renew(stage, order)


def test_a_recent_valid_answer_serves_while_the_service_is_silent(stage: Stage, vies: ViesDouble) -> None:
    with books_closed(stage):
        choose_policy("hold_invoice", days=3)
        number = number_of_code("102")
        customer = stage.customer("Bekannt GmbH", "DE", vat_number=number)
        vies.switches.down = ANSWER_OF_NOBODY
        stage.move("2027-01-17T12:00:00Z")
        order = stage.buy(customer, new(3, MONTH))
        assert order["vat"]["amount"] == 0
        assert "valid on 2027-01-15" in invoice_of(stage, order)["taxes"][0]["reason"]
        never_renew(stage, order)
        stage.move("2027-01-18T14:00:00Z")
        assert state_of(stage, customer) == "unknown"
        vies.switches.down = None
        stage.move("2027-01-18T19:00:00Z")
        assert state_of(stage, customer) == "valid"


def test_charged_and_corrected_by_itself(stage: Stage, vies: ViesDouble) -> None:
    """The other policy: an invoice with VAT at once, and a credit note with a new one when the answer comes."""
    stage.move("2027-01-18T20:00:00Z")
    choose_policy("charge_then_correct", days=30)
    number = number_of_code("104")
    vies.switches.answers[number] = ANSWER_OF_NOBODY
    customer = stage.customer("Erst Zahlen GmbH", "DE", vat_number=number)
    before = stage.available()
    assert "credited and invoiced again" in stage.quote(customer, new(3, MONTH))["taxes"][0]["reason"]
    order = stage.buy(customer, new(3, MONTH))
    never_renew(stage, order)
    first = invoice_of(stage, order)
    assert (first["vat"]["amount"], stage.available()) == (228, before - 1428)
    vies.switches.answers[number] = "valid"
    stage.move("2027-01-18T21:00:00Z")
    assert state_of(stage, customer) == "valid"
    stage.move("2027-01-18T21:01:00Z")
    second = invoice_of(stage, order_now(stage, order))
    assert second["id"] != first["id"]
    assert (second["vat"]["amount"], second["status"]) == (0, "paid")
    assert f"reverse charge, {number} valid on 2027-01-18" in second["taxes"][0]["reason"]
    assert stage.available() == before - NET
    (note,) = stage.invoices("credit_note")
    assert (note["net"]["amount"], note["vat"]["amount"]) == (NET, 228)
    choose_policy("hold_invoice", days=30)


@pytest.mark.parametrize(
    "code", ["201", "300", "302", "400", "401", "500", "501", "600", "601", "901", "902"]
)
def test_erroneous_answers_break_nothing(stage: Stage, vies: ViesDouble, code: str) -> None:
    customer = stage.customer(f"Fehler {code} GmbH", "DE", vat_number=number_of_code(code))
    assert state_of(stage, customer) == "unknown"
    assert stage.quote(customer, new(1, MONTH))["taxes"][0]["amount"]["amount"] == 76
    parked = everything("SELECT count(*) FROM infra_parked")[0][0]
    assert parked == 0


def test_a_requester_that_the_service_does_not_know(stage: Stage) -> None:
    customer = stage.customer("Ohne Nummer GmbH", "DE", vat_number=number_of_code("202"))
    assert state_of(stage, customer) == "valid"
    assert "consultation" not in stage.quote(customer, new(1, MONTH))["taxes"][0]["reason"]


def test_a_slow_answer_keeps_nobody_waiting(stage: Stage, vies: ViesDouble) -> None:
    number = number_of_code("900")
    customer = stage.customer("Langsam GmbH", "DE", vat_number=number)
    assert state_of(stage, customer) == "unknown"
    # The next one is not kept waiting for a service that hung a moment ago.
    asked = len(vies.switches.asked)
    assert state_of(stage, stage.customer("Danach GmbH", "DE", vat_number=number_of_code("103"))) == "unknown"
    assert len(vies.switches.asked) == asked
    client.forget_rest()
    vies.switches.answers[number] = "valid"
    stage.move("2027-01-18T22:30:00Z")
    run_pending_jobs()
    assert state_of(stage, customer) == "valid"
