"""What payments and refunds say that the accounts should hold, of all resellers (docs/algorithms/ledger.md)."""

from __future__ import annotations

from purveyor.infra.bulk import Cursor
from purveyor.ledger.books import figures
from purveyor.ledger.types import Figure

_MONEY = """
SELECT CASE method WHEN 'card' THEN 'card_clearing' ELSE 'cash_clearing' END, reseller_id, payer_id, currency,
  sum(amount)
FROM (
  SELECT method, reseller_id, payer_id, currency, amount FROM payments_payment WHERE method <> 'balance'
  UNION ALL
  SELECT 'bank_transfer', reseller_id, payer_id, currency, -amount FROM payments_reversal
  UNION ALL
  SELECT method, reseller_id, payer_id, currency, -amount FROM payments_refund
  WHERE method <> 'balance' AND status = 'done'
  UNION ALL
  SELECT 'card', reseller_id, payer_id, currency, -fee FROM payments_cardattempt WHERE fee IS NOT NULL
  UNION ALL
  SELECT 'bank_transfer', m.payer_id, NULL, e.currency, e.amount FROM payments_bankmatch m
  JOIN payments_bankentry e ON e.id = m.entry_id
  WHERE m.undone_at IS NULL AND m.rule IN ('bank_fees', 'bank_interest', 'bank_other')
  UNION ALL
  SELECT 'card', reseller_id, payer_id, currency, -amount FROM payments_carddispute WHERE status <> 'won'
) moved GROUP BY 1, 2, 3, 4"""
_CARD_COSTS = """
SELECT 'fees', reseller_id, payer_id, currency, sum(fee) FROM payments_cardattempt
WHERE fee <> 0 GROUP BY 2, 3, 4
UNION ALL
SELECT 'write_off', reseller_id, payer_id, currency, sum(loss) FROM payments_carddispute
WHERE status <> 'won' AND loss <> 0 GROUP BY 2, 3, 4"""
# Money of the operator's own stands in its own books.
_OWN = """
SELECT m.rule, m.payer_id, NULL::uuid, e.currency, -sum(e.amount) FROM payments_bankmatch m
JOIN payments_bankentry e ON e.id = m.entry_id
WHERE m.undone_at IS NULL AND m.rule IN ('bank_fees', 'bank_interest', 'bank_other') GROUP BY 1, 2, 4"""
_REFUNDS = """
SELECT 'refund_payable', reseller_id, payer_id, currency, -sum(amount) FROM payments_refund
WHERE status IN ('pending', 'sent') GROUP BY 2, 3, 4"""
_PAYABLES = """
SELECT 'payable', p.reseller_id, p.payer_id, p.currency, p.paid - coalesce(a.amount, 0) + coalesce(d.amount, 0)
FROM payments_payable p
LEFT JOIN (
  SELECT payable_id, sum(amount) AS amount FROM payments_allocation
  WHERE payment_id NOT IN (SELECT payment_id FROM payments_reversal) GROUP BY 1
) a ON a.payable_id = p.id
LEFT JOIN (
  SELECT y.payable_id, sum(reopened) AS amount FROM payments_carddispute x
  JOIN payments_payment y ON y.id = x.payment_id GROUP BY 1
) d ON d.payable_id = p.id
WHERE p.paid <> coalesce(a.amount, 0) - coalesce(d.amount, 0)"""
_PAYMENTS = """
SELECT 'payment', p.reseller_id, p.payer_id, p.currency, p.allocated - coalesce(a.amount, 0)
FROM payments_payment p
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM payments_allocation GROUP BY 1) a ON a.payment_id = p.id
WHERE p.allocated <> coalesce(a.amount, 0)"""


def from_payments(cursor: Cursor) -> list[Figure]:
    """Money that came and went, by bank and card, and what is on its way back to its payers."""
    statements = (_MONEY, _REFUNDS, _CARD_COSTS, _OWN)
    return [one for statement in statements for one in figures(cursor, statement)]


def broken_payments(cursor: Cursor) -> list[Figure]:
    """Payables and payments whose allocations do not sum to what they say: by how much."""
    return figures(cursor, _PAYABLES) + figures(cursor, _PAYMENTS)
