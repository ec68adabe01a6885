"""Reads of notices: those of a day for an organization, and which roles want which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from purveyor.infra import rows as stored
from purveyor.kernel.actor import Actor
from purveyor.parties.types import ROLES, Organization, ResellerProfile
from purveyor.renewals import models
from purveyor.renewals.rules import notices
from purveyor.renewals.rules.notices import Choice
from purveyor.renewals.types import NOTICE_KINDS, NoticeKind, NoticeSetting, NoticeView

# More of one kind than this are counted in a mail, not listed.
LISTED_MAX = 20
LIMIT_MAX = 200


@dataclass(frozen=True, slots=True)
class Section:
    """The notices of one kind: the first ones by the end of their terms, and how many there are."""

    kind: NoticeKind
    notices: tuple[NoticeView, ...]
    count: int


def list_for_organization(
    *, actor: Actor, organization: Organization, profile: ResellerProfile, on: date, kinds: Iterable[str]
) -> tuple[Section, ...]:
    """What an organization is told on a day, by kind; of those kinds alone. Two statements.

    Who does not pay for a subscription hears nothing of money about it (rules.md b2).
    """
    rows = _within(actor).filter(noticed_on=on, kind__in=list(kinds))
    own = organization.id
    paid = Q(payer_id=own, kind__in=notices.kinds_for(scope=organization.kind, pays=True))
    others = notices.kinds_for(scope=organization.kind, pays=False, is_told=profile.notify_customer_contact)
    mine = {"reseller_id": own} if organization.kind == "reseller" else {"customer_id": own}
    rows = rows.filter(**mine).filter(paid | Q(kind__in=others))
    counts = dict(rows.values_list("kind").annotate(n=Count("id")).order_by())
    placed = Window(RowNumber(), partition_by=F("kind"), order_by=[F("period_end").asc(), F("id").asc()])
    first = rows.annotate(place=placed).filter(place__lte=LISTED_MAX).order_by("period_end", "id")
    by_kind: dict[str, list[NoticeView]] = {}
    for row in first:
        by_kind.setdefault(row.kind, []).append(_view(row, pays=row.payer_id == own))
    return tuple(
        Section(kind, tuple(by_kind[kind]), counts[kind]) for kind in NOTICE_KINDS if kind in by_kind
    )


def list_settings(*, actor: Actor) -> tuple[NoticeSetting, ...]:
    """What each role of the actor's own organization gets, by role and kind."""
    choices = _choices(actor.organization_id)
    return tuple(
        NoticeSetting(
            role=role,
            kind=kind,
            wanted=kind in notices.wanted_by(scope=actor.scope, role=role, choices=choices),
            fixed=not notices.can_be_switched_off(role=role, kind=kind),
        )
        for role in ROLES[actor.scope]
        for kind in NOTICE_KINDS
    )


def wanted_by(*, organization: Organization) -> dict[str, frozenset[str]]:
    """The kinds that each role of an organization wants."""
    choices = _choices(organization.id)
    return {
        role: notices.wanted_by(scope=organization.kind, role=role, choices=choices)
        for role in ROLES[organization.kind]
    }


def kinds_heard(*, organization: Organization, pays: bool) -> frozenset[NoticeKind]:
    """The kinds that may reach an organization about a subscription that it pays, or that another pays."""
    found = notices.kinds_for(scope=organization.kind, pays=pays)
    return frozenset(kind for kind in NOTICE_KINDS if kind in found)


def _choices(organization_id: UUID) -> list[Choice]:
    found = stored.find(
        models.NoticeChoice, "t.organization_id = %s ORDER BY t.role, t.kind", (organization_id,)
    )
    return [Choice(row.role, row.kind, row.wanted) for row in found]


def _within(actor: Actor) -> QuerySet[models.Notice]:
    rows = models.Notice.objects.all()
    if actor.scope == "reseller" and actor.reseller_id is not None:
        rows = rows.filter(reseller_id=actor.reseller_id)
    if actor.customer_id is not None:
        rows = rows.filter(customer_id=actor.customer_id)
    return rows


# What a notice says of money, which is its payer's alone.
_MONEY = ("net", "vat", "seat_now", "seat_then", "free_net", "percent", "currency", "method")


def _view(row: models.Notice, *, pays: bool) -> NoticeView:
    facts = row.facts if pays else {name: fact for name, fact in row.facts.items() if name not in _MONEY}
    return NoticeView(
        id=row.id,
        subscription_id=row.subscription_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        period_end=row.period_end,
        kind=cast(NoticeKind, row.kind),
        step=row.step,
        facts=facts,
        noticed_at=row.noticed_at,
    )
