"""What this room does when it hears of something; inside a transaction, as the system."""

from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.subscriptions import commands


def on_customer_updated(event: Announced) -> None:
    """The customer may have another name: lists search and sort by it."""
    commands.follow_customer(actor=system_actor(), now=event.at, customer_id=event.subject_id)
