"""Who was told about a renewal: by the mornings' notices, and by mails about its documents and its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from purveyor.kernel.actor import Actor
from purveyor.parties import authority
from purveyor.renewals._view import pays
from purveyor.renewals.types import RenewalView, ToldRow

_COLUMNS = "t.told_at, t.what, t.name, t.email, t.role, t.language"
# A notice is told with its morning's mail, to the organizations whose business the subscription is: to its payer as
# such, to the other as far as anybody may hear of it.
_NOTICES = f"""
SELECT w.renewal, n.kind, n.step, {_COLUMNS}
FROM unnest(%s::uuid[], %s::uuid[], %s::date[]) w (renewal, subscription, due)
JOIN renewals_notice n ON n.subscription_id = w.subscription AND n.period_end = w.due
JOIN infra_told t ON t.topic = 'notices:' || n.noticed_on::text AND t.kinds ? n.kind
  AND t.organization_id IN (n.reseller_id, n.customer_id)
  AND t.payer_id IS NOT DISTINCT FROM CASE WHEN t.organization_id = n.payer_id THEN n.payer_id END
"""
_PAPERS = f"""
SELECT w.renewal, '', 0, {_COLUMNS}
FROM unnest(%s::uuid[], %s::text[]) w (renewal, topic) JOIN infra_told t ON t.topic = w.topic
"""


def who_was_told(*, actor: Actor, views: Sequence[RenewalView]) -> dict[UUID, tuple[ToldRow, ...]]:
    """By renewal: who was told what about it and when, oldest first. Two statements, whatever their number.

    For its payer and the operator alone; a mail that only another party may read is not in it.
    """
    if not authority.may(actor, "documents"):
        return {}
    seen = [one for one in views if pays(actor, one.payer_id)]
    if not seen:
        return {}
    papers = [(one.id, str(topic)) for one in seen for topic in _topics(one)]
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTICES,
            [[one.id for one in seen], [one.subscription_id for one in seen], [one.due_on for one in seen]],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute(_PAPERS, [[one for one, _ in papers], [topic for _, topic in papers]])
        rows += cursor.fetchall()
    found: dict[UUID, list[ToldRow]] = {}
    for renewal_id, kind, step, at, what, name, email, role, language in sorted(rows, key=lambda row: row[3]):
        found.setdefault(renewal_id, []).append(
            ToldRow(
                at=at, what=what, kind=kind, step=step, name=name, email=email, role=role, language=language
            )
        )
    return {renewal_id: tuple(told) for renewal_id, told in found.items()}


def _topics(view: RenewalView) -> list[UUID]:
    return [one for one in (view.pro_forma_id, view.invoice_id, view.order_id) if one is not None]
