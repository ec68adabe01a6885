"""The side menu and what else stands around a page, by kind of organization and role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from purveyor.interfaces.console.shell import (
    ActingOn,
    Help,
    Language,
    MenuItem,
    PublicShell,
    Sandbox,
    Shell,
    tint_of,
)
from purveyor.parties import queries as parties
from purveyor.payments import bank_files, cards

if TYPE_CHECKING:
    from purveyor.interfaces.console.desk import Desk


def languages() -> tuple[Language, ...]:
    """The five languages, each by its own name."""
    active = get_language() or "en"
    return tuple(Language(code, name, code == active) for code, name in settings.LANGUAGES)


def public_shell() -> PublicShell:
    """What is around a signed-out page."""
    return PublicShell(
        languages=languages(), language_url=reverse("set_language"), theme_url=reverse("console:set_theme")
    )


def shell(desk: Desk) -> Shell:
    """What is around a signed-in page: menu, acting on, whom to ask."""
    actor = desk.actor
    acting_on = None
    if desk.customer is not None and actor.scope != "customer":
        acting_on = ActingOn(
            desk.customer.name, tint_of(desk.customer.id), desk.url("on_overview"), desk.url("today")
        )
    return Shell(
        organization=desk.organization.name,
        organization_kind=actor.scope,
        home_url=desk.url("today"),
        person=actor.name,
        person_email=getattr(desk.request.user, "email", ""),
        menu=tuple(_menu(desk)),
        help=_help(desk),
        languages=languages(),
        language_url=reverse("set_language"),
        theme_url=reverse("console:set_theme"),
        security_url=reverse("mfa_index"),
        sign_out_url=reverse("account_logout"),
        acting_on=acting_on,
        switch_url=desk.url("switch") if actor.scope != "customer" else None,
        sandbox=_sandbox(desk),
    )


def _sandbox(desk: Desk) -> Sandbox | None:
    if not settings.SANDBOX:
        return None
    return Sandbox(desk.now, desk.url("clock") if desk.actor.scope == "operator" else "")


def _help(desk: Desk) -> Help:
    """A customer asks its reseller (or the operator, when it has none); a reseller asks the operator."""
    reseller_id = desk.actor.reseller_id if desk.actor.scope == "customer" else None
    if reseller_id is not None:
        profile = parties.get_reseller_profile(reseller_id=reseller_id)
        return Help(profile.help_name or profile.name, profile.help_url, profile.help_email)
    seller = parties.get_seller()
    return Help(seller.organization.name, seller.help_url, seller.help_email)


def _menu(desk: Desk) -> list[MenuItem]:
    builders = {"operator": _operator, "reseller": _reseller, "customer": _customer}
    items = builders[desk.actor.scope](desk)
    if desk.customer is not None and desk.actor.scope != "customer":
        items = _acting(desk) + items
    return items


def _item(
    desk: Desk, name: str, label: str, icon: str, section: str = "", count: int | None = None
) -> MenuItem:
    url = desk.url(name)
    path = desk.request.path
    exact = name in {"today", "on_overview"}
    active = path == url if exact else path == url or path.startswith(url.rstrip("/") + "/")
    return MenuItem(label, url, icon, active=active, count=count, section=section)


def _waiting(desk: Desk) -> int | None:
    """How many renewals wait for the reader's money; nothing where none does."""
    return desk.waiting.count or None


def _acting(desk: Desk) -> list[MenuItem]:
    assert desk.customer is not None  # the caller looked
    name = desk.customer.name
    items = [
        _item(desk, "on_overview", _("Overview"), "home", name),
        _item(desk, "on_subscriptions", _("Subscriptions"), "subscriptions", name),
        _item(desk, "on_renewals", _("Renewals"), "calendar", name, _waiting(desk)),
        _item(desk, "on_members", _("Members"), "members", name),
    ]
    if desk.may("documents"):
        items.append(_item(desk, "on_orders", _("Orders"), "orders", name))
        items.append(_item(desk, "on_billing", _("Billing"), "billing", name))
    if desk.may("business_information"):
        items.append(_item(desk, "on_business", _("Business information"), "settings", name))
    items.append(_item(desk, "on_activity", _("Activity"), "activity", name))
    return items


