"""Look at the VAT number of a party again: before a document, on its schedule, after an answer that was none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from random import randint
from uuid import UUID

from django.conf import settings

from purveyor.infra import tx
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
    woken = 0
    for party in parties.list_organizations(actor=actor, ids=organization_ids):
        if not _can_be_asked(party) or _is_fresh(party, now):
            continue
        due = now + spread * randint(0, 1000) / 1000  # noqa: S311  (spreads load, keeps no secret)
        woken += 1
        if models.NumberWatch.objects.filter(organization_id=party.id).update(due_at=due):
            continue
        models.NumberWatch.objects.create(
            id=new_id(),
            reseller_id=party.reseller_id or party.id,
            customer_id=party.id if party.kind == "customer" else None,
            organization_id=party.id,
            number=party.vat_number,
            due_at=due,
        )
    return woken


def run_watch(watch_id: UUID, due_at: datetime) -> None:
    """Look at the number of this watch, as of ``due_at``. The service is asked outside of any transaction."""
    actor = system_actor()
    with tx.enter(actor):
        watch = models.NumberWatch.objects.filter(id=watch_id).first()
        if watch is None or watch.due_at is None:
            return
        party = parties.get_organization(actor=actor, organization_id=watch.organization_id)
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
    valid_at = _last(organization, "valid")
    record_number_check(
        actor=actor,
        now=now,
        country=organization.country,
        number=organization.vat_number,
        reseller_id=organization.reseller_id or organization.id,
        customer_id=organization.id if organization.kind == "customer" else None,
        found=found,
    )
    status = state_after(
        found.status,
        before=organization.vat_status,
        valid_at=valid_at,
        now=now,
        serves=timedelta(days=parties.get_seller().vat_answer_days),
    )
    set_vat_status(
        actor=actor, now=now, organization_id=organization.id, number=organization.vat_number, status=status
    )
    return status


def _can_be_asked(party: Organization) -> bool:
    return live.is_live() and party.kind != "operator" and number_country(party.vat_number) in EU_MEMBERS


def _is_fresh(party: Organization, now: datetime) -> bool:
    """Whether there is a clear answer of the last hours, or somebody asked in vain just now."""
    answered = _last(party)
    if answered is not None and now - answered < timedelta(hours=settings.VIES_FRESH_HOURS):
        return True
    tried = (
        models.NumberWatch.objects.filter(organization_id=party.id, number=party.vat_number, attempts__gt=0)
        .values_list("tried_at", flat=True)
        .first()
    )
    return tried is not None and now - tried < _TRIED_JUST_NOW


def _last(party: Organization, status: str | None = None) -> datetime | None:
    """When VIES last gave a clear answer about the number that the party has now (or this very answer)."""
    rows = models.NumberCheck.objects.filter(
        reseller_id=party.reseller_id or party.id,
        customer_id=party.id if party.kind == "customer" else None,
        number=party.vat_number,
        source=VIES,
    )
    rows = rows.filter(status=status) if status else rows.exclude(status="unknown")
    return rows.order_by("-checked_at", "-id").values_list("checked_at", flat=True).first()
