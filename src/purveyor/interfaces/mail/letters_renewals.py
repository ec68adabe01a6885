"""What mails say of renewals that one transfer pays: what to transfer until when, and that it has arrived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.letters_business import account_facts
from purveyor.interfaces.mail.sending import Action, Item, Letter, Section, greeting
from purveyor.interfaces.texts import explanations, formats
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization
from purveyor.renewals.types import RenewalView
from purveyor.sales.types import OrderView, PaymentDetails

# More than these are counted in a mail, not listed; the page of the order has them all.
LISTED_MAX = 20


def ordered(
    payer: Organization,
    order: OrderView,
    payment: PaymentDetails,
    rows: Sequence[RenewalView],
    amounts: Mapping[UUID, Money],
    *,
    seller: str,
    now: datetime,
) -> Letter:
    """To the payer: one sum and one reference for all of them, and the first cut-off that is still ahead."""
    first = min(
        (one for one in rows if one.cut_off_at is not None and one.cut_off_at > now),
        key=lambda one: one.cut_off_at or now,
        default=None,
    )
    facts = [
        (_("Amount"), formats.money_text(payment.amount)),
        (_("To"), seller),
        *account_facts(payment.iban, payment.bic, payment.bank_name),
        (_("Reference"), payment.reference),
    ]
    if first is not None and first.cut_off_at is not None:
        facts.append((_("Pay before"), formats.instant_in_zone(first.cut_off_at, first.cut_off_zone)))
    return Letter(
        subject=ngettext(
            "Please transfer %(amount)s for %(count)s renewal",
            "Please transfer %(amount)s for %(count)s renewals",
            len(rows),
        )
        % {"amount": formats.money_text(payment.amount), "count": formats.number_text(len(rows))},
        greeting=greeting(payer.name),
        paragraphs=(
            _("One transfer pays all of these. Until it has arrived they do not ask for money of their own."),
            _("Use exactly this reference, so that your payment is recognized."),
        ),
        facts=tuple(facts),
        sections=(_section(payer, rows, lambda one: [_due(one, now), *_amount(amounts.get(one.id))]),),
        action=Action(_("Open the order"), links.order(payer, order.id)),
    )


def paid(payer: Organization, order: OrderView, rows: Sequence[RenewalView], *, all_of_it: bool) -> Letter:
    """To the payer: the transfer has arrived, and what it paid."""
    paragraphs = [_("Thank you. Your transfer of %(amount)s has arrived.")
                  % {"amount": formats.money_text(order.gross)}]  # fmt: skip
    if not all_of_it:
        paragraphs.append(_("What has ended meanwhile was not paid: its part is on your balance."))
    return Letter(
        subject=ngettext(
            "%(count)s renewal is paid", "%(count)s renewals are paid", len(rows)
        ) % {"count": formats.number_text(len(rows))},
        greeting=greeting(payer.name),
        paragraphs=tuple(paragraphs),
        sections=(_section(payer, rows, lambda one: [_term(one)]),),
        action=Action(_("Open the order"), links.order(payer, order.id)),
    )  # fmt: skip


def _section(
    payer: Organization, rows: Sequence[RenewalView], said: Callable[[RenewalView], list[str]]
) -> Section:
    left = len(rows) - LISTED_MAX
    more = ngettext(
        "And %(count)s more, on the page of the order.", "And %(count)s more, on the page of the order.", left
    )
    return Section(
        heading=_("What it pays"),
        text=_("Each term begins where the one before it ended."),
        items=tuple(_item(payer, one, said(one)) for one in rows[:LISTED_MAX]),
        more=more % {"count": formats.number_text(left)} if left > 0 else "",
    )


def _item(payer: Organization, view: RenewalView, lines: list[str]) -> Item:
    product = _("%(product)s %(plan)s") % {"product": view.product, "plan": view.plan}
    if view.customer_id != payer.id:
        product = _("%(customer)s: %(product)s") % {"customer": view.customer_name, "product": product}
    seats = explanations.seats_text(view.quantity)
    return Item(
        _("%(product)s, %(seats)s") % {"product": product, "seats": seats},
        tuple(lines),
        Action(_("Open the subscription"), links.on(payer, view.customer_id, view.subscription_id)),
    )


def _amount(amount: Money | None) -> list[str]:
    return [] if amount is None else [_("%(amount)s with VAT.") % {"amount": formats.money_text(amount)}]


def _due(view: RenewalView, now: datetime) -> str:
    """Until when its money is in time; of one that goes on and was invoiced, what it is."""
    if view.cut_off_at is None or not view.prepay:
        return _("The term of %(term)s from %(day)s, invoiced.") % _names(view)
    names = {**_names(view), "until": formats.instant_in_zone(view.cut_off_at, view.cut_off_zone)}
    if view.cut_off_at > now:
        return _("The term of %(term)s from %(day)s, to be paid before %(until)s.") % names
    return _("The term of %(term)s from %(day)s. It was to be paid before %(until)s.") % names


def _term(view: RenewalView) -> str:
    return _("The term of %(term)s from %(day)s.") % _names(view)


def _names(view: RenewalView) -> dict[str, str]:
    return {"term": explanations.months_text(view.term_months), "day": formats.day_text(view.due_on)}
