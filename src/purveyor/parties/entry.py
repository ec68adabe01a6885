"""How an API key or a signed-in person becomes an actor in an open transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from purveyor.infra import tx
from purveyor.infra.idempotency import Looked
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import DomainError
from purveyor.parties.types import Workspace


class Unauthenticated(DomainError):
    """No key, or a key that is not (any longer) valid."""

    code = "unauthenticated"
    status = 401


@dataclass(frozen=True)
class Entered:
    """An actor and the business time of its transaction; ``looked`` is what is known of its idempotency key."""

    actor: Actor
    now: datetime
    key_id: UUID
    looked: Looked | None = None


_ENTER = "SELECT key_id, organization_id, kind, reseller_id, customer_id, role, name, offset_us"
_PLAIN = f"{_ENTER} FROM app_enter_by_key(%s)"
# The look depends on the organization found, so it comes after the context is set.
_ONCE = f"""
{_ENTER}, l.free, l.fingerprint, l.status, l.answer
FROM app_enter_by_key(%s) k CROSS JOIN LATERAL app_look(k.organization_id, %s) l"""


def hash_key(secret: str) -> str:
    """How a key is stored and looked up: keys are 256 random bits, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@contextmanager
def enter_by_key(secret: str, *, ip: str | None, language: str, once: str | None = None) -> Iterator[Entered]:
    """Open a transaction in the context of an API key: identity, isolation and clock in one statement.

    With ``once``, the call's idempotency key, the same statement looks at that too.

    Raises: Unauthenticated.
    """
    with transaction.atomic():
        cursor = connection.cursor()
        if once is None:
            cursor.execute(_PLAIN, (hash_key(secret),))
        else:
            cursor.execute(_ONCE, (hash_key(secret), once))
        row = cursor.fetchone()
        if row is None:
            raise Unauthenticated()
        key_id, organization_id, kind, reseller_id, customer_id, role, name, offset_us = row[:8]
        actor = Actor(
            scope=kind,
            organization_id=organization_id,
            reseller_id=reseller_id,
            customer_id=customer_id,
            role=role,
            name=name,
            via="api",
            ip=ip,
            language=language,
        )
        now = tx.business_now(offset_us)
        with tx.entered(now=now, actor=actor, cursor=cursor):
            yield Entered(actor, now, key_id, Looked(*row[8:]) if once is not None else None)


def actor_for(
    workspace: Workspace,
    *,
    person_id: UUID,
    name: str,
    ip: str | None,
    language: str,
    acting_on: UUID | None = None,
) -> Actor:
    """The actor of a signed-in person in one workspace, acting on ``acting_on`` if given.

    Whether that customer exists and is within reach is checked by the queries in its context.
    """
    return Actor(
        scope=workspace.kind,
        organization_id=workspace.organization_id,
        reseller_id=workspace.reseller_id,
        customer_id=workspace.customer_id if workspace.kind == "customer" else acting_on,
        role=workspace.role,
        person_id=person_id,
        name=name,
        via="console",
        ip=ip,
        language=language,
    )
