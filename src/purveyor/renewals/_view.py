"""From rows to what is shown of a renewal: its dates, its amounts, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from purveyor.catalog.types import Offer, Terms
from purveyor.infra import clock
from purveyor.kernel.actor import Actor
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.renewals._outlook import Amounts, Outlook
from purveyor.renewals.rules import cut_off
from purveyor.renewals.types import RenewalKind, RenewalStatus, RenewalView, Scheduled
from purveyor.subscriptions.types import Status, Subscription

LONG_TERM = 12
_HIDDEN = Amounts(None, None, None, "not_needed")


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of renewals, as read."""

    id: UUID
    due_on: date
    offer_id: UUID
    status: RenewalStatus
    reason: str
    prepay: bool
    quantity: int
    currency: str
    net: int
    vat: int
    pro_forma_id: UUID | None
    invoice_id: UUID | None
    payable_id: UUID | None
    order_id: UUID | None
    cut_off_at: datetime | None
    rolled_at: datetime | None
    paid_at: datetime | None
    on_time: bool | None


# By the way of paying; a transfer is the plain case.
_RENEWS = {"balance": "consequence.renews_balance", "card": "consequence.renews_card"}
_PREPAYS = {"balance": "consequence.prepays_balance", "card": "consequence.prepays_card"}


def zone_of(terms: Terms) -> ZoneInfo:
    """Whose midnight counts for this offer's cut-off."""
    return ZoneInfo(terms.cut_off_zone) if terms.cut_off_zone else clock.zone()


def ladder_of(terms: Terms, due_on: date) -> cut_off.Ladder:
    """The ladder of a renewal under these terms that is due on ``due_on``."""
    return cut_off.ladder(
        due_on,
        day=terms.cut_off_day,
        min_days=terms.cut_off_min_days,
        due_days=terms.invoice_due_days,
        suspend_after_days=terms.suspend_after_days,
        end_after_days=terms.end_after_days,
        zone=zone_of(terms),
    )


def ladder_at(terms: Terms, cut_off_at: datetime) -> cut_off.Ladder:
    """The ladder of a renewal whose cut-off was set when it was opened."""
    zone = zone_of(terms)
    return cut_off.steps(
        cut_off_at.astimezone(zone).date(),
        suspend_after_days=terms.suspend_after_days,
        end_after_days=terms.end_after_days,
        zone=zone,
    )


def pays(actor: Actor, payer_id: UUID) -> bool:
    """Whether amounts are the reader's to see: the payer's and the operator's (rules.md b2)."""
    return actor.scope == "operator" or actor.organization_id == payer_id


def upcoming(actor: Actor, on: date, found: Subscription, outlook: Outlook) -> RenewalView:
    """A renewal that is still to come, from its subscription."""
    due = cast(date, found.period_end)
    offer = outlook.offer(found)
    seen = pays(actor, found.payer_id)
    ends = not found.auto_renew or found.status is Status.SUSPENDED
    amounts = outlook.amounts(found, due) if seen and not ends else _HIDDEN
    ladder = ladder_of(offer.terms, due) if offer.terms.prepay and not ends else None
    kind: RenewalKind = "ends" if ends else ("commits" if offer.term_months >= LONG_TERM else "renews")
    # A row that is not the reader's to see stands for a term that is over: its payer is waited for.
    status: RenewalStatus = "pending" if not seen and not ends and due <= on else "upcoming"
    return RenewalView(
        id=cast(UUID, found.renewal_id),
        kind=kind,
        status=status,
        due_on=due,
        quantity=found.renews_with,
        net=amounts.net,
        vat=amounts.vat,
        gross=_sum(amounts.net, amounts.vat),
        net_running=amounts.net_running,
        prepay=offer.terms.prepay,
        cut_off_at=ladder.cut_off_at if ladder else None,
        suspend_at=ladder.suspend_at if ladder else None,
        end_at=ladder.end_at if ladder else None,
        locked_from=_locked_from(outlook.book.offers[found.offer_id].terms, due),
        scheduled=_scheduled(found, offer),
        needs_consent=amounts.consent == "missing",
        invoice_id=None,
        pro_forma_id=None,
        payable_id=None,
        order_id=None,
        paid_at=None,
        on_time=None,
        consequence=_will(found, outlook, due, amounts, ladder, seen=seen),
        **_common(found, offer),
    )


def stored(row: Stored, found: Subscription, outlook: Outlook) -> RenewalView:
    """A renewal whose day has come, from its row."""
    offer = outlook.book.offers[row.offer_id]
    waits = row.prepay and row.rolled_at is None and row.status in ("pending", "at_risk", "missed")
    ladder = ladder_at(offer.terms, row.cut_off_at) if waits and row.cut_off_at else None
    ended = row.status == "ended"
    charged = not ended or row.net > 0
    net = Money(row.net, row.currency) if charged else None
    vat = Money(row.vat, row.currency) if charged else None
    return RenewalView(
        id=row.id,
        kind="ends" if ended else ("commits" if offer.term_months >= LONG_TERM else "renews"),
        status=row.status,
        due_on=row.due_on,
        quantity=row.quantity,
        net=net,
        vat=vat,
        gross=_sum(net, vat),
        net_running=None,
        prepay=row.prepay,
        cut_off_at=row.cut_off_at,
        suspend_at=ladder.suspend_at if ladder else None,
        end_at=ladder.end_at if ladder else None,
        locked_from=None,
        scheduled=None,
        needs_consent=False,
        invoice_id=row.invoice_id,
        pro_forma_id=row.pro_forma_id,
        payable_id=row.payable_id,
        order_id=row.order_id,
        paid_at=row.paid_at,
        on_time=row.on_time,
        consequence=_has_become(row, ladder),
        **_common(found, offer),
    )


