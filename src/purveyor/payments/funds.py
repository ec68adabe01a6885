"""Reads about deposits and how balances are kept filled."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.money import Money
from purveyor.payments import models
from purveyor.payments.rows import payable_of
from purveyor.payments.types import Payable
from purveyor.payments.types_funds import FundSettings, TopUpMethod

LIMIT_MAX = 50


def get_fund_settings(*, actor: Actor, party_id: UUID, currency: str) -> FundSettings:
    """How the party keeps its balance in a currency; nothing is watched where nothing was set.

    Raises: NotFound when it is another's.
    """
    require_own(actor, party_id)
    row = models.FundSettings.objects.filter(payer_id=party_id, currency=currency).first()
    if row is None:
        return FundSettings(
            payer_id=party_id, currency=currency, threshold=None, target=None, automatic=False,
            method="bank_transfer", low_since=None,
        )  # fmt: skip
    return settings_of(row)


def list_fund_settings(*, actor: Actor, party_id: UUID) -> list[FundSettings]:
    """The same in every currency in which something was set.

    Raises: NotFound when it is another's.
    """
    require_own(actor, party_id)
    rows = models.FundSettings.objects.filter(payer_id=party_id).order_by("currency")
    return [settings_of(row) for row in rows[:LIMIT_MAX]]


def list_low(*, actor: Actor) -> list[FundSettings]:
    """The actor's own balances that are below their threshold."""
    rows = models.FundSettings.objects.filter(payer_id=actor.organization_id, low_since__isnull=False)
    return [settings_of(row) for row in rows.order_by("currency")[:LIMIT_MAX]]


def list_open_deposits(*, actor: Actor, party_id: UUID) -> list[Payable]:
    """Deposits that were asked for and have not come in full, the newest first.

    Raises: NotFound when it is another's.
    """
    require_own(actor, party_id)
    rows = models.Payable.objects.filter(
        payer_id=party_id, subject_kind="deposit", status__in=["open", "partially_paid"]
    )
    return [payable_of(row) for row in rows.order_by("-opened_at", "-id")[:LIMIT_MAX]]


def require_own(actor: Actor, party_id: UUID) -> None:
    """A balance is its party's and the operator's to see. Raises NotFound."""
    own = actor.reseller_id if actor.scope == "reseller" else actor.customer_id
    if actor.scope != "operator" and party_id != own:
        raise NotFound()


def settings_of(row: models.FundSettings) -> FundSettings:
    """The row, frozen."""
    return FundSettings(
        payer_id=row.payer_id,
        currency=row.currency,
        threshold=None if row.threshold is None else Money(row.threshold, row.currency),
        target=None if row.target is None else Money(row.target, row.currency),
        automatic=row.automatic,
        method=cast(TopUpMethod, row.method),
        low_since=row.low_since,
    )
