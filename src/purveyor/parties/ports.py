"""What parties needs from elsewhere; config/wiring.py puts the adapter in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class VatNumberCheck(Protocol):
    """Checks a VAT number when a party is saved."""

    def normalize(self, *, country: str, number: str) -> tuple[str, str]:
        """(normalized number, status ``valid|unknown``).

        Raises: a DomainError with code ``vat_number_invalid`` for a wrong form or check digit.
        """
        ...

    def keep_evidence(
        self, *, number: str, country: str, reseller_id: UUID, customer_id: UUID | None, now: datetime
    ) -> Any:
        """Store what was checked, when and how, for the documents that rely on it."""
        ...


class _Unwired:
    def normalize(self, *, country: str, number: str) -> tuple[str, str]:
        raise RuntimeError("parties.ports.vat_numbers is not wired")

    def keep_evidence(
        self, *, number: str, country: str, reseller_id: UUID, customer_id: UUID | None, now: datetime
    ) -> Any:
        raise RuntimeError("parties.ports.vat_numbers is not wired")


class Adapters:
    """The adapters in use."""

    vat_numbers: VatNumberCheck = _Unwired()
