"""Kept cards by the API: the address at which one is entered, the list, which one pays, letting one go; and whose."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from purveyor.interfaces.api import card_shapes, documents
from purveyor.interfaces.doubles.card import CardDouble
from tests.api.caller import Caller
from tests.support.cards import GOOD, SECURE, Holder, card_provider, do_due
from tests.support.world import World

By = Callable[..., Caller]


@pytest.fixture(scope="module")
def double(world: World) -> Iterator[CardDouble]:
    with card_provider() as found:
        yield found


def test_without_a_provider_none_is_kept(by: By) -> None:
    facts = by("reseller").post("/cards").refused(422, "invalid")
    assert facts["reason"] == "card_not_available"
    assert by("reseller").get("/cards").ok(documents.Listed[card_shapes.KeptCard])["data"] == []


def test_cards_are_kept_chosen_and_let_go(by: By, double: CardDouble) -> None:
    reseller = by("reseller")
    first = reseller.post("/cards", key="keep-1").ok(card_shapes.Keeping, 201)
    assert "/pay/" in first["url"]
    # The same call again leads to the same page.
    assert reseller.post("/cards", key="keep-1").ok(status=201) == first
    Holder().pay(first["url"], GOOD)
    Holder().pay(reseller.post("/cards").ok(status=201)["url"], SECURE, "approve")
    default, other = reseller.get("/cards").ok(documents.Listed[card_shapes.KeptCard])["data"]
    assert (default["brand"], default["last4"], default["is_default"], default["expired"]) == (
        "visa", "4242", True, False,
    )  # fmt: skip
    assert (other["last4"], other["is_default"]) == ("3220", False)
    changed = reseller.post(f"/cards/{other['id']}/default").ok(card_shapes.KeptCard)
    assert changed["is_default"]
    assert not reseller.get(f"/cards/{default['id']}").ok(card_shapes.KeptCard)["is_default"]
    reseller.delete(f"/cards/{other['id']}").ok(status=204)
    do_due()
    (left,) = reseller.get("/cards").ok()["data"]
    assert (left["id"], left["is_default"]) == (default["id"], True)
    # What is gone is gone.
    reseller.get(f"/cards/{other['id']}").refused(404, "not_found")
    reseller.delete(f"/cards/{other['id']}").refused(404, "not_found")
    reseller.post(f"/cards/{other['id']}/default").refused(404, "not_found")


def test_a_card_is_its_payers_alone(by: By, double: CardDouble) -> None:
    (kept,) = by("reseller").get("/cards").ok()["data"]
    assert by("technician").get("/cards").ok()["data"] == [kept]
    assert by("admin").get("/cards").ok()["data"] == []
    assert by("operator").get("/cards").ok()["data"] == []
    for role in ("admin", "other_reseller", "direct", "operator"):
        for method, path in (("GET", ""), ("POST", "/default"), ("DELETE", "")):
            by(role).call(method, f"/cards/{kept['id']}{path}").refused(404, "not_found")
    for role in ("manager", "member", "operator"):
        by(role).post("/cards").refused(404, "not_found")
    assert by("admin").post("/cards").ok(status=201)["url"]
