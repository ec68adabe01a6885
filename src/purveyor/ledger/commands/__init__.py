"""Writes of the ledger."""

from purveyor.ledger.commands.post import post
from purveyor.ledger.rules.posting import account_id

__all__ = ["account_id", "post"]