def _reseller(desk: Desk) -> list[MenuItem]:
    # The own name stands above the menu already; as a heading it only parts it from the customer's.
    own = desk.organization.name if desk.customer else ""
    items = [
        _item(desk, "today", _("Today"), "today", own),
        _item(desk, "customers", _("Customers"), "customers", own),
        _item(desk, "subscriptions", _("Subscriptions"), "subscriptions", own),
        _item(desk, "renewals", _("Renewals"), "calendar", own, None if own else _waiting(desk)),
        _item(desk, "orders", _("Orders"), "orders", own),
        _item(desk, "billing", _("Billing"), "billing", own),
        _item(desk, "debts", _("Unpaid invoices"), "clock", own),
        _item(desk, "balance", _("Balance"), "balance", own),
        _item(desk, "activity", _("Activity"), "activity", own),
    ]
    if desk.may("settings"):
        items.append(_item(desk, "settings", _("Settings"), "settings", own))
    return items


def _operator(desk: Desk) -> list[MenuItem]:
    # The own name stands above the menu already; as a heading it only parts it from the customer's.
    own = desk.organization.name if desk.customer else ""
    items = [
        _item(desk, "today", _("Today"), "today", own),
        _item(desk, "resellers", _("Resellers"), "resellers", own),
        _item(desk, "customers", _("Customers"), "customers", own),
        _item(desk, "subscriptions", _("Subscriptions"), "subscriptions", own),
        _item(desk, "renewals", _("Renewals"), "calendar", own),
        _item(desk, "orders", _("Orders"), "orders", own),
        _item(desk, "offers", _("Offers and prices"), "offers", own),
        _item(desk, "parked", _("Needs a person"), "alert", own),
        _item(desk, "activity", _("Activity"), "activity", own),
        _item(desk, "settings", _("Settings"), "settings", own),
        _item(desk, "billing", _("Billing"), "billing", _("Money")),
        _item(desk, "held", _("Held invoices"), "clock", _("Money")),
        _item(desk, "debts", _("Unpaid invoices"), "alert", _("Money")),
        _item(desk, "money", _("Money received"), "payments", _("Money")),
        _item(desk, "bank", _("Bank"), "bank", _("Money")),
        _item(desk, "refunds", _("Refunds"), "undo", _("Money")),
        _item(desk, "balances", _("Balances"), "balance", _("Money")),
        _item(desk, "ledger", _("Books"), "book", _("Money")),
        _item(desk, "vat", _("VAT"), "percent", _("Money")),
    ]
    if settings.SANDBOX:
        items.append(_item(desk, "clock", _("Test clock"), "clock", _("Sandbox")))
        items.append(_item(desk, "mailbox", _("Mailbox"), "mail", _("Sandbox")))
    return items


def _customer(desk: Desk) -> list[MenuItem]:
    if desk.actor.role == "member":
        return [_item(desk, "today", _("My licenses"), "subscriptions")]
    items = [
        _item(desk, "today", _("Today"), "today"),
        _item(desk, "on_subscriptions", _("Subscriptions"), "subscriptions"),
        _item(desk, "on_renewals", _("Renewals"), "calendar", count=_waiting(desk)),
        _item(desk, "on_members", _("Members"), "members"),
    ]
    if desk.may("documents"):
        items.append(_item(desk, "on_orders", _("Orders"), "orders"))
        items.append(_item(desk, "on_billing", _("Billing"), "billing"))
        items.append(_item(desk, "balance", _("Balance"), "balance"))
    if desk.may("buy") and cards.is_offered():
        items.append(_item(desk, "cards", _("Cards"), "payments"))
    if desk.may("settings") and bank_files.creditor_id():
        items.append(_item(desk, "direct_debit", _("Direct debit"), "bank"))
    if desk.may("business_information"):
        items.append(_item(desk, "on_business", _("Business information"), "settings"))
    items.append(_item(desk, "on_activity", _("Activity"), "activity"))
    if desk.may("settings"):
        items.append(_item(desk, "keys", _("API keys"), "keys"))
    return items
