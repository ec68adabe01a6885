"""Which role of an organization gets which notice, and the price that a payer is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.notices import NoticesForm, field_of
from purveyor.interfaces.texts import explanations, labels
from purveyor.kernel.errors import Forbidden, NotFound
from purveyor.renewals import notices, price_change
from purveyor.renewals.commands import answer_price, choose_notices
from purveyor.renewals.types import PriceQuestion
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of notice, what it tells, and a switch for each role."""

    name: str
    text: str
    fields: list[tuple[str, object]]


@page("settings", scopes=("reseller", "customer"))
def settings(desk: Desk) -> HttpResponse:
    """A table of kinds and roles to tick."""
    found = notices.list_settings(actor=desk.actor)
    form = NoticesForm(desk.request.POST or None, settings=found)

    def act() -> str:
        choose_notices(actor=desk.actor, now=desk.now, wanted=form.wanted())
        return desk.url("notices")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act, said=_("Saved."))
        if done:
            return done
    roles = list(dict.fromkeys(one.role for one in found))
    rows = [
        Row(
            labels.notice_kind(kind),
            labels.notice_text(kind),
            [(labels.role(role), form[field_of(role, kind)]) for role in roles],
        )
        for kind in dict.fromkeys(one.kind for one in found)
    ]
    context = {"form": form, "rows": rows, "roles": [labels.role(role) for role in roles]}
    return desk.render("console/settings/notices.html", context, status=422 if desk.posted else 200)


@page("buy", customer=True)
def price(desk: Desk, subscription_id: UUID) -> HttpResponse:
    """A coming rise of the price: old and new, from when, and the payer's yes or no."""
    found = _found(desk, subscription_id)
    asked = price_change.find_price_question(actor=desk.actor, subscription_id=found.id, on=desk.today)
    back = desk.url("on_subscription", subscription_id=found.id)

    def act() -> str:
        accept = desk.request.POST.get("answer") == "accept"
        answer_price(actor=desk.actor, now=desk.now, subscription_id=found.id, accept=accept)
        return desk.url("on_price", subscription_id=found.id)

    if desk.posted:
        done = desk.submit(None, act, said=_("Your answer is on record."))
        if done:
            return done
    context = {
        "subscription": found,
        "asked": asked,
        "more": None if asked is None else asked.net_then - asked.net_now,
        "term": None if asked is None else explanations.months_text(asked.term_months),
        "seats": None if asked is None else explanations.seats_text(asked.quantity),
        "percent": Decimal(0) if asked is None else asked.percent,
        "last_day": None if asked is None else asked.due_on - timedelta(days=1),
        "consequence": None if asked is None else _consequence(asked),
        "back_url": back,
        "renewal_url": desk.url("on_renewal", subscription_id=found.id),
    }
    return desk.render("console/subscriptions/price.html", context, status=409 if desk.posted else 200)


def _found(desk: Desk, subscription_id: UUID) -> Subscription:
    found = subscriptions.get_subscription(actor=desk.actor, subscription_id=subscription_id)
    if desk.customer is None or found.customer_id != desk.customer.id:
        raise NotFound(kind="subscription")
    if desk.actor.scope != "operator" and found.payer_id != desk.actor.organization_id:
        raise Forbidden(act="buy", role=desk.actor.role, reason="payer_decides")
    return found


def _consequence(asked: PriceQuestion) -> str:
    """What the answer that stands now leads to."""
    match asked.answer:
        case "accepted":
            return _("You have accepted it: the subscription renews at the new price.")
        case "refused":
            return _(
                "You have refused it: the subscription ends with its term. You can still change your mind."
            )
        case "missing":
            return _("There is no answer yet. Without one the subscription ends with its term.")
    return _("Nothing needs to be done. If you do not want it, switch the renewal off.")
