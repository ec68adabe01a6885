"""The evidence behind many VAT numbers at once, for the renewal run: one statement a chunk."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from purveyor.infra.bulk import Cursor
from purveyor.parties.types import Organization
from purveyor.tax.types import CheckFound

_CHECKS = """
SELECT k.id, c.id, c.source, c.checked_at, c.consultation, c.name_match
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[])
  AS k(id, reseller_id, customer_id, number, status),
LATERAL (
  SELECT n.id, n.source, n.checked_at, coalesce(n.evidence->>'consultation', '') AS consultation,
    coalesce(n.evidence->>'name_match', '') AS name_match
  FROM tax_numbercheck n
  WHERE n.reseller_id = k.reseller_id AND n.number = k.number AND n.status = k.status
    AND CASE WHEN k.customer_id IS NULL THEN n.customer_id IS NULL ELSE n.customer_id = k.customer_id END
  ORDER BY n.checked_at DESC, n.id DESC LIMIT 1
) c"""


def read_checks(cursor: Cursor, parties: Collection[Organization]) -> dict[UUID, CheckFound]:
    """The check on which the state of each party's number rests; one without is left out."""
    wanted = [one for one in parties if one.vat_number]
    if not wanted:
        return {}
    rows = cursor.execute(
        _CHECKS,
        (
            [one.id for one in wanted],
            [one.reseller_id for one in wanted],
            [one.id if one.kind == "customer" else None for one in wanted],
            [one.vat_number for one in wanted],
            [one.vat_status for one in wanted],
        ),
    ).fetchall()
    return {row[0]: CheckFound(*row[1:]) for row in rows}
