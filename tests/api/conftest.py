"""A world of the module's own, and callers with its keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from purveyor.infra.roles import DatabaseUrls
from tests.api.caller import Caller
from tests.support.world import World, build_world


@pytest.fixture(scope="module")
def world(db: DatabaseUrls) -> World:
    """Two resellers, their customers, an offer for 1 and 12 months, and a key for every role."""
    return build_world()


@pytest.fixture
def by(world: World) -> Callable[..., Caller]:
    """``by("reseller")`` calls with that role's key."""
    return lambda role, language="en": Caller(world.keys[role], language)
