"""The product, the bare view and pgbench in turns, so that a machine that gets slower gets slower for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench import ids, load
from bench.load import SEATED, Size
from bench.raw import STRIDE, Raw
from bench.report import Figures
from bench.web import CLIENTS, hammer, request
from purveyor.kernel.ids import new_id, show

JOBS = ("assign", "quote", "order", "list")
CONTENDERS = ("product", "bare", "raw")
# Targets of the product and of the bare view never meet: each seats another of the customer's members.
_SLOT = SEATED


@dataclass(frozen=True)
class Plan:
    """How many calls make a round, and how many rounds there are."""

    rounds: int
    product: dict[str, int]
    bare: dict[str, int]
    raw: dict[str, int]


@dataclass
class Contest:
    """Runs the rounds and keeps their figures by job and contender."""

    product_port: int
    bare_port: int
    raw: Raw
    key: str
    size: Size
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    figures: dict[str, dict[str, list[Figures]]] = field(
        default_factory=lambda: {job: {who: [] for who in CONTENDERS} for job in (*JOBS, "top_up")}
    )

    def run(self, plan: Plan, said: Callable[[str], None]) -> None:
        """All rounds, the first of which only warms everything up."""
        for number in range(plan.rounds + 1):
            self._round(plan, keep=number > 0)
            said("warm-up" if not number else f"round {number} of {plan.rounds}")

    def _round(self, plan: Plan, *, keep: bool) -> None:
        part = 1 if keep else 4
        for job in ("assign", "list"):
            self._keep(keep, job, "product", self._product(job, plan.product[job] // part))
            self._keep(keep, job, "bare", self._bare(job, plan.bare[job] // part))
            self._keep(keep, job, "raw", self.raw.run(job, plan.raw[job] // part // CLIENTS))
        quotes = plan.product["quote"] // part
        self._pair(keep, "product", *self._product_top_ups(quotes))
        bare = plan.bare["quote"] // part
        self._pair(keep, "bare", self._bare("quote", bare), self._bare("order", bare))
        raw = plan.raw["quote"] // part // CLIENTS
        self._pair(keep, "raw", self.raw.run("quote", raw), self.raw.run("order", raw))

    def _keep(self, keep: bool, job: str, who: str, found: Figures) -> None:
        if keep:
            self.figures[job][who].append(found)

    def _pair(self, keep: bool, who: str, quote: Figures, order: Figures) -> None:
        self._keep(keep, "quote", who, quote)
        self._keep(keep, "order", who, order)
        self._keep(keep, "top_up", who, Figures(1 / (1 / quote.rate + 1 / order.rate)))

    def _targets(self, who: str, job: str, count: int) -> list[tuple[int, int, int]]:
        """The next `count` (subscription, customer, k); a pair's order goes on where its quote was."""
        first = self.used.get((who, job), 0)
        self.used[who, job] = first + count
        found = []
        for k in range(first, first + count):
            subscription = k * STRIDE % self.size.subscriptions + 1
            found.append((subscription, load.customer_of(subscription), k))
        return found

    def _product(self, job: str, count: int) -> Figures:
        if job == "list":
            data = request("GET", "/api/v1/subscriptions", Authorization=f"Bearer {self.key}")
            return hammer(self.product_port, [(0, data)] * count)
        requests = []
        for subscription, customer, k in self._targets("product", job, count):
            public = show("sub", ids.of(ids.SUBSCRIPTION, subscription))
            body = {"email": load.email_of(customer, _SLOT)}
            requests.append((k, self._post(f"/subscriptions/{public}/assignments", body)))
        return hammer(self.product_port, requests)

    def _product_top_ups(self, count: int) -> tuple[Figures, Figures]:
        quotes: dict[int, str] = {}

        def answered(number: int, body: bytes) -> None:
            quotes[number] = json.loads(body)["id"]

        requests = []
        for subscription, customer, k in self._targets("product", "quote", count):
            line = {
                "type": "add_seats",
                "subscription": show("sub", ids.of(ids.SUBSCRIPTION, subscription)),
                "quantity": 1,
            }
            body = {"customer": show("cus", ids.of(ids.CUSTOMER, customer)), "lines": [line]}
            requests.append((k, self._post("/quotes", body)))
        quoted = hammer(self.product_port, requests, answered)
        orders = [
            (k, self._post("/orders", {"quote": quote, "payment_method": "balance"}))
            for k, quote in sorted(quotes.items())
        ]
        return quoted, hammer(self.product_port, orders)

    def _post(self, path: str, body: dict[str, Any]) -> bytes:
        key = f"{new_id()}"
        return request(
            "POST",
            f"/api/v1{path}",
            json.dumps(body),
            Authorization=f"Bearer {self.key}",
            Idempotency_Key=key,
        )

    def _bare(self, job: str, count: int) -> Figures:
        requests = [
            (k, request("GET", f"/{job}/{subscription}/{customer}/{k}"))
            for subscription, customer, k in self._targets("bare", job, count)
        ]
        return hammer(self.bare_port, requests)


def seats_agree(connection: Any, reseller: UUID) -> bool:
    """Whether, after everything, no subscription's counter differs from its assignments and the books sum to 0."""
    wrong = connection.execute(
        "SELECT count(*) FROM subscriptions_subscription s WHERE s.reseller_id = %s AND s.seats_assigned <>"
        " (SELECT count(*) FROM seats_assignment a WHERE a.subscription_id = s.id AND a.status <> 'ended')",
        [reseller],
    ).fetchone()[0]
    summed = connection.execute("SELECT coalesce(sum(amount), 0) FROM ledger_entry").fetchone()[0]
    gaps = connection.execute(
        "SELECT count(*) FROM billing_counter c WHERE c.last <> (SELECT count(*) FROM billing_document d"
        " WHERE d.reseller_id = c.reseller_id AND d.series = c.series AND d.year = c.year)"
    ).fetchone()[0]
    return wrong == 0 and summed == 0 and gaps == 0
