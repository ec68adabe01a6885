"""The only place where this room writes."""

from purveyor.subscriptions.commands.add_seats import add_seats
from purveyor.subscriptions.commands.await_renewal import await_renewal
from purveyor.subscriptions.commands.end_subscription import (
    cancel_subscription,
    end_subscription,
    set_due,
    set_payment_status,
)
from purveyor.subscriptions.commands.follow_customer import follow_customer
from purveyor.subscriptions.commands.open_subscription import activate_subscription, open_subscription
from purveyor.subscriptions.commands.remove_seats import remove_seats
from purveyor.subscriptions.commands.roll_term import next_period, roll_term
from purveyor.subscriptions.commands.seats import (
    give_back_seats,
    hold_customer_seats,
    hold_seats,
    plan_leaving,
    take_seats,
)
from purveyor.subscriptions.commands.set_payer import set_payer
from purveyor.subscriptions.commands.set_renewal import UNCHANGED, cancel_scheduled_change, set_renewal
from purveyor.subscriptions.commands.suspend_subscription import (
    reactivate_subscription,
    resume_subscription,
    suspend_subscription,
)

__all__ = [
    "UNCHANGED",
    "activate_subscription",
    "add_seats",
    "await_renewal",
    "cancel_scheduled_change",
    "cancel_subscription",
    "end_subscription",
    "follow_customer",
    "give_back_seats",
    "hold_customer_seats",
    "hold_seats",
    "next_period",
    "open_subscription",
    "plan_leaving",
    "reactivate_subscription",
    "remove_seats",
    "resume_subscription",
    "roll_term",
    "set_due",
    "set_payer",
    "set_payment_status",
    "set_renewal",
    "suspend_subscription",
    "take_seats",
]
