"""Refusals of the plumbing."""

from __future__ import annotations

from purveyor.kernel.errors import DomainError


class IdempotencyKeyReused(DomainError):
    """The key came before with another body."""

    code = "idempotency_key_reused"
    status = 422


class InProgress(DomainError):
    """The first call with this key is still running; nobody waits for it."""

    code = "in_progress"
    status = 409
