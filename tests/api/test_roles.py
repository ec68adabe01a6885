"""Who sees what and who may do what: a foreign id is 404, a forbidden act 403 (api.md, manners)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from purveyor.infra import tx
from purveyor.interfaces.api import documents
from purveyor.interfaces.api.app import api
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id, read, show
from purveyor.payments.models import DunningCase
from tests.api.caller import Caller
from tests.api.test_story import GMBH
from tests.support.banking import banked
from tests.support.kept_card import kept_card
from tests.support.waiting import held
from tests.support.world import World, cus

By = Callable[..., Caller]
LINE = {"type": "new", "offer": "lockbox-business-1m", "quantity": 3}


@dataclass(frozen=True)
class Things:
    """One of each, belonging to the first reseller's customer and paid by that reseller."""

    ids: dict[str, str]


@pytest.fixture(scope="module")
def things(world: World) -> Things:
    reseller, operator = Caller(world.keys["reseller"]), Caller(world.keys["operator"])
    customer = cus(world.customer)
    money = {"amount": 90_000, "currency": "EUR"}
    organization = show("res", world.shop.houses.first.id)
    deposit = {"organization": organization, "amount": money, "reference": "x"}
    operator.post("/balance/deposits", deposit).ok(status=201)
    quote = reseller.post("/quotes", {"customer": customer, "lines": [LINE]}).ok(status=201)
    order = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"}).ok(status=201)
    waiting = reseller.post("/quotes", {"customer": customer, "lines": [LINE]}).ok(status=201)
    unpaid = reseller.post("/orders", {"quote": waiting["id"], "payment_method": "bank_transfer"}).ok(
        status=201
    )
    seats = f"/subscriptions/{order['subscriptions'][0]}/assignments"
    seat = reseller.post(seats, {"email": "ann@customer.example"}).ok(status=201)
    asked = reseller.post("/balance/top-ups", {"amount": money}).ok(status=201)
    (coming,) = reseller.get(f"/renewals?customer={customer}").ok()["data"]
    bank = banked([world.shop.houses.first])
    card = kept_card(world.shop.houses.first, world.customer, unpaid["id"])["crd"]
    return Things(
        {
            "dunning-cases": reminded(world, order["invoice"]["id"]),
            "renewals": coming["id"],
            "customers": customer,
            "quotes": quote["id"],
            "orders": unpaid["id"],
            "subscriptions": order["subscriptions"][0],
            "members": seat["member"]["id"],
            "assignments": seat["id"],
            "invoices": order["invoice"]["id"],
            "resellers": organization,
            "balance": asked["id"],
            "bank-statements": bank["bst"],
            "bank-entries": bank["ben"],
            "payment-files": bank["pfl"],
            "mandates": bank[f"man_{world.shop.houses.first.id}"],
            "cards": card,
            "held-invoices": show("hld", held(read("inv", order["invoice"]["id"]))),
        }
    )


def reminded(world: World, invoice: str) -> str:
    """A case of dunning, as if the invoice had not been paid for days."""
    house = world.shop.houses.first
    with tx.enter(system_actor()) as now:
        case = DunningCase(
            id=new_id(), reseller_id=house.id, customer_id=world.customer.id, payer_id=house.id,
            invoice_id=read("inv", invoice), number="x", due_on=now.date(), status="reminded", plan=[], opened_at=now,
        )  # fmt: skip
        case.save(force_insert=True)
    return show("dun", case.id)


def operations() -> list[tuple[str, str, str]]:
    """(method, path, resource) of every operation with an id in its path, from the schema itself."""
    paths: dict[str, Any] = api.get_openapi_schema(path_prefix="/")["paths"]
    return [
        (method.upper(), path, path.split("/")[1])
        for path, methods in sorted(paths.items())
        for method in methods
        if "{id}" in path
    ]


BODIES: dict[str, dict[str, Any]] = {
    "PATCH customers": {"name": "Taken over"},
    "PATCH subscriptions": {"auto_renew": False},
    "PATCH members": {"name": "Taken over"},
    "POST members": {"email": "x@x.example", "role": "member"},
    "POST assignments": {"email": "x@x.example"},
    "POST discounts": {"percent": 99},
    "POST replace": {"email": "x@x.example"},
    "PATCH resellers": {"billing_mode": "gathered"},
    "POST hold": {"reason": "strange"},
    "POST book": {"account": "bank_fees"},
    "POST promise": {"until": "2026-12-31"},
    "POST price-consent": {"accept": True},
    "POST suspend": {"reason": "strange"},
    "POST resume": {"reason": "strange"},
    "POST end": {"reason": "strange"},
    "POST reactivate": {"reason": "strange"},
    "POST take-back": {"quantity": 1},
    "POST match": {"organization": "cus_00000000000000000000000000"},
    "PUT leavers": {"assignments": []},
    "PUT credit": {"currency": "EUR", "amount": 1},
}


