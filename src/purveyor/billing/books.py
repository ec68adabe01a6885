"""What the documents say that the accounts should hold, for all resellers at once (docs/algorithms/ledger.md)."""

from __future__ import annotations

from purveyor.billing.seals import broken_seals
from purveyor.infra.bulk import Cursor
from purveyor.ledger.books import figures
from purveyor.ledger.types import Figure

# A credit note takes back what its lines say; what it took off the open rest stands on the invoice (``credited``).
_OPEN = """
SELECT 'receivable', reseller_id, payer_id, currency, sum(gross - credited - paid)
FROM billing_document WHERE kind = 'invoice' GROUP BY 2, 3, 4"""
_ISSUED = """
WITH issued AS (
  SELECT reseller_id, payer_id, currency, sum(CASE kind WHEN 'invoice' THEN net ELSE -net END) AS net,
    sum(CASE kind WHEN 'invoice' THEN vat ELSE -vat END) AS vat
  FROM billing_document WHERE kind IN ('invoice', 'credit_note') GROUP BY 1, 2, 3
)
SELECT 'tax_payable', reseller_id, payer_id, currency, -vat FROM issued
UNION ALL SELECT 'deferred_and_revenue', reseller_id, payer_id, currency, -net FROM issued"""
# The supply is made, the invoice waits; what was paid for it waits with it.
_HELD = """
SELECT 'advance', reseller_id, payer_id, currency, -sum(paid)
FROM billing_heldinvoice WHERE released_at IS NULL AND paid > 0 GROUP BY 2, 3, 4"""
_LINES = """
SELECT 'document_lines', d.reseller_id, d.payer_id, d.currency, d.net - coalesce(l.net, 0)
FROM billing_document d
LEFT JOIN (SELECT document_id, sum(net) AS net FROM billing_line GROUP BY 1) l ON l.document_id = d.id
WHERE d.net <> coalesce(l.net, 0)"""
_ON_ACCOUNT = """
SELECT 'on_account', g.reseller_id, g.reseller_id, g.currency, g.net - coalesce(u.net, 0)
FROM billing_gathering g
LEFT JOIN (SELECT gathering_id, sum(net) AS net FROM billing_unbilled WHERE closed_at IS NULL GROUP BY 1) u
  ON u.gathering_id = g.id
WHERE g.net <> coalesce(u.net, 0)"""


def from_documents(cursor: Cursor) -> list[Figure]:
    """What the payers owe, the VAT and the net (deferred and recognized together) of all that was issued, and the money
    that waits for invoices that are held."""
    return figures(cursor, _OPEN) + figures(cursor, _ISSUED) + figures(cursor, _HELD)


def broken_documents(cursor: Cursor) -> list[Figure]:
    """Documents whose lines do not sum to their net, accounts whose rows do not sum to theirs: by how much; and how
    many seals over documents are broken."""
    return figures(cursor, _LINES) + figures(cursor, _ON_ACCOUNT) + broken_seals(cursor)
