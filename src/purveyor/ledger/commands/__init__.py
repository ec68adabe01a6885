"""Writes of the ledger."""

from purveyor.ledger.commands.post import post
from purveyor.ledger.commands.post_many import Posting, post_many
from purveyor.ledger.rules.posting import account_id

__all__ = ["Posting", "account_id", "post", "post_many"]
