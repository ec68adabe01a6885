"""Which renewals a kept card will not pay: there is none, or it expires before their day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from purveyor.payments import cards
from purveyor.renewals.commands._notice_cases import RUNNING, read

_BY_CARD = """
SELECT s.id, s.payer_id, s.ends_sort FROM subscriptions_subscription s
JOIN unnest(%s::uuid[], %s::date[]) w (offer, ends) ON s.offer_id = w.offer AND s.ends_sort = w.ends
WHERE s.renewal_payment_method = 'card' AND s.auto_renew AND s.status = ANY(%s)"""


def find_without_card(*, pairs: tuple[list[UUID], list[date]]) -> frozenset[UUID]:
    """The subscriptions that this morning looks at and whose payer's card cannot pay on their day. Two statements."""
    rows = read(_BY_CARD, [*pairs, RUNNING])
    if not rows:
        return frozenset()
    good_until = cards.expiring(payer_ids={row[1] for row in rows})
    return frozenset(
        id for id, payer_id, ends in rows if payer_id not in good_until or good_until[payer_id] <= ends
    )