def _common(found: Subscription, offer: Offer) -> dict[str, Any]:
    return {
        "subscription_id": found.id,
        "reseller_id": found.reseller_id,
        "customer_id": found.customer_id,
        "customer_name": found.customer_name,
        "payer_id": found.payer_id,
        "offer_code": offer.code,
        "product": offer.product,
        "plan": offer.plan,
        "term_months": offer.term_months,
        "seats_assigned": found.seats_assigned,
        "auto_renew": found.auto_renew,
        "payment_method": found.renewal_payment_method,
        "cut_off_zone": zone_of(offer.terms).key,
    }


def _sum(net: Money | None, vat: Money | None) -> Money | None:
    return None if net is None or vat is None else net + vat


def _locked_from(terms: Terms, due: date) -> date | None:
    return due - timedelta(days=terms.renewal_lock_days) if terms.renewal_lock_days else None


def _scheduled(found: Subscription, offer: Offer) -> Scheduled | None:
    moves = found.renewal_offer_id is not None and found.renewal_offer_id != found.offer_id
    changes = found.renewal_quantity is not None and found.renewal_quantity != found.quantity
    if not moves and not changes and not found.seats_leaving:
        return None
    return Scheduled(
        quantity=found.renews_with if changes or found.seats_leaving else None,
        offer_code=offer.code if moves else None,
        product=offer.product if moves else None,
        plan=offer.plan if moves else None,
        term_months=offer.term_months if moves else None,
        seats_leaving=found.seats_leaving,
    )


_ENDED = {"paid": "consequence.paid", "late": "consequence.paid_late", "ended": "consequence.ended",
          "unpaid": "consequence.unpaid"}  # fmt: skip
_INVOICED = {
    "pending": "consequence.invoice_pending",
    "at_risk": "consequence.invoice_at_risk",
    "missed": "consequence.invoice_missed",
}
_WAITING = {
    "pending": "consequence.prepay_pending",
    "at_risk": "consequence.prepay_at_risk",
    "missed": "consequence.prepay_missed",
}


def _will(
    found: Subscription,
    outlook: Outlook,
    due: date,
    amounts: Amounts,
    ladder: cut_off.Ladder | None,
    *,
    seen: bool,
) -> Explanation:
    facts: dict[str, str | int] = {"on": due.isoformat(), "quantity": found.renews_with}
    if not found.auto_renew:
        trial = found.status is Status.TRIAL
        return Explanation("consequence.trial_ends" if trial else "consequence.ends", facts)
    if found.status is Status.SUSPENDED:
        return Explanation("consequence.ends_suspended", facts)
    if not seen:
        return Explanation("consequence.other_pays", facts)
    if amounts.net is None:
        return Explanation("consequence.ends_not_sold", facts)
    if amounts.consent in ("missing", "refused"):
        refused = amounts.consent == "refused"
        return Explanation("consequence.ends_refused" if refused else "consequence.needs_consent", facts)
    how = found.renewal_payment_method
    if ladder is not None:
        facts["last_day"] = ladder.last_day.isoformat()
        return Explanation(_PREPAYS.get(how, "consequence.prepays"), facts)
    if outlook.gathers(found):
        return Explanation("consequence.renews_on_account", facts)
    facts["days"] = outlook.offer(found).terms.invoice_due_days
    return Explanation(_RENEWS.get(how, "consequence.renews"), facts)


def _has_become(row: Stored, ladder: cut_off.Ladder | None) -> Explanation:
    facts: dict[str, str | int] = {"on": row.due_on.isoformat(), "quantity": row.quantity}
    if row.status == "paid":
        return Explanation(_ENDED["late" if row.on_time is False else "paid"], facts)
    if row.status == "ended":
        return Explanation(_ENDED["unpaid" if row.reason == "renewal_unpaid" else "ended"], facts)
    if ladder is None:
        on_account = row.status == "pending" and row.invoice_id is None
        return Explanation("consequence.on_account" if on_account else _INVOICED[row.status], facts)
    steps: dict[str, str | int] = {
        "last_day": ladder.last_day.isoformat(),
        "suspend_on": ladder.suspend_on.isoformat(),
        "end_on": ladder.end_on.isoformat(),
    }
    return Explanation(_WAITING[row.status], {**facts, **steps})


def row_scope(actor: Actor) -> tuple[str, list[Any]]:
    """The condition on ``r`` that keeps a statement to what the actor may see: what it pays itself."""
    parts: list[str] = []
    params: list[Any] = []
    if actor.scope == "reseller":
        parts.append("r.reseller_id = %s AND r.payer_id = %s")
        params += [actor.reseller_id, actor.reseller_id]
    if actor.scope == "customer":
        parts.append("r.payer_id = %s")
        params.append(actor.customer_id)
    if actor.customer_id is not None:
        parts.append("r.customer_id = %s")
        params.append(actor.customer_id)
    return " AND ".join(parts) or "true", params
