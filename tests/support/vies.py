"""A VIES of the tests' own: numbers are checked live while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from purveyor.interfaces.doubles.vies import ViesDouble
from purveyor.tax import vies


@contextmanager
def live_vies(*, seconds: float = 1.0) -> Iterator[ViesDouble]:
    """The double, and the settings that send all questions to it; ``seconds`` is how long anybody waits."""
    with ViesDouble() as double, override_settings(VIES_URL=double.url, VIES_SECONDS=seconds):
        vies.forget_rest()
        yield double
    vies.forget_rest()
