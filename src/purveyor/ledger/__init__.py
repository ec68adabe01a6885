"""Append-only double entry: every movement of money or debt, and the balances that follow from it."""
