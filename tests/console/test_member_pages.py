"""The pages of a customer's members: who sees and does what, what is refused where, and that twice is once."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from purveyor.kernel.ids import show
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.seats import commands, queries
from purveyor.seats.types import Member
from purveyor.subscriptions.types import Subscription
from tests.console.desks import Desk, activate, add, again, login, members_of, mint, operator, text_of
from tests.rooms.seatworld import NOW, SYSTEM, World, given, make_world, read


@pytest.fixture(scope="module")
def world(db: object) -> World:
    return make_world()


@pytest.fixture
def customer(world: World) -> Organization:
    return parties.create_customer(
        actor=SYSTEM, now=NOW, given=given("Kunde GmbH"), reseller_id=world.reseller.id
    )


@pytest.fixture
def subscription(world: World, customer: Organization) -> Subscription:
    return world.subscription(2, customer)


@pytest.fixture
def desk(world: World, customer: Organization) -> Desk:
    return Desk(world.reseller, "admin", customer)


# -- who may ------------------------------------------------------------------------------------------------


def test_every_page_by_role(world: World, customer: Organization, subscription: Subscription) -> None:
    member = add(world, customer, "page@x.example", name="Paula Page")
    actor = world.of_reseller(on=customer.id)
    seat = commands.assign_seat(actor=actor, now=NOW, subscription_id=subscription.id, email="page@x.example")
    of_member, of_seat = f"members/{show('mem', member.id)}", f"assignments/{show('asg', seat.id)}"
    of_invitation = f"invitations/{show('ivt', member.invitation_id or UUID(int=0))}"
    pages = [
        "members", "members?q=paula", "members?state=invited", "members?after=nonsense", "members/add", of_member,
        f"{of_member}/edit", f"{of_member}/role", f"{of_member}/remove", f"{of_seat}/release",
        f"{of_seat}/replace", f"{of_invitation}/resend", f"{of_invitation}/withdraw",
        f"subscriptions/{show('sub', subscription.id)}/assign",
    ]  # fmt: skip
    workers = [
        Desk(world.reseller, "admin", customer), Desk(world.reseller, "technician", customer),
        Desk(customer, "admin", customer), Desk(customer, "manager", customer),
        Desk(operator(), "admin", customer),
    ]  # fmt: skip
    strangers = [Desk(world.other_reseller, "admin", customer), Desk(world.sibling, "admin", customer)]
    plain = Desk(customer, "member", customer)
    for path in pages:
        for worker in workers:
            assert worker.get(path).status_code == 200, (worker.root, path)
        for stranger in strangers:
            assert stranger.get(path).status_code == 404, (stranger.root, path)
        assert plain.get(path).status_code == 403, path
    assert again(member) == read(SYSTEM, queries.get_member, member_id=member.id)
    assert again(member).invitation_id == member.invitation_id, "reading changes nothing"
    assert "paula" not in text_of(workers[0].get("members?q=nobody")).lower()


def test_a_manager_may_not_touch_an_administrator(world: World, customer: Organization) -> None:
    boss = activate(add(world, customer, "boss@x.example", role="admin", confirm="discount_lost"))
    manager = Desk(customer, "manager", customer)
    of_boss = f"members/{show('mem', boss.id)}"
    for path in ("edit", "role", "remove"):
        assert manager.get(f"{of_boss}/{path}").status_code == 403
        assert manager.post(f"{of_boss}/{path}").status_code == 403
    assert manager.get(of_boss).status_code == 200
    other = add(world, customer, "other@x.example")
    of_other = f"members/{show('mem', other.id)}/role"
    assert 'value="admin"' not in text_of(manager.get(of_other))
    data = {"role": "admin", "confirm": "on", "asked": "1"}
    assert manager.post(of_other, data).status_code == 422
    assert again(other).role == "member"


# -- adding -------------------------------------------------------------------------------------------------


def test_adding_one_says_the_same_whether_or_not_there_is_a_login(
    world: World, customer: Organization, desk: Desk
) -> None:
    login("has.login@x.example")
    answers = []
    for email in ("has.login@x.example", "not.login@x.example"):
        response = desk.post("members/add", {"emails": email, "language": "it"})
        assert response.status_code == 302
        page = text_of(desk.client.get(response.headers["Location"]))
        found = members_of(customer)[email]
        detail = text_of(desk.get(f"members/{show('mem', found.id)}"))
        answers.append([_without(t, email, found) for t in (page, detail)])
        assert (found.status, found.language) == ("invited", "it")
    first, second = answers
    assert first[1] == second[1]
    assert "was added. The invitation is on its way." in first[0]
    assert "was added. The invitation is on its way." in second[0]


def _without(text: str, email: str, member: Member) -> str:
    """What is left of a page without what differs by nature: address, ids, keys of forms."""
    for secret in (email, show("mem", member.id), show("ivt", member.invitation_id or UUID(int=0))):
        text = text.replace(secret, "-")
    text = re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]+"', "", text)
    return re.sub(r"\d\d:\d\d", "", text)


def test_a_refusal_stands_beside_the_box_and_keeps_what_was_typed(
    world: World, customer: Organization, desk: Desk, subscription: Subscription
) -> None:
    add(world, customer, "here@x.example")
    for typed, told in (
        ("here@x.example", "A member with this e-mail address is here already."),
        ("not an address", "e-mail address"),
    ):
        response = desk.post("members/add", {"emails": typed, "language": "fr"})
        assert response.status_code == 422
        page = text_of(response)
        assert 'id="id_emails_error"' in page
        assert told in page
        assert f">{typed}</textarea>" in page.replace("> ", ">")
        assert '<option value="fr" selected>' in page
    assert desk.post("members/add", {"emails": " ", "language": "fr"}).status_code == 422
    for name in "ab":
        desk.post("members/add", _seat(subscription, f"{name}@x.example"))
    full = desk.post("members/add", _seat(subscription, "c@x.example"))
    assert full.status_code == 422
    assert "c@x.example" not in members_of(customer), "nothing is half done"


def _seat(subscription: Subscription, emails: str) -> dict[str, str]:
    return {"emails": emails, "language": "de", "subscription": show("sub", subscription.id)}


def test_many_rows_each_with_its_verdict_and_twice_is_once(
    customer: Organization, desk: Desk, subscription: Subscription
) -> None:
    pasted = "Anna Lind <anna@x.example>\nbroken\nben@x.example; anna@x.example\ncleo@x.example"
    once = str(uuid4())
    pages = []
    for _press in range(2):
        response = desk.post("members/add", _seat(subscription, pasted), once=once)
        assert response.status_code == 200, text_of(response)[-6000:]
        pages.append(text_of(response))
    for page in pages:
        for told in (
            "Anna Lind", "Seat assigned", "This is not an e-mail address", "Is in the list twice",
            "No seat was free any more", "2 of 5 rows did what you asked.",
        ):  # fmt: skip
            assert told in page
        assert re.search(r"<textarea[^>]*>\s*broken cleo@x.example</textarea>", page), "to be corrected"
    found = members_of(customer)
    assert set(found) == {"anna@x.example", "ben@x.example"}
    assert found["anna@x.example"].name == "Anna Lind"
    assert [len(member.seats) for member in found.values()] == [1, 1]
    refused = desk.post("members/add", {"emails": "z@x.example", "language": "de"}, once=once)
    assert refused.status_code == 422, "a key belongs to one form"


def test_a_form_sent_twice_runs_once(world: World, customer: Organization, desk: Desk) -> None:
    once = str(uuid4())
    first, second = (
        desk.post("members/add", {"emails": "twice@x.example", "language": "de"}, once=once) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    member = members_of(customer)["twice@x.example"]
    path = f"members/{show('mem', member.id)}/edit"
    data = {"name": "Zoë", "email": "moved@x.example", "language": "de"}
    once = str(uuid4())
    assert [desk.post(path, data, once=once).status_code for _ in range(2)] == [302, 302]
    assert (again(member).email, again(member).name) == ("moved@x.example", "Zoë")


# -- changing -----------------------------------------------------------------------------------------------


def test_another_address_is_invited_and_the_page_says_so_before(
    world: World, customer: Organization, desk: Desk
) -> None:
    member = activate(add(world, customer, "before@x.example"))
    add(world, customer, "taken@x.example")
    path = f"members/{show('mem', member.id)}/edit"
    assert "Another address is invited anew" in text_of(desk.get(path))
    data = {"name": "Nora", "email": "taken@x.example", "language": "es"}
    refused = desk.post(path, data)
    assert refused.status_code == 422
    assert 'id="id_email_error"' in text_of(refused)
    assert 'value="Nora"' in text_of(refused)
    assert again(member).name == "Known"
    moved = desk.post(path, {**data, "email": "after@x.example"})
    assert "invitation is on its way to after@x.example" in text_of(
        desk.client.get(moved.headers["Location"])
    )
    assert (again(member).status, again(member).person_id) == ("invited", None)


def test_an_administrator_only_after_the_page_has_asked_again(
    world: World, customer: Organization, desk: Desk
) -> None:
    member = add(world, customer, "rise@x.example", name="Rosa")
    path = f"members/{show('mem', member.id)}/role"
    page = text_of(desk.get(path))
    assert page.index('value="manager"') < page.index('value="admin"')
    asked = desk.post(path, {"role": "admin"})
    assert asked.status_code == 422
    assert "What they buy themselves is at list price, without your discount." in text_of(asked)
    assert 'name="confirm"' in text_of(asked)
    still = desk.post(path, {"role": "admin", "asked": "1"})
    assert "Tick this to go on" in text_of(still)
    assert again(member).role == "member"
    assert desk.post(path, {"role": ["admin", "manager"], "asked": "1"}).status_code == 302
    assert again(member).role == "manager"
    assert desk.post(path, {"role": "admin", "asked": "1", "confirm": "on"}).status_code == 302
    assert again(member).role == "admin"
    own = Desk(customer, "admin", customer)
    other = add(world, customer, "other.rise@x.example")
    told = text_of(own.post(f"members/{show('mem', other.id)}/role", {"role": "admin"}))
    assert "discount" not in told, "a customer hears nothing of its reseller's discount"


def test_removing_frees_the_seat_and_the_last_administrator_stays(
    world: World, customer: Organization, desk: Desk, subscription: Subscription
) -> None:
    desk.post("members/add", _seat(subscription, "leaver@x.example"))
    member = members_of(customer)["leaver@x.example"]
    path = f"members/{show('mem', member.id)}/remove"
    assert "seat is free at once" in text_of(desk.get(path))
    assert desk.post(path).status_code == 302
    assert again(member).status == "removed"
    assert desk.get(path).status_code == 404
    assert "This member was removed" in text_of(desk.get(f"members/{show('mem', member.id)}"))
    only = activate(add_direct(world, "only@direct.example"))
    own = Desk(world.direct, "manager", world.direct)
    boss = Desk(operator(), "admin", world.direct)
    refused = boss.post(f"members/{show('mem', only.id)}/remove")
    assert refused.status_code == 422
    assert "This is the last administrator." in text_of(refused)
    assert own.post(f"members/{show('mem', only.id)}/remove").status_code == 403
    assert again(only).status == "active"


def add_direct(world: World, email: str) -> Member:
    return commands.add_member(
        actor=SYSTEM, now=NOW, customer_id=world.direct.id, email=email, role="admin", confirm="discount_lost"
    )


# -- seats and invitations ----------------------------------------------------------------------------------


def test_a_seat_is_given_passed_on_and_freed(
    world: World, customer: Organization, desk: Desk, subscription: Subscription
) -> None:
    member = add(world, customer, "seat@x.example", name="Sara Seat")
    path = f"subscriptions/{show('sub', subscription.id)}/assign"
    assert "Sara Seat" in text_of(desk.get(path))
    assert "Sara Seat" not in text_of(desk.get(f"{path}?q=nobody"))
    home = f"{path}?from=member&member={show('mem', member.id)}"
    given_to = desk.post(home, {"emails": "seat@x.example"})
    assert given_to.headers["Location"].endswith(show("mem", member.id))
    refused = desk.post(path, {"emails": "seat@x.example"})
    assert refused.status_code == 422
    assert "has a seat of this subscription already" in text_of(refused)
    (seat,) = again(member).seats
    of_seat = f"assignments/{show('asg', seat.assignment_id)}"
    assert "The term still ends on" in text_of(desk.get(f"{of_seat}/replace"))
    wrong = desk.post(f"{of_seat}/replace", {"email": "nothing", "name": "Nils"})
    assert wrong.status_code == 422
    assert 'value="nothing"' in text_of(wrong)
    once = str(uuid4())
    for _press in range(2):
        passed = desk.post(f"{of_seat}/replace", {"email": "next@x.example", "name": "Nils"}, once=once)
        assert passed.status_code == 302
    assert again(member).seats == ()
    following = members_of(customer)["next@x.example"]
    assert following.name == "Nils"
    of_seat = f"assignments/{show('asg', following.seats[0].assignment_id)}"
    assert desk.post(f"{of_seat}/release?from=member").headers["Location"].endswith(show("mem", following.id))
    assert again(following).seats == ()
    gone = desk.post(f"{of_seat}/release")
    assert gone.status_code == 422, "somebody was faster"


def test_an_invitation_is_sent_again_or_withdrawn(world: World, customer: Organization, desk: Desk) -> None:
    member = add(world, customer, "maybe@x.example")
    old = mint(member)
    path = f"invitations/{show('ivt', member.invitation_id or UUID(int=0))}"
    assert desk.post(f"{path}/resend").status_code == 302
    assert Client().get(f"/activate/{old}").status_code == 404, "the old link is void"
    assert desk.post(f"{path}/withdraw").status_code == 302
    assert again(member).status == "removed"
    assert desk.post(f"{path}/withdraw").status_code in {404, 422}


def test_a_long_list_page_by_page(world: World, customer: Organization, desk: Desk) -> None:
    for start in range(0, 120, 60):
        rows = queries.read_pasted("\n".join(f"m{n:03}@x.example" for n in range(start, start + 60)))
        commands.add_members(
            actor=world.of_reseller(on=customer.id), now=NOW, customer_id=customer.id, rows=rows
        )
    seen: list[str] = []
    url = f"{desk.on}/members"
    for _page in range(3):
        page = desk.client.get(url).content.decode()
        seen += re.findall(r"m\d{3}@x\.example(?=</a>)", page)
        following = re.search(r'href="([^"]+after=[^"]+)"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"m{n:03}@x.example" for n in range(120)]
    assert url == ""


# -- staff --------------------------------------------------------------------------------------------------


def test_staff_leaves_but_never_the_last_administrator(world: World, customer: Organization) -> None:
    house = parties.create_reseller(
        actor=SYSTEM, now=NOW, given=given("Klein IT"), code=f"K{uuid4().hex[:6]}"
    )
    one, two = Desk(house, "admin", customer), Desk(house, "technician", customer)

    def end(by: Desk, whom: Desk) -> Any:
        path = f"{by.root}/settings/people/{show('per', whom.person.id)}/end"
        assert by.client.get(path).status_code in {200, 403, 404}
        return by.client.post(path, {"once": str(uuid4())})

    assert end(two, one).status_code == 403
    assert "This is the last administrator." in text_of(end(one, one))
    assert end(one, two).status_code == 302
    assert two.client.get(f"{two.root}/").status_code == 404
    assert end(one, two).status_code == 404
    stranger = Desk(world.other_reseller, "admin", customer)
    assert end(one, stranger).status_code == 404
