"""Tables of billing. A document never changes, but for what was paid on it."""

from purveyor.billing.models.account import Gathering, Unbilled
from purveyor.billing.models.batches import Batch
from purveyor.billing.models.documents import Counter, Document, Line
from purveyor.billing.models.held import HeldInvoice
from purveyor.billing.models.recognition import Recognition, RecognitionState
from purveyor.billing.models.seals import Seal

__all__ = [
    "Batch",
    "Counter",
    "Document",
    "Gathering",
    "HeldInvoice",
    "Line",
    "Recognition",
    "RecognitionState",
    "Seal",
    "Unbilled",
]
