"""The stage of a dated story: a shop that opens on a given day, its doors, its clock, and a second set of books.

A story acts through the API alone. What it expects is written down as it goes, in plain numbers, and held against
documents and ledger at its end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from purveyor.catalog.commands import set_discount
from purveyor.infra import clock
from purveyor.kernel.ids import read, show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from tests.api.caller import Caller
from tests.support.filled import everything
from tests.support.jobs import run_pending_jobs
from tests.support.shop import START, Shop, build_shop

Json = dict[str, Any]
MONTH, YEAR = "lockbox-business-1m", "lockbox-business-12m"


@dataclass
class Stage:
    """``invoiced`` and ``received`` are the story's own books, in cents: (net, vat) of documents, money that came."""

    shop: Shop
    operator: Caller
    reseller: Caller
    invoiced: list[tuple[int, int]] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    _seen: str | None = None
    _shown: int = 0
    _deposits: int = 0

    @property
    def house(self) -> Organization:
        """The reseller of the story: German, 20 percent."""
        return self.shop.houses.first

    def key_of(self, customer: str, role: str = "admin") -> Caller:
        """A key of the customer's own."""
        secret = parties.create_api_key(
            actor=self.shop.houses.operator,
            now=clock.now(),
            name="own",
            role=role,
            organization_id=read("cus", customer),
        )[1]
        return Caller(secret)

    def customer(self, name: str, country: str, postal_code: str = "10115", **more: Any) -> str:
        """A new customer of the reseller."""
        given = {
            "name": name,
            "country": country,
            "email": f"{name.split(maxsplit=1)[0].lower()}@buyer.example",
            "language": "en",
            "address": {"line1": "Street 1", "city": "Town", "postal_code": postal_code},
        }
        return str(self.reseller.post("/customers", given | more).ok(status=201)["id"])

    def pay_in(self, amount: int, organization: str | None = None) -> None:
        """Money on a balance (the reseller's unless said otherwise)."""
        self._deposits += 1
        self.received.append(amount)
        body = {
            "organization": organization or show("res", self.house.id),
            "amount": {"amount": amount, "currency": "EUR"},
            "reference": f"ahead {self._deposits}",
        }
        self.operator.post("/balance/deposits", body).ok(status=201)

    def transfer(self, order: Json, amount: int, received_on: str) -> Json:
        """Money for an order or an invoice arrives at the bank; the worker does what follows."""
        self.received.append(amount)
        target = "order" if order["id"].startswith("ord_") else "invoice"
        body = {
            target: order["id"],
            "amount": {"amount": amount, "currency": "EUR"},
            "received_on": received_on,
            "reference": order["payment"]["reference"],
        }
        paid: Json = self.operator.post("/payments", body).ok(status=201)
        run_pending_jobs()
        return paid

    def quote(self, customer: str, *lines: Json, by: Caller | None = None) -> Json:
        """What it would cost."""
        body = {"customer": customer, "lines": list(lines)}
        found: Json = (by or self.reseller).post("/quotes", body).ok(status=201)
        return found

    def buy(self, customer: str, *lines: Json, by: Caller | None = None, method: str = "balance") -> Json:
        """Quote and order in one go."""
        quote = self.quote(customer, *lines, by=by)
        body = {"quote": quote["id"], "payment_method": method}
        order: Json = (by or self.reseller).post("/orders", body).ok(status=201)
        if order["status"] == "completed" and not order["on_account"]:
            self.invoiced.append((order["net"]["amount"], order["vat"]["amount"]))
        return order

    def move(self, instant: str) -> None:
        """Let it be this instant (UTC)."""
        self.operator.post("/clock", {"now": instant}).ok()
        run_pending_jobs()

    def available(self, caller: Caller | None = None) -> int:
        """What is on the caller's balance."""
        found = (caller or self.reseller).get("/balance").ok()["available"]
        return int(found[0]["amount"]) if found else 0

    def events(self, *, notices: bool = False) -> list[str]:
        """The kinds of everything announced since this was last asked.

        Without ``notices`` the mornings' notices are left out: each year's term has some, and stories of their own
        tell of them.

        The feed holds back what is younger than the oldest transaction of the whole server, and other
        tests run on it at the same time: so it is asked until it has shown all there is.
        """
        announced = everything("SELECT count(*) FROM infra_event")[0][0]
        kinds: list[str] = []
        deadline = time.monotonic() + 180
        while self._shown < announced:
            assert time.monotonic() < deadline, "the feed holds events back for ever"
            since = f"&since={self._seen}" if self._seen else ""
            page = self.operator.get(f"/events?limit=200{since}").ok()
            if page["data"]:
                kinds += [event["kind"] for event in page["data"]]
                self._seen = page["next_cursor"]
                self._shown += len(page["data"])
            else:
                time.sleep(0.02)
        return kinds if notices else [kind for kind in kinds if kind != "notices.given"]

    def mails(self, to: str) -> list[str]:
        """The subjects of what was sent to an address, oldest first."""
        rows = self.operator.get(f"/mailbox?to={to}").ok()["data"]
        return [row["subject"] for row in reversed(rows)]

    def subscription(self, id: str) -> Json:
        """A subscription as the operator sees it."""
        found: Json = self.operator.get(f"/subscriptions/{id}").ok()
        return found

    def invoices(self, kind: str = "invoice") -> list[Json]:
        """All documents of a kind, oldest first, with their lines."""
        rows = self.operator.get("/invoices?limit=200").ok()["data"]
        found = [row for row in rows if row["kind"] == kind]
        return [self.operator.get(f"/invoices/{row['id']}").ok() for row in reversed(found)]