def body_of(method: str, path: str) -> Any:
    """A body that would be taken, if the caller could reach the thing."""
    return BODIES.get(f"{method} {re.sub(r'/{id}$', '', path).rsplit('/', 1)[-1]}")


@pytest.mark.parametrize("role", ["other_reseller", "sibling", "direct", "member"])
@pytest.mark.parametrize(("method", "path", "resource"), operations())
def test_another_one_s_thing_does_not_exist(
    things: Things, by: By, role: str, method: str, path: str, resource: str
) -> None:
    answer = by(role).call(method, path.replace("{id}", things.ids[resource]), body_of(method, path))
    answer.refused(404, "not_found")


@pytest.mark.parametrize(("method", "path", "resource"), operations())
def test_an_id_of_nothing_does_not_exist(
    things: Things, by: By, method: str, path: str, resource: str
) -> None:
    prefix = things.ids[resource].partition("_")[0]
    good = things.ids[resource]
    for wrong in (
        show(prefix, new_id()),
        good.upper(),
        good[:-1],
        f"{good}0",
        show("zzz", new_id()),
        "%00",
        "1",
    ):
        answer = by("operator").call(method, path.replace("{id}", wrong), body_of(method, path))
        answer.refused(404, "not_found")


@pytest.mark.parametrize(
    "resource", ["customers", "subscriptions", "orders", "invoices", "activity", "payments"]
)
@pytest.mark.parametrize("role", ["other_reseller", "sibling", "direct"])
def test_lists_show_nothing_of_others(things: Things, by: By, role: str, resource: str) -> None:
    answer = by(role).get(f"/{resource}?limit=200")
    for name, value in things.ids.items():
        # The sibling belongs to the same reseller, and may know it.
        assert (name, role) == ("resellers", "sibling") or value.encode() not in answer.raw
    answer.ok()


@pytest.mark.parametrize(
    "resource", ["subscriptions", "orders", "invoices", "activity", "offers", "payments"]
)
@pytest.mark.parametrize("role", ["other_reseller", "sibling", "direct"])
def test_a_filter_on_another_s_customer_is_not_found(
    things: Things, by: By, role: str, resource: str
) -> None:
    by(role).get(f"/{resource}?customer={things.ids['customers']}").refused(404, "not_found")


def test_the_feed_shows_the_payer_s_events_to_the_payer(things: Things, by: By) -> None:
    for role in ("other_reseller", "sibling", "direct", "admin"):
        assert things.ids["orders"].encode() not in by(role).get("/events?limit=200").raw
    assert things.ids["orders"].encode() in by("reseller").get("/events?limit=200").raw


def test_a_customer_does_not_see_its_reseller_s_money(things: Things, by: By) -> None:
    admin = by("admin")
    for resource in ("orders", "quotes", "invoices"):
        admin.get(f"/{resource}/{things.ids[resource]}").refused(404, "not_found")
    assert admin.get(f"/subscriptions/{things.ids['subscriptions']}").ok()["payer"].startswith("res_")
    assert admin.get("/orders").ok()["data"] == []
    assert b"your_price" not in admin.get("/activity").raw
    # It may not decide what its reseller pays next, but it may be told so: it sees the subscription.
    path = f"/subscriptions/{things.ids['subscriptions']}"
    admin.patch(path, {"auto_renew": False}).refused(403, "forbidden")


def test_a_manager_assigns_and_does_not_buy(things: Things, world: World, by: By) -> None:
    manager = by("manager")
    own = things.ids["customers"]
    manager.post("/quotes", {"customer": own, "lines": [LINE]}).refused(403, "forbidden")
    for path in ("/orders", "/invoices", "/balance", "/payments", f"/orders/{things.ids['orders']}"):
        manager.get(path).refused(404, "not_found")
    assert manager.get("/offers").ok()["data"] == []
    path = f"/subscriptions/{things.ids['subscriptions']}/assignments"
    made = manager.post(path, {"email": "bea@customer.example"}).ok(status=201)
    member = f"/members/{made['member']['id']}"
    manager.patch(member, {"role": "admin", "confirm": "discount_lost"}).refused(403, "forbidden")
    manager.delete(f"/assignments/{made['id']}").ok(status=204)
    manager.post("/customers", GMBH).refused(403, "forbidden")


