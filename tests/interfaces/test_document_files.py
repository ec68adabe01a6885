"""The PDF of a document: archivable, with its e-invoice inside, readable over many pages, the same every time."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import facturx
import pypdf
import pytest
import zxingcpp
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from purveyor.billing.types import Document
from purveyor.interfaces.documents.einvoice import terms_of
from purveyor.interfaces.documents.facturx_mark import mark_as_facturx
from purveyor.interfaces.documents.qr import epc_qr, svg_of
from purveyor.interfaces.documents.sheet import broken, sheet_of
from purveyor.interfaces.documents.typesetting import set_pdf, set_pictures
from purveyor.interfaces.documents.xml import write_cii
from purveyor.kernel.money import Money
from tests.support.norm import faults
from tests.support.papers import GERMAN, NOW, PAYMENT, RESELLER, line, paper, tax


def invoice(count: int = 2, **more: Any) -> Document:
    lines = tuple(
        line(place, price=Money(4800 + place, "EUR"), discount=Decimal("20")) for place in range(1, count + 1)
    )
    net = Money.total((one.net for one in lines), "EUR")
    whole = tax("AE", Decimal(0), net, "tax.reverse_charge", "DE")
    return paper(lines, (whole,), **({"buyer": GERMAN} | more))


def made(document: Document, language: str = "en") -> bytes:
    with translation.override(language):
        xml = write_cii(terms_of(document)).decode() if document.kind == "invoice" else ""
        pdf = set_pdf(sheet_of(document), at=NOW, xml=xml)
    return mark_as_facturx(pdf) if xml else pdf


def pages(pdf: bytes) -> list[str]:
    """The text of each page, its white space made one."""
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    return [" ".join(page.extract_text().replace("\xa0", " ").split()) for page in reader.pages]


def test_the_e_invoice_is_inside_and_the_metadata_says_so() -> None:
    pdf = made(invoice())
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False)
    assert name == "factur-x.xml"
    assert faults(xml, "cii") == []
    root: Any = pypdf.PdfReader(io.BytesIO(pdf), strict=True).trailer["/Root"]
    said = etree.fromstring(root["/Metadata"].get_data())
    words = " ".join(said.itertext())
    for expected in ("EN 16931", "INVOICE", "Factur-X PDFA Extension Schema"):
        assert expected in words
    archive = "{http://www.aiim.org/pdfa/ns/id/}"
    assert [said.findtext(f".//{archive}{part}") for part in ("part", "conformance")] == ["3", "B"]


def test_the_mark_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="metadata"):
        mark_as_facturx(b"%PDF-1.7\nstartxref\n9\n%%EOF")


def test_it_says_everything_that_an_invoice_must() -> None:
    (page,) = pages(made(invoice()))
    for expected in (
        "Nordlicht Distribution AB", "SE556012579001", "Amsel & Söhne GmbH", "DE136695976", "2026-R017-000123",
        "22 Nov 2026", "6 Dec 2026", "Period of supply", "€48.01", "20%", "€192.05", "reverse charge",
        "5 seats x €38.41 = €192.05", "RF18 5390 0754 7034", "SE45 5000 0000 0583 9825 7466", "Page 1 of 1",
    ):  # fmt: skip
        assert expected in page, expected


def test_many_lines_repeat_their_head_and_every_page_its_number() -> None:
    found = pages(made(invoice(60)))
    assert len(found) > 2
    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page
    for page in found[1:-1]:
        assert "Price a seat" in page
        assert "Invoice 2026-R017-000123" in page


def test_a_gathered_invoice_sums_up_each_customer() -> None:
    whole = invoice(3)
    names = ("Amsel", "Amsel", 'חברת אלון בע"מ')
    lines = tuple(
        replace(one, customer_name=name, customer_id=UUID(int=len(name)))
        for one, name in zip(whole.lines, names, strict=True)
    )
    sheet = sheet_of(replace(whole, lines=lines, customer_id=RESELLER))
    assert [(group["name"], len(group["lines"])) for group in sheet["groups"]] == [
        ("Amsel", 2),
        (names[2], 1),
    ]
    assert sheet["groups"][0]["sum"] == ["Sum of Amsel", "€384.15"]
    assert "Sum of Amsel" in pages(made(replace(whole, lines=lines)))[0]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("de", "Rechnung"), ("es", "Factura"), ("it", "Fattura"), ("fr", "Facture"), ("en", "Invoice")],
)
def test_it_is_in_the_language_asked_for(language: str, expected: str) -> None:
    assert expected in sheet_of_in(language)["title"]


def sheet_of_in(language: str) -> dict[str, Any]:
    with translation.override(language):
        return sheet_of(invoice(1))


def test_the_same_document_is_the_same_bytes() -> None:
    assert made(invoice(1)) == made(invoice(1))


def test_a_character_without_a_glyph_does_not_stop_an_invoice() -> None:
    buyer = replace(GERMAN, name="株式会社 Tokyo 😀")
    document = invoice(1, buyer=buyer)
    pdf = made(document)
    assert "???? Tokyo ?" in pages(pdf)[0]
    assert buyer.name in facturx.get_xml_from_pdf(pdf, check_xsd=False)[1].decode()


def test_what_a_template_would_take_for_commands_is_text() -> None:
    name = '#panic("x") *b* $1$ \\ @a <b> [c]'
    assert name in pages(made(invoice(1, buyer=replace(GERMAN, name=name))))[0]


def test_a_pro_forma_says_that_it_is_none_for_the_books() -> None:
    pdf = made(invoice(1, kind="pro_forma"))
    assert "no invoice for your books" in pages(pdf)[0]
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments == {}


def test_a_paid_invoice_asks_for_nothing() -> None:
    (page,) = pages(made(invoice(1, payment=None)))
    assert "There is nothing to transfer" in page
    assert "IBAN" not in page


def test_pages_can_be_looked_at() -> None:
    (picture,) = set_pictures(sheet_of(invoice(1)), dots_per_inch=30)
    assert picture.startswith(b"\x89PNG")


def test_the_payment_code_is_for_euro_and_for_something() -> None:
    found = epc_qr(PAYMENT, "Nordlicht Distribution AB", Money(22088, "EUR"))
    assert found is not None
    assert len(found) <= 69, "version 13 at most"
    # The corner marks begin and end their first row.
    assert found[0].startswith("11111110")
    assert found[0].endswith("01111111")
    assert svg_of(found).count("M") > 100
    assert epc_qr(PAYMENT, "N", Money(22088, "SEK")) is None
    assert epc_qr(PAYMENT, "N", Money(0, "EUR")) is None
    assert epc_qr(PAYMENT, "N", Money(10**12, "EUR")) is None, "more than the standard can say"


@given(st.integers(1, 10**9), st.text("ABCÅé &<", min_size=1, max_size=70), st.booleans())
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
def test_a_bank_app_reads_the_payment_code(amount: int, name: str, structured: bool) -> None:
    """Read back from its modules: every field of the standard in its place, names in UTF-8."""
    details = PAYMENT if structured else replace(PAYMENT, reference="Invoice 2026-R017-000123")
    found = epc_qr(details, name, Money(amount, "EUR"))
    if not name.strip():
        assert found is None
        return
    assert found is not None
    read = zxingcpp.read_barcode(_picture(found))
    assert read is not None
    assert read.ec_level == "M"
    fields = read.bytes.decode().split("\n")
    assert fields[:4] == ["BCD", "002", "1", "SCT"]
    assert fields[4:7] == [details.bic, name.strip(), details.iban]
    assert fields[7] == f"EUR{amount // 100}.{amount % 100:02d}"
    assert fields[8:] == ["", details.reference] if structured else ["", "", details.reference]


def test_the_printed_payment_code_can_be_read() -> None:
    """From the page as it looks, at the resolution of a phone's camera."""
    (page,) = set_pictures(sheet_of(invoice(1, payment=PAYMENT)), dots_per_inch=110)
    with Image.open(io.BytesIO(page)) as picture:
        read = zxingcpp.read_barcode(picture.convert("L"))
    assert read is not None
    assert PAYMENT.reference.encode() in read.bytes


def _picture(rows: list[str], scale: int = 4, border: int = 4) -> Image.Image:
    side = len(rows)
    picture = Image.new("L", (side, side), 255)
    picture.putdata([0 if module == "1" else 255 for row in rows for module in row])
    framed = Image.new("L", (side + 2 * border, side + 2 * border), 255)
    framed.paste(picture, (border, border))
    return framed.resize((framed.width * scale, framed.height * scale), Image.Resampling.NEAREST)


def test_only_very_long_words_are_broken() -> None:
    assert broken("Amsel & Söhne GmbH") == "Amsel & Söhne GmbH"
    assert "\u200b" in broken("x" * 90)
