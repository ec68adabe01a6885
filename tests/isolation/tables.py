"""Which rows of which table a context may see, said a second time and in other words than the policies say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from purveyor.infra.roles import DatabaseUrls
from tests.support.filled import Filled

Row = Mapping[str, Any]
# A column of this name says that a row is somebody's.
OWNERSHIP = ("reseller_id", "customer_id", "payer_id", "organization_id", "party_id")
# Tables that no policy guards, each with its reason. A table that is not here must be protected.
OPEN = {
    "account_emailaddress": "a person's own; asked by the person's id alone",
    "account_emailconfirmation": "a person's own",
    "auth_group": "Django's, unused",
    "auth_group_permissions": "Django's, unused",
    "auth_permission": "Django's, unused",
    "django_content_type": "names of models",
    "django_migrations": "what was migrated",
    "django_session": "found by its secret key alone",
    "infra_clock": "one number, the same for all",
    "infra_delivery": "numbers of events and names of handlers",
    "infra_parked": "written when a transaction failed, whoever's it was; the operator's page alone reads it",
    "mfa_authenticator": "a person's own",
    "parties_person": "a login belongs to no organization; nothing searches it but by exact address",
    "procrastinate_events": "jobs carry ids, never contents",
    "procrastinate_jobs": "as above",
    "procrastinate_periodic_defers": "as above",
    "procrastinate_workers": "as above",
    "usersessions_usersession": "a person's own",
}
# Everybody reads them, the operator (or a migration) writes them.
REFERENCE = {
    *("catalog_vendor", "catalog_product", "catalog_plan", "catalog_offer", "catalog_pricelist"),
    *("catalog_price", "tax_rate", "tax_exchangerate", "parties_sellerprofile"),
    *("renewals_daily", "renewals_run", "billing_recognitionstate"),
}


# What is on the operator's own desk: its rows belong to nobody else, whoever they name.
OPERATORS = {
    *("payments_bankstatement", "payments_bankentry", "payments_bankmatch"),
    *("payments_paymentfile", "payments_paymentfileitem", "payments_cardevent"),
}


@dataclass(frozen=True)
class Context:
    """What a transaction says about who is in it."""

    name: str
    scope: str = ""
    reseller: UUID | None = None
    customer: UUID | None = None

    def sees(self, table: str, row: Row) -> bool:
        """Whether a row of a tenant's table is this context's to read."""
        if self.scope == "operator":
            return True
        if not self.scope:
            return False
        if table in _SPECIAL:
            return _SPECIAL[table](self, row)
        own = self.reseller if self.scope == "reseller" else self.customer
        # A subscription says who pays for it; both sides work with it.
        if table != "subscriptions_subscription" and row.get("payer_id") not in (None, own):
            return False
        return self.reaches(row)

    def reaches(self, row: Row) -> bool:
        """Whether a row is about the reseller and the customer of this context."""
        if self.scope == "reseller":
            pinned = self.customer is None or row.get("customer_id") in (None, self.customer)
            return row.get("reseller_id") == self.reseller and pinned
        return "customer_id" in row and row["customer_id"] == self.customer

    @property
    def own(self) -> UUID | None:
        """The organization itself."""
        return self.reseller if self.scope == "reseller" else self.customer


_SPECIAL: dict[str, Callable[[Context, Row], bool]] = {
    # Everybody may know who the seller is.
    "parties_organization": lambda c, row: row["kind"] == "operator" or c.reaches(row),
    # Whom to ask is told to a reseller's customers.
    "parties_resellerprofile": lambda c, row: row["reseller_id"] == c.reseller,
    # Which customers somebody had open last: no matter which one is acted on now.
    "parties_recentcustomer": lambda c, row: c.scope == "reseller" and row["reseller_id"] == c.reseller,
    "infra_idempotencyrecord": lambda c, row: row["organization_id"] == c.own,
    # Money paid in ahead is its party's alone; that the account exists, its reseller's to know.
    "ledger_prepaidbalance": lambda c, row: row["party_id"] == c.own and row["reseller_id"] == c.reseller,
    # A reseller in debt for one customer must know it while it acts on another.
    "payments_dunningcase": lambda c, row: (
        row["reseller_id"] == c.reseller
        and row["payer_id"] == c.own
        and (c.scope == "reseller" or c.reaches(row))
    ),
    # The default of all stands in it too, and a customer is not told of either.
    "payments_dunningstep": lambda c, row: c.scope == "reseller" and row["reseller_id"] in (None, c.reseller),
    "ledger_account": lambda c, row: (
        row["reseller_id"] == c.reseller if c.scope == "reseller" else row["party_id"] == c.own
    ),
}


def contexts(filled: Filled) -> list[Context]:
    """Every kind of context that a page, a call or a job works in, and none."""
    houses, sibling = filled.world.shop.houses, filled.world.sibling
    first, second, mine = houses.first.id, houses.second.id, houses.first_customer.id
    return [
        Context("nobody"),
        Context("the operator", "operator"),
        Context("the first reseller", "reseller", first),
        Context("the first reseller, acting on its customer", "reseller", first, mine),
        Context("the first reseller, acting on its other customer", "reseller", first, sibling.id),
        Context("the other reseller", "reseller", second),
        Context("the other reseller, acting on another's customer", "reseller", second, mine),
        Context("a customer", "customer", first, mine),
        Context("its sibling", "customer", first, sibling.id),
        Context("a stranger's customer", "customer", second, houses.second_customer.id),
    ]


def enter(connection: psycopg.Connection[Any], context: Context) -> None:
    """Let the running transaction be in this context."""
    connection.execute(
        "SELECT set_config('app.scope', %s, true), set_config('app.reseller', %s, true),"
        " set_config('app.customer', %s, true)",
        [str(value) for value in (context.scope, context.reseller or "", context.customer or "")],
    )


@contextmanager
def serving(urls: DatabaseUrls, context: Context) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A transaction of the serving role in this context, undone at its end."""
    with psycopg.connect(urls.app, row_factory=dict_row) as connection:
        enter(connection, context)
        try:
            yield connection
        finally:
            connection.rollback()


def all_tables(urls: DatabaseUrls) -> dict[str, dict[str, Any]]:
    """Every table of the schema: its columns, its primary key, whether it is protected."""
    query = """
        SELECT c.relname AS name, c.relrowsecurity AS guarded, c.relforcerowsecurity AS forced,
               array_agg(a.attname::text) AS columns,
               (SELECT array_agg(k.attname::text) FROM pg_index i JOIN pg_attribute k
                ON k.attrelid = c.oid AND k.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary) AS pk
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        GROUP BY c.oid ORDER BY 1"""
    with psycopg.connect(urls.owner, row_factory=dict_row) as connection:
        return {row["name"]: row for row in connection.execute(query).fetchall()}


def key_of(row: Row, columns: Iterable[str]) -> tuple[Any, ...]:
    """What tells a row from the others."""
    return tuple(row[column] for column in columns)
