"""The main job through the API, in its order: a customer, seats, members, money (api.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from purveyor.interfaces.api import documents, papers, records
from tests.api.caller import Caller
from tests.support.world import World

By = Callable[..., Caller]
GMBH: dict[str, Any] = {
    "name": "Müller & Söhne GmbH",
    "country": "DE",
    "email": "buero@mueller.example",
    "language": "de",
    "vat_number": "DE136695976",
    "address": {"line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115"},
}


def test_a_reseller_sells_from_its_balance(world: World, by: By) -> None:
    reseller, operator = by("reseller"), by("operator")
    me = reseller.get("/me").ok(documents.Me)
    assert (me["organization"]["kind"], me["role"], me["sandbox"]) == ("reseller", "admin", True)

    customer = reseller.post("/customers", GMBH, key="c-1").ok(documents.Customer, 201)
    assert GMBH.items() <= customer.items()
    assert (customer["vat_status"], customer["currency"], customer["bill_to"]) == ("valid", "EUR", "customer")
    page = documents.Listed[documents.Customer]
    found = reseller.get("/customers?q=muller%20sohne").ok(page)["data"]
    assert [row["id"] for row in found] == [customer["id"]]

    quote = five_seats_quoted(reseller, customer["id"])
    short = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"})
    assert short.refused(409, "insufficient_balance")["wanted"]["amount"] == 19200

    deposit = {
        "organization": me["organization"]["id"],
        "amount": {"amount": 50_000, "currency": "EUR"},
        "reference": "prepaid",
    }
    operator.post("/balance/deposits", deposit, key="d-1").ok(documents.Payment, 201)
    assert reseller.get("/balance").ok(records.Balance)["available"] == [
        {"amount": 50_000, "currency": "EUR"}
    ]

    order = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"}, key="o-1").ok(
        documents.Order, 201
    )
    assert (order["status"], order["payer"], order["customer"]) == (
        "completed",
        me["organization"]["id"],
        customer["id"],
    )
    assert order["invoice"]["number"].endswith("-R001-000001")
    assert "payment" not in order
    assert reseller.get(f"/orders/{order['id']}").ok(documents.Order) == order
    again = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"})
    assert again.refused(409, "quote_already_accepted")["order"] == order["id"]

    invoiced_and_paid(reseller, quote, order)
    seats_and_members(reseller, customer["id"], order["subscriptions"][0])
    top_up(reseller, customer["id"], order["subscriptions"][0])
    what_happened(reseller, customer["id"])


def five_seats_quoted(reseller: Caller, customer: str) -> dict[str, Any]:
    """The catalog in the reseller's eyes, and what five seats for a year cost it."""
    offers = reseller.get(f"/offers?customer={customer}").ok(documents.Listed[documents.Offer])["data"]
    year = next(offer for offer in offers if offer["term_months"] == 12)
    assert (year["list_price"]["amount"], year["your_price"]["amount"]) == (4800, 3840)
    assert year["discount_percent"] == 20
    assert year["terms"]["proration"] == "months_rounded_up"

    quote = reseller.post(
        "/quotes",
        {"customer": customer, "lines": [{"type": "new", "offer": year["code"], "quantity": 5}]},
    ).ok(documents.Quote, 201)
    line = quote["lines"][0]
    assert (line["months"], line["quantity"], line["net"]["amount"]) == (12, 5, 19200)
    assert (quote["net"]["amount"], quote["gross"]["amount"]) == (19200, 19200)
    assert [(tax["category"], tax["amount"]["amount"]) for tax in quote["taxes"]] == [("AE", 0)]
    assert "Art. 196" in quote["taxes"][0]["reason"]
    assert "%" in line["explanation"]
    assert quote["next_renewal"]["net"]["amount"] == 19200
    return quote


def invoiced_and_paid(reseller: Caller, quote: dict[str, Any], order: dict[str, Any]) -> None:
    """The invoice is the quote's, and its money has left the balance."""
    invoice = reseller.get(f"/invoices/{order['invoice']['id']}").ok(papers.Invoice)
    assert (invoice["status"], invoice["gross"], invoice["paid"]) == ("paid", quote["gross"], quote["gross"])
    assert invoice["buyer"]["vat_number"] == "DE136695976"
    assert invoice["lines"][0]["net"] == quote["lines"][0]["net"]
    assert set(invoice["tax_decision"]) == {"rule", "evidence"}
    assert reseller.get("/balance").ok()["available"] == [{"amount": 30_800, "currency": "EUR"}]
    moved = reseller.get("/balance/movements").ok(documents.Listed[records.Movement])["data"]
    assert [row["amount"]["amount"] for row in moved] == [-19_200, 50_000]


