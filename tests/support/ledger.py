"""`purveyor ledger verify` inside a test: what it would print, as a failure."""

from __future__ import annotations

from purveyor.sales.books import verify


def verify_books() -> None:
    """Fail with a list where the books and what they are about differ (docs/algorithms/ledger.md)."""
    found = [
        f"{one.what} of {one.party_id} at {one.reseller_id}: {one.expected} {one.currency} expected, {one.found} found"
        for one in verify()
    ]
    assert found == [], "the books do not agree"
