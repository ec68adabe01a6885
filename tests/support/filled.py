"""A world in which no table is empty: everything that can belong to somebody belongs to five different ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connections

from purveyor.billing import commands as billing
from purveyor.billing import queries as documents
from purveyor.billing.commands.batches import ask_batch
from purveyor.billing.types import AccountLine
from purveyor.infra import clock, tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import new_id, read, show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.payments import commands as payments
from purveyor.payments.types import LadderStep
from purveyor.payments.types_refunds import CreditLine
from purveyor.renewals import commands as renewals
from purveyor.sales import commands as sales
from purveyor.seats import commands as seats
from purveyor.subscriptions import queries as subscriptions
from tests.api.caller import Caller
from tests.support.banking import banked
from tests.support.funded import asked_for, watched
from tests.support.jobs import run_pending_jobs
from tests.support.kept_card import kept_card
from tests.support.waiting import answered, held, rates
from tests.support.world import World, build_world, cus

PEOPLE = ("operator", "reseller", "technician", "other_reseller", "admin", "manager", "member", "sibling")


@dataclass(frozen=True)
class Place:
    """Who a set of things belongs to."""

    customer: Organization
    payer: Organization
    buyer: str


@dataclass(frozen=True)
class Filled:
    """``things[owner][prefix]`` is one public id of each kind; ``people`` has a login for each of ``PEOPLE``.

    Owners: ``first`` (the first reseller pays for its customer), ``own`` (that customer pays itself),
    ``beside`` and ``sibling`` (the same for the reseller's other customer), ``foreign`` and ``foreign_own`` (the
    other reseller and its customer); ``desk`` is what is the operator's alone.
    """

    world: World
    places: dict[str, Place]
    things: dict[str, dict[str, str]]
    people: dict[str, UUID]

    def actor(self, role: str) -> Actor:
        """The context in which a role reads the database."""
        houses = self.world.shop.houses
        if role == "operator":
            return houses.operator
        if role in ("reseller", "technician"):
            return houses.reseller(houses.first, role="admin" if role == "reseller" else role)
        if role == "other_reseller":
            return houses.reseller(houses.second)
        customer = self.world.sibling if role == "sibling" else self.world.customer
        return houses.customer(customer, role="admin" if role in ("admin", "sibling") else role)


def build_filled() -> Filled:
    """Make it in the database that Django is connected to, by API calls and commands."""
    world = build_world()
    houses = world.shop.houses
    system = system_actor()
    now = clock.now()
    world.keys["foreign_own"] = parties.create_api_key(
        actor=houses.operator, now=now, name="f", role="admin", organization_id=houses.second_customer.id
    )[1]
    rates(now)
    people = {role: _person(world, role, now) for role in PEOPLE}
    places = _places(world)
    things = {name: _trade(world, name, place) for name, place in places.items()}
    for house, names in ((houses.first, ("first", "beside")), (houses.second, ("foreign",))):
        actor = houses.reseller(house)
        staff = seats.invite_staff(
            actor=actor,
            now=now,
            organization_id=house.id,
            email=f"staff@{house.id.hex}.example",
            role="technician",
        )
        key = parties.create_api_key(actor=actor, now=now, name="spare", role="admin")[0]
        person, _ = parties.ensure_person(
            now=now, email=f"{house.id.hex}@x.example", name="Pat", language="en"
        )
        parties.grant_membership(
            actor=system, now=now, person_id=person.id, organization_id=house.id, role="technician"
        )
        for name in names:
            customer = places[name].customer
            sales.start_trial(
                actor=actor.on(customer.id),
                now=now,
                customer_id=customer.id,
                offer="lockbox-business-1m",
                quantity=1,
            )
            parties.note_recent_customer(
                actor=_as(actor, person.id), now=now, customer_id=customer.id, reseller_id=house.id
            )
            things[name] |= {
                "staff": show("ivt", staff.id),
                "key": show("key", key),
                "per": show("per", person.id),
            }
            things[name]["res"] = show("res", house.id)
    things["own"] |= _own_key(houses.customer(world.customer), now)
    things["sibling"] |= _own_key(houses.customer(world.sibling), now)
    # A month later the monthly terms have renewed, and mails have gone out.
    clock.move(clock.now() + timedelta(days=32))
    run_pending_jobs()
    for name, place in places.items():
        _fresh(world, name, place, things[name])
        things[name]["ren"] = renewal_of(things[name]["sub"])
    _told(world, places)
    bank = banked([place.payer for place in places.values()])
    for name, place in places.items():
        things[name]["man"] = bank[f"man_{place.payer.id}"]
    things["desk"] = {kind: bank[kind] for kind in ("bst", "ben", "pfl")}
    return Filled(world, places, things, people)


def _places(world: World) -> dict[str, Place]:
    """The owners of things: see ``Filled``."""
    houses = world.shop.houses
    return {
        "first": Place(world.customer, houses.first, "reseller"),
        "own": Place(world.customer, world.customer, "admin"),
        "beside": Place(world.sibling, houses.first, "reseller"),
        "sibling": Place(world.sibling, world.sibling, "sibling"),
        "foreign": Place(world.foreign, houses.second, "other_reseller"),
        "foreign_own": Place(world.foreign, world.foreign, "foreign_own"),
    }


def _as(actor: Actor, person_id: UUID) -> Actor:
    return Actor(
        scope=actor.scope,
        organization_id=actor.organization_id,
        reseller_id=actor.reseller_id,
        role=actor.role,
        person_id=person_id,
    )


def _person(world: World, role: str, now: datetime) -> UUID:
    houses = world.shop.houses
    organization = {
        "operator": houses.seller.organization,
        "reseller": houses.first,
        "technician": houses.first,
        "other_reseller": houses.second,
        "sibling": world.sibling,
    }.get(role, world.customer)
    person, _ = parties.ensure_person(
        now=now, email=f"{role}@people.example", name=role.title(), language="en"
    )
    parties.grant_membership(
        actor=system_actor(),
        now=now,
        person_id=person.id,
        organization_id=organization.id,
        role=role if role in ("technician", "manager", "member") else "admin",
    )
    return person.id


def _own_key(actor: Actor, now: datetime) -> dict[str, str]:
    key = parties.create_api_key(actor=actor, now=now, name="spare", role="manager")[0]
    return {"key": show("key", key)}


def _trade(world: World, name: str, place: Place) -> dict[str, str]:
    """Everything that one payer has with one customer, bought and used."""
    buyer, operator = Caller(world.keys[place.buyer]), Caller(world.keys["operator"])
    payer = show("cus" if place.payer.kind == "customer" else "res", place.payer.id)
    money = {"amount": 100_000, "currency": "EUR"}
    deposit = {"organization": payer, "amount": money, "reference": f"ahead {name}"}
    paid = operator.post("/balance/deposits", deposit).ok(status=201)
    customer = cus(place.customer)

    def buy(method: str, offer: str) -> dict[str, object]:
        wish = {"customer": customer, "lines": [{"type": "new", "offer": offer, "quantity": 3}]}
        quote = buyer.post("/quotes", wish, key=f"{name} {method} {offer}").ok(status=201)
        return dict(buyer.post("/orders", {"quote": quote["id"], "payment_method": method}).ok(status=201))

    monthly = buy("balance", "lockbox-business-1m")
    done = buy("balance", "lockbox-business-12m")
    part = buy("bank_transfer", "lockbox-business-12m")
    some = {"order": part["id"], "amount": {"amount": 100, "currency": "EUR"}, "received_on": "2026-11-22"}
    operator.post("/payments", {**some, "reference": f"part {name}"}).ok(status=201)
    subscription = done["subscriptions"][0]  # type: ignore[index]  # as the API documents it
    seat = buyer.post(
        f"/subscriptions/{subscription}/assignments", {"email": f"ann@{_label(name)}.example"}
    ).ok(status=201)
    return {
        "cus": customer,
        "sub": str(subscription),
        "mem": seat["member"]["id"],
        "asg": seat["id"],
        "ord": str(part["id"]),
        "ord_done": str(done["id"]),
        "ord_monthly": str(monthly["id"]),
        "inv": done["invoice"]["id"],  # type: ignore[index]  # as above
        "pfm": part["pro_forma"]["id"],  # type: ignore[index]  # as above
        "pay": paid["id"],
    }


def _fresh(world: World, name: str, place: Place, things: dict[str, str]) -> None:
    """What would be over after a month: a quote, and an invitation."""
    buyer = Caller(world.keys[place.buyer])
    wish = {
        "customer": things["cus"],
        "lines": [{"type": "new", "offer": "lockbox-business-1m", "quantity": 2}],
    }
    things["quo"] = buyer.post("/quotes", wish).ok(status=201)["id"]
    path = f"/subscriptions/{things['sub']}/assignments"
    seat = buyer.post(path, {"email": f"bob@{_label(name)}.example"}).ok(status=201)
    things |= {"mem": seat["member"]["id"], "asg": seat["id"]}
    rows = everything(
        "SELECT id FROM seats_invitation WHERE member_id = %s AND status = 'pending'", uuid_of(things["mem"])
    )
    things["ivt"] = show("ivt", rows[0][0])
    _on_account(place, things)
    things["hld"] = show("hld", held(uuid_of(things["inv"])))
    answered(place.payer)
    things["dun"] = _dunned(place)
    things["bat"] = _asked(place)
    things["ref"] = _credited(things["inv"])
    things |= kept_card(place.payer, place.customer, things["ord"])
    things["pbl_deposit"] = asked_for(place.payer.id)


def _credited(invoice: str) -> str:
    """A seat of the first invoice is credited: its money is refunded to the balance that paid it."""
    actor = system_actor()
    with tx.enter(actor):
        document = documents.get_document(actor=actor, document_id=uuid_of(invoice))
        note = payments.credit_invoice(
            actor=actor,
            now=clock.now(),
            invoice_id=document.id,
            lines=[CreditLine(document.lines[0].id, 1)],
            refund_to="balance",
            reason="One too many",
        )
    return show("ref", note.refunds[0].id)


def _dunned(place: Place) -> str:
    """The month that nobody paid is overdue, and its payer was reminded of it."""
    actor = system_actor()
    (invoice_id, due_on), *_ = everything(
        "SELECT id, due_on FROM billing_document WHERE payer_id = %s AND customer_id = %s AND kind = 'invoice'"
        " AND status = 'issued' ORDER BY issued_on, id",
        place.payer.id,
        place.customer.id,
    )
    overdue = clock.start_of(due_on + timedelta(days=1))
    with tx.enter(actor):
        billing.mark_overdue(actor=actor, now=overdue, document_id=invoice_id)
        case_id = payments.open_case(actor=actor, now=overdue, invoice_id=invoice_id)
        assert case_id is not None
        payments.take_step(actor=actor, now=overdue + timedelta(days=3), case_id=case_id)
    if place.payer.kind == "reseller":
        steps = [LadderStep(days=3, action="remind", audience=("payer",))]
        payments.set_ladder(actor=actor, now=clock.now(), steps=steps, reseller_id=place.payer.id)
    return show("dun", case_id)


def _asked(place: Place) -> str:
    """All of the payer's documents as one file, which nobody has drawn yet."""
    payer = place.payer
    actor = Actor(
        scope="reseller" if payer.kind == "reseller" else "customer",
        organization_id=payer.id,
        reseller_id=place.customer.reseller_id,
        customer_id=None if payer.kind == "reseller" else payer.id,
        role="admin",
    )
    today = clock.business_date(clock.now())
    made = ask_batch(actor=actor, now=clock.now(), first=today - timedelta(days=60), last=today)
    return show("bat", made.id)


