"""What parties needs from elsewhere; config/wiring.py puts the adapter in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from purveyor.parties.types import VatStatus


class NumberFound(Protocol):
    """What a check of a VAT number found; more of it is the adapter's own affair."""

    @property
    def normalized(self) -> str:
        """The number as it is stored and printed."""
        ...

    @property
    def status(self) -> VatStatus:
        """``valid``, ``invalid``, ``unknown``, or ``none`` for an empty text."""
        ...


class VatNumberCheck(Protocol):
    """Checks a VAT number when a party is saved."""

    def normalize(self, *, country: str, number: str) -> str:
        """The number as it is stored and printed, by form and check digit alone.

        Raises: a DomainError with code ``vat_number_invalid`` for a wrong form or check digit.
        """
        ...

    def check(self, *, country: str, number: str, name: str) -> NumberFound:
        """Whether the number is valid, as far as it can be known within a few seconds; ``name`` is the party's.

        May ask a service: call it before anything is locked. Raises as :meth:`normalize`, never for the service.
        """
        ...

    def keep_evidence(
        self, *, found: NumberFound, country: str, reseller_id: UUID, customer_id: UUID | None, now: datetime
    ) -> Any:
        """Store what was checked, when and how, for the documents that rely on it, and when to look again."""
        ...


class _Unwired:
    def normalize(self, *, country: str, number: str) -> str:
        raise RuntimeError("parties.ports.vat_numbers is not wired")

    def check(self, *, country: str, number: str, name: str) -> NumberFound:
        raise RuntimeError("parties.ports.vat_numbers is not wired")

    def keep_evidence(
        self, *, found: NumberFound, country: str, reseller_id: UUID, customer_id: UUID | None, now: datetime
    ) -> Any:
        raise RuntimeError("parties.ports.vat_numbers is not wired")


class Adapters:
    """The adapters in use."""

    vat_numbers: VatNumberCheck = _Unwired()
