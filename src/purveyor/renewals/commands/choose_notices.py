"""An organization says which of its roles want which notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from purveyor.infra import activity
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Forbidden, Invalid
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.parties.types import ROLES
from purveyor.renewals import models
from purveyor.renewals.rules import notices
from purveyor.renewals.types import NOTICE_KINDS


@command
def choose_notices(*, actor: Actor, now: datetime, wanted: Mapping[tuple[str, str], bool]) -> int:
    """Set what roles of the actor's own organization get: (role, kind) -> wanted; how many changed. Safe to repeat.

    What is left out stays. An administrator is always told of a rise of the price.

    Raises: Forbidden; Invalid (``unknown`` role or kind, ``always_told``).
    """
    authority.require(actor, "settings")
    if actor.scope == "operator" or actor.acting_on is not None:
        # The operator has no renewals of its own; whoever acts on a customer leaves its settings alone.
        raise Forbidden(act="settings", role=actor.role)
    _check(actor, wanted)
    own = {
        (row.role, row.kind): row
        for row in models.NoticeChoice.objects.filter(organization_id=actor.organization_id)
    }
    changed = 0
    for (role, kind), choice in sorted(wanted.items()):
        row = own.get((role, kind))
        usual = kind in notices.wanted_by(scope=actor.scope, role=role)
        if choice == (usual if row is None else row.wanted):
            continue
        changed += 1
        models.NoticeChoice.objects.update_or_create(
            organization_id=actor.organization_id,
            role=role,
            kind=kind,
            defaults={"wanted": choice},
            create_defaults={
                "id": new_id(),
                "reseller_id": actor.reseller_id,
                "customer_id": actor.customer_id,
                "wanted": choice,
            },
        )
    if changed:
        activity.record(
            actor,
            now=now,
            kind="notices.chosen",
            subject_kind="organization",
            subject_id=actor.organization_id,
            reseller_id=actor.reseller_id,
            customer_id=actor.customer_id,
            facts={"changed": changed},
        )
    return changed


def _check(actor: Actor, wanted: Mapping[tuple[str, str], bool]) -> None:
    for (role, kind), choice in wanted.items():
        if role not in ROLES[actor.scope]:
            raise Invalid(field="role", reason="unknown")
        if kind not in NOTICE_KINDS:
            raise Invalid(field="kind", reason="unknown")
        if not choice and not notices.can_be_switched_off(role=role, kind=kind):
            raise Invalid(field=f"{role}_{kind}", reason="always_told")