def _on_account(place: Place, things: dict[str, str]) -> None:
    """What a reseller pays: a line that waits for the gathered invoice of the month."""
    if place.payer.kind != "reseller":
        return
    actor, now, cents = system_actor(), clock.now(), Money(100, "EUR")
    with tx.enter(actor):
        found = subscriptions.get_subscription(actor=actor, subscription_id=uuid_of(things["sub"]))
        assert found.period is not None
        account = billing.claim_account(actor=actor, now=now, reseller_id=place.payer.id, net=cents)
        assert account is not None
        line = AccountLine(
            kind="add_seats",
            customer_id=place.customer.id,
            customer_name=place.customer.name,
            subscription_id=found.id,
            offer_id=found.offer_id,
            description=Explanation("line.add_seats", {"product": found.product, "plan": found.plan}),
            quantity=1,
            months=1,
            unit_price=cents,
            discount_percent=Decimal(0),
            net=cents,
            explanation=(),
            period_start=found.period.start,
            period_end=found.period.end,
        )
        billing.put_on_account(
            actor=actor, now=now, gathering_id=account, reseller_id=place.payer.id, lines=[line]
        )


def renewal_of(subscription: str) -> str:
    """The id that a subscription's next renewal bears."""
    rows = everything(
        "SELECT renewal_id FROM subscriptions_subscription WHERE id = %s", uuid_of(subscription)
    )
    return show("ren", rows[0][0])


