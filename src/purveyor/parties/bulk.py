"""The parties of many sales at once, for the renewal run: one statement a chunk. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from purveyor.infra.bulk import Cursor
from purveyor.kernel.errors import NotFound
from purveyor.parties.trade import ORGANIZATION, PROFILE, SELLER, Trade, as_organization
from purveyor.parties.types import Organization, ResellerProfile, Seller

_TRADES = f"""
SELECT {", ".join(f"o.{name}" for name in ORGANIZATION)}, {", ".join(f"p.{name}" for name in PROFILE)},
       {", ".join(f"s.{name}" for name in SELLER)}
FROM parties_organization o LEFT JOIN parties_resellerprofile p ON p.organization_id = o.id
LEFT JOIN parties_sellerprofile s ON s.organization_id = o.id
WHERE o.id = ANY(%s) OR o.id = (SELECT h.id FROM parties_organization h WHERE h.kind = 'operator')"""


def read_trades(
    cursor: Cursor, *, customer_ids: Collection[UUID], reseller_ids: Collection[UUID]
) -> dict[UUID, Trade]:
    """What ``get_trade`` says to the operator, by customer.

    Raises: NotFound before ``setup_operator``.
    """
    rows = cursor.execute(_TRADES, ([*customer_ids, *reseller_ids],)).fetchall()
    customers: list[Organization] = []
    resellers: dict[UUID, tuple[Organization, ResellerProfile]] = {}
    seller: Seller | None = None
    width = len(ORGANIZATION)
    for row in rows:
        party = as_organization(row)
        if party.kind == "customer":
            customers.append(party)
        elif party.kind == "reseller":
            resellers[party.id] = (party, ResellerProfile(party.id, *row[width : width + len(PROFILE)]))
        else:
            seller = Seller(party, *row[-len(SELLER) :])
    if seller is None:
        raise NotFound(kind="operator")
    found: dict[UUID, Trade] = {}
    for customer in customers:
        if customer.reseller_id is not None and customer.reseller_id in resellers:
            reseller, profile = resellers[customer.reseller_id]
            found[customer.id] = Trade(customer, reseller, profile, seller)
    return found
