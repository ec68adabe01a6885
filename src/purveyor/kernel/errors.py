"""Refusals: a stable code and the facts. The edges turn them into sentences, form messages and problems."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """A named refusal. Each room has its subclasses: they set ``code`` and, where it is not 422, ``status``.

    ``facts`` are plain JSON-able values that explain it; ``field`` among them names the input at fault.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts: dict[str, Any] = facts

    @property
    def field(self) -> str | None:
        """The input at fault, if there is one."""
        value = self.facts.get("field")
        return value if isinstance(value, str) else None

    def __str__(self) -> str:
        listed = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({listed})" if listed else self.code

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are copied by their positional arguments; ours are all named.
        return (_restore, (type(self), self.facts))


def _restore(kind: type[DomainError], facts: dict[str, Any]) -> DomainError:
    error = kind.__new__(kind)
    DomainError.__init__(error, **facts)
    return error


class NotFound(DomainError):
    """It does not exist, or the actor may not know that it does."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """The actor may see it, but not do this."""

    code = "forbidden"
    status = 403


class Invalid(DomainError):
    """An input makes no sense: ``Invalid(field="quantity", reason="too_large")``, with stable reasons."""

    code = "invalid"

    def __init__(self, *, field: str, reason: str, **facts: Any) -> None:
        super().__init__(field=field, reason=reason, **facts)
