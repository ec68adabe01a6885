"""How many SQL statements a call takes: they are what a call costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purveyor.kernel.ids import show
from tests.api.caller import Answer, Caller
from tests.support.world import World, cus

By = Callable[..., Caller]


def counted(act: Callable[[], Answer]) -> tuple[Any, list[str]]:
    """What came back, and the statements of the call without BEGIN and COMMIT."""
    with CaptureQueriesContext(connection) as caught:
        answer = act()
    assert answer.status < 300, answer.raw
    sql = [query["sql"] for query in caught.captured_queries]
    return answer.body, [one for one in sql if one not in {"BEGIN", "COMMIT"}]


def limit(statements: list[str], most: int) -> None:
    """At most so many; a failure shows them."""
    assert len(statements) <= most, "\n".join(f"{n} {sql[:160]}" for n, sql in enumerate(statements, 1))


@pytest.fixture(scope="module")
def subscription(world: World) -> str:
    """Fifty seats of the first customer, paid from the reseller's balance, and some more subscriptions."""
    reseller, operator = Caller(world.keys["reseller"]), Caller(world.keys["operator"])
    organization = show("res", world.shop.houses.first.id)
    money = {"amount": 9_000_000, "currency": "EUR"}
    deposit = {"organization": organization, "amount": money, "reference": "x"}
    operator.post("/balance/deposits", deposit).ok(status=201)
    line = {"type": "new", "offer": "lockbox-business-12m", "quantity": 50}
    quote = reseller.post("/quotes", {"customer": cus(world.customer), "lines": [line] * 10}).ok(status=201)
    order = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"}).ok(status=201)
    found: str = order["subscriptions"][0]
    return found


def test_lists(subscription: str, world: World, by: By) -> None:
    reseller = by("reseller")
    for path in ("/subscriptions", "/customers", "/activity", "/events", "/payments",
                 "/balance", "/balance/movements"):  # fmt: skip
        limit(counted(lambda path=path: reseller.get(path))[1], 2)  # type: ignore[misc]  # bound at once
    for path in (f"/subscriptions?customer={cus(world.customer)}", f"/subscriptions/{subscription}/assignments",
                 f"/customers/{cus(world.customer)}/members"):  # fmt: skip
        limit(counted(lambda path=path: reseller.get(path))[1], 3)  # type: ignore[misc]  # bound at once


def test_lists_of_whole_documents(subscription: str, by: By) -> None:
    # An invoice names its credit notes.
    for path, most in (("/orders", 4), ("/invoices", 5)):
        limit(counted(lambda path=path: by("reseller").get(path))[1], most)  # type: ignore[misc]  # bound at once


def test_an_assignment(subscription: str, by: By) -> None:
    reseller = by("reseller")
    path = f"/subscriptions/{subscription}/assignments"
    _, new = counted(lambda: reseller.post(path, {"email": "new@customer.example"}, key="s-1"))
    limit(new, 12)
    first, _ = counted(lambda: reseller.post(path, {"email": "known@customer.example"}))
    reseller.delete(f"/assignments/{first['id']}").ok(status=204)
    _, known = counted(lambda: reseller.post(path, {"email": "known@customer.example"}, key="s-2"))
    limit(known, 8)


def test_a_top_up_from_the_balance(subscription: str, world: World, by: By) -> None:
    reseller = by("reseller")
    line = {"type": "add_seats", "subscription": subscription, "quantity": 1}
    body = {"customer": cus(world.customer), "lines": [line]}
    quote, asked = counted(lambda: reseller.post("/quotes", body, key="s-3"))
    accept = {"quote": quote["id"], "payment_method": "balance"}
    _, accepted = counted(lambda: reseller.post("/orders", accept, key="s-4"))
    limit(asked, 9)
    limit(accepted, 18)
