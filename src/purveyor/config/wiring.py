"""Who listens to what, written out by hand: events -> handlers, due work -> its scanner, ports -> adapters."""

from __future__ import annotations

from django.conf import settings

from purveyor.billing.jobs import run_overdue, run_recognition
from purveyor.infra.registry import DueSource, register_due, subscribe
from purveyor.interfaces.mail.cards import LISTENERS as CARD_LISTENERS
from purveyor.interfaces.mail.credits import LISTENERS as CREDIT_LISTENERS
from purveyor.interfaces.mail.dunning import LISTENERS as DUNNING_LISTENERS
from purveyor.interfaces.mail.funds import LISTENERS as FUND_LISTENERS
from purveyor.interfaces.mail.handlers import LISTENERS
from purveyor.interfaces.mail.notices import on_notices_given
from purveyor.interfaces.mail.paid_together import LISTENERS as TOGETHER_LISTENERS
from purveyor.parties.ports import Adapters
from purveyor.payments import handlers as payments
from purveyor.payments.adapters.stripe_cards import StripeCards
from purveyor.payments.jobs import (
    run_card,
    run_card_notice,
    run_card_refund,
    run_dunning,
    run_funds,
    run_held,
)
from purveyor.payments.ports import Adapters as PaymentAdapters
from purveyor.renewals import handlers as renewals
from purveyor.renewals import handlers_dunning as dunning
from purveyor.renewals.jobs import give_due, roll_all_due, roll_due, run_ladder
from purveyor.sales.handlers import (
    on_account_lowered,
    on_credit_changed,
    on_invoice_released,
    on_invoice_replaced,
    on_payable_settled,
)
from purveyor.sales.jobs import run_close
from purveyor.seats.handlers import on_subscription_ended
from purveyor.seats.jobs import run_expiry
from purveyor.subscriptions.handlers import on_customer_updated
from purveyor.tax.jobs import check_due
from purveyor.tax.live import NumberChecks


def wire() -> None:
    """Connect the rooms; called once per process when all apps are loaded."""
    _ports()
    _events()
    _due_work()


def _ports() -> None:
    Adapters.vat_numbers = NumberChecks()
    PaymentAdapters.cards = StripeCards(
        key=settings.STRIPE_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET, url=settings.STRIPE_URL
    )


def _events() -> None:
    subscribe("payable.settled", "sales.settle_order", on_payable_settled)
    subscribe("vat_number.changed", "payments.number_changed", payments.on_number_changed)
    subscribe("customer.updated", "payments.customer_updated", payments.on_number_changed)
    subscribe("reseller.updated", "payments.reseller_updated", payments.on_number_changed)
    subscribe("operator.updated", "payments.operator_updated", payments.on_seller_changed)
    subscribe("exchange_rates.uploaded", "payments.rates_uploaded", payments.on_rates_uploaded)
    subscribe("invoice.released", "sales.note_invoice", on_invoice_released)
    subscribe("invoice.released", "renewals.note_invoice", renewals.on_invoice_released)
    subscribe("invoice.replaced", "sales.replace_invoice", on_invoice_replaced)
    subscribe("invoice.replaced", "renewals.replace_invoice", renewals.on_invoice_replaced)
    subscribe("invoice.paid", "sales.credit_freed", on_credit_changed)
    subscribe("invoice.partly_paid", "sales.credit_freed_in_part", on_credit_changed)
    subscribe("order.cancelled", "sales.credit_not_wanted", on_credit_changed)
    subscribe("subscription.seats_removed", "sales.account_lowered", on_account_lowered)
    subscribe("credit_note.issued", "sales.credit_given_back", on_credit_changed)
    subscribe("credit_limit.set", "sales.credit_limit_set", on_credit_changed)
    subscribe("payable.settled", "renewals.payment_arrived", renewals.on_payable_settled)
    subscribe("balance.deposited", "renewals.balance_grew", renewals.on_balance_deposited)
    subscribe("invoice.overdue", "renewals.payment_missing", renewals.on_invoice_overdue)
    subscribe("balance.deposited", "payments.watch_funds", payments.on_balance_changed)
    subscribe("refund.asked", "payments.watch_payout", payments.on_balance_changed)
    subscribe("invoice.overdue", "payments.open_case", payments.on_invoice_overdue)
    subscribe("refund.asked", "payments.refund_by_card", payments.on_refund_asked)
    subscribe("bank_statement.imported", "payments.match_statement", payments.on_statement_waiting)
    subscribe("bank_statement.going_on", "payments.match_statement", payments.on_statement_waiting)
    subscribe("dunning.suspend_due", "renewals.suspend_unpaid", dunning.on_suspend_due)
    subscribe("dunning.terminate_due", "renewals.end_unpaid", dunning.on_terminate_due)
    subscribe("dunning.resolved", "renewals.resume_paid", dunning.on_resolved)
    subscribe("subscription.ended", "seats.subscription_ended", on_subscription_ended)
    subscribe("subscription.ended", "renewals.subscription_ended", renewals.on_subscription_ended)
    subscribe("customer.updated", "subscriptions.follow_customer", on_customer_updated)
    subscribe("subscription.renewal_rebased", "renewals.note_rebased", renewals.on_renewal_rebased)
    subscribe("notices.given", "mail.notices_given", on_notices_given)
    for kind, name, letter in (
        *LISTENERS,
        *CARD_LISTENERS,
        *CREDIT_LISTENERS,
        *DUNNING_LISTENERS,
        *FUND_LISTENERS,
        *TOGETHER_LISTENERS,
    ):
        subscribe(kind, name, letter)


def _due_work() -> None:
    register_due(DueSource("tax.check_number", "tax_numberwatch", check_due))
    register_due(DueSource("renewals.roll", "subscriptions_subscription", roll_due, run_many=roll_all_due))
    register_due(DueSource("renewals.ladder", "renewals_renewal", run_ladder))
    register_due(DueSource("renewals.daily", "renewals_daily", give_due))
    register_due(DueSource("seats.expire_invitation", "seats_invitation", run_expiry))
    register_due(DueSource("payments.held_invoice", "billing_heldinvoice", run_held))
    register_due(DueSource("billing.overdue", "billing_document", run_overdue))
    register_due(DueSource("billing.recognition", "billing_recognitionstate", run_recognition))
    register_due(DueSource("sales.close_account", "billing_gathering", run_close))
    register_due(DueSource("payments.dunning", "payments_dunningcase", run_dunning))
    register_due(DueSource("payments.funds", "payments_fundsettings", run_funds))
    register_due(DueSource("payments.card", "payments_cardattempt", run_card))
    register_due(DueSource("payments.card_notice", "payments_cardevent", run_card_notice))
    register_due(DueSource("payments.card_refund", "payments_cardrefund", run_card_refund))
