"""Writes of the ledger."""

from purveyor.ledger.commands.post import account_id, post

__all__ = ["account_id", "post"]