def seats_and_members(reseller: Caller, customer: str, subscription: str) -> None:
    """Five seats: given, swapped, freed."""
    row = reseller.get(f"/subscriptions/{subscription}").ok(documents.Subscription)
    assert (row["status"], row["quantity"], row["seats_free"], row["auto_renew"]) == ("active", 5, 5, True)

    member = reseller.post(
        f"/customers/{customer}/members", {"email": "ann@mueller.example", "name": "Ann", "role": "member"}
    ).ok(documents.Member, 201)
    assert member["status"] == "invited"
    reseller.post(
        f"/customers/{customer}/members", {"email": "ANN@mueller.example", "role": "member"}
    ).refused(409, "member_exists")

    path = f"/subscriptions/{subscription}/assignments"
    ann = reseller.post(path, {"email": "ann@mueller.example"}, key="a-1").ok(documents.Assignment, 201)
    assert (ann["member"]["id"], ann["status"]) == (member["id"], "reserved")
    for name in ("ben", "cid", "dan", "eva"):
        reseller.post(path, {"email": f"{name}@mueller.example"}).ok(documents.Assignment, 201)
    full = reseller.post(path, {"email": "fay@mueller.example"}).refused(409, "seats_exhausted")
    assert (full["quantity"], full["assigned"]) == (5, 5)
    assert len(reseller.get(path).ok(documents.Listed[documents.Assignment])["data"]) == 5

    reseller.patch(f"/subscriptions/{subscription}", {"renewal_quantity": 3}).refused(409, "seats_in_use")
    swapped = reseller.post(f"/assignments/{ann['id']}/replace", {"email": "fay@mueller.example"})
    fay = swapped.ok(documents.Assignment, 201)
    reseller.delete(f"/assignments/{fay['id']}", key="x-1").ok(status=204)
    reseller.delete(f"/assignments/{fay['id']}", key="x-1").ok(status=204)
    reseller.delete(f"/assignments/{fay['id']}").refused(404, "not_found")
    changed = reseller.patch(
        f"/subscriptions/{subscription}",
        {"renewal_quantity": 4, "renewal_payment_method": "balance"},
    ).ok(documents.Subscription)
    assert changed["renewal"] == {"on": row["period"]["end"], "quantity": 4}

    path = f"/members/{member['id']}"
    refused = reseller.patch(path, {"role": "admin"}).refused(409, "confirmation_required")
    assert refused["confirm"] == "discount_lost"
    promoted = reseller.patch(path, {"role": "admin", "confirm": "discount_lost", "name": "Ann Müller"})
    assert promoted.ok(documents.Member)["role"] == "admin"
    assert reseller.patch(path, {"email": "anna@mueller.example"}).ok(documents.Member)["status"] == "invited"
    reseller.delete(path).ok(status=204)
    listed = reseller.get(f"/customers/{customer}/members").ok(documents.Listed[documents.Member])
    assert {row["email"] for row in listed["data"]} == {
        f"{name}@mueller.example" for name in ("ben", "cid", "dan", "eva", "fay")
    }


def top_up(reseller: Caller, customer: str, subscription: str) -> None:
    """Two more seats in the running term: a full year is left today."""
    quote = reseller.post(
        "/quotes",
        {"customer": customer, "lines": [{"type": "add_seats", "subscription": subscription, "quantity": 2}]},
    ).ok(documents.Quote, 201)
    assert (quote["lines"][0]["months"], quote["net"]["amount"]) == (12, 7680)
    order = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"})
    assert order.ok(documents.Order, 201)["subscriptions"] == [subscription]
    assert reseller.get(f"/subscriptions/{subscription}").ok()["quantity"] == 7
    assert len(reseller.get("/orders").ok(documents.Listed[documents.Order])["data"]) == 2
    assert len(reseller.get("/invoices").ok(documents.Listed[papers.Invoice])["data"]) == 2


def what_happened(reseller: Caller, customer: str) -> None:
    """Everything is on record, and in the feed."""
    rows = reseller.get(f"/activity?customer={customer}&limit=200").ok(documents.Listed[records.Activity])
    kinds = {row["kind"] for row in rows["data"]}
    assert {"customer.created", "order.completed", "seat.assigned", "member.removed"} <= kinds
    assert {row["acting_on"] for row in rows["data"]} == {customer}
    only = reseller.get("/activity?kind=seat").ok()["data"]
    assert {row["kind"].partition(".")[0] for row in only} == {"seat"}

    seen: list[str] = []
    cursor = ""
    while True:
        page = reseller.get(f"/events?limit=7{cursor}").ok(documents.Listed[records.Event])
        if not page["data"]:
            assert page["next_cursor"] is None
            break
        seen += [event["kind"] for event in page["data"]]
        cursor = f"&since={page['next_cursor']}"
    assert seen.index("customer.created") < seen.index("order.placed") < seen.index("seat.assigned")
    completed = [e for e in reseller.get("/events?limit=200").ok()["data"] if e["kind"] == "order.completed"]
    assert completed[0]["facts"]["order"] == completed[0]["subject"]
    assert completed[0]["facts"]["subscriptions"][0].startswith("sub_")


