"""Keys, refusals, strictness: what every path has in common (api.md, manners)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from purveyor.interfaces.api import documents
from purveyor.kernel.errors import DomainError
from tests.api.caller import Caller
from tests.api.test_story import GMBH
from tests.support.world import World, cus

By = Callable[..., Caller]
NOBODY = "cus_00000000000000000000000000"


@pytest.mark.parametrize(
    "path", ["/me", "/customers", "", "/", "/nothing", "/openapi.json", "/customers/x/y"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_without_a_key_every_path_is_401(world: World, method: str, path: str) -> None:
    for caller in (Caller(None), Caller("pvk_wrong"), Caller("é")):
        answer = caller.call(method, path)
        answer.refused(401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_other_schemes_are_no_key(world: World) -> None:
    key = world.keys["reseller"]
    for value in (f"Basic {key}", key, "Bearer", "Bearer "):
        Caller(None).call("GET", "/me", Authorization=value).refused(401, "unauthenticated")
    assert Caller(None).call("GET", "/me", Authorization=f"bearer {key}").status == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/", "/customers/", "/renewal", "/orders/x/y/z", "/%00", "/%ff"]
)
def test_an_unknown_path_is_a_problem(by: By, path: str) -> None:
    by("operator").get(path).refused(404, "not_found")


def test_another_method_is_a_problem(by: By) -> None:
    answer = by("operator").call("PUT", "/customers")
    assert answer.refused(405, "method_not_allowed")["allowed"] == ["GET", "POST"]
    assert answer.headers["Allow"] == "GET, POST"
    assert by("operator").call("HEAD", "/me").status == 200


@pytest.mark.parametrize("language", ["de", "es", "it", "fr", "de-AT,de;q=0.9,en;q=0.5", "pt, es;q=0.8"])
def test_the_detail_is_in_the_callers_language(by: By, language: str) -> None:
    answer = by("reseller", language).get(f"/customers/{NOBODY}")
    answer.refused(404, "not_found")
    wanted = "es" if language.startswith("pt") else language[:2]
    assert answer.headers["Content-Language"] == wanted


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"nmae": "x"}, "unknown_field", "nmae"),
        ({"address": GMBH["address"] | {"zip": "1"}}, "unknown_field", "address.zip"),
        ({"name": None}, "invalid", "name"),
        ({"name": 5}, "invalid", "name"),
        ({"name": ""}, "invalid", "name"),
        ({"name": "a\u0000b"}, "invalid", "name"),
        ({"name": "a\nb"}, "invalid", "name"),
        ({"name": "a\u007fb"}, "invalid", "name"),
        ({"name": "\ud800"}, "invalid", "name"),
        ({"name": "x" * 201}, "invalid", "name"),
        ({"email": "nobody"}, "invalid", "email"),
        ({"email": True}, "invalid", "email"),
        ({"country": "XX"}, "invalid", "country"),
        ({"language": "pt"}, "invalid", "language"),
        ({"currency": "XXX"}, "invalid", "currency"),
        ({"bill_to": "operator"}, "invalid", "bill_to"),
        ({"address": None}, "invalid", "address"),
        ({"address": []}, "invalid", "address"),
        ({"vat_number": "DE136695977"}, "vat_number_invalid", "vat_number"),
        ({"vat_number": "DE\t136695976"}, "invalid", "vat_number"),
    ],
)
def test_a_wrong_customer_is_refused(by: By, change: dict[str, Any], code: str, field: str) -> None:
    facts = by("reseller").post("/customers", GMBH | change).refused(422, code)
    assert facts["field"] == field


def test_a_missing_field_is_named(by: By) -> None:
    body = {key: value for key, value in GMBH.items() if key != "email"}
    facts = by("reseller").post("/customers", body).refused(422, "invalid")
    assert (facts["field"], facts["reason"]) == ("email", "required")


@pytest.mark.parametrize("quantity", ["7", True, 0, -1, 100_001, 1.5, 2.0, None, [], {}, 10**30])
def test_a_quantity_is_a_whole_number_within_its_bounds(world: World, by: By, quantity: Any) -> None:
    lines = [{"type": "new", "offer": "lockbox-business-1m", "quantity": quantity}]
    facts = by("reseller").post("/quotes", {"customer": cus(world.customer), "lines": lines})
    assert facts.refused(422, "invalid")["field"] == "lines.0.quantity"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "invalid"),
        ({}, "invalid"),
        ([5], "invalid"),
        ([{"type": "gift", "offer": "x", "quantity": 1}], "invalid"),
        ([{"offer": "x", "quantity": 1}], "invalid"),
        ([{"type": "new", "offer": "lockbox-business-1m", "quantity": 1, "price": 0}], "unknown_field"),
        ([{"type": "new", "quantity": 1}], "invalid"),
        ([{"type": "add_seats", "offer": "x", "quantity": 1}], "unknown_field"),
    ],
)
def test_wrong_lines_are_refused(world: World, by: By, lines: Any, code: str) -> None:
    by("reseller").post("/quotes", {"customer": cus(world.customer), "lines": lines}).refused(422, code)


def test_what_does_not_exist_is_not_found(world: World, by: By) -> None:
    reseller = by("reseller")
    line = {"type": "new", "offer": "lockbox-business-1m", "quantity": 1}
    for customer in (NOBODY, "nobody", "CUS_1", cus(world.foreign)):
        facts = reseller.post("/quotes", {"customer": customer, "lines": [line]}).refused(404, "not_found")
        assert facts.get("field", "customer") == "customer"
    for offer in ("no-such-offer", "off_00000000000000000000000000"):
        body = {"customer": cus(world.customer), "lines": [line | {"offer": offer}]}
        reseller.post("/quotes", body).refused(404, "not_found")
    add = {"type": "add_seats", "subscription": "sub_1", "quantity": 1}
    facts = reseller.post("/quotes", {"customer": cus(world.customer), "lines": [add]}).refused(
        404, "not_found"
    )
    assert facts["field"] == "lines.0.subscription"
    reseller.post("/orders", {"quote": "quo_1", "payment_method": "balance"}).refused(404, "not_found")


@pytest.mark.parametrize(
    ("raw", "status", "reason"),
    [
        (b"", 422, "required"),
        (b"{", 422, "not_json"),
        (b"[]", 422, "not_an_object"),
        (b'"x"', 422, "not_an_object"),
        (b"null", 422, "not_an_object"),
        (b"\xff\xfe", 422, "not_utf8"),
        (b'{"name": NaN}', 422, "not_json"),
        (b'{"name": "a", "name": "b"}', 422, "duplicate_field"),
        (b"[" * 100_000, 422, "not_json"),
        (b'{"name": ' + b"9" * 5000 + b"}", 422, "not_json"),
    ],
)
def test_a_body_is_one_json_object(by: By, raw: bytes, status: int, reason: str) -> None:
    facts = by("reseller").post("/customers", raw=raw).refused(status, "invalid")
    assert (facts["field"], facts["reason"]) == ("body", reason)


def test_other_content_is_refused(by: By) -> None:
    form = by("reseller").post("/customers", raw=b"name=x", content_type="application/x-www-form-urlencoded")
    form.refused(415, "unsupported_media_type")
    by("reseller").post("/customers", raw=b" " * 1_000_001).refused(413, "too_large")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=201", "limit=x", "limit=1.5", "limit=", "limit=1&limit=2", "cursor=x",
     "cursor=%00", "cursor=WzFd", "cursor=WyJ4Il0", "q=%00", "q=a%0Ab"],
)  # fmt: skip
def test_a_bad_query_is_invalid(by: By, query: str) -> None:
    by("reseller").get(f"/customers?{query}").refused(422, "invalid")


def test_a_misspelled_filter_does_not_show_everything(by: By) -> None:
    assert by("reseller").get("/subscriptions?custmer=x").refused(422, "unknown_field") == {
        "field": "custmer"
    }


@pytest.mark.parametrize(
    "path",
    ["/subscriptions", "/orders", "/invoices", "/activity", "/events", "/payments", "/balance/movements"],
)
def test_bad_cursors_are_invalid_everywhere(by: By, path: str) -> None:
    for cursor in ("x", "WzFd", "WyJ4IiwieSJd", "WyIyMDI2LTAxLTAxIiwieSJd"):
        by("reseller").get(f"{path}?cursor={cursor}").refused(422, "invalid")
    by("reseller").get(f"{path}?limit=1").ok()


def test_pages_follow_each_other(world: World, by: By) -> None:
    technician = by("technician")
    for number in range(5):
        technician.post("/customers", GMBH | {"name": f"Page {number}"}).ok(status=201)
    names: list[str] = []
    cursor = ""
    while True:
        page = technician.get(f"/customers?q=page&limit=2{cursor}").ok(documents.Listed[documents.Customer])
        names += [row["name"] for row in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert names == [f"Page {number}" for number in (4, 3, 2, 1, 0)]


def test_a_fault_of_ours_is_a_problem_with_an_incident(
    by: By, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("purveyor.parties.queries.get_organization", broken)
    answer = by("reseller").get("/me")
    incident = answer.refused(500, "internal_error")["incident"]
    assert b"secret detail" not in answer.raw
    assert incident in caplog.text


@override_settings(SANDBOX=False)
@pytest.mark.parametrize(("method", "path"), [("GET", "/clock"), ("POST", "/clock"), ("GET", "/mailbox")])
def test_only_a_sandbox_has_a_clock_and_a_mailbox(by: By, method: str, path: str) -> None:
    body = {"now": "2027-01-01T00:00:00Z"} if method == "POST" else None
    by("operator").call(method, path, body).refused(404, "not_found")


def test_the_published_schema_is_the_one_that_is_kept(by: By) -> None:
    from purveyor.interfaces.api import schema

    answer = by("member").get("/openapi.json")
    assert answer["openapi"].startswith("3.1")
    assert answer.raw.decode() == schema.text()
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), (
        "run python -m purveyor.interfaces.api.schema"
    )


def test_answers_are_not_stored_by_anybody_in_between(by: By) -> None:
    headers = by("reseller").get("/me").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


# Refusals of the console's own doors: no call answers with them.
ELSEWHERE = {
    "invitation_for_another",
    "offer_already_withdrawn",
    "price_list_overlap",
    "sign_in_required",
    "unbalanced_transaction",
}


def refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every refusal of the house."""
    for one in kind.__subclasses__():
        # One with a low line is a step inside its module, never an answer.
        if one.__module__.startswith("purveyor.") and not one.__name__.startswith("_"):
            yield one
            yield from refusals(one)


def test_every_code_is_documented_with_its_status() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\d{3}) \|", Path("docs/reference/api.md").read_text("utf-8"), re.MULTILINE
    )
    assert dict(rows) == {one.code: str(one.status) for one in refusals() if one.code not in ELSEWHERE}
