"""The VAT of a period: book, EC sales list and One Stop Shop say what was issued, and sum to what the ledger booked."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal

import pytest

from purveyor.catalog import commands as catalog
from purveyor.infra import clock
from purveyor.interfaces.api import documents, papers, tax_shapes
from purveyor.interfaces.documents.einvoice import Preceding
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from tests.scenarios.stage import MONTH, YEAR, Json, Stage, check_numbers, new, open_stage
from tests.support.counter import Browser, text_of
from tests.support.norm import faults, peppol_faults
from tests.support.shop import START

CSV = "text/csv"


@pytest.fixture(scope="module")
def stage(db: object) -> Stage:
    stage = open_stage("2026-03-02T08:00:00+00:00")
    shop = stage.shop
    kronor = catalog.create_price_list(**shop.desk, code="sek-2025", currency="SEK", valid_from=START)
    for offer, amount in ((shop.month, 5_600), (shop.year, 53_300)):
        catalog.set_price(**shop.desk, price_list_id=kronor.id, offer_id=offer.id, price=Money(amount, "SEK"))
    stage.pay_in(1_000_000)
    for number in (1, 2):
        stage.operator.post(
            "/balance/deposits",
            {
                "organization": show("res", stage.house.id),
                "amount": {"amount": 5_000_000, "currency": "SEK"},
                "reference": f"kronor {number}",
            },
        ).ok(status=201)
    return stage


def upload(stage: Stage, *rows: str) -> Json:
    text = "\n".join(["currency,rate,date,source", *rows])
    found: Json = stage.operator.call("POST", "/exchange-rates", raw=text.encode(), content_type=CSV).ok(
        tax_shapes.RatesUploaded, status=201
    )
    return found


def credit(stage: Stage, order: Json) -> Json:
    """One seat of the order's invoice is credited."""
    invoice = stage.operator.get(f"/invoices/{order['invoice']['id']}").ok(papers.Invoice)
    given = {
        "invoice": invoice["id"],
        "lines": [{"line": invoice["lines"][0]["id"], "quantity": 1}],
        "refund_to": "balance",
        "reason": "One too many",
    }
    found: Json = stage.operator.post("/credit-notes", given).ok(papers.Invoice, status=201)
    return found


def test_a_quarter(stage: Stage) -> None:
    assert upload(stage, "SEK,0.0911,2026-03-02,ECB", "USD,0.87,2026-02-27,ECB") == {"added": 2, "known": 0}
    assert upload(stage, "SEK,0.0911,2026-03-02,ECB") == {"added": 0, "known": 1}
    orders = sold(stage)
    notes = [credit(stage, order) for order in orders]
    exchanged_once(stage, orders[1], notes[1])
    stage.move("2026-04-02T09:00:00+00:00")
    stage.buy(stage.customer("Later AB", "SE", "111 29"), new(1, MONTH))
    rows = the_book(stage, orders, notes)
    the_ledger_says_the_same(stage, rows)
    the_lists(stage, rows)
    on_pages_and_as_files(stage, rows)
    every_document_is_valid(stage)
    check_numbers()


def sold(stage: Stage) -> list[Json]:
    """At home in euros and in kronor, under reverse charge, to a consumer in France, and outside the Union."""
    buyers = [
        stage.customer("Hemma AB", "SE", "111 29"),
        stage.customer("Kronor AB", "SE", "111 29", currency="SEK"),
        stage.customer("Kunde GmbH", "DE", vat_number="DE136695976"),
        stage.customer("Chez Zoé", "FR", "75001"),
        stage.customer("Aceros SA", "MX", "64000"),
    ]
    return [stage.buy(buyer, new(3, YEAR)) for buyer in buyers]


def exchanged_once(stage: Stage, order: Json, note: Json) -> None:
    """The invoice keeps the rate of its day, whatever comes later; its credit note has the same."""
    invoice = stage.operator.get(f"/invoices/{order['invoice']['id']}").ok(papers.Invoice)
    exchange = invoice["exchange"]
    assert (exchange["rate"], exchange["on"], exchange["source"]) == ("0.0911", "2026-03-02", "ECB")
    vat = Decimal(invoice["vat"]["amount"]) * Decimal("0.0911")
    assert exchange["vat"] == {"amount": int(vat.quantize(Decimal(1), "ROUND_HALF_UP")), "currency": "EUR"}
    upload(stage, "SEK,0.05,2026-03-02,corrected")
    again = stage.operator.get(f"/invoices/{invoice['id']}").ok()
    assert again["exchange"] == exchange
    assert note["exchange"]["rate"] == exchange["rate"]
    assert abs(note["exchange"]["vat"]["amount"] * 3 - exchange["vat"]["amount"]) <= 3