def period(subscription: Json) -> tuple[str, str]:
    """From when to when, the end exclusive."""
    return subscription["period"]["start"], subscription["period"]["end"]


def new(quantity: int, offer: str = YEAR) -> Json:
    """A line: a new subscription."""
    return {"type": "new", "offer": offer, "quantity": quantity}


def more(subscription: str, quantity: int) -> Json:
    """A line: more seats in the running term."""
    return {"type": "add_seats", "subscription": subscription, "quantity": quantity}


def open_stage(start: str) -> Stage:
    """The shop opens; ``start`` (UTC) is the first instant of the story."""
    clock.begin_at(datetime.fromisoformat(start) - datetime.now(UTC))
    shop = build_shop()
    houses = shop.houses
    set_discount(
        actor=houses.operator,
        now=clock.now(),
        reseller_id=houses.first.id,
        percent=Decimal(20),
        valid_from=START,
    )

    def key(organization_id: UUID) -> Caller:
        made = parties.create_api_key(
            actor=houses.operator,
            now=clock.now(),
            name="story",
            role="admin",
            organization_id=organization_id,
        )
        return Caller(made[1])

    stage = Stage(shop, key(houses.operator.organization_id), key(houses.first.id))
    stage.events()
    return stage


@contextmanager
def books_closed(stage: Stage) -> Iterator[None]:
    """After the story: documents and ledger say what the story's own books say."""
    yield
    run_pending_jobs()
    assert [(i["net"]["amount"], i["vat"]["amount"]) for i in stage.invoices()] == stage.invoiced
    for invoice in stage.invoices():
        assert sum(line["net"]["amount"] for line in invoice["lines"]) == invoice["net"]["amount"]
        assert sum(tax["base"]["amount"] for tax in invoice["taxes"]) == invoice["net"]["amount"]
        assert invoice["net"]["amount"] + invoice["vat"]["amount"] == invoice["gross"]["amount"]
    check_numbers()
    check_ledger(stage)


def check_numbers() -> None:
    """Gapless from 1, for each seller, series and year, and no later number bears an earlier date."""
    groups = everything(
        "SELECT reseller_id, series, year, array_agg(sequence ORDER BY sequence),"
        " array_agg(issued_on ORDER BY sequence) FROM billing_document GROUP BY 1, 2, 3"
    )
    assert groups
    for *_, numbers, days in groups:
        assert numbers == list(range(1, len(numbers) + 1))
        assert days == sorted(days)


def check_ledger(stage: Stage) -> None:
    """Every booking and every currency sums to zero, and the accounts agree with the story."""
    unbalanced = "SELECT 1 FROM ledger_entry GROUP BY transaction_id, currency HAVING sum(amount) <> 0"
    assert everything(unbalanced) == []
    rows = everything(
        "SELECT a.kind, sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id GROUP BY 1"
    )
    sums = {kind: int(total) for kind, total in rows}
    assert sum(sums.values()) == 0
    net, vat = (sum(pair[i] for pair in stage.invoiced) for i in (0, 1))
    assert sums.get("cash_clearing", 0) == sum(stage.received)
    assert sums.get("deferred_revenue", 0) + sums.get("revenue", 0) == -net
    assert sums.get("tax_payable", 0) == -vat
    # What is owed is what invoices say is open.
    open_now = sum(i["gross"]["amount"] - i["paid"]["amount"] for i in stage.invoices())
    assert sums.get("receivable", 0) == open_now
    (cached,) = everything("SELECT coalesce(sum(available + reserved), 0) FROM ledger_prepaidbalance")
    assert sums.get("customer_prepaid", 0) == -int(cached[0])
