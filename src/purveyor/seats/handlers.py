"""What this room does when it hears of something; inside a transaction, as the system."""

from purveyor.infra.registry import Announced
from purveyor.kernel.actor import system_actor
from purveyor.seats import commands


def on_subscription_ended(event: Announced) -> None:
    """Nobody sits in a seat of a subscription that is over."""
    commands.close_assignments(actor=system_actor(), now=event.at, subscription_id=event.subject_id)
