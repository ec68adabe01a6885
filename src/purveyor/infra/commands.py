"""The frame around every command: one transaction in the actor's context."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from purveyor.infra import tx

P = ParamSpec("P")
R = TypeVar("R")


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function(*, actor, now, ...)`` in one transaction, or in the caller's.

    A command called by a command joins its transaction: everything is there, or nothing is.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args:
            raise TypeError(f"{function.__name__} takes keyword arguments only")
        actor: Any = kwargs["actor"]
        with tx.enter(actor):
            return function(*args, **kwargs)

    return run
