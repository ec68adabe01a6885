"""The demo world is whole: every screen about money has something on it, every document keeps to EN 16931 (schema and
official rules, in both syntaxes, and Peppol's own), and the books agree."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from purveyor.billing import held
from purveyor.infra import tx
from purveyor.interfaces.cli import demo_world
from purveyor.interfaces.documents.batch import Piece, pieces
from purveyor.interfaces.documents.einvoice import has_e_invoice, terms_of
from purveyor.interfaces.documents.xml import write_cii, write_ubl
from purveyor.kernel.actor import system_actor
from tests.support.cards import card_provider
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.ledger import verify_books
from tests.support.norm import faults, peppol_faults
from tests.support.vies import live_vies


@pytest.fixture(scope="module")
def world(db: object) -> list[Piece]:
    """The demo world with the doubles that the demo starts; its documents."""
    with live_vies(), card_provider():
        demo_world.load(progress=lambda done, total, what="": None)
        run_pending_jobs()
    return list(pieces(actor=system_actor(), first=date(2000, 1, 1), last=date(2100, 1, 1)))


def test_every_document_of_the_demo_is_valid(world: list[Piece]) -> None:
    kinds: Counter[str] = Counter()
    for one in world:
        document = one.document
        kinds[document.kind] += 1
        if document.kind == "pro_forma":
            assert not has_e_invoice(document)
            continue
        assert (document.exchange is None) == (document.gross.currency == "EUR"), document.number
        assert said(one) == [], document.number
    assert kinds["invoice"] > 80
    assert kinds["credit_note"] == 2
    rules = {one.document.tax_decision["rule"] for one in world}
    assert {"reverse_charge", "destination", "domestic", "outside_scope", "special_area"} <= rules


def said(one: Piece) -> list[str]:
    """What schema and rules say against its e-invoice."""
    terms = terms_of(one.document, answers=one.answers)
    ubl = write_ubl(terms)
    return [*faults(write_cii(terms), "cii"), *faults(ubl, "ubl"), *peppol_faults(ubl)]


def test_every_kind_of_document_is_there(world: list[Piece]) -> None:
    documents = [one.document for one in world]
    assert any(one.exchange is not None for one in documents)
    assert any(one.tax_decision.get("evidence", {}).get("consultation") for one in documents)
    gathered = [one for one in documents if one.is_gathered]
    assert max(len({line.customer_id for line in one.lines}) for one in gathered) == 2
    assert {one.status for one in gathered} >= {"paid", "partially_paid"}
    (partial,) = (
        line for one in documents if one.kind == "credit_note" for line in one.lines if line.quantity == 3
    )
    assert partial.net.amount > 0
    with tx.enter(system_actor()):
        (waiting,) = held.list_held(actor=system_actor())
    assert (waiting.why.reason, waiting.draft.buyer.vat_number) == ("number_unknown", "DE100003017")


def test_every_way_of_money_is_there(world: list[Piece]) -> None:
    def counted(what: str, table: str) -> dict[str, int]:
        return dict(everything(f"SELECT {what}, count(*)::int FROM {table} GROUP BY 1"))

    attempts = counted("kind || ' ' || status", "payments_cardattempt")
    assert attempts["off_session succeeded"] >= 2
    assert attempts["off_session declined"] >= 2
    entries = "CASE WHEN amount < 0 THEN 'fee' ELSE status END"
    assert counted(entries, "payments_bankentry") == {"matched": 5, "partial": 1, "open": 4, "fee": 1}
    assert set(counted("rule", "payments_bankmatch")) >= {
        "reference",
        "several",
        "reference_over",
        "reference_part",
    }
    waiting = (
        "SELECT count(*) FROM payments_bankentry WHERE amount > 0 AND status = 'open' AND suggestion <> '{}'"
    )
    assert everything(waiting) == [(4,)]
    assert counted("method || ' ' || status", "payments_refund") == {
        "balance done": 1,
        "bank_transfer pending": 1,
    }
    assert everything("SELECT count(*) FROM payments_paymentfileitem WHERE closed_at IS NULL") == [(1,)]
    assert counted("subject_kind || ' ' || status", "payments_payable").keys() >= {
        "deposit settled",
        "deposit open",
    }
    assert counted("status", "payments_dunningcase").get("reminded", 0) >= 1
    assert everything("SELECT source, piece FROM infra_parked WHERE resolved_at IS NULL") == []


def test_the_books_agree(world: list[Piece]) -> None:
    verify_books()
