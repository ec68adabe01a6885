"""The files of a document from its page: the PDF for every kind, the e-invoice for what is booked."""

from __future__ import annotations

from purveyor.infra import clock, tx
from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.payments import commands as payments
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish, OrderView
from tests.support.counter import SYSTEM, Browser, actor_on, text_of
from tests.support.houses import Houses, given
from tests.support.shop import Shop


def bought(shop: Shop, customer: Organization, method: str) -> OrderView:
    actor = actor_on(shop, customer)
    wish = LineWish("new", 2, offer="lockbox-business-12m")
    quote = sales.make_quote(actor=actor, now=clock.now(), customer_id=customer.id, lines=[wish])
    with tx.enter(SYSTEM) as now:
        payments.deposit(
            actor=shop.houses.operator,
            now=now,
            organization_id=shop.houses.first.id,
            amount=quote.gross,
            reference=str(quote.id),
        )
    return sales.accept_quote(actor=actor, now=clock.now(), quote_id=quote.id, payment_method=method)


def test_the_files_of_a_document(shop: Shop) -> None:
    customer = parties.create_customer(
        actor=Houses.reseller(shop.houses.first),
        now=clock.now(),
        given=given("Files GmbH", "SE", language="de"),
    )
    paid, waiting = (bought(shop, customer, method) for method in ("balance", "bank_transfer"))
    browser = Browser(shop.houses.first, "admin", customer)
    assert paid.invoice is not None
    assert waiting.pro_forma is not None
    invoice, pro_forma = (show("inv", one.id) for one in (paid.invoice, waiting.pro_forma))

    for root in (browser.root, browser.on):
        page = text_of(browser.get(f"{root}billing/{invoice}"))
        assert "Download PDF" in page
        assert "E-invoice (XML)" in page
        pdf = browser.get(f"{root}billing/{invoice}/document.pdf")
        assert (pdf.status_code, pdf["Content-Type"]) == (200, "application/pdf")
        assert pdf["Content-Disposition"] == f'attachment; filename="{paid.invoice.number}.pdf"'
        assert b"CrossIndustryInvoice" in browser.get(f"{root}billing/{invoice}/e-invoice.xml").content
        assert b"Invoice-2" in browser.get(f"{root}billing/{invoice}/e-invoice.xml?format=ubl").content

    page = text_of(browser.get(f"{browser.root}billing/{pro_forma}"))
    assert "Download PDF" in page
    assert "E-invoice" not in page
    assert browser.get(f"{browser.root}billing/{pro_forma}/document.pdf").content.startswith(b"%PDF")
    assert browser.get(f"{browser.root}billing/{pro_forma}/e-invoice.xml").status_code == 404

    theirs = Browser(customer, "admin", customer)
    assert theirs.get(f"{theirs.root}billing/{invoice}/document.pdf").status_code == 404
