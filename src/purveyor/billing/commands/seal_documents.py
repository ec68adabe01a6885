"""What was issued is sealed, so that it can be shown that it never changed."""

from __future__ import annotations

from datetime import datetime

from purveyor.billing.seals import SEAL
from purveyor.infra import bulk, tx
from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.parties import queries as parties


def seal_documents(*, actor: Actor, now: datetime) -> int:
    """Seal the documents of all series that were issued since the last seal of each; how many seals that made.

    One statement, in a transaction of its own and never in the one that issues: nobody waits for it. A number is
    taken under a lock until its document is there, so what is visible of a series has no gap at its end. Safe to
    repeat, also twice at once: the second finds the row there and fails as a whole. Source: rules.md c3.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    with tx.enter(actor):
        operator_id = parties.get_seller().organization.id
    with bulk.connected() as connection, connection.transaction():
        return connection.execute(SEAL, (operator_id, now)).rowcount
