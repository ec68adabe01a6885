"""Tables of billing. A document never changes, but for what was paid on it."""

from purveyor.billing.models.account import Gathering, Unbilled
from purveyor.billing.models.documents import Counter, Document, Line

__all__ = [
    "Counter",
    "Document",
    "Gathering",
    "Line",
    "Unbilled",
]
