"""Every call of the API by every role, with ids of others in path, query and body: as if they did not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from purveyor.interfaces.api.app import api
from purveyor.kernel.ids import show
from tests.api.caller import Answer, Caller
from tests.isolation.roles import ROLES, foreign_ids, own_id, row_counts
from tests.support.filled import Filled, nobodys

# The kind of thing that an id in a path names. A path that is not here fails the test.
PATHS = {
    "customers": "cus",
    "quotes": "quo",
    "orders": "ord",
    "subscriptions": "sub",
    "members": "mem",
    "assignments": "asg",
    "invoices": "inv",
    "resellers": "res",
    "renewals": "ren",
    "dunning-cases": "dun",
    "balance": "pbl",
    "bank-statements": "bst",
    "bank-entries": "ben",
    "payment-files": "pfl",
    "mandates": "man",
    "cards": "crd",
    "held-invoices": "hld",
}
# What only the operator writes, and only it and a reseller read.
DESK = {"/resellers", "/resellers/{id}/discounts", "/dunning-ladder"}
# What is the operator's alone to read, and what no customer reads.
OPERATORS = {
    *(
        "/bank-statements",
        "/bank-statements/{id}",
        "/bank-entries",
        "/payment-files",
        "/payment-files/{id}/xml",
    ),
    *("/held-invoices", "/held-invoices/{id}", "/ledger/trial-balance", "/ledger/journal"),
    *("/reports/vat-book", "/reports/ec-sales-list", "/reports/one-stop-shop", "/exchange-rates"),
}
HOUSES = {"/resellers/{id}/credit"}
# What belongs to who pays, and the operator pays nothing.
PAYERS = {"/cards/{id}"}
# An account that is collected from is shown to who may change it.
SETTINGS = {"/mandates", "/mandates/{id}"}
# Names of query parameters and fields that hold the id of something that belongs to somebody.
NAMED = {
    "customer": "cus",
    "organization": "cus",
    "reseller": "res",
    "quote": "quo",
    "subscription": "sub",
    "order": "ord",
    "invoice": "inv",
    "renewal": "ren",
}
# A body that would be taken, with {name} for the ids of NAMED. A writing call that is not here fails the test.
MONEY = {"amount": 100, "currency": "EUR"}
ADDRESS = {"line1": "Street 1", "city": "Town", "postal_code": "10115"}
ARRIVED = {"amount": MONEY, "received_on": "2026-11-22", "reference": "strange"}
LINE = {"type": "new", "offer": "lockbox-business-1m", "quantity": 1}
MORE = {"type": "add_seats", "subscription": "{subscription}", "quantity": 1}
BODIES: dict[str, list[Any]] = {
    "POST /customers": [
        {
            "name": "Strange",
            "country": "DE",
            "email": "a@strange.example",
            "language": "de",
            "address": ADDRESS,
            "reseller": "{reseller}",
        }
    ],
    "PATCH /customers/{id}": [{"name": "Taken over"}],
    "POST /quotes": [
        {"customer": "{customer}", "lines": [LINE]},
        {"customer": "{own customer}", "lines": [MORE]},
        {"customer": "{customer}", "lines": [MORE]},
        {"customer": "{own customer}", "lines": [LINE, MORE]},
    ],
    "POST /orders": [
        {"quote": "{quote}", "payment_method": "balance"},
        {"quote": "{quote}", "payment_method": "bank_transfer"},
    ],
    "POST /orders/{id}/cancel": [None],
    "PATCH /subscriptions/{id}": [{"auto_renew": False}],
    "POST /customers/{id}/members": [{"email": "x@strange.example", "role": "member"}],
    "PATCH /members/{id}": [{"name": "Taken over"}],
    "DELETE /members/{id}": [None],
    "DELETE /subscriptions/{id}/scheduled-change": [None],
    "POST /subscriptions/{id}/suspend": [{"reason": "x"}],
    "POST /subscriptions/{id}/resume": [{"reason": "x"}],
    "POST /subscriptions/{id}/end": [{"reason": "x"}],
    "POST /subscriptions/{id}/reactivate": [{"reason": "x"}],
    "POST /subscriptions/{id}/take-back": [{"quantity": 1}],
    "PATCH /resellers/{id}": [{"billing_mode": "gathered"}, {"gathering_allowed": False}],
    "PUT /subscriptions/{id}/leavers": [{"assignments": []}],
    "POST /renewals/{id}/price-consent": [{"accept": True}],
    "POST /subscriptions/{id}/assignments": [{"email": "x@strange.example"}],
    "DELETE /assignments/{id}": [None],
    "POST /assignments/{id}/replace": [{"email": "x@strange.example"}],
    "POST /payments": [
        {**ARRIVED, "order": "{order}"},
        {**ARRIVED, "invoice": "{invoice}"},
        {**ARRIVED, "renewal": "{renewal}"},
    ],
    "POST /credit-notes": [
        {
            "invoice": "{invoice}",
            "lines": [{"line": show("lin", UUID(int=1)), "quantity": 1}],
            "refund_to": "balance",
            "reason": "strange",
        }
    ],
    "POST /renewals/pay": [{"renewals": ["{renewal}"], "payment_method": "balance"}],
    "POST /balance/deposits": [{"organization": "{organization}", "amount": MONEY, "reference": "strange"}],
    "POST /bank-statements": [],  # names nothing; the operator's alone (tests/scenarios/test_bank.py)
    "POST /bank-entries/{id}/match": [{"organization": "{organization}"}],
    "POST /bank-entries/{id}/book": [{"account": "bank_fees"}],
    "POST /bank-entries/{id}/unmatch": [None],
    "POST /bank-entries/{id}/dismiss": [None],
    "POST /bank-entries/{id}/restore": [None],
    "POST /payment-files": [{"kind": "pain.001"}],
    "POST /payment-files/{id}/withdraw": [None],
    "POST /mandates": [
        {
            "payer": "{organization}",
            "iban": "DE89370400440532013000",
            "name": "Strange",
            "signed_on": "2026-11-20",
        }
    ],
    "POST /mandates/{id}/revoke": [None],
    "POST /cards": [],  # names nothing; the caller's own (tests/scenarios/test_card.py)
    "POST /cards/{id}/default": [None],
    "DELETE /cards/{id}": [None],
    "POST /held-invoices/{id}/retry": [None],
    "POST /held-invoices/{id}/release": [None],
    "POST /balance/top-ups": [{"organization": "{organization}", "amount": MONEY}],
    "POST /balance/top-ups/{id}/cancel": [None],
    "PUT /balance/settings": [{"organization": "{organization}", "currency": "EUR"}],
    "PUT /resellers/{id}/credit": [{"currency": "EUR", "amount": 1}],
    "POST /members/{id}/invite": [None],
    "POST /subscriptions/{id}/take-over": [None],
    "POST /dunning-cases/{id}/hold": [{"reason": "strange"}],
    "POST /dunning-cases/{id}/release": [None],
    "POST /dunning-cases/{id}/promise": [{"until": "2026-12-31"}],
    "POST /dunning-ladder": [
        {"reseller": "{reseller}", "steps": [{"days": 3, "action": "remind", "audience": ["payer"]}]}
    ],
    "POST /dunning-ladder/reset": [{"reseller": "{reseller}"}],
    "POST /trials": [{"customer": "{customer}", "offer": "lockbox-business-1m", "quantity": 1}],
    "POST /resellers": [],  # names nothing; the operator's alone
    "POST /resellers/{id}/discounts": [{"percent": 99}],
    "POST /exchange-rates": [],  # names nothing; the operator's alone (tests/scenarios/test_vat_reports.py)
    "POST /clock": [],  # names nothing; the operator's alone (tests/api/test_story.py)
}


def operations() -> Iterator[tuple[str, str, list[str]]]:
    """(method, path, query parameters) of every call in the schema."""
    paths: dict[str, Any] = api.get_openapi_schema(path_prefix="/")["paths"]
    for path, methods in sorted(paths.items()):
        for method, operation in methods.items():
            query = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
            yield method.upper(), path, query


OPERATIONS = list(operations())


def test_every_call_is_known_here() -> None:
    for method, path, _ in OPERATIONS:
        if "{" in path:
            assert path.count("{") == 1
            assert "/{id}" in path
            assert path.split("/")[1] in PATHS, f"what does the id in {path} name?"
        if method != "GET":
            assert f"{method} {path}" in BODIES, f"which ids can a body of {method} {path} name?"


def _filled_in(body: Any, name: str, value: str, own_customer: str) -> Any:
    if isinstance(body, dict):
        return {key: _filled_in(one, name, value, own_customer) for key, one in body.items()}
    if isinstance(body, list):
        return [_filled_in(one, name, value, own_customer) for one in body]
    return (
        {f"{{{name}}}": value, "{own customer}": own_customer}.get(body, body)
        if isinstance(body, str)
        else body
    )


def _holes(body: Any) -> set[str]:
    if isinstance(body, dict):
        return set().union(*map(_holes, body.values())) if body else set()
    if isinstance(body, list):
        return set().union(*map(_holes, body)) if body else set()
    is_hole = isinstance(body, str) and body.startswith("{") and not body.startswith("{own")
    return {body[1:-1]} if is_hole else set()


def attempts(filled: Filled, role: str) -> Iterator[tuple[str, str, Any, str, Any]]:
    """(method, path, body) with the id of another, and (path, body) with an id of nothing in its place."""
    mine = own_id(filled, role, "cus") or ""
    for method, path, query in OPERATIONS:
        bodies = BODIES.get(f"{method} {path}", [None])
        if "{id}" in path:
            prefix = PATHS[path.split("/")[1]]
            for _, found in foreign_ids(filled, role, prefix):
                for body in bodies:
                    yield (
                        method,
                        path.replace("{id}", found),
                        body,
                        path.replace("{id}", nobodys(prefix)),
                        body,
                    )
        elif method == "GET":
            for name in set(query) & set(NAMED):
                for _, found in foreign_ids(filled, role, NAMED[name]):
                    nothing = nobodys(NAMED[name])
                    yield method, f"{path}?{name}={found}", None, f"{path}?{name}={nothing}", None
        for body in bodies:
            for name in sorted(_holes(body)):
                prefix = NAMED[name]
                for _, found in foreign_ids(filled, role, prefix):
                    there = _filled_in(body, name, found, mine)
                    # Another hole is filled with one's own, so that only this id is foreign.
                    for other in _holes(there):
                        there = _filled_in(there, other, own_id(filled, role, NAMED[other]) or "", mine)
                    nowhere = _replaced(there, found, nobodys(prefix))
                    yield method, path, there, path, nowhere


def _replaced(body: Any, old: str, new: str) -> Any:
    if isinstance(body, dict):
        return {key: _replaced(one, old, new) for key, one in body.items()}
    if isinstance(body, list):
        return [_replaced(one, old, new) for one in body]
    return new if body == old else body


def _said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.raw.decode()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_another_ones_id_is_an_id_of_nothing(filled: Filled, role: str) -> None:
    """The two answers are the same to the letter, so that not even the existence is told; nothing is written."""
    caller = Caller(filled.world.keys[role])
    before = row_counts()
    wrong, tried = [], 0
    for method, path, body, empty_path, empty_body in attempts(filled, role):
        answer = caller.call(method, path, body)
        nothing = caller.call(method, empty_path, empty_body)
        tried += 1
        # A list that a role may not fill is empty for every customer, of this world or none.
        is_empty = answer.status == 200 and method == "GET" and answer["data"] == []
        if not (answer.status in (404, 403) or is_empty) or _said(answer) != _said(nothing):
            wrong.append((method, path, body, _said(answer)))
    assert wrong == []
    assert tried > 50
    assert row_counts() == before


def test_without_a_key_nothing_answers(filled: Filled) -> None:
    before = row_counts()
    for caller in (Caller(None), Caller("pvk_" + "x" * 43)):
        for method, path, _ in OPERATIONS:
            prefix = PATHS.get(path.split("/")[1], "cus")
            answer = caller.call(method, path.replace("{id}", own_id(filled, "operator", prefix) or ""))
            answer.refused(401, "unauthenticated")
    assert row_counts() == before


@pytest.mark.parametrize("role", ROLES)
def test_what_is_ones_own_answers(filled: Filled, role: str) -> None:
    """Every reading call with an own id: an answer, or a refusal by role; never a fault."""
    caller = Caller(filled.world.keys[role])
    statuses = {}
    for method, path, _ in OPERATIONS:
        if method != "GET" or (path in DESK | HOUSES and role in ("admin", "manager", "member", "sibling")):
            continue
        if path in (PAYERS if role == "operator" else OPERATORS):
            continue
        if path in SETTINGS and role == "technician":
            continue
        found = own_id(filled, role, PATHS.get(path.split("/")[1], "cus"))
        assert found is not None
        statuses[path] = caller.get(path.replace("{id}", found)).status
    assert set(statuses.values()) <= {200, 404}, statuses
    # Whoever may read everything that is theirs gets an answer to everything.
    if role not in ("manager", "member"):
        assert {path for path, status in statuses.items() if status != 200} == set()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
@pytest.mark.parametrize("path", sorted(DESK))
def test_the_operators_desk_is_closed(filled: Filled, role: str, path: str) -> None:
    caller = Caller(filled.world.keys[role])
    before = row_counts()
    for found in {things["res"] for things in filled.things.values() if "res" in things}:
        for body in ({}, *BODIES[f"POST {path}"]):
            assert caller.post(path.replace("{id}", found), body).status in (403, 404, 422)
    assert row_counts() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_lists_never_name_anothers_things(filled: Filled, role: str) -> None:
    caller = Caller(filled.world.keys[role])
    foreign = {
        found
        for prefix in {key for things in filled.things.values() for key in things}
        for _, found in foreign_ids(filled, role, prefix.partition("_")[0])
    }
    # A subscription says who pays for it, and the record who did what; neither says what was paid.
    for method, path, _ in OPERATIONS:
        if method == "GET" and "{" not in path:
            text = caller.get(
                f"{path}?limit=200"
                if path not in ("/me", "/clock", "/offers", "/balance", "/cards")
                else path
            ).raw
            assert [found for found in foreign if found.encode() in text] == [], (role, path)
