"""One file a resource; the routers in the order in which the schema lists them."""

from __future__ import annotations

from ninja import Router

from purveyor.interfaces.api.resources import (
    assignments,
    balance,
    bank,
    credit_notes,
    customers,
    dunning,
    funds,
    invoices,
    ledger,
    me,
    members,
    offers,
    on_account,
    orders,
    payments,
    price_consent,
    quotes,
    record,
    renewals,
    resellers,
    sandbox,
    subscriptions,
)

ROUTERS: tuple[Router, ...] = (
    me.router,
    customers.router,
    offers.router,
    quotes.router,
    orders.router,
    subscriptions.router,
    members.router,
    assignments.router,
    invoices.router,
    credit_notes.router,
    on_account.router,
    payments.router,
    bank.router,
    dunning.router,
    renewals.router,
    price_consent.router,
    balance.router,
    funds.router,
    ledger.router,
    resellers.router,
    record.router,
    sandbox.router,
)
