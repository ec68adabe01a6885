"""Addresses of the console. The workspace is always first, the customer acted on always in the path."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from purveyor.interfaces.console import converters, preferences

converters.register()

from purveyor.interfaces.console.pages import (  # noqa: E402  (their patterns need the converters)
    account,
    billing,
    buying,
    customers,
    document_files,
    dunning,
    entrance,
    gathered,
    ledger,
    members,
    money,
    notices,
    offers,
    orders,
    overview,
    paying,
    pending,
    renewals,
    renewals_bulk,
    resellers,
    runs,
    sandbox,
    settings,
    staff,
    subscription_life,
    subscriptions,
)

app_name = "console"

PUBLIC: list[URLPattern] = [
    path("", entrance.home, name="home"),
    path("workspaces", entrance.workspaces, name="workspaces"),
    path("activate/<str:token>", account.activate, name="activate"),
    path("activated", account.activated, name="activated"),
    path("theme", preferences.set_theme, name="set_theme"),
    path("gallery", sandbox.gallery, name="gallery"),
    path("healthz", entrance.health, name="health"),
]

OWN: list[URLPattern] = [
    path("", overview.today, name="today"),
    path("switch", customers.switch, name="switch"),
    path("customers", customers.listing, name="customers"),
    path("customers/new", customers.create, name="customer_new"),
    path("subscriptions", subscriptions.listing, name="subscriptions"),
    path("renewals", renewals.listing, name="renewals"),
    path("renewals/calendar", renewals.calendar, name="renewals_calendar"),
    path("renewals/forecast", renewals.forecast, name="renewals_forecast"),
    path("renewals/export.csv", renewals.export, name="renewals_export"),
    path("renewals/change", renewals_bulk.change, name="renewals_bulk"),
    path("renewals/pending", pending.listing, name="renewals_pending"),
    path("renewals/pay", pending.pay, name="renewals_pay"),
    path("orders", orders.listing, name="orders"),
    path("orders/<ord:order_id>", orders.detail, name="order"),
    path("orders/<ord:order_id>/cancel", orders.cancel, name="order_cancel"),
    path("billing", billing.listing, name="billing"),
    path("billing/<inv:document_id>", billing.document, name="document"),
    path("billing/<inv:document_id>/lines.csv", gathered.split, name="document_split"),
    path("billing/<inv:document_id>/document.pdf", document_files.pdf, name="document_pdf"),
    path("billing/<inv:document_id>/e-invoice.xml", document_files.xml, name="document_xml"),
    path("on-account", gathered.on_account, name="on_account"),
    path("balance", billing.balance, name="balance"),
    path("balance/use", paying.balance_use, name="balance_use"),
    path("debts", dunning.listing, name="debts"),
    path("debts/<dun:case_id>", dunning.detail, name="debt"),
    path("activity", overview.activity, name="activity"),
    path("settings", settings.organization, name="settings"),
    path("settings/billing", gathered.mode, name="billing_mode"),
    path("settings/people", settings.people, name="people"),
    path("settings/people/invite", settings.invite, name="people_invite"),
    path("settings/people/invitations/<ivt:invitation_id>/resend", staff.resend, name="people_resend"),
    path("settings/people/invitations/<ivt:invitation_id>/withdraw", staff.withdraw, name="people_withdraw"),
    path("settings/people/<per:person_id>/end", settings.end_membership, name="people_end"),
    path("settings/notices", notices.settings, name="notices"),
    path("settings/keys", settings.keys, name="keys"),
    path("settings/keys/new", settings.key_new, name="key_new"),
    path("settings/keys/<key:key_id>/revoke", settings.key_revoke, name="key_revoke"),
]

OPERATOR: list[URLPattern] = [
    path("resellers", resellers.listing, name="resellers"),
    path("resellers/new", resellers.create, name="reseller_new"),
    path("resellers/<res:reseller_id>", resellers.detail, name="reseller"),
    path("resellers/<res:reseller_id>/edit", resellers.edit, name="reseller_edit"),
    path("resellers/<res:reseller_id>/gathering", gathered.terms, name="reseller_gathering"),
    path("resellers/<res:reseller_id>/discount", resellers.discount, name="reseller_discount"),
    path(
        "resellers/<res:reseller_id>/invitations/<ivt:invitation_id>/resend",
        staff.reseller_resend,
        name="reseller_resend",
    ),
    path(
        "resellers/<res:reseller_id>/invitations/<ivt:invitation_id>/withdraw",
        staff.reseller_withdraw,
        name="reseller_withdraw",
    ),
    path("resellers/<res:reseller_id>/ladder", dunning.reseller_ladder, name="reseller_ladder"),
    path("ladder", dunning.ladder, name="ladder"),
    path("money", money.listing, name="money"),
    path("money/receive", money.receive, name="money_receive"),
    path("balances", money.balances, name="balances"),
    path("ledger", ledger.trial, name="ledger"),
    path("ledger/trial-balance.csv", ledger.trial_csv, name="ledger_csv"),
    path("ledger/journal", ledger.journal, name="ledger_journal"),
    path("ledger/journal.csv", ledger.journal_csv, name="ledger_journal_csv"),
    path("balances/deposit", money.deposit, name="deposit"),
    path("offers", offers.listing, name="offers"),
    path("offers/new", offers.create, name="offer_new"),
    path("offers/<off:offer_id>", offers.detail, name="offer"),
    path("offers/<off:offer_id>/withdraw", offers.withdraw, name="offer_withdraw"),
    path("prices", offers.price_lists, name="prices"),
    path("prices/new", offers.price_list_new, name="price_list_new"),
    path("prices/<prl:price_list_id>", offers.price_list, name="price_list"),
    path("renewals/runs", runs.listing, name="runs"),
    path("renewals/runs/dry", runs.dry, name="runs_dry"),
    path("renewals/runs/<run:run_id>", runs.detail, name="run"),
    path("parked", money.parked, name="parked"),
    path("clock", sandbox.clock, name="clock"),
    path("mailbox", sandbox.mailbox, name="mailbox"),
]

ACTING: list[URLPattern] = [
    path("", overview.customer, name="on_overview"),
    path("business", customers.edit, name="on_business"),
    path("business/paying", paying.may_pay_itself, name="on_may_pay_itself"),
    path("buy", buying.choose, name="on_buy"),
    path("trial", buying.trial, name="on_trial"),
    path("quotes/<quo:quote_id>", buying.quote, name="on_quote"),
    path("renewals", renewals.customer_listing, name="on_renewals"),
    path("renewals/calendar", renewals.customer_calendar, name="on_renewals_calendar"),
    path("renewals/forecast", renewals.customer_forecast, name="on_renewals_forecast"),
    path("renewals/export.csv", renewals.customer_export, name="on_renewals_export"),
    path("renewals/change", renewals_bulk.customer_change, name="on_renewals_bulk"),
    path("renewals/pending", pending.customer_listing, name="on_renewals_pending"),
    path("renewals/pay", pending.customer_pay, name="on_renewals_pay"),
    path("subscriptions", subscriptions.customer_listing, name="on_subscriptions"),
    path("subscriptions/<sub:subscription_id>", subscriptions.detail, name="on_subscription"),
    path("subscriptions/<sub:subscription_id>/top-up", buying.top_up, name="on_top_up"),
    path("subscriptions/<sub:subscription_id>/renewal", subscriptions.renewal, name="on_renewal"),
    path("subscriptions/<sub:subscription_id>/take-over", paying.take_over, name="on_take_over"),
    path("subscriptions/<sub:subscription_id>/price", notices.price, name="on_price"),
    path("subscriptions/<sub:subscription_id>/leavers", subscription_life.leavers, name="on_leavers"),
    path(
        "subscriptions/<sub:subscription_id>/cancel-change",
        subscription_life.cancel_change,
        name="on_cancel_change",
    ),
    path("subscriptions/<sub:subscription_id>/suspend", subscription_life.suspend, name="on_suspend"),
    path("subscriptions/<sub:subscription_id>/resume", subscription_life.resume, name="on_resume"),
    path("subscriptions/<sub:subscription_id>/end", subscription_life.end, name="on_end"),
    path(
        "subscriptions/<sub:subscription_id>/reactivate", subscription_life.reactivate, name="on_reactivate"
    ),
    path("subscriptions/<sub:subscription_id>/take-back", gathered.take_back, name="on_take_back"),
    path("subscriptions/<sub:subscription_id>/assign", members.assign, name="on_assign"),
    path("members", members.listing, name="on_members"),
    path("members/add", members.add, name="on_members_add"),
    path("members/<mem:member_id>", members.detail, name="on_member"),
    path("members/<mem:member_id>/edit", members.edit, name="on_member_edit"),
    path("members/<mem:member_id>/role", members.role, name="on_member_role"),
    path("members/<mem:member_id>/remove", members.remove, name="on_member_remove"),
    path("assignments/<asg:assignment_id>/release", members.release, name="on_release"),
    path("assignments/<asg:assignment_id>/replace", members.replace, name="on_replace"),
    path("invitations/<ivt:invitation_id>/resend", members.resend, name="on_resend"),
    path("invitations/<ivt:invitation_id>/withdraw", members.withdraw, name="on_withdraw"),
    path("orders", orders.customer_listing, name="on_orders"),
    path("orders/<ord:order_id>", orders.customer_detail, name="on_order"),
    path("billing", billing.customer_listing, name="on_billing"),
    path("billing/<inv:document_id>", billing.customer_document, name="on_document"),
    path("billing/<inv:document_id>/document.pdf", document_files.customer_pdf, name="on_document_pdf"),
    path("billing/<inv:document_id>/e-invoice.xml", document_files.customer_xml, name="on_document_xml"),
    path("activity", overview.customer_activity, name="on_activity"),
]


def _under(prefix: str, patterns: list[URLPattern]) -> list[URLPattern]:
    return [path(prefix + str(p.pattern), p.callback, name=p.name) for p in patterns]


urlpatterns: list[URLPattern | URLResolver] = [
    *PUBLIC,
    *_under("<org:workspace>/", OWN),
    *_under("<org:workspace>/", OPERATOR),
    *_under("<org:workspace>/on/<cus:customer_id>/", ACTING),
]