def test_a_transfer_completes_an_order_later(world: World, by: By, drain: Callable[[], int]) -> None:
    admin, operator = by("admin"), by("operator")
    mine = admin.get("/customers").ok()["data"]
    assert len(mine) == 1
    body = {
        "customer": mine[0]["id"],
        "lines": [{"type": "new", "offer": "lockbox-business-1m", "quantity": 2}],
    }
    quote = admin.post("/quotes", body).ok(documents.Quote, 201)
    assert (quote["net"]["amount"], quote["lines"][0]["discount_percent"]) == (1000, 0)
    accept = {"quote": quote["id"], "payment_method": "bank_transfer"}
    order = admin.post("/orders", accept).ok(documents.Order, 201)
    assert order["status"] == "awaiting_payment"
    assert order["payment"]["reference"].startswith("RF")
    assert order["payment"]["iban"].startswith("SE")
    pro_forma = admin.get(f"/invoices/{order['pro_forma']['id']}").ok(papers.Invoice)
    assert (pro_forma["kind"], pro_forma["number"]) == ("pro_forma", order["pro_forma"]["number"])
    waiting = admin.get(f"/subscriptions/{order['subscriptions'][0]}").ok(documents.Subscription)
    assert (waiting["status"], waiting["period"]) == ("awaiting_payment", None)
    # Who does not pay does not see it, not even the reseller in between.
    by("reseller").get(f"/orders/{order['id']}").refused(404, "not_found")

    money = {
        "order": order["id"],
        "amount": order["gross"],
        "received_on": "2026-11-22",
        "reference": order["payment"]["reference"],
    }
    by("reseller").post("/payments", money).refused(403, "forbidden")
    paid = operator.post("/payments", money, key="p-1").ok(documents.Payment, 201)
    assert paid["allocated"] == order["gross"]
    operator.post("/payments", money).refused(409, "payment_already_recorded")
    drain()
    done = admin.get(f"/orders/{order['id']}").ok(documents.Order)
    assert done["status"] == "completed"
    assert done["invoice"]["number"].split("-")[1] == "R001"
    assert admin.get(f"/subscriptions/{order['subscriptions'][0]}").ok()["status"] == "active"
    admin.post(f"/orders/{order['id']}/cancel").refused(409, "order_not_cancellable")


def test_an_unpaid_order_is_cancelled(world: World, by: By) -> None:
    reseller = by("technician")
    customer = reseller.post("/customers", GMBH | {"name": "Cancel GmbH"}).ok(status=201)["id"]
    body = {"customer": customer, "lines": [{"type": "new", "offer": "lockbox-business-1m", "quantity": 1}]}
    quote = reseller.post("/quotes", body).ok(status=201)
    assert reseller.get(f"/quotes/{quote['id']}").ok(documents.Quote) == quote
    order = reseller.post("/orders", {"quote": quote["id"], "payment_method": "bank_transfer"}).ok(status=201)
    path = f"/orders/{order['id']}/cancel"
    assert reseller.post(path, key="cancel").ok(documents.Order)["status"] == "cancelled"
    assert reseller.post(path, key="cancel").headers["Idempotency-Replayed"] == "true"
    assert reseller.get("/subscriptions?status=cancelled").ok()["data"][0]["id"] == order["subscriptions"][0]


def test_a_customer_is_corrected(world: World, by: By) -> None:
    reseller = by("reseller")
    made = reseller.post("/customers", GMBH | {"name": "Before GmbH"}).ok(status=201)
    path = f"/customers/{made['id']}"
    changed = reseller.patch(path, {"name": "After GmbH", "vat_number": None, "address": {"city": "Köln"}})
    row = changed.ok(documents.Customer)
    assert (row["name"], row["vat_number"], row["vat_status"]) == ("After GmbH", None, "none")
    assert row["address"] == GMBH["address"] | {"city": "Köln"}
    assert reseller.get(path).ok() == row
    wrong = reseller.patch(path, {"vat_number": "DE136695977"}).refused(422, "vat_number_invalid")
    assert wrong["field"] == "vat_number"
    # What was read can be sent back as it is, but for what only the house writes.
    given = {k: v for k, v in row.items() if k not in {"id", "vat_status", "created_at", "reseller"}}
    assert reseller.patch(path, given).ok() == row


