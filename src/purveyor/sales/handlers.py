"""What sales does when something happens below it."""

from __future__ import annotations

from uuid import UUID

from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.sales.commands import settle_order


def on_payable_settled(event: Announced) -> None:
    """The money of an order is complete: carry it out. Other subjects are not ours."""
    if event.payload["subject_kind"] == "order":
        settle_order(actor=system_actor(), now=event.at, order_id=UUID(event.payload["subject_id"]))
