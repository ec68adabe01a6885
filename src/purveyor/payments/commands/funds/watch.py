"""Look at a balance that was spent from: warn once when it falls below its threshold, and fill it up where asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from purveyor.infra import activity, outbox
from purveyor.infra.clock import business_date, zone
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.parties import authority
from purveyor.payments import models
from purveyor.payments.cards import is_offered
from purveyor.payments.commands.cards import charge_kept_card
from purveyor.payments.commands.funds.ask_deposit import OPEN_MAX, ask_deposit
from purveyor.payments.events import BalanceLow
from purveyor.payments.types_funds import TopUpMethod

# A top-up that could not be done is tried again at this hour, in the operator's zone.
_MORNING = 8


@command
def watch_funds(*, actor: Actor, now: datetime, settings_id: UUID) -> None:
    """See how a watched balance stands. Safe to repeat: told once a crossing, filled up at most once a day.

    By card the kept card is charged, or its owner asked for one; by transfer a deposit is opened, which tells how to
    pay. While one is on its way none is added: a transfer is waited for, a card is charged again on the next day.

    Raises: Forbidden for everybody but the operator and its jobs.
    Emits: balance.low; deposit.asked where it is filled up.
    """
    authority.require(actor, "operate")
    row = models.FundSettings.objects.select_for_update(no_key=True).filter(id=settings_id).first()
    if row is None:
        return
    available = ledger.available(actor=actor, party_id=row.payer_id, currency=row.currency)
    row.due_at = None
    if row.threshold is None or available.amount >= row.threshold:
        row.low_since = None
    else:
        if row.low_since is None:
            row.low_since = now
            _tell(actor, now, row, available)
        if row.automatic and row.target is not None:
            _top_up(actor, now, row, Money(row.target, row.currency) - available)
    row.save(update_fields=["due_at", "low_since", "topped_up_on"])


@command
def watch_balance(*, actor: Actor, now: datetime, payer_id: UUID, currency: str) -> None:
    """The same for whoever knows whose balance has changed; nothing where nobody watches it.

    Raises: Forbidden for everybody but the operator and its jobs.
    """
    authority.require(actor, "operate")
    found = models.FundSettings.objects.filter(payer_id=payer_id, currency=currency).first()
    if found is not None and found.threshold is not None:
        watch_funds(actor=actor, now=now, settings_id=found.id)


def _top_up(actor: Actor, now: datetime, row: models.FundSettings, amount: Money) -> None:
    today = business_date(now)
    waiting = models.Payable.objects.filter(
        payer_id=row.payer_id,
        currency=row.currency,
        subject_kind="deposit",
        status__in=["open", "partially_paid"],
    )
    # Where cards are not offered any more, its owner is asked for a transfer.
    by_card = row.method == "card" and is_offered()
    method: TopUpMethod = "card" if by_card else "bank_transfer"
    if row.topped_up_on == today:
        row.due_at = _morning_after(today)
        return
    under_way = waiting.filter(method=method).order_by("-opened_at").first()
    if under_way is None and waiting.count() >= OPEN_MAX:
        return
    if under_way is None:
        payable_id = ask_deposit(
            actor=actor,
            now=now,
            organization_id=row.payer_id,
            amount=amount,
            method=method,
            automatic=True,
        ).id
    elif by_card:
        payable_id = under_way.id
    else:
        return
    row.topped_up_on = today
    if by_card:
        charge_kept_card(actor=actor, now=now, payable_id=payable_id)
        row.due_at = _morning_after(today)


def _morning_after(day: date) -> datetime:
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, _MORNING, tzinfo=zone()).astimezone(UTC)


def _tell(actor: Actor, now: datetime, row: models.FundSettings, available: Money) -> None:
    outbox.emit(
        BalanceLow(
            organization_id=str(row.payer_id),
            available=available.amount,
            threshold=row.threshold or 0,
            currency=row.currency,
        ),
        now=now,
        subject_id=row.payer_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
    )
    activity.record(
        actor,
        now=now,
        kind="balance.low",
        subject_kind="organization",
        subject_id=row.payer_id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        payer_id=row.payer_id,
        facts={"amount": available.amount, "currency": row.currency},
    )
