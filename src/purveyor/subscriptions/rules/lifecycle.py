"""The life cycle of a subscription (rules.md a3). A step that is not listed is refused."""

from collections.abc import Mapping

from purveyor.subscriptions.errors import SubscriptionNotActive, TransitionRefused
from purveyor.subscriptions.types import Status

STEPS: Mapping[Status, frozenset[Status]] = {
    Status.AWAITING_PAYMENT: frozenset(
        {Status.AWAITING_LINK, Status.PROVISIONING, Status.ACTIVE, Status.CANCELLED}
    ),
    Status.AWAITING_LINK: frozenset({Status.PROVISIONING, Status.ACTIVE, Status.CANCELLED}),
    Status.PROVISIONING: frozenset({Status.ACTIVE, Status.PROVISION_FAILED}),
    Status.PROVISION_FAILED: frozenset({Status.PROVISIONING, Status.CANCELLED}),
    Status.TRIAL: frozenset({Status.ACTIVE, Status.ENDED, Status.CANCELLED}),
    Status.ACTIVE: frozenset(
        {Status.ACTIVE, Status.SUSPENDED, Status.EXTENDED, Status.ENDED, Status.CANCELLED}
    ),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.ENDED}),
    Status.EXTENDED: frozenset({Status.ACTIVE, Status.SUSPENDED, Status.ENDED}),
    Status.ENDED: frozenset(),
    Status.CANCELLED: frozenset(),
}

# In which states a member may be given a seat, seats may be bought, and the renewal may be changed.
TAKES_SEATS = frozenset({Status.TRIAL, Status.ACTIVE, Status.EXTENDED})
GROWS = frozenset({Status.ACTIVE})
RENEWS = frozenset({Status.TRIAL, Status.ACTIVE, Status.EXTENDED})
OPEN = frozenset(status for status, steps in STEPS.items() if steps)


def step(old: Status, new: Status) -> Status:
    """The new status.

    Raises:
        TransitionRefused: no such step.
    """
    if new not in STEPS[old]:
        raise TransitionRefused(status=old.value, wanted=new.value)
    return new


def need(status: Status, allowed: frozenset[Status]) -> None:
    """Refuse unless the status allows it.

    Raises:
        SubscriptionNotActive: it does not.
    """
    if status not in allowed:
        raise SubscriptionNotActive(status=status.value)
