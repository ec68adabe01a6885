"""The schedule of all lines, said in SQL: what the days earn, and what should be earned by now."""

from __future__ import annotations

from typing import LiteralString

from purveyor.infra.bulk import Cursor
from purveyor.ledger.books import figures
from purveyor.ledger.types import Figure

# rules.recognition.earned: half up of net * gone / days, with a sign of its own, in whole numbers.
_EARNED = "CASE WHEN net < 0 THEN -1 ELSE 1 END * ((2 * abs(net) * least({gone}, days) + days) / (2 * days))"


def _earned(gone: LiteralString) -> LiteralString:
    return _EARNED.format(gone=gone)


_LINE: LiteralString = """
  SELECT d.reseller_id, l.offer_id, d.currency, d.issued_on,
    CASE d.kind WHEN 'invoice' THEN l.net ELSE -l.net END AS net,
    CASE WHEN l.period_end > l.period_start THEN l.period_start ELSE d.issued_on END AS begins,
    CASE WHEN l.period_end > l.period_start THEN l.period_end - l.period_start ELSE 1 END AS days"""
# Documents that are new since the last time bring all that they have earned by their first day here; of the others
# only lines that still run are read, and each day brings its own share.
PARTS: LiteralString = (
    "WITH line AS ("
    + _LINE
    + """, true AS fresh
  FROM billing_document d JOIN billing_line l ON l.document_id = d.id
  WHERE d.kind IN ('invoice', 'credit_note') AND d.issued_on <= %(last)s
    AND (d.issued_on >= %(first)s OR d.id > %(marker)s)
  UNION ALL"""
    + _LINE
    + """, false
  FROM billing_line l JOIN billing_document d ON d.id = l.document_id
  WHERE l.period_end > %(first)s AND l.period_start <= %(last)s
    AND d.kind IN ('invoice', 'credit_note') AND d.issued_on < %(first)s AND d.id < %(marker)s
), span AS (
  SELECT *, greatest(%(first)s, begins, CASE WHEN fresh THEN issued_on END) AS opens FROM line WHERE net <> 0
), part AS (
  SELECT reseller_id, offer_id, currency, opens + n AS day,
    """
    + _earned("opens + n - begins + 1")
    + " - CASE WHEN fresh AND n = 0 THEN 0 ELSE "
    + _earned("opens + n - begins")
    + """ END AS amount
  FROM span, generate_series(0, least(%(last)s, greatest(begins + days - 1, opens)) - opens) AS n
)"""
)
_ROWS: LiteralString = """
SELECT 'revenue', reseller_id, NULL::uuid, currency, -sum(amount) FROM billing_recognition GROUP BY 2, 4"""
_SCHEDULE: LiteralString = (
    "WITH line AS ("
    + _LINE
    + """, s.through
  FROM billing_recognitionstate s, billing_document d JOIN billing_line l ON l.document_id = d.id
  WHERE d.kind IN ('invoice', 'credit_note') AND d.issued_on <= s.through AND d.id < s.marker
), target AS (
  SELECT reseller_id, offer_id, currency, """
    + _earned("greatest(through - begins + 1, 0)")
    + """ AS amount FROM line
  UNION ALL SELECT reseller_id, offer_id, currency, -amount FROM billing_recognition
)
SELECT 'schedule', reseller_id, offer_id, currency, -sum(amount) FROM target
GROUP BY 2, 3, 4 HAVING sum(amount) <> 0"""
)


def recognized(cursor: Cursor) -> list[Figure]:
    """What the breakdown says that the revenue of each reseller is."""
    return figures(cursor, _ROWS)


def off_schedule(cursor: Cursor) -> list[Figure]:
    """Offers of which not exactly that much is recognized as their lines have earned: by how much."""
    return figures(cursor, _SCHEDULE)