def test_a_price_that_changed_is_shown_before_it_is_charged(world: World, by: By) -> None:
    from purveyor.catalog.commands import set_price
    from purveyor.kernel.money import Money

    direct = by("direct")
    customer = direct.get("/customers").ok()["data"][0]["id"]
    body = {"customer": customer, "lines": [{"type": "new", "offer": "lockbox-business-1m", "quantity": 2}]}
    quote = direct.post("/quotes", body).ok(status=201)
    shop = world.shop
    for amount in (600, 500):
        set_price(**shop.desk, price_list_id=shop.eur.id, offer_id=shop.month.id, price=Money(amount, "EUR"))
        if amount == 600:
            accept = {"quote": quote["id"], "payment_method": "bank_transfer"}
            facts = direct.post("/orders", accept, key="stale").refused(409, "quote_outdated")
            fresh = direct.get(f"/quotes/{facts['fresh_quote']}").ok(documents.Quote)
            assert fresh["net"]["amount"] == 1200
            assert (facts["old_gross"], facts["new_gross"]) == (quote["gross"], fresh["gross"])
    assert direct.get("/orders").ok()["data"] == []


def test_a_trial_needs_no_payment(world: World, by: By) -> None:
    reseller = by("reseller")
    customer = reseller.post("/customers", GMBH | {"name": "Trial GmbH"}).ok(status=201)["id"]
    wish = {"customer": customer, "offer": "lockbox-business-1m", "quantity": 2}
    trial = reseller.post("/trials", wish, key="trial").ok(documents.Subscription, 201)
    assert (trial["status"], trial["quantity"]) == ("trial", 2)
    assert trial["trial_end"] == trial["period"]["end"]
    reseller.post("/trials", wish).refused(409, "trial_already_used")
    assert reseller.get(f"/orders?customer={customer}").ok()["data"] == []


def test_an_invitation_is_mailed_and_sent_again(world: World, by: By, drain: Callable[[], int]) -> None:
    reseller = by("reseller")
    customer = reseller.post("/customers", GMBH | {"name": "Mail GmbH"}).ok(status=201)["id"]
    body = {"email": "eva@mail.example", "role": "manager", "language": "es"}
    member = reseller.post(f"/customers/{customer}/members", body).ok(documents.Member, 201)
    drain()
    mails = reseller.get("/mailbox?to=EVA@mail.example").ok(documents.Listed[records.Mail])["data"]
    assert [mail["language"] for mail in mails] == ["es"]
    assert mails[0]["links"][0] in mails[0]["text"]
    assert reseller.post(f"/members/{member['id']}/invite").ok(documents.Member) == member
    drain()
    again = reseller.get("/mailbox?to=eva@mail.example").ok()["data"]
    assert len(again) == 2
    assert again[0]["links"] != mails[0]["links"]
    assert by("other_reseller").get("/mailbox?to=eva@mail.example").ok()["data"] == []


def test_the_clock_does_what_is_due(world: World, by: By) -> None:
    operator, reseller = by("operator"), by("reseller")
    customer = reseller.post("/customers", GMBH | {"name": "Clock GmbH"}).ok(status=201)["id"]
    body = {"customer": customer, "lines": [{"type": "new", "offer": "lockbox-business-1m", "quantity": 1}]}
    quote = reseller.post("/quotes", body).ok(status=201)
    order = reseller.post("/orders", {"quote": quote["id"], "payment_method": "balance"}).ok(status=201)
    before = reseller.get(f"/subscriptions/{order['subscriptions'][0]}").ok()
    assert operator.get("/clock").ok(records.Clock)["now"].endswith("Z")
    reseller.post("/clock", {"now": "2027-01-10T09:00:00Z"}).refused(403, "forbidden")
    operator.post("/clock", {"now": "2020-01-10T09:00:00Z"}).refused(422, "invalid")
    operator.post("/clock", {"now": "2027-01-10T09:00:00"}).refused(422, "invalid")
    stale = reseller.post("/quotes", body).ok(status=201)
    moved = operator.post("/clock", {"now": "2027-01-10T09:00:00Z"}).ok(records.Clock)
    assert moved["now"].startswith("2027-01-10T09:00")
    assert moved["done"] >= 1
    late = reseller.post("/orders", {"quote": stale["id"], "payment_method": "balance"})
    assert late.refused(409, "quote_expired")["fresh_quote"].startswith("quo_")
    after = reseller.get(f"/subscriptions/{order['subscriptions'][0]}").ok(documents.Subscription)
    assert after["period"]["start"] == before["period"]["end"]
    assert (
        reseller.get("/mailbox?to=ben@mueller.example").ok(documents.Listed[records.Mail])["next_cursor"]
        is None
    )
