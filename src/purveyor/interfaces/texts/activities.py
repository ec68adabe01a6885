"""Each act on record as a sentence: "Anna Berg assigned a seat to x@example.com"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from purveyor.interfaces.texts import formats, labels
from purveyor.interfaces.texts.facts import Facts

# Without facts: true of every act of the kind.
PLAIN: dict[str, Promise] = {
    "account.billed": gettext_lazy("What was on account was billed"),
    "account.invoice_held": gettext_lazy("The month on account is over; its invoice is held"),
    "account.netted": gettext_lazy("All that was on account had been taken back, so nothing was billed"),
    "api_key.created": gettext_lazy("%(actor)s created an API key"),
    "api_key.revoked": gettext_lazy("%(actor)s revoked an API key"),
    "balance.low": gettext_lazy("The balance fell below the amount to be told of"),
    "balance.deposited": gettext_lazy("%(actor)s recorded a deposit to the balance"),
    "clock.moved": gettext_lazy("%(actor)s moved the test clock"),
    "credit_limit.lifted": gettext_lazy("%(actor)s lifted the credit limit"),
    "credit_limit.set": gettext_lazy("%(actor)s set the credit limit"),
    "deposit.asked": gettext_lazy("%(actor)s asked how to pay in"),
    "funds.set": gettext_lazy("%(actor)s changed how the balance is watched"),
    "customer.created": gettext_lazy("%(actor)s created the customer"),
    "customer.updated": gettext_lazy("%(actor)s changed the business information"),
    "customer.may_pay_itself": gettext_lazy("%(actor)s changed whether the customer may pay for itself"),
    "discount.set": gettext_lazy("%(actor)s set a discount"),
    "card.added": gettext_lazy("A card is kept"),
    "card.declined": gettext_lazy("A card was declined"),
    "card.made_default": gettext_lazy("%(actor)s chose the card that pays"),
    "card.removed": gettext_lazy("A card is not kept any more"),
    "dispute.closed": gettext_lazy("A chargeback was decided"),
    "dispute.opened": gettext_lazy("A bank took back a card payment"),
    "payment.by_card": gettext_lazy("A card was charged"),
    "documents.asked": gettext_lazy("%(actor)s asked for documents as one file"),
    "dunning.held": gettext_lazy("%(actor)s put the reminders of an invoice on hold"),
    "dunning.ladder_reset": gettext_lazy("%(actor)s reset the ladder of reminders"),
    "dunning.ladder_set": gettext_lazy("%(actor)s set the ladder of reminders"),
    "dunning.opened": gettext_lazy("An overdue invoice will be reminded of"),
    "dunning.promise_broken": gettext_lazy("A promise to pay was not kept"),
    "dunning.promised": gettext_lazy("%(actor)s noted a promise to pay"),
    "dunning.released": gettext_lazy("%(actor)s let the reminders of an invoice go on"),
    "dunning.resolved": gettext_lazy("An overdue invoice was paid"),
    "dunning.step": gettext_lazy("A step was taken because an invoice is not paid"),
    "exchange_rates.uploaded": gettext_lazy("%(actor)s uploaded exchange rates"),
    "invitation.accepted": gettext_lazy("%(actor)s accepted the invitation"),
    "invitation.expired": gettext_lazy("An invitation expired"),
    "invitation.sent_again": gettext_lazy("%(actor)s sent an invitation again"),
    "invitation.withdrawn": gettext_lazy("%(actor)s withdrew an invitation"),
    "invoice.credited": gettext_lazy("%(actor)s credited an invoice"),
    "invoice.issued": gettext_lazy("An invoice was issued"),
    "invoice.overdue": gettext_lazy("An invoice is overdue"),
    "invoice.paid": gettext_lazy("An invoice was paid"),
    "member.activated": gettext_lazy("%(actor)s became active as a member"),
    "member.added": gettext_lazy("%(actor)s added a member"),
    "member.invited": gettext_lazy("%(actor)s invited a member"),
    "member.removed": gettext_lazy("%(actor)s removed a member"),
    "member.role_changed": gettext_lazy("%(actor)s changed the role of a member"),
    "member.updated": gettext_lazy("%(actor)s corrected a member"),
    "membership.ended": gettext_lazy("%(actor)s ended the access of a person"),
    "membership.granted": gettext_lazy("%(actor)s gave a person access"),
    "membership.role_changed": gettext_lazy("%(actor)s changed the role of a person"),
    "notices.chosen": gettext_lazy("%(actor)s chose who gets which notices"),
    "offer.created": gettext_lazy("%(actor)s created an offer"),
    "offer.withdrawn": gettext_lazy("%(actor)s withdrew an offer from sale"),
    "operator.updated": gettext_lazy("%(actor)s changed the operator's data"),
    "order.cancelled": gettext_lazy("%(actor)s cancelled an order"),
    "order.completed": gettext_lazy("An order was completed"),
    "order.held": gettext_lazy("An order was put on hold"),
    "invoice.released": gettext_lazy("An invoice that was held is issued"),
    "order.invoice_held": gettext_lazy("An order was completed; its invoice is held"),
    "order.on_account": gettext_lazy("An order was completed and put on account"),
    "order.placed": gettext_lazy("%(actor)s placed an order"),
    "parked.retried": gettext_lazy("%(actor)s let work that had failed be tried again"),
    "bank.booked": gettext_lazy("%(actor)s booked an entry of a bank statement"),
    "bank.collected": gettext_lazy("%(actor)s made a file of direct debits"),
    "bank.dismissed": gettext_lazy("%(actor)s put an entry of a bank statement aside"),
    "bank.imported": gettext_lazy("%(actor)s uploaded a bank statement"),
    "bank.paid_out": gettext_lazy("%(actor)s made a file of payouts"),
    "bank.restored": gettext_lazy("%(actor)s took up an entry of a bank statement again"),
    "bank.unbooked": gettext_lazy("%(actor)s took back how an entry of a bank statement was booked"),
    "bank.unmatched": gettext_lazy("%(actor)s took back what an entry of a bank statement was for"),
    "bank.withdrawn": gettext_lazy("%(actor)s withdrew a file for the bank"),
    "mandate.entered": gettext_lazy("%(actor)s entered a direct debit mandate"),
    "mandate.revoked": gettext_lazy("%(actor)s revoked a direct debit mandate"),
    "payment.recorded": gettext_lazy("%(actor)s recorded a payment"),
    "payment.returned": gettext_lazy("The bank took back a payment"),
    "payment.unmatched": gettext_lazy("%(actor)s took back what a payment was for"),
    "plan.created": gettext_lazy("%(actor)s created a plan"),
    "price.set": gettext_lazy("%(actor)s set a price"),
    "price_list.created": gettext_lazy("%(actor)s created a price list"),
    "pro_forma.issued": gettext_lazy("A pro-forma invoice was issued"),
    "product.created": gettext_lazy("%(actor)s created a product"),
    "quote.made": gettext_lazy("%(actor)s made a quote"),
    "refund.asked": gettext_lazy("%(actor)s asked for a refund"),
    "refund.done": gettext_lazy("A refund was paid out"),
    "refund.failed": gettext_lazy("A refund failed, and its money went to the balance"),
    "renewal.invoice_held": gettext_lazy("A subscription was renewed; its invoice is held"),
    "renewal.gathered": gettext_lazy("A renewal was put on account"),
    "renewal.invoiced": gettext_lazy("A renewal was invoiced"),
    "renewal.pending": gettext_lazy("A renewal waits for its payment"),
    "renewal.at_risk": gettext_lazy("A renewal was not paid before its cut-off"),
    "renewal.paid": gettext_lazy("A renewal was paid"),
    "renewal.ended": gettext_lazy("A renewal was not paid, and the subscription ended"),
    "renewal.missed": gettext_lazy("A renewal did not take place"),
    "reseller.billing_set": gettext_lazy("%(actor)s changed how the reseller is billed"),
    "renewal.taken_over": gettext_lazy("%(actor)s took over a renewal that the reseller had not paid"),
    "renewal.price_accepted": gettext_lazy("%(actor)s accepted the price of a renewal"),
    "renewal.price_refused": gettext_lazy("%(actor)s refused the price of a renewal"),
    "reseller.created": gettext_lazy("%(actor)s created the reseller"),
    "reseller.updated": gettext_lazy("%(actor)s changed the reseller's data"),
    "vat_number.changed": gettext_lazy("More is known of the VAT number"),
    "seat.assigned": gettext_lazy("%(actor)s assigned a seat"),
    "seat.released": gettext_lazy("%(actor)s freed a seat"),
    "seat.replaced": gettext_lazy("%(actor)s gave a seat to somebody else"),
    "seat.leavers_planned": gettext_lazy("%(actor)s changed who goes at the end of the term"),
    "seat.closed": gettext_lazy("All seats of a subscription were freed, because it ended"),
    "staff.joined": gettext_lazy("%(actor)s joined the staff"),
    "staff.invited": gettext_lazy("%(actor)s invited a colleague"),
    "subscription.activated": gettext_lazy("A subscription became active"),
    "subscription.cancelled": gettext_lazy("A subscription was cancelled"),
    "subscription.ended": gettext_lazy("A subscription ended"),
    "subscription.payer_changed": gettext_lazy("Somebody else pays for a subscription from now on"),
    "subscription.opened": gettext_lazy("%(actor)s opened a subscription"),
    "subscription.paid_up": gettext_lazy("Nothing is overdue for a subscription any more"),
    "subscription.past_due": gettext_lazy("An invoice for a subscription is overdue"),
    "subscription.reactivated": gettext_lazy("%(actor)s reactivated a subscription"),
    "subscription.renewal_rebased": gettext_lazy(
        "What was scheduled for the renewal moved with the added seats"
    ),
    "subscription.resumed": gettext_lazy("A subscription goes on"),
    "subscription.suspended": gettext_lazy("A subscription was suspended"),
    "subscription.renewal_changed": gettext_lazy("%(actor)s changed what happens at the renewal"),
    "subscription.renewed": gettext_lazy("A subscription was renewed"),
    "subscription.seats_added": gettext_lazy("Seats were added to a subscription"),
    "subscription.seats_removed": gettext_lazy("Seats of a subscription were taken back"),
    "subscription.taken_back": gettext_lazy("%(actor)s took back seats before they were billed"),
    "subscription.trial_started": gettext_lazy("A trial started"),
    "trial.started": gettext_lazy("%(actor)s started a trial"),
    "vendor.created": gettext_lazy("%(actor)s created a vendor"),
}


def activity(kind: str, facts: Mapping[str, Any], actor_name: str) -> str:
    """The act in the active language, with what its facts tell; its kind if nobody knows it."""
    read = Facts({**facts, "actor": actor_name})
    detailed = _DETAILED.get(kind)
    if detailed is not None:
        try:
            return detailed(read)
        except (KeyError, ValueError, TypeError):
            pass
    plain = PLAIN.get(kind)
    return kind if plain is None else str(plain) % {"actor": actor_name}


def has_words(kind: str) -> bool:
    """Whether the kind is known here."""
    return kind in PLAIN


def kinds() -> list[tuple[str, str]]:
    """(kind, its sentence without an actor's name) for a filter, in the order of the codes."""
    return [(kind, str(text) % {"actor": "…"}) for kind, text in PLAIN.items()]


def _with(text: Callable[[], str], **names: str) -> Callable[[Facts], str]:
    """A sentence whose placeholders are these facts, each under its own name, and the actor."""

    def write(facts: Facts) -> str:
        return text() % {
            "actor": facts.text("actor"),
            **{name: facts.text(*fact.split("|")) for name, fact in names.items()},
        }

    return write


def _seats_added(facts: Facts) -> str:
    added = facts.count("added")
    return ngettext(
        "%(added)s seat was added to a subscription, which has %(quantity)s now",
        "%(added)s seats were added to a subscription, which has %(quantity)s now",
        added,
    ) % {"added": formats.number_text(added), "quantity": facts.number("quantity")}


def _rebased(facts: Facts) -> str:
    new = facts.count("new")
    return ngettext(
        "%(new)s seat instead of %(old)s is scheduled for the renewal now, because seats were added",
        "%(new)s seats instead of %(old)s are scheduled for the renewal now, because seats were added",
        new,
    ) % {"new": formats.number_text(new), "old": facts.number("old")}


def _opened(facts: Facts) -> str:
    quantity = facts.count("quantity")
    return ngettext(
        "%(actor)s opened a subscription to %(offer)s with %(quantity)s seat",
        "%(actor)s opened a subscription to %(offer)s with %(quantity)s seats",
        quantity,
    ) % {
        "actor": facts.text("actor"),
        "offer": facts.text("offer"),
        "quantity": formats.number_text(quantity),
    }


def _until(text: Callable[[], str]) -> Callable[[Facts], str]:
    return lambda facts: text() % {"until": facts.day("until")}


def _dunning_step(facts: Facts) -> str:
    said = {
        "remind": _("A reminder of %(number)s was sent"),
        "final_notice": _("The final notice for %(number)s was sent"),
        "block_orders": _("New orders are refused until %(number)s is paid"),
        "suspend": _("The subscriptions on %(number)s were to be suspended"),
        "terminate": _("The subscriptions on %(number)s were to end"),
    }
    return said[facts.text("action")] % {"number": facts.text("number")}


def _role_changed(facts: Facts) -> str:
    return _("%(actor)s changed the role of %(who)s from %(old)s to %(new)s") % {
        "actor": facts.text("actor"),
        "who": facts.text("email", "name"),
        "old": labels.role(facts.text("old", "before")),
        "new": labels.role(facts.text("new", "after", "role")),
    }


def _number_changed(facts: Facts) -> str:
    texts = {
        "valid": _("VIES found the VAT number %(number)s valid"),
        "invalid": _("VIES found the VAT number %(number)s not valid any more"),
    }
    unknown = _("Nobody can say any more whether the VAT number %(number)s is valid")
    return texts.get(facts.text("status"), unknown) % {"number": facts.text("number")}


def _granted(facts: Facts) -> str:
    return _("%(actor)s gave a person access as %(role)s") % {
        "actor": facts.text("actor"),
        "role": labels.role(facts.text("role")),
    }


def _money(text: Callable[[], str]) -> Callable[[Facts], str]:
    return lambda facts: text() % {"actor": facts.text("actor"), "amount": facts.money("amount")}


_DETAILED: dict[str, Callable[[Facts], str]] = {
    "account.billed": _with(lambda: _("What was on account was billed with %(invoice)s"), invoice="invoice"),
    "api_key.created": _with(lambda: _("%(actor)s created the API key %(name)s"), name="name"),
    "api_key.revoked": _with(lambda: _("%(actor)s revoked the API key %(name)s"), name="name"),
    "balance.low": _money(lambda: _("The balance fell to %(amount)s")),
    "credit_limit.set": _money(lambda: _("%(actor)s set the credit limit to %(amount)s")),
    "deposit.asked": _money(lambda: _("%(actor)s asked how to pay in %(amount)s")),
    "balance.deposited": _money(lambda: _("%(actor)s recorded a deposit of %(amount)s to the balance")),
    "customer.created": _with(lambda: _("%(actor)s created the customer %(name)s"), name="name"),
    "card.added": _with(lambda: _("The card ending in %(last4)s is kept"), last4="last4"),
    "card.made_default": _with(
        lambda: _("%(actor)s chose the card ending in %(last4)s to pay"), last4="last4"
    ),
    "card.removed": _with(lambda: _("The card ending in %(last4)s is not kept any more"), last4="last4"),
    "card.declined": _money(lambda: _("A card was declined for %(amount)s")),
    "dispute.closed": _money(lambda: _("A chargeback of %(amount)s was decided")),
    "dispute.opened": _money(lambda: _("A bank took back a card payment of %(amount)s")),
    "payment.by_card": _money(lambda: _("A card was charged %(amount)s")),
    "dunning.held": _with(
        lambda: _("%(actor)s put the reminders of %(number)s on hold: %(reason)s"),
        number="number",
        reason="reason",
    ),
    "dunning.opened": _with(
        lambda: _("Invoice %(number)s is overdue and will be reminded of"), number="number"
    ),
    "dunning.promised": lambda facts: (
        _("%(actor)s noted a promise to pay %(number)s by %(until)s")
        % {"actor": facts.text("actor"), "number": facts.text("number"), "until": facts.day("until")}
    ),
    "dunning.released": _with(lambda: _("%(actor)s let the reminders of %(number)s go on"), number="number"),
    "dunning.resolved": _with(lambda: _("The overdue invoice %(number)s was paid"), number="number"),
    "dunning.step": _dunning_step,
    "exchange_rates.uploaded": _with(
        lambda: _("%(actor)s uploaded exchange rates of %(currencies)s"), currencies="currencies"
    ),
    "invitation.expired": _with(lambda: _("The invitation of %(email)s expired"), email="email"),
    "invitation.sent_again": _with(
        lambda: _("%(actor)s sent the invitation of %(email)s again"), email="email"
    ),
    "invitation.withdrawn": _with(lambda: _("%(actor)s withdrew the invitation of %(email)s"), email="email"),
    "invoice.credited": _with(
        lambda: _("%(actor)s credited invoice %(number)s with %(credit_note)s: %(reason)s"),
        number="number",
        credit_note="credit_note",
        reason="reason",
    ),
    "member.activated": _with(lambda: _("%(email)s became active as a member"), email="email"),
    "member.added": _with(lambda: _("%(actor)s added %(email)s as a member"), email="email"),
    "member.invited": _with(lambda: _("%(actor)s invited %(email)s as a member"), email="email"),
    "member.removed": _with(lambda: _("%(actor)s removed the member %(email)s"), email="email"),
    "member.role_changed": _role_changed,
    "member.updated": _with(lambda: _("%(actor)s corrected the member %(email)s"), email="email"),
    "membership.granted": _granted,
    "offer.created": _with(lambda: _("%(actor)s created the offer %(offer)s"), offer="code|offer"),
    "offer.withdrawn": _with(
        lambda: _("%(actor)s withdrew the offer %(offer)s from sale"), offer="code|offer"
    ),
    "order.completed": _with(
        lambda: _("An order was completed and invoiced with %(invoice)s"), invoice="invoice"
    ),
    "payment.recorded": _money(lambda: _("%(actor)s recorded a payment of %(amount)s")),
    "payment.returned": _money(lambda: _("The bank took back a payment of %(amount)s")),
    "payment.unmatched": _money(lambda: _("%(actor)s took back what a payment of %(amount)s was for")),
    "refund.asked": _money(lambda: _("%(actor)s asked for a refund of %(amount)s")),
    "refund.done": _money(lambda: _("A refund of %(amount)s was paid out")),
    "refund.failed": _money(lambda: _("A refund of %(amount)s failed, and the money went to the balance")),
    "reseller.created": _with(lambda: _("%(actor)s created the reseller %(name)s"), name="name"),
    "seat.assigned": _with(lambda: _("%(actor)s assigned a seat to %(email)s"), email="email"),
    "seat.released": _with(lambda: _("%(actor)s freed the seat of %(email)s"), email="email"),
    "seat.replaced": _with(
        lambda: _("%(actor)s gave the seat of %(old)s to %(email)s"), old="old|before|from", email="email|new"
    ),
    "staff.joined": _with(lambda: _("%(email)s joined the staff"), email="email"),
    "vat_number.changed": _number_changed,
    "staff.invited": _with(lambda: _("%(actor)s invited %(email)s as a colleague"), email="email"),
    "subscription.activated": _until(lambda: _("A subscription became active until %(until)s")),
    "subscription.opened": _opened,
    "subscription.renewed": _until(lambda: _("A subscription was renewed until %(until)s")),
    "subscription.reactivated": _with(
        lambda: _("%(actor)s reactivated a subscription: %(reason)s"), reason="reason"
    ),
    "subscription.renewal_rebased": _rebased,
    "subscription.seats_added": _seats_added,
}
