"""Seals over issued documents: a chain of digests that tells whether one was changed, taken out or put in between.

Triggers refuse every such change already; the chain shows one that was made around them (rules.md c3). A document's
digest is over what it said when it was issued, never over what was paid since.
"""

from __future__ import annotations

from purveyor.infra.bulk import Cursor
from purveyor.ledger.books import figures
from purveyor.ledger.types import Figure

# JSON of the database: one text for one content, whatever its settings of dates and zones are. What is added here
# later is added behind, for documents of later seals alone.
_CONTENT = """
sha256(convert_to(jsonb_build_array(
  d.id, d.kind, d.number, d.series, d.year, d.sequence, d.reseller_id, d.customer_id, d.payer_id, d.bill_to_id,
  d.order_id, extract(epoch FROM d.issued_at), d.issued_on, d.due_on, d.currency, d.seller, d.buyer, d.taxes,
  d.tax_decision, d.payment, d.exchange, d.net, d.vat, d.gross, d.answers_id, d.reason,
  (SELECT jsonb_agg(jsonb_build_array(
     l.id, l.position, l.customer_id, l.offer_id, l.subscription_id, l.description, l.quantity, l.months, l.unit_price,
     l.discount_percent, l.net, l.explanation, l.period_start, l.period_end, l.customer_name, l.tax, l.answers_id
   ) ORDER BY l.position) FROM billing_line l WHERE l.document_id = d.id)
)::text, 'UTF8'))"""
SEAL = (
    """
WITH ends AS (
  SELECT c.reseller_id, c.series, c.year, coalesce(s.last, 0) AS sealed, s.digest
  FROM billing_counter c LEFT JOIN LATERAL (
    SELECT last, digest FROM billing_seal
    WHERE reseller_id = c.reseller_id AND series = c.series AND year = c.year ORDER BY last DESC LIMIT 1
  ) s ON true
  WHERE c.last > coalesce(s.last, 0)
)
INSERT INTO billing_seal (reseller_id, customer_id, payer_id, series, year, first, last, digest, sealed_at)
SELECT e.reseller_id, NULL, %s, e.series, e.year, e.sealed + 1, max(d.sequence),
  encode(sha256(convert_to(coalesce(e.digest, ''), 'UTF8') || string_agg("""
    + _CONTENT
    + """, ''::bytea ORDER BY d.sequence)), 'hex'), %s
FROM ends e JOIN billing_document d
  ON d.reseller_id = e.reseller_id AND d.series = e.series AND d.year = e.year AND d.sequence > e.sealed
GROUP BY e.reseller_id, e.series, e.year, e.sealed, e.digest"""
)
_BROKEN = (
    """
WITH chained AS (
  SELECT s.*, lag(s.last, 1, 0) OVER chain AS sealed, lag(s.digest, 1, '') OVER chain AS before
  FROM billing_seal s WINDOW chain AS (PARTITION BY s.reseller_id, s.series, s.year ORDER BY s.last)
)
SELECT 'document_seal', s.reseller_id, NULL::uuid, '', count(*)
FROM chained s LEFT JOIN LATERAL (
  SELECT count(*) AS number, string_agg("""
    + _CONTENT
    + """, ''::bytea ORDER BY d.sequence) AS digests
  FROM billing_document d
  WHERE d.reseller_id = s.reseller_id AND d.series = s.series AND d.year = s.year
    AND d.sequence BETWEEN s.first AND s.last
) found ON true
WHERE s.first <> s.sealed + 1 OR found.number <> s.last - s.first + 1
  OR s.digest IS DISTINCT FROM encode(sha256(convert_to(s.before, 'UTF8') || found.digests), 'hex')
GROUP BY s.reseller_id"""
)


def broken_seals(cursor: Cursor) -> list[Figure]:
    """How many seals of each reseller's documents no longer fit what they were put on."""
    return figures(cursor, _BROKEN)