_ANSWERED = """
INSERT INTO renewals_priceconsent (id, reseller_id, customer_id, payer_id, subscription_id, period_start,
                                   term_price, currency, accepted, answered_at, answered_by)
SELECT gen_random_uuid(), reseller_id, customer_id, payer_id, id, period_end, term_price, currency, true,
       created_at, 'Pat' FROM subscriptions_subscription WHERE status = 'active'"""


def _told(world: World, places: dict[str, Place]) -> None:
    """Everybody has chosen notices, and has answered a price (that did not rise: so nothing follows)."""
    houses = world.shop.houses
    staff = [houses.reseller(house) for house in (houses.first, houses.second)]
    own = [houses.customer(place.customer) for place in places.values()]
    for actor in [*staff, *own]:
        renewals.choose_notices(
            actor=actor, now=clock.now(), wanted={("admin", "unused"): actor.scope != "reseller"}
        )
    watched({place.payer.id for place in places.values()}, (houses.first.id, houses.second.id))
    with connections["run"].cursor() as cursor:
        cursor.execute(_ANSWERED)


def uuid_of(public: str) -> UUID:
    """The id behind a public one."""
    return read(public[:3], public)


def everything(query: str, *values: str | int | UUID) -> list[tuple]:  # type: ignore[type-arg]  # rows of any shape
    """What the database holds, beyond every isolation: by the role that bypasses it."""
    with connections["run"].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def run_id() -> str:
    """A renewal run, as the nightly job leaves one."""
    return show("run", everything("SELECT id FROM renewals_run ORDER BY started_at LIMIT 1")[0][0])


def nobodys(prefix: str) -> str:
    """An id that names nothing."""
    return show(prefix, new_id())


def at(text: str) -> datetime:
    """An instant of the day, nine o'clock UTC."""
    return datetime.fromisoformat(f"{text}T09:00:00").replace(tzinfo=UTC)


def _label(name: str) -> str:
    """A name as a part of a domain."""
    return name.replace("_", "-")
