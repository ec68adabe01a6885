"""Payables, card, bank transfer, balance: attempts, matching, allocation, refunds."""
