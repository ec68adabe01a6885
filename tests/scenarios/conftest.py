"""After every story the books agree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from purveyor.infra.roles import DatabaseUrls
from tests.support.ledger import verify_books


@pytest.fixture(autouse=True)
def books_agree(db: DatabaseUrls) -> Iterator[None]:
    """A story that leaves the ledger and the documents apart fails, whatever else it asserts."""
    yield
    verify_books()
