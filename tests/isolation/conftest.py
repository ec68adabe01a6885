"""One filled world for each module."""

from __future__ import annotations

import pytest

from purveyor.infra.roles import DatabaseUrls
from tests.support.filled import Filled, build_filled


@pytest.fixture(scope="module")
def filled(db: DatabaseUrls) -> Filled:
    """Two resellers and their customers, with one of everything each."""
    return build_filled()
