"""The files of a document through the API: the PDF with its e-invoice, and the e-invoice alone, for its readers."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import facturx
import pytest

from purveyor.infra.roles import DatabaseUrls
from tests.api.caller import Caller
from tests.api.test_story import GMBH, five_seats_quoted
from tests.support.norm import faults, peppol_faults
from tests.support.world import World

By = Callable[..., Caller]


@pytest.fixture(scope="module")
def paid(world: World, db: DatabaseUrls) -> tuple[str, str]:
    """An invoice of the reseller, and the pro-forma of another order: their ids."""
    reseller, operator = Caller(world.keys["reseller"]), Caller(world.keys["operator"])
    customer = reseller.post("/customers", GMBH).ok(status=201)["id"]
    house = reseller.get("/me").ok()["organization"]["id"]
    money = {"amount": 50_000, "currency": "EUR"}
    operator.post("/balance/deposits", {"organization": house, "amount": money, "reference": "x"}).ok(
        status=201
    )
    quote = five_seats_quoted(reseller, customer)["id"]
    order = reseller.post("/orders", {"quote": quote, "payment_method": "balance"}).ok(status=201)
    quote = five_seats_quoted(reseller, customer)["id"]
    other = reseller.post("/orders", {"quote": quote, "payment_method": "bank_transfer"}).ok(status=201)
    return order["invoice"]["id"], other["pro_forma"]["id"]


def test_the_pdf_is_in_the_buyers_language_with_the_e_invoice_inside(paid: tuple[str, str], by: By) -> None:
    answer = by("reseller", "fr").get(f"/invoices/{paid[0]}/pdf")
    assert (answer.status, answer.type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].endswith('-R001-000001.pdf"')
    name, xml = facturx.get_xml_from_pdf(answer.raw, check_xsd=False)
    assert name == "factur-x.xml"
    assert faults(xml, "cii") == []
    assert "Plätze" in xml.decode(), "the buyer's German, not the caller's French"


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_the_e_invoice_alone(paid: tuple[str, str], by: By, syntax: str) -> None:
    answer = by("operator").get(f"/invoices/{paid[0]}/xml?format={syntax}")
    assert (answer.status, answer.type) == (200, "application/xml")
    assert faults(answer.raw, syntax) == []
    if syntax == "ubl":
        assert peppol_faults(answer.raw) == []


def test_cii_unless_said_otherwise(paid: tuple[str, str], by: By) -> None:
    caller = by("reseller")
    assert caller.get(f"/invoices/{paid[0]}/xml").raw == caller.get(f"/invoices/{paid[0]}/xml?format=cii").raw
    refused = caller.get(f"/invoices/{paid[0]}/xml?format=edifact").refused(422, "invalid")
    assert refused["field"] == "format"


def test_a_pro_forma_is_printed_and_is_no_e_invoice(paid: tuple[str, str], by: By) -> None:
    assert by("reseller").get(f"/invoices/{paid[1]}/pdf").raw.startswith(b"%PDF-1.7")
    by("reseller").get(f"/invoices/{paid[1]}/xml").refused(404, "not_found")


def test_nobody_else_gets_them(paid: tuple[str, str], by: By) -> None:
    for role in ("other_reseller", "member"):
        for kind in ("pdf", "xml"):
            assert by(role).get(f"/invoices/{paid[0]}/{kind}").status in (403, 404), role


def test_the_lines_for_a_spreadsheet(paid: tuple[str, str], by: By) -> None:
    answer = by("reseller").get(f"/invoices/{paid[0]}/lines.csv")
    assert (answer.status, answer.type) == (200, "text/csv; charset=utf-8")
    head, *rows = list(csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"))))
    assert (head[0], head[-2:]) == ("Customer", ["Net", "Currency"])
    invoice = by("reseller").get(f"/invoices/{paid[0]}").ok()
    assert [row[-2] for row in rows] == [f"{line['net']['amount'] / 100:.2f}" for line in invoice["lines"]]