def the_book(stage: Stage, orders: list[Json], notes: list[Json]) -> list[Json]:
    path = "/reports/vat-book?since=2026-01-01&until=2026-03-31"
    rows: list[Json] = stage.operator.get(path).ok(documents.Listed[tax_shapes.VatBookRow])["data"]
    assert len(rows) == len(orders) + len(notes) == 10, "April is another period"
    walked: list[Json] = []
    cursor = ""
    while True:
        page = stage.operator.get(f"{path}&limit=3{cursor}").ok()
        walked += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert walked == rows
    credited = [row for row in rows if row["kind"] == "credit_note"]
    assert len(credited) == 5
    assert all(row["base"]["amount"] < 0 for row in credited)
    for caller in (stage.reseller, stage.key_of(orders[0]["customer"])):
        for one in (path, "/reports/ec-sales-list", "/reports/one-stop-shop", "/exchange-rates"):
            caller.get(one).refused(404, "not_found")
        caller.call("POST", "/exchange-rates", raw=b"x", content_type=CSV).refused(403, "forbidden")
    return rows


def the_ledger_says_the_same(stage: Stage, rows: list[Json]) -> None:
    booked: Counter[tuple[str, str]] = Counter()
    balance = stage.operator.get("/ledger/trial-balance?since=2026-01-01&until=2026-03-31").ok()
    for row in balance["rows"]:
        moved = row["debit"]["amount"] - row["credit"]["amount"]
        kind = "net" if row["account"] in ("deferred_revenue", "revenue") else row["account"]
        booked[kind, row["debit"]["currency"]] -= moved
    for currency in ("EUR", "SEK"):
        mine = [row for row in rows if row["base"]["currency"] == currency]
        assert sum(row["vat"]["amount"] for row in mine) == booked["tax_payable", currency] > 0
        assert sum(row["base"]["amount"] for row in mine) == booked["net", currency] > 0


def the_lists(stage: Stage, rows: list[Json]) -> None:
    period = "since=2026-01-01&until=2026-03-31"
    listed = stage.operator.get(f"/reports/ec-sales-list?{period}").ok(tax_shapes.SalesList)["rows"]
    reversed_ = [row for row in rows if row["category"] == "AE"]
    assert [row["number"] for row in listed] == ["DE136695976"]
    assert listed[0]["base"]["amount"] == sum(row["base"]["amount"] for row in reversed_)
    shop = stage.operator.get(f"/reports/one-stop-shop?{period}").ok(tax_shapes.OneStopShop)["rows"]
    (french,) = shop
    assert (french["country"], french["rate_percent"], french["documents"]) == ("FR", 20, 2)
    assert french["vat"]["amount"] == sum(row["own_vat"]["amount"] for row in rows if row["country"] == "FR")


def on_pages_and_as_files(stage: Stage, rows: list[Json]) -> None:
    desk = Browser(stage.shop.houses.seller.organization, "admin")
    query = "since=2026-01-01&until=2026-03-31"
    book = text_of(desk.get(f"{desk.root}vat?{query}"))
    assert all(row["number"] in book for row in rows)
    returns = text_of(desk.get(f"{desk.root}vat/returns?{query}"))
    assert "DE136695976" in returns
    assert "One Stop Shop" in returns
    assert "France" in returns
    assert "Nothing was issued" in text_of(desk.get(f"{desk.root}vat?since=2020-01-01&until=2020-01-31"))
    assert desk.get(f"{desk.root}vat?since=2026-03-01&until=2026-02-01").status_code == 422
    for name, count in (("book", 10), ("ec-sales-list", 1), ("one-stop-shop", 1)):
        answer = desk.get(f"{desk.root}vat/{name}.csv?{query}")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(text)))) == count + 1, name
    rates = f"{desk.root}vat/exchange-rates"
    assert "corrected" in text_of(desk.get(rates))
    wrong = desk.post(rates, {"rates": "currency,rate,date,source\nSEK,x,2026-03-02,ECB"})
    assert wrong.status_code == 422
    assert "row 1" in text_of(wrong)
    assert (
        desk.post(rates, {"rates": "currency;rate;date;source\nNOK;0,087;2026-03-02;ECB"}).status_code == 302
    )
    assert "NOK" in text_of(desk.get(rates))
    other = Browser(stage.house, "admin")
    for path in ("vat", "vat/returns", "vat/book.csv", "vat/exchange-rates"):
        assert other.get(f"{other.root}{path}").status_code == 404


def every_document_is_valid(stage: Stage) -> None:
    """Each by the schema and the official rules, in both syntaxes."""
    from purveyor.billing import queries as billing
    from purveyor.infra import tx
    from purveyor.interfaces.documents.einvoice import terms_of
    from tests.support.counter import SYSTEM

    with tx.enter(SYSTEM):
        ids = [read("inv", row["id"]) for row in stage.operator.get("/invoices?limit=200").ok()["data"]]
        found = billing.get_documents(actor=SYSTEM, ids=ids)
    for document in found.values():
        original = None if document.answers_id is None else found[document.answers_id]
        answers = None if original is None else Preceding(original.number, original.issued_on)
        terms = terms_of(document, answers=answers)
        ubl = write_ubl(terms)
        assert [*faults(write_cii(terms), "cii"), *faults(ubl, "ubl"), *peppol_faults(ubl)] == [], (
            document.number
        )
    assert any(document.exchange is not None for document in found.values())
    assert clock.now().year == 2026
