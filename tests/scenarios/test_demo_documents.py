"""Every document of the demo world keeps to EN 16931: schema and official rules, in both syntaxes, and Peppol's own."""

from __future__ import annotations

from collections import Counter
from datetime import date

from purveyor.interfaces.cli import demo_world
from purveyor.interfaces.documents.batch import Piece, pieces
from purveyor.interfaces.documents.einvoice import has_e_invoice, terms_of
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.actor import system_actor
from tests.support.jobs import run_pending_jobs
from tests.support.norm import faults, peppol_faults


def test_every_document_of_the_demo_is_valid(db: object) -> None:
    demo_world.load(progress=lambda done, total, what="": None)
    run_pending_jobs()
    found = list(pieces(actor=system_actor(), first=date(2000, 1, 1), last=date(2100, 1, 1)))
    kinds: Counter[str] = Counter()
    for one in found:
        document = one.document
        kinds[document.kind] += 1
        if document.kind == "pro_forma":
            assert not has_e_invoice(document)
            continue
        assert (document.exchange is None) == (document.gross.currency == "EUR"), document.number
        assert said(one) == [], document.number
    assert kinds["invoice"] > 50
    rules = {one.document.tax_decision["rule"] for one in found}
    assert {"reverse_charge", "destination", "domestic", "outside_scope", "special_area"} <= rules
    assert any(one.document.exchange is not None for one in found)


def said(one: Piece) -> list[str]:
    """What schema and rules say against its e-invoice."""
    terms = terms_of(one.document, answers=one.answers)
    ubl = write_ubl(terms)
    return [*faults(write_cii(terms), "cii"), *faults(ubl, "ubl"), *peppol_faults(ubl)]
