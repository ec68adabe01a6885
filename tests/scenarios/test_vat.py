"""The same three seats for buyers all over: whose country and number decide, and what the invoice says about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.stage import MONTH, Stage, books_closed, new, open_stage

NET = 3 * 400
# (name, country, postcode, more) -> (category, rate, VAT in cents, rule); the seller is in Stockholm.
BUYERS: list[tuple[str, str, str, dict[str, Any], str, str, int, str]] = [
    ("Berlin GmbH", "DE", "10115", {"vat_number": "DE136695976"}, "AE", "0", 0, "reverse_charge"),
    ("Privat Berlin", "DE", "10115", {}, "S", "19", 228, "destination"),
    ("Stockholm AB", "SE", "11122", {}, "S", "25", 300, "domestic"),
    ("London Ltd", "GB", "EC1A 1BB", {}, "O", "0", 0, "outside_scope"),
    ("Las Palmas SL", "ES", "35001", {}, "O", "0", 0, "special_area"),
    ("Madrid Privado", "ES", "28001", {}, "S", "21", 252, "destination"),
    ("Roma Privato", "IT", "00118", {}, "S", "22", 264, "destination"),
    ("Paris Prive", "FR", "75001", {}, "S", "20", 240, "destination"),
    ("Monaco Prive", "MC", "98000", {}, "S", "20", 240, "destination"),
    ("Mexico SA", "MX", "06000", {}, "O", "0", 0, "outside_scope"),
    # Invoiced to the reseller: the German house's number decides, wherever the customer is.
    ("Leeds Ltd", "GB", "LS1 1UR", {"bill_to": "reseller"}, "AE", "0", 0, "reverse_charge"),
]


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    return open_stage("2026-05-04T09:00:00+00:00")


def test_the_place_of_supply(stage: Stage) -> None:
    with books_closed(stage):
        stage.pay_in(50_000)
        for name, country, postal_code, given, category, rate, vat, rule in BUYERS:
            customer = stage.customer(name, country, postal_code, **given)
            quote = stage.quote(customer, new(3, MONTH))
            taxes = [(tax["category"], str(tax["rate_percent"])) for tax in quote["taxes"]]
            assert taxes == [(category, rate)], name
            order = stage.buy(customer, new(3, MONTH))
            assert (order["net"]["amount"], order["vat"]["amount"]) == (NET, vat), name
            assert order["gross"] == quote["gross"]
            invoice = stage.reseller.get(f"/invoices/{order['invoice']['id']}").ok()
            decision = invoice["tax_decision"]
            assert decision["rule"] == rule, name
            assert invoice["buyer"]["name"] == (stage.house.name if "bill_to" in given else name)
            if category == "AE":
                assert "reverse charge" in invoice["taxes"][0]["reason"]
                assert invoice["buyer"]["vat_number"] == "DE136695976"
                assert decision["evidence"]["source"] == "format only"
            stage.reseller.patch(f"/subscriptions/{order['subscriptions'][0]}", {"auto_renew": False}).ok()


def test_a_number_with_a_wrong_check_digit_opens_nothing(stage: Stage) -> None:
    body = {
        "name": "Falsch GmbH",
        "country": "DE",
        "email": "a@falsch.example",
        "language": "de",
        "vat_number": "DE136695977",
        "address": {"line1": "Weg 1", "city": "Berlin", "postal_code": "10115"},
    }
    stage.events()
    stage.reseller.post("/customers", body).refused(422, "vat_number_invalid")
    assert stage.events() == []


def test_a_corrected_number_counts_from_then_on(stage: Stage) -> None:
    """An issued invoice keeps what it said; the next one is decided anew."""
    with books_closed(stage):
        stage.pay_in(10_000)
        customer = stage.customer("Spaet GmbH", "DE")
        first = stage.buy(customer, new(3, MONTH))
        assert first["vat"]["amount"] == 228
        stage.reseller.patch(f"/customers/{customer}", {"vat_number": "DE136695976"}).ok()
        assert stage.buy(customer, new(3, MONTH))["vat"]["amount"] == 0
        kept = stage.reseller.get(f"/invoices/{first['invoice']['id']}").ok()
        assert (kept["vat"]["amount"], kept["buyer"].get("vat_number")) == (228, None)


def test_who_moved_since_the_order_buys_anew(stage: Stage) -> None:
    """A transfer comes days later: no invoice goes out without VAT on a number that is no longer the buyer's."""
    with books_closed(stage):
        customer = stage.customer("Wechsel GmbH", "DE", vat_number="DE136695976")
        order = stage.buy(customer, new(3, MONTH), method="bank_transfer")
        before = stage.available()
        change = {
            "country": "FR",
            "vat_number": "",
            "address": {"line1": "a", "city": "b", "postal_code": "75001"},
        }
        stage.reseller.patch(f"/customers/{customer}", change).ok()
        stage.transfer(order, order["gross"]["amount"], "2026-11-26")
        found = stage.reseller.get(f"/orders/{order['id']}").ok()
        assert (found["status"], found["hold_reason"], found.get("invoice")) == (
            "on_hold",
            "vat_changed",
            None,
        )
        assert stage.available() == before + order["gross"]["amount"]
        assert stage.quote(customer, new(3, MONTH))["taxes"][0]["rate_percent"] > 0


def test_who_has_another_valid_number_since_the_order_is_named_by_it(stage: Stage) -> None:
    """The same amount by the decision of today: number, country and proof of the invoice belong together."""
    with books_closed(stage):
        customer = stage.customer("Neu GmbH", "DE", vat_number="DE136695976")
        order = stage.buy(customer, new(3, MONTH), method="bank_transfer")
        stage.reseller.patch(f"/customers/{customer}", {"vat_number": "DE811907980"}).ok()
        stage.transfer(order, order["gross"]["amount"], "2026-11-26")
        found = stage.reseller.get(f"/orders/{order['id']}").ok()
        invoice = stage.reseller.get(f"/invoices/{found['invoice']['id']}").ok()
        stage.invoiced.append((order["net"]["amount"], 0))
        assert (invoice["vat"]["amount"], invoice["tax_decision"]["rule"]) == (0, "reverse_charge")
        assert invoice["buyer"]["vat_number"] == "DE811907980"
        assert invoice["tax_decision"]["evidence"]["number"] == "DE811907980"


def test_who_moved_after_vat_was_promised_is_named_as_then(stage: Stage) -> None:
    """VAT was promised and paid: number, country and VAT of the invoice belong together, as on the pro-forma."""
    with books_closed(stage):
        customer = stage.customer("Umzug AB", "SE", "11356")
        order = stage.buy(customer, new(3, MONTH), method="bank_transfer")
        assert order["vat"]["amount"] > 0
        change = {"country": "DE", "address": {"line1": "a", "city": "b", "postal_code": "10115"}}
        stage.reseller.patch(f"/customers/{customer}", change).ok()
        stage.transfer(order, order["gross"]["amount"], "2026-11-26")
        found = stage.reseller.get(f"/orders/{order['id']}").ok()
        invoice = stage.reseller.get(f"/invoices/{found['invoice']['id']}").ok()
        stage.invoiced.append((order["net"]["amount"], order["vat"]["amount"]))
        assert invoice["vat"]["amount"] == order["vat"]["amount"]
        assert invoice["buyer"]["country"] == invoice["tax_decision"]["evidence"]["buyer_country"] == "SE"
