"""The sentences of each refusal's code, and a title for each. The facts are named where the error is defined."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from purveyor.interfaces.texts import bank, formats, labels
from purveyor.interfaces.texts.facts import Facts

TITLES: dict[str, Promise] = {
    **bank.TITLES,
    "already_assigned": gettext_lazy("This member has a seat already"),
    "card_not_found": gettext_lazy("This card is not kept"),
    "cards_unavailable": gettext_lazy("Cards cannot be charged at the moment"),
    "code_taken": gettext_lazy("The code is taken"),
    "confirmation_required": gettext_lazy("Please confirm"),
    "credit_exceeds_line": gettext_lazy("This is more than what is left of the line"),
    "currency_frozen": gettext_lazy("The currency is fixed"),
    "debt_blocks_orders": gettext_lazy("Overdue invoices come first"),
    "document_not_creditable": gettext_lazy("Only invoices are credited"),
    "document_not_payable": gettext_lazy("Nothing can be paid on this document"),
    "dunning_case_closed": gettext_lazy("Nothing is left to pause"),
    "dunning_not_paused": gettext_lazy("Nothing is on hold here"),
    "exchange_rate_missing": gettext_lazy("An exchange rate is missing"),
    "forbidden": gettext_lazy("Your role does not allow this"),
    "gathering_not_allowed": gettext_lazy("Gathered billing is not allowed here"),
    "idempotency_key_reused": gettext_lazy("The idempotency key was used for another request"),
    "in_progress": gettext_lazy("The first request is still in progress"),
    "insufficient_balance": gettext_lazy("The balance is too low"),
    "invalid": gettext_lazy("An input needs correction"),
    "invitation_for_another": gettext_lazy("This invitation is for somebody else"),
    "invitation_not_open": gettext_lazy("This invitation is no longer open"),
    "invoice_in_order": gettext_lazy("The invoice is part of an order"),
    "last_admin": gettext_lazy("The last administrator must stay"),
    "mail_domain_not_verified": gettext_lazy("The mail domain is not verified"),
    "member_exists": gettext_lazy("This member is here already"),
    "method_not_allowed": gettext_lazy("This cannot be called in this way"),
    "not_found": gettext_lazy("Not found"),
    "not_on_account": gettext_lazy("These seats are billed already"),
    "renewal_not_open": gettext_lazy("The renewal is not open"),
    "nothing_to_take_over": gettext_lazy("Nothing is to be taken over"),
    "offer_already_withdrawn": gettext_lazy("The offer is withdrawn already"),
    "offer_not_available": gettext_lazy("This offer is not available"),
    "order_not_cancellable": gettext_lazy("The order can no longer be cancelled"),
    "payable_not_open": gettext_lazy("Nothing is open here"),
    "payment_already_recorded": gettext_lazy("This payment is recorded already"),
    "payment_exceeds_invoice": gettext_lazy("This is more than is open"),
    "period_ended": gettext_lazy("The period has ended"),
    "period_not_begun": gettext_lazy("The period has not begun"),
    "price_list_overlap": gettext_lazy("Two price lists would overlap"),
    "quote_already_accepted": gettext_lazy("This quote has been ordered already"),
    "quote_expired": gettext_lazy("The quote has expired"),
    "quote_outdated": gettext_lazy("The price has changed"),
    "price_not_asked": gettext_lazy("Nobody was asked about a price"),
    "refund_over": gettext_lazy("The refund is over"),
    "refused": gettext_lazy("This cannot be done"),
    "renewal_locked": gettext_lazy("The renewal is settled"),
    "seats_exhausted": gettext_lazy("No seat is free"),
    "seats_in_use": gettext_lazy("The seats are in use"),
    "seller_country_not_yet": gettext_lazy("A seller there cannot be configured yet"),
    "sign_in_required": gettext_lazy("Please sign in first"),
    "subscription_not_active": gettext_lazy("The subscription is not running"),
    "tax_undecided": gettext_lazy("The VAT could not be decided"),
    "tenant_fixed": gettext_lazy("The tenant cannot be changed"),
    "tenant_required": gettext_lazy("A tenant is needed"),
    "too_many_requests": gettext_lazy("Too many requests"),
    "trial_already_used": gettext_lazy("The trial was used already"),
    "trial_not_offered": gettext_lazy("This offer has no trial"),
    "internal_error": gettext_lazy("Something went wrong here"),
    "too_large": gettext_lazy("The request is too large"),
    "unavailable": gettext_lazy("Not available at the moment"),
    "unsupported_media_type": gettext_lazy("The body is of the wrong kind"),
    "unauthenticated": gettext_lazy("A valid key is needed"),
    "unbalanced_transaction": gettext_lazy("The books would not balance"),
    "unknown_field": gettext_lazy("A field is not known"),
    "vat_number_invalid": gettext_lazy("The VAT number is not right"),
}


def _seats_exhausted(facts: Facts) -> str:
    quantity, assigned = facts.count("quantity"), facts.count("assigned")
    free = facts.count("free") if "free" in facts else quantity - assigned
    wanted = facts.count("wanted") if "wanted" in facts else 1
    if free > 0:
        return ngettext(
            "Only %(free)s seat is free, and %(wanted)s are wanted. Free some or top up.",
            "Only %(free)s seats are free, and %(wanted)s are wanted. Free some or top up.",
            free,
        ) % {"free": formats.number_text(free), "wanted": formats.number_text(wanted)}
    return ngettext(
        "No seat is free: %(assigned)s of %(quantity)s is taken. Free it or top up.",
        "No seat is free: %(assigned)s of %(quantity)s are taken. Free one or top up.",
        quantity,
    ) % {"assigned": formats.number_text(assigned), "quantity": formats.number_text(quantity)}


def _not_on_account(facts: Facts) -> str:
    left = facts.count("left")
    if not left:
        return _("No seat can be taken back: all are billed. Plan fewer for the renewal.")
    return ngettext(
        "Only %(left)s seat can be taken back: the others are billed. Plan fewer for the renewal.",
        "Only %(left)s seats can be taken back: the others are billed. Plan fewer for the renewal.",
        left,
    ) % {"left": formats.number_text(left)}


def _seats_in_use(facts: Facts) -> str:
    assigned = facts.count("assigned")
    return ngettext(
        "%(assigned)s seat is assigned, so there cannot be only %(wanted)s. Free seats first.",
        "%(assigned)s seats are assigned, so there cannot be only %(wanted)s. Free seats first.",
        assigned,
    ) % {"assigned": formats.number_text(assigned), "wanted": facts.number("wanted")}


def _offer_not_available(facts: Facts) -> str:
    offer = {"offer": facts.text("offer")}
    reason = facts.text("reason")
    if reason == "no_price":
        return _("%(offer)s has no price in %(currency)s. Choose another offer.") % {
            **offer,
            "currency": facts.text("currency"),
        }
    if reason == "not_yet":
        return _("%(offer)s is not on sale yet. Choose another offer.") % offer
    return _("%(offer)s is no longer on sale. Choose another offer.") % offer


def _tax_undecided(facts: Facts) -> str:
    country = {"country": facts.country("country")}
    if facts.text("reason") == "rate_missing":
        return _("No VAT rate is known for %(country)s on this day. Ask the operator for help.") % country
    return (
        _(
            "The seller is not registered for VAT on sales to consumers in %(country)s. Enter a VAT number,"
            " or ask the operator for help."
        )
        % country
    )


def _vat_number_invalid(facts: Facts) -> str:
    number = {"number": facts.text("number"), "country": facts.country("country")}
    match facts.text("reason"):
        case "length":
            return _("%(number)s has the wrong length for a VAT number of %(country)s. Check it.") % number
        case "check_digit":
            return (
                _("%(number)s is not right: its check digit does not fit. Check it for a typing error.")
                % number
            )
    return _("%(number)s does not have the form of a VAT number of %(country)s. Check it.") % number


def _forbidden(facts: Facts) -> str:
    if "reason" in facts and facts.text("reason") == "payer_decides":
        return _("Only the party that pays for this subscription decides about its renewal.")
    if "role" in facts:
        return _("Your role here, %(role)s, does not allow this. Ask an administrator.") % {
            "role": labels.role(facts.text("role"))
        }
    return _("Your role here does not allow this. Ask an administrator.")


def _invitation_not_open(facts: Facts) -> str:
    match facts.text("status") if "status" in facts else "":
        case "accepted":
            return _("This invitation has been accepted already. Sign in.")
        case "expired":
            return _("This invitation has expired. Ask for a new one.")
        case "withdrawn":
            return _("This invitation was withdrawn. Ask whoever invited you.")
    return _("This link is no longer valid. Use the newest mail, or ask for a new invitation.")


def _quote_outdated(facts: Facts) -> str:
    return _(
        "The price has changed since the quote: %(old)s before, %(new)s now. Check it before you order."
    ) % {
        "old": facts.money("old_gross"),
        "new": facts.money("new_gross"),
    }


def _insufficient_balance(facts: Facts) -> str:
    return _(
        "The balance holds %(available)s, and this costs %(wanted)s. Pay in the difference or choose bank transfer."
    ) % {"available": facts.money("available"), "wanted": facts.money("wanted")}


def _payment_exceeds_invoice(facts: Facts) -> str:
    return _("%(wanted)s is more than what is open, %(open)s. Enter at most that.") % {
        "wanted": facts.money("wanted"),
        "open": facts.money("open"),
    }


def _document_not_payable(facts: Facts) -> str:
    return _("Nothing can be paid on %(number)s: its state is \u201c%(status)s\u201d.") % {
        "number": facts.text("number"),
        "status": labels.status(facts.text("status")),
    }


def _subscription_not_active(facts: Facts) -> str:
    return _("The subscription is not running: its state is \u201c%(status)s\u201d.") % {
        "status": labels.status(facts.text("status"))
    }


def _credit_exceeds_line(facts: Facts) -> str:
    left = facts.count("left")
    if not left:
        return _("Line %(line)s is credited in full already.") % {"line": facts.number("line")}
    return ngettext(
        "Only %(left)s seat of line %(line)s is not credited yet. Enter at most that.",
        "Only %(left)s seats of line %(line)s are not credited yet. Enter at most that.",
        left,
    ) % {"left": formats.number_text(left), "line": facts.number("line")}


def _internal_error(facts: Facts) -> str:
    return _(
        "Something went wrong here, and nothing was changed. Ask for help and name the incident %(incident)s."
    ) % {"incident": facts.text("incident")}


def _debt_blocks_orders(facts: Facts) -> str:
    count = facts.count("overdue")
    return ngettext(
        "%(count)s invoice is overdue. Until it is paid, nothing new can be ordered; what is paid goes on.",
        "%(count)s invoices are overdue. Until they are paid, nothing new can be ordered; what is paid goes on.",
        count,
    ) % {"count": formats.number_text(count)}


SENTENCES: dict[str, Callable[[Facts], str]] = {
    **bank.SENTENCES,
    "already_assigned": lambda f: _("This member has a seat of this subscription already."),
    "card_not_found": lambda f: _("The card is not kept, or not any more. Choose another one."),
    "cards_unavailable": lambda f: _(
        "The card provider does not answer. Nothing was charged; try again in a few minutes."
    ),
    "code_taken": lambda f: _("This code is taken already. Choose another."),
    "confirmation_required": lambda f: _(
        "What an administrator of the customer buys is at list price, without your discount. Confirm this, or"
        " choose the role manager, which assigns seats but does not buy."
    ),
    "credit_exceeds_line": _credit_exceeds_line,
    "currency_frozen": lambda f: _("The currency cannot change any more: the first order fixed it."),
    "document_not_creditable": lambda f: (
        _("%(number)s is not an invoice, and only invoices are answered by credit notes.")
        % {"number": f.text("number")}
    ),
    "document_not_payable": _document_not_payable,
    "exchange_rate_missing": lambda f: (
        _("No exchange rate from %(currency)s into %(into)s is known for %(on)s. Upload one, and try again.")
        % {"currency": f.text("currency"), "into": f.text("into"), "on": f.day("on")}
    ),
    "forbidden": _forbidden,
    "idempotency_key_reused": lambda f: _(
        "This idempotency key was used before with another request. Use a new key."
    ),
    "in_progress": lambda f: _(
        "The first request with this key is still in progress. Try again in a moment."
    ),
    "insufficient_balance": _insufficient_balance,
    "invitation_for_another": lambda f: _(
        "This invitation was sent to another address. Sign out and open the link again."
    ),
    "invitation_not_open": _invitation_not_open,
    "invoice_in_order": lambda f: (
        _(
            "%(number)s is being paid with an order over several renewals. Wait for its money, or cancel the order."
        )
        % {"number": f.text("number")}
    ),
    "last_admin": lambda f: _("This is the last administrator. Make somebody else an administrator first."),
    "mail_domain_not_verified": lambda f: _(
        "The domain of this address is not verified yet. Verify it first."
    ),
    "member_exists": lambda f: _("A member with this e-mail address is here already."),
    "method_not_allowed": lambda f: _("This address does not accept this method. See the documentation."),
    "not_found": lambda f: _("This does not exist, or you may not see it."),
    "offer_already_withdrawn": lambda f: _("%(offer)s was withdrawn already.") % {"offer": f.text("offer")},
    "offer_not_available": _offer_not_available,
    "order_not_cancellable": lambda f: (
        _("This order can no longer be cancelled: its state is \u201c%(status)s\u201d.")
        % {"status": labels.status(f.text("status"))}
    ),
    "debt_blocks_orders": _debt_blocks_orders,
    "dunning_case_closed": lambda f: _(
        "The invoice is paid, or the last step was taken. There is nothing left to pause."
    ),
    "dunning_not_paused": lambda f: _("There is neither a hold nor a promise to end. Reload the page."),
    "renewal_not_open": lambda f: _(
        "This renewal does not wait for money of its own: it is paid, over, or in another order."
    ),
    "nothing_to_take_over": lambda f: _(
        "No renewal waits for the reseller's money here: it was paid meanwhile, or is yours already."
    ),
    "payable_not_open": lambda f: (
        _("Nothing is open here any more: its state is \u201c%(status)s\u201d.")
        % {"status": labels.status(f.text("status"))}
    ),
    "payment_already_recorded": lambda f: (
        _("The same payment of %(received_on)s is recorded already. Nothing was changed.")
        % {"received_on": f.day("received_on")}
    ),
    "payment_exceeds_invoice": _payment_exceeds_invoice,
    "period_ended": lambda f: (
        _("The period ended on %(end)s. Renew the subscription first.") % {"end": f.day("end")}
    ),
    "period_not_begun": lambda f: (
        _("The period begins on %(start)s. Try again then.") % {"start": f.day("start")}
    ),
    "price_list_overlap": lambda f: (
        _("The price list %(other)s holds in %(currency)s on some of these days. Choose other dates.")
        % {"other": f.text("other"), "currency": f.text("currency")}
    ),
    "quote_already_accepted": lambda f: _("This quote has been ordered already. See the order."),
    "quote_expired": lambda f: (
        _("The quote expired on %(expired_at)s. Ask for a new one.") % {"expired_at": f.instant("expired_at")}
    ),
    "quote_outdated": _quote_outdated,
    "refund_over": lambda f: (
        _("The refund can no longer be changed: its state is \u201c%(status)s\u201d.")
        % {"status": labels.status(f.text("status"))}
    ),
    "refused": lambda f: _("This cannot be done. Reload the page and try again."),
    "seats_exhausted": _seats_exhausted,
    "price_not_asked": lambda f: _(
        "No higher price is waiting for an answer: the next renewal costs no more, or its rise needs none."
    ),
    "renewal_locked": lambda f: (
        _("The renewal is settled since %(from)s. It can be changed again after %(until)s.")
        % {"from": f.day("from"), "until": f.day("until")}
    ),
    "gathering_not_allowed": lambda f: _(
        "This reseller is billed at once. Ask the operator to allow gathered billing."
    ),
    "not_on_account": _not_on_account,
    "seats_in_use": _seats_in_use,
    "seller_country_not_yet": lambda f: (
        _(
            "A seller in %(country)s cannot be configured yet: its invoices would need CFDI, which comes later."
        )
        % {"country": formats.country_text(f.text("country"))}
    ),
    "sign_in_required": lambda f: _(
        "This address has an account. Sign in with it, then accept the invitation."
    ),
    "subscription_not_active": _subscription_not_active,
    "tax_undecided": _tax_undecided,
    "tenant_fixed": lambda f: _("The tenant of a subscription cannot be changed."),
    "tenant_required": lambda f: _("This offer needs a tenant. Link or create one first."),
    "too_many_requests": lambda f: _("These are too many requests. Wait a moment and try again."),
    "trial_already_used": lambda f: (
        _("The trial of %(product)s was used already. Buy a subscription instead.")
        % {"product": f.text("product")}
    ),
    "trial_not_offered": lambda f: (
        _("%(offer)s has no trial. Buy a subscription instead.") % {"offer": f.text("offer")}
    ),
    "internal_error": _internal_error,
    "too_large": lambda f: (
        _("The request is too large: at most %(limit)s bytes are read.") % {"limit": f.number("limit")}
    ),
    "unavailable": lambda f: _(
        "The service did not answer in time. Nothing was changed: try again in a moment."
    ),
    "unsupported_media_type": lambda f: _("Send the body as application/json."),
    "unauthenticated": lambda f: _("The API key is missing or not valid. Send it as a bearer token."),
    "unbalanced_transaction": lambda f: _(
        "The books would not balance, so nothing was written. Ask for help."
    ),
    "unknown_field": lambda f: (
        _("The field %(field)s is not known here. Leave it out.") % {"field": f.text("field")}
    ),
    "vat_number_invalid": _vat_number_invalid,
}
