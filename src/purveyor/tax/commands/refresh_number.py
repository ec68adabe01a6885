"""Look at the VAT number of a party again: before a document, on its schedule, after an answer that was none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import randint
from uuid import UUID

from django.conf import settings

from purveyor.infra import rows, tx
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.ids import new_id
from purveyor.parties import authority
from purveyor.parties import queries as parties
from purveyor.parties.commands import set_vat_status
from purveyor.parties.types import Organization, VatStatus
from purveyor.tax import live, models
from purveyor.tax.commands.record_number_check import record_number_check
from purveyor.tax.rules.answers import state_after
from purveyor.tax.rules.territories import EU_MEMBERS, number_country
from purveyor.tax.types import VIES, NumberResult

# Those about whose number there is a clear answer of the last hours, or somebody asked in vain just now.
_FRESH = """
SELECT k.id FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) AS k(id, reseller_id, customer_id, number)
WHERE EXISTS (
  SELECT FROM tax_numbercheck c WHERE c.reseller_id = k.reseller_id AND c.customer_id = k.customer_id
    AND c.number = k.number AND c.source = %s AND c.status <> 'unknown' AND c.checked_at > %s
) OR (k.customer_id IS NULL AND EXISTS (
  SELECT FROM tax_numbercheck c WHERE c.reseller_id = k.reseller_id AND c.customer_id IS NULL
    AND c.number = k.number AND c.source = %s AND c.status <> 'unknown' AND c.checked_at > %s
)) OR EXISTS (
  SELECT FROM tax_numberwatch w
  WHERE w.organization_id = k.id AND w.number = k.number AND w.attempts > 0 AND w.tried_at > %s
)"""
_WAKE = """
UPDATE tax_numberwatch w SET due_at = k.due_at FROM unnest(%s::uuid[], %s::timestamptz[]) AS k(id, due_at)
WHERE w.organization_id = k.id RETURNING w.organization_id"""

# Whoever asked in vain a moment ago does not keep the next one waiting.
_TRIED_JUST_NOW = timedelta(minutes=1)


@command
def refresh_number(*, actor: Actor, now: datetime, organization: Organization) -> Organization:
    """Ask VIES about a party's number where the last answer is older than ``VIES_FRESH_HOURS``; the party as it is
    known then. Nothing happens where numbers are not checked live.

    Waits for the service up to ``VIES_SECONDS``: call it while nothing is locked. Whoever may see the party may have
    its number looked at.

    Emits: vat_number.changed where the state changed.
    """
    if not _can_be_asked(organization) or _is_fresh(organization, now):
        return organization
    found = live.ask(organization.vat_number, name=organization.name, requester=live.requester_number())
    with tx.widen():
        status = keep_answer(now=now, organization=organization, found=found)
    return replace(organization, vat_status=status)


@command
def wake_watches(
    *, actor: Actor, now: datetime, organization_ids: Collection[UUID], spread: timedelta = timedelta(0)
) -> int:
    """Let the numbers of these parties be looked at within ``spread``, where the last answer is not fresh; how many.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    if not live.is_live():
        return 0
    found = parties.list_organizations(actor=actor, ids=organization_ids)
    asked = [party for party in found if _can_be_asked(party)]
    fresh = _fresh(asked, now)
    stale = [party for party in asked if party.id not in fresh]
    if not stale:
        return 0
    due = [now + spread * randint(0, 1000) / 1000 for _ in stale]  # noqa: S311  (spreads load, keeps no secret)
    known = {row[0] for row in tx.fetch(_WAKE, ([party.id for party in stale], due))}
    for party, at in zip(stale, due, strict=True):
        if party.id not in known:
            rows.insert(
                models.NumberWatch(
                    id=new_id(), reseller_id=party.reseller_id or party.id, customer_id=_customer_id(party),
                    organization_id=party.id, number=party.vat_number, due_at=at,
                )
            )  # fmt: skip
    return len(stale)


def run_watch(watch_id: UUID, due_at: datetime) -> None:
    """Look at the number of this watch, as of ``due_at``. The service is asked outside of any transaction."""
    actor = system_actor()
    with tx.enter(actor):
        watches = rows.find(models.NumberWatch, "t.id = %s AND t.due_at IS NOT NULL", (watch_id,))
        if not watches:
            return
        party = parties.get_organization(actor=actor, organization_id=watches[0].organization_id)
        if not _can_be_asked(party):
            models.NumberWatch.objects.filter(id=watch_id).update(due_at=None)
            return
        requester = live.requester_number()
    found = live.ask(party.vat_number, name=party.name, requester=requester)
    with tx.enter(actor):
        keep_answer(now=due_at, organization=party, found=found)


def keep_answer(*, now: datetime, organization: Organization, found: NumberResult) -> VatStatus:
    """Store an answer about the number of a party, plan the next look, and bring the party's state up to date;
    returns that state. Call it in a transaction of the operator's scope, or of the party's own reseller."""
    actor = system_actor()
    # A clear answer decides by itself; of another it matters how long the last valid one before it serves.
    serves = timedelta(0)
    valid_at = None
    if found.status == "unknown":
        serves, valid_at = timedelta(days=parties.get_seller().vat_answer_days), _last_valid(organization)
    record_number_check(
        actor=actor,
        now=now,
        country=organization.country,
        number=organization.vat_number,
        reseller_id=organization.reseller_id or organization.id,
        customer_id=_customer_id(organization),
        found=found,
    )
    status = state_after(
        found.status, before=organization.vat_status, valid_at=valid_at, now=now, serves=serves
    )
    set_vat_status(
        actor=actor, now=now, organization_id=organization.id, number=organization.vat_number, status=status
    )
    return status


def _can_be_asked(party: Organization) -> bool:
    return live.is_live() and party.kind != "operator" and number_country(party.vat_number) in EU_MEMBERS


def _is_fresh(party: Organization, now: datetime) -> bool:
    """Whether there is a clear answer of the last hours, or somebody asked in vain just now."""
    return bool(_fresh([party], now))


def _fresh(found: Sequence[Organization], now: datetime) -> set[UUID]:
    """The same of many: the ids of those. One statement."""
    if not found:
        return set()
    since = now - timedelta(hours=settings.VIES_FRESH_HOURS)
    keys = (
        [one.id for one in found],
        [one.reseller_id or one.id for one in found],
        [_customer_id(one) for one in found],
        [one.vat_number for one in found],
    )
    return {row[0] for row in tx.fetch(_FRESH, (*keys, VIES, since, VIES, since, now - _TRIED_JUST_NOW))}


def _customer_id(party: Organization) -> UUID | None:
    return party.id if party.kind == "customer" else None


def _last_valid(party: Organization) -> datetime | None:
    """When VIES last found the number valid that the party has now."""
    checks = models.NumberCheck.objects.filter(
        reseller_id=party.reseller_id or party.id,
        customer_id=_customer_id(party),
        number=party.vat_number,
        source=VIES,
        status="valid",
    )
    return checks.order_by("-checked_at", "-id").values_list("checked_at", flat=True).first()