def test_a_member_sees_itself_only(things: Things, by: By) -> None:
    member = by("member")
    assert member.get("/me").ok()["role"] == "member"
    for path in ("/customers", "/offers", "/orders", "/subscriptions", "/invoices", "/balance", "/activity",
                 "/events", f"/customers/{things.ids['customers']}", "/mailbox"):  # fmt: skip
        member.get(path).refused(404, "not_found")


def test_only_the_operator_takes_money_and_moves_time(things: Things, by: By) -> None:
    amount = {"amount": 1, "currency": "EUR"}
    payment = {"order": things.ids["orders"], "amount": amount, "received_on": "2026-11-22", "reference": "x"}
    deposit = {"organization": things.ids["customers"], "amount": amount, "reference": "x"}
    for role in ("reseller", "technician", "admin", "manager", "other_reseller"):
        by(role).post("/payments", payment).refused(403, "forbidden")
        by(role).post("/balance/deposits", deposit).refused(403, "forbidden")
        by(role).post("/clock", {"now": "2030-01-01T00:00:00Z"}).refused(403, "forbidden")
    operator = by("operator")
    both = payment | {"invoice": things.ids["invoices"]}
    operator.post("/payments", both).refused(422, "invalid")
    for change in ({"received_on": "2026-13-01"}, {"received_on": "20261122"}, {"received_on": 5},
                   {"amount": {"amount": "1", "currency": "EUR"}}, {"amount": {"amount": 0, "currency": "EUR"}},
                   {"amount": 5}, {"amount": {"amount": 1, "currency": "XXX"}}):  # fmt: skip
        operator.post("/payments", payment | change).refused(422, "invalid")


def test_the_operator_opens_resellers_and_sets_their_discounts(things: Things, world: World, by: By) -> None:
    operator = by("operator")
    body = {key: value for key, value in GMBH.items() if key != "name"} | {
        "name": "Neu IT",
        "currency": "EUR",
    }
    made = operator.post("/resellers", body, key="r-1").ok(documents.Reseller, 201)
    listed = operator.get("/resellers").ok(documents.Listed[documents.Reseller])["data"]
    assert made in listed
    path = f"/resellers/{made['id']}/discounts"
    for percent in (101, -1, True, 1.5, "x", "1.234", "101"):
        operator.post(path, {"percent": percent}).refused(422, "invalid")
    general = operator.post(path, {"percent": 10}).ok(documents.Discount, 201)
    assert (general["percent"], general["offer"]) == (10, None)
    special = {"percent": "12.5", "offer": "lockbox-business-1m"}
    assert operator.post(path, special).ok(documents.Discount, 201)["percent"] == 12.5
    assert len(operator.get(path).ok(documents.Listed[documents.Discount])["data"]) == 2

    own = f"/resellers/{things.ids['resellers']}/discounts"
    assert by("reseller").get(own).ok()["data"][0]["percent"] == 20
    by("reseller").post(own, {"percent": 90}).refused(403, "forbidden")
    by("reseller").post("/resellers", body).refused(403, "forbidden")
    assert len(by("reseller").get("/resellers").ok()["data"]) == 1
    for role in ("admin", "manager", "member"):
        by(role).get("/resellers").refused(404, "not_found")
        by(role).get(own).refused(404, "not_found")


def test_card_has_its_place_but_is_not_taken_yet(world: World, by: By) -> None:
    reseller = by("reseller")
    quote = reseller.post("/quotes", {"customer": cus(world.customer), "lines": [LINE]}).ok(status=201)
    facts = reseller.post("/orders", {"quote": quote["id"], "payment_method": "card"}).refused(422, "invalid")
    assert facts == {"field": "payment_method", "reason": "card_not_available"} | facts


def test_the_operator_s_direct_customer_buys_at_list_price(world: World, by: By) -> None:
    direct = by("direct")
    quote = direct.post("/quotes", {"customer": cus(world.direct), "lines": [LINE]}).ok(status=201)
    assert (quote["payer"], quote["lines"][0]["discount_percent"]) == (cus(world.direct), 0)
    assert quote["taxes"][0]["category"] == "S"


def test_a_key_that_was_revoked_is_none(world: World) -> None:
    from purveyor.parties import commands
    from tests.support.houses import NOW

    houses = world.shop.houses
    key_id, secret = commands.create_api_key(
        actor=houses.reseller(houses.first), now=NOW, name="short", role="technician"
    )
    Caller(secret).get("/me").ok()
    commands.revoke_api_key(actor=houses.reseller(houses.first), now=NOW, key_id=key_id)
    Caller(secret).get("/me").refused(401, "unauthenticated")
