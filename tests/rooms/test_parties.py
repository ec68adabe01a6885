"""Parties: opening and correcting organizations, roles, keys, isolation between houses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from purveyor.infra import activity, tx
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.errors import Forbidden, Invalid, NotFound
from purveyor.parties import commands, queries
from purveyor.parties.entry import Unauthenticated, enter_by_key
from purveyor.parties.errors import CodeTaken, CurrencyFrozen
from purveyor.parties.types import Address, CustomerInput, Organization
from tests.support.feed import feed

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SYSTEM = system_actor()


def given(name: str, country: str = "DE", **more: object) -> CustomerInput:
    values: dict[str, object] = {
        "name": name,
        "country": country,
        "email": "office@example.com",
        "language": "de",
        "address": Address("Hauptstr. 1", "Berlin", "10115"),
        "currency": "EUR",
        **more,
    }
    return CustomerInput(**values)  # type: ignore[arg-type]  # the test spells the fields


@pytest.fixture(scope="module")
def houses(db: object) -> tuple[Organization, Organization]:
    commands.setup_operator(
        actor=SYSTEM,
        now=NOW,
        given=given("Nordlicht Distribution AB", "SE"),
        iban="SE4550000000058398257466",
        bic="ESSESESS",
        bank_name="Bank",
        help_email="help@nordlicht.example",
        help_url="",
    )
    return tuple(  # type: ignore[return-value]  # two of them
        commands.create_reseller(actor=SYSTEM, now=NOW, given=given(name), code=code)
        for name, code in (("Adler IT", "R001"), ("Sol Nube", "R002"))
    )


def reseller_actor(house: Organization, role: str = "admin", on: UUID | None = None) -> Actor:
    return Actor(scope="reseller", organization_id=house.id, reseller_id=house.id, role=role, customer_id=on)


def customer_actor(customer: Organization, role: str = "admin") -> Actor:
    return Actor(
        scope="customer",
        organization_id=customer.id,
        reseller_id=customer.reseller_id,
        customer_id=customer.id,
        role=role,
    )


def test_a_reseller_opens_and_corrects_a_customer(houses: tuple[Organization, Organization]) -> None:
    actor = reseller_actor(houses[0])
    customer = commands.create_customer(
        actor=actor, now=NOW, given=given("Müller & Söhne GmbH", currency=None)
    )
    assert (customer.currency, customer.bill_to, customer.reseller_id) == ("EUR", "customer", houses[0].id)

    changed = commands.update_customer(
        actor=actor, now=NOW, customer_id=customer.id, given=given("Müller KG", bill_to="reseller")
    )
    assert (changed.name, changed.bill_to) == ("Müller KG", "reseller")
    with tx.enter(actor):
        kinds = [r.kind for r in activity.list_activity(actor=actor, customer_id=customer.id)]
        assert [c.name for c in queries.list_customers(actor=actor, q="muller")] == ["Müller KG"]
    assert kinds == ["customer.updated", "customer.created"]
    told = [e.kind for e in feed(actor) if e.customer_id == customer.id]
    assert told == ["customer.created", "customer.updated"]


def test_a_wrong_field_is_named(houses: tuple[Organization, Organization]) -> None:
    actor = reseller_actor(houses[0])
    for wrong, field, reason in (
        ({"name": "  "}, "name", "required"),
        ({"name": "a\x00b"}, "name", "control_characters"),
        ({"country": "XX"}, "country", "country"),
        ({"email": "nobody"}, "email", "email"),
        ({"language": "sv"}, "language", "choice"),
        ({"currency": "EURO"}, "currency", "currency"),
    ):
        with pytest.raises(Invalid) as refused:
            commands.create_customer(actor=actor, now=NOW, given=replace(given("X"), **wrong))
        assert (refused.value.facts["field"], refused.value.facts["reason"]) == (field, reason)


def test_what_a_query_forgot_the_database_refuses(houses: tuple[Organization, Organization]) -> None:
    first, second = (
        commands.create_customer(actor=reseller_actor(house), now=NOW, given=given(f"Of {house.name}"))
        for house in houses
    )
    sibling = commands.create_customer(actor=reseller_actor(houses[0]), now=NOW, given=given("Sibling"))

    def visible(actor: Actor | None) -> set[UUID]:
        sql = "SELECT id FROM parties_organization WHERE kind = 'customer'"
        if actor is None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
                return {row[0] for row in cursor.fetchall()}
        with tx.enter(actor), connection.cursor() as cursor:
            cursor.execute(sql)
            return {row[0] for row in cursor.fetchall()}

    assert visible(None) == set()
    assert {first.id, sibling.id} <= visible(reseller_actor(houses[0]))
    assert second.id not in visible(reseller_actor(houses[0]))
    assert visible(reseller_actor(houses[0], on=first.id)) == {first.id}
    assert visible(customer_actor(first)) == {first.id}
    assert {first.id, second.id, sibling.id} <= visible(SYSTEM)


def test_a_foreign_customer_does_not_exist(houses: tuple[Organization, Organization]) -> None:
    foreign = commands.create_customer(actor=reseller_actor(houses[1]), now=NOW, given=given("Foreign"))
    with pytest.raises(NotFound):
        commands.update_customer(
            actor=reseller_actor(houses[0]), now=NOW, customer_id=foreign.id, given=given("Mine")
        )
    with pytest.raises(NotFound), tx.enter(reseller_actor(houses[0])):
        queries.get_customer(actor=reseller_actor(houses[0]), customer_id=foreign.id)


def test_roles_that_may_not_are_refused(houses: tuple[Organization, Organization]) -> None:
    customer = commands.create_customer(actor=reseller_actor(houses[0]), now=NOW, given=given("Roles"))
    for role in ("manager", "member"):
        with pytest.raises(Forbidden):
            commands.update_customer(
                actor=customer_actor(customer, role), now=NOW, customer_id=customer.id, given=given("X")
            )
    with pytest.raises(Forbidden):
        commands.create_customer(actor=customer_actor(customer), now=NOW, given=given("X"))
    with pytest.raises(Forbidden):
        commands.create_reseller(actor=reseller_actor(houses[0]), now=NOW, given=given("X"))


def test_the_first_order_fixes_the_currency(houses: tuple[Organization, Organization]) -> None:
    actor = reseller_actor(houses[0])
    customer = commands.create_customer(actor=actor, now=NOW, given=given("Currency"))
    commands.freeze_currency(actor=actor, now=NOW, customer_id=customer.id, currency="EUR")
    commands.freeze_currency(actor=actor, now=NOW, customer_id=customer.id, currency="EUR")
    with pytest.raises(CurrencyFrozen):
        commands.update_customer(
            actor=actor, now=NOW, customer_id=customer.id, given=given("Currency", currency="SEK")
        )


def test_a_reseller_code_is_given_once(houses: tuple[Organization, Organization]) -> None:
    with pytest.raises(CodeTaken):
        commands.create_reseller(actor=SYSTEM, now=NOW, given=given("Again"), code="R001")


def test_a_key_opens_its_own_house_until_it_is_revoked(houses: tuple[Organization, Organization]) -> None:
    actor = reseller_actor(houses[0])
    key_id, secret = commands.create_api_key(actor=actor, now=NOW, name="Shop", role="technician")
    with enter_by_key(secret, ip="192.0.2.1", language="it") as entered:
        assert (entered.actor.reseller_id, entered.actor.role, entered.actor.via) == (
            houses[0].id, "technician", "api",
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.scope', true)")
        assert cursor.fetchone()[0] in (None, "")
    commands.revoke_api_key(actor=actor, now=NOW, key_id=key_id)
    for wrong in (secret, "pvk_nonsense", ""):
        with pytest.raises(Unauthenticated), enter_by_key(wrong, ip=None, language="en"):
            pass


def test_a_key_never_has_more_rights_than_its_maker(houses: tuple[Organization, Organization]) -> None:
    with pytest.raises(Forbidden):
        commands.create_api_key(
            actor=reseller_actor(houses[0], "technician"), now=NOW, name="Up", role="admin"
        )


def test_an_administrator_makes_keys_for_members(houses: tuple[Organization, Organization]) -> None:
    customer = commands.create_customer(actor=reseller_actor(houses[0]), now=NOW, given=given("Keys GmbH"))

    def make(by: str, role: str) -> None:
        actor = Actor(
            scope="customer", organization_id=customer.id, reseller_id=houses[0].id, customer_id=customer.id,
            role=by,
        )  # fmt: skip
        commands.create_api_key(actor=actor, now=NOW, name=role, role=role)

    for by, role in (("admin", "member"), ("admin", "manager"), ("member", "member")):
        make(by, role)
    for by, role in (("manager", "manager"), ("manager", "member"), ("member", "manager")):
        with pytest.raises(Forbidden):
            make(by, role)


def test_a_zero_byte_in_a_search_finds_what_it_stands_in(houses: tuple[Organization, Organization]) -> None:
    actor = reseller_actor(houses[0])
    commands.create_customer(actor=actor, now=NOW, given=given("Nullstelle GmbH"))
    with tx.enter(actor):
        found = queries.list_customers(actor=actor, q="null\x00stelle")
    assert [one.name for one in found] == ["Nullstelle GmbH"]


def test_acts_on_record_cannot_be_changed(houses: tuple[Organization, Organization]) -> None:
    for table in ("infra_activity", "infra_event"):
        for sql in (f"UPDATE {table} SET kind = 'x'", f"DELETE FROM {table}"):
            with (
                pytest.raises(Exception, match="never changed"),
                tx.enter(SYSTEM),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
