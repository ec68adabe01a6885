"""Money that waits for renewals, for all resellers at once (docs/algorithms/ledger.md)."""

from __future__ import annotations

from purveyor.infra.bulk import Cursor
from purveyor.ledger.books import figures
from purveyor.ledger.types import Figure

_WAITING = """
SELECT 'advance', r.reseller_id, r.payer_id, r.currency, -sum(p.paid)
FROM renewals_renewal r JOIN payments_payable p ON p.id = r.payable_id
WHERE r.prepay AND r.rolled_at IS NULL AND r.status IN ('pending', 'at_risk', 'missed')
  AND p.subject_kind = 'renewal' AND p.status <> 'cancelled'
GROUP BY 2, 3, 4"""


def advances(cursor: Cursor) -> list[Figure]:
    """What has arrived for renewals that are not paid in full yet."""
    return figures(cursor, _WAITING)
