"""Every page by every role, in other people's workspaces and with other people's ids: none of them exists.

The pages are those of the URL configuration. One whose address names something unknown here fails the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from purveyor.kernel.ids import show
from tests.isolation.roles import ROLES, foreign_ids, own_id, row_counts
from tests.support.filled import Filled, run_id

# Addresses outside the console's own: a login's own pages, and what names nothing.
ELSEWHERE = {"api/v1/", "accounts/", "language/", "webhooks/"}
# The kinds of thing that an address may name beside the workspace.
KINDS = {
    *("cus", "res", "quo", "ord", "sub", "mem", "asg", "ivt", "inv", "per", "key"),
    *("crd", "pbl"),
    *("bst", "ben", "pfl"),
    *("off", "prl", "run", "dun", "ref", "bat"),
}
# Of the catalog, which belongs to nobody, and the runs over everybody: only the operator's desk shows it under an id.
CATALOG = {"off", "prl", "run", "bst", "ben", "pfl"}
# Pages without a workspace, each with what it shows.
PUBLIC = {
    "home": "where to go",
    "workspaces": "the signed-in person's own",
    "activate": "what an invitation's secret link is for",
    "activated": "a word of welcome",
    "set_theme": "a cookie",
    "gallery": "parts of pages, without data",
    "health": "alive",
    "pay": "what is to be paid, for whoever has its secret link",
    "pay_go": "the way to the provider's page, the same",
    "pay_back": "the way back, the same",
}


def pages() -> dict[str, dict[str, str]]:
    """The console's pages by name: for each argument of the address, the kind of thing it names."""
    found: dict[str, dict[str, str]] = {}
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and str(entry.pattern) == "":
            for page in entry.url_patterns:
                assert isinstance(page, URLPattern)
                assert page.name is not None, f"{page.pattern} needs a name"
                found[page.name] = {
                    name: getattr(converter, "prefix", "org") if name != "token" else "token"
                    for name, converter in page.pattern.converters.items()
                }
        else:
            assert str(entry.pattern) in ELSEWHERE, f"who may see {entry.pattern}?"
    return found


PAGES = pages()
SIGNED_IN = {name: arguments for name, arguments in PAGES.items() if "workspace" in arguments}


def test_every_address_is_known_here() -> None:
    assert set(PAGES) - set(SIGNED_IN) == set(PUBLIC), "a page without a workspace: whose is it?"
    kinds = {kind for arguments in SIGNED_IN.values() for kind in arguments.values()} - {"org"}
    assert kinds - KINDS == set(), "which things of others does a new kind of id name?"


def signed_in(filled: Filled, role: str) -> Client:
    """A browser in which this role's person has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(id=filled.people[role]))
    return client


def workspace(filled: Filled, role: str) -> str:
    """The public id of the organization that a role works in."""
    actor = filled.actor(role)
    prefix = {"operator": "ope", "reseller": "res", "customer": "cus"}[actor.scope]
    return show(prefix, actor.organization_id)


def catalog_id(filled: Filled, kind: str) -> str:
    """An offer, a price list or a renewal run."""
    if kind == "run":
        return run_id()
    if kind in filled.things["desk"]:
        return filled.things["desk"][kind]
    found: UUID = filled.world.shop.year.id if kind == "off" else filled.world.shop.eur.id
    return show(kind, found)


def own_arguments(filled: Filled, role: str, arguments: dict[str, str]) -> dict[str, str] | None:
    """An address of one's own; None where this role has no such thing."""
    given = {}
    for name, kind in arguments.items():
        if kind == "org":
            given[name] = workspace(filled, role)
        elif kind in CATALOG:
            given[name] = catalog_id(filled, kind)
        else:
            found = own_id(filled, role, kind)
            if found is None:
                return None
            given[name] = found
    return given


def foreign_addresses(filled: Filled, role: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Addresses in the own workspace that name another's customer, another's thing, or both."""
    for name, arguments in SIGNED_IN.items():
        named = {arg: kind for arg, kind in arguments.items() if kind not in {"org", *CATALOG}}
        own = own_arguments(filled, role, arguments)
        for arg, kind in named.items():
            for owner, found in foreign_ids(filled, role, kind):
                theirs = filled.things[owner]
                # Everything another's.
                yield (
                    name,
                    {
                        **{a: theirs.get(k) or found for a, k in named.items() if k in theirs or a == arg},
                        arg: found,
                    },
                )
                # Another's thing under a customer of one's own.
                if own is not None and arg != "customer_id":
                    yield name, {**own, arg: found}


def beside(filled: Filled, role: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Pages that act on one customer and name a thing of another one, of the same reseller."""
    for name, arguments in SIGNED_IN.items():
        own = own_arguments(filled, role, arguments)
        for arg, kind in arguments.items():
            if (
                own is None
                or "customer_id" not in own
                or arg in {"workspace", "customer_id"}
                or kind in CATALOG
            ):
                continue
            yield name, {**own, arg: filled.things["beside"][kind]}


def answers(
    filled: Filled, client: Client, role: str, addresses: Iterator[tuple[str, dict[str, str]]]
) -> Iterator[tuple[str, str, int]]:
    """(method, address, status) of each address, read and written."""
    seen = set()
    for name, given in addresses:
        missing = set(SIGNED_IN[name]) - set(given)
        full = {**given, **dict.fromkeys(missing & {"workspace"}, workspace(filled, role))}
        if missing - {"workspace"}:
            continue
        url = reverse(f"console:{name}", kwargs=full)
        for method in ("get", "post"):
            if (method, url) not in seen:
                seen.add((method, url))
                yield method, url, getattr(client, method)(url).status_code


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_another_ones_things_have_no_page(filled: Filled, role: str) -> None:
    client = signed_in(filled, role)
    before = row_counts()
    found = list(answers(filled, client, role, foreign_addresses(filled, role)))
    refused = {404} if role not in ("manager", "member", "technician") else {404, 403}
    assert [one for one in found if one[2] not in refused] == []
    assert len(found) > 50
    assert row_counts() == before


@pytest.mark.parametrize("role", ["operator", "reseller", "technician"])
def test_acting_on_one_customer_shows_nothing_of_another(filled: Filled, role: str) -> None:
    client = signed_in(filled, role)
    before = row_counts()
    found = list(answers(filled, client, role, beside(filled, role)))
    assert [one for one in found if one[2] != 404] == []
    assert len(found) > 20
    assert row_counts() == before


@pytest.mark.parametrize("role", ["operator", "reseller", "admin", "member"])
def test_another_ones_workspace_does_not_exist(filled: Filled, role: str) -> None:
    client = signed_in(filled, role)
    before, wrong = row_counts(), []
    for other in ("operator", "reseller", "other_reseller", "admin", "sibling"):
        place = workspace(filled, other)
        if place == workspace(filled, role):
            continue
        for (name, arguments), method in product(SIGNED_IN.items(), ("get", "post")):
            given = own_arguments(filled, other, arguments)
            if given is None:
                continue
            url = reverse(f"console:{name}", kwargs=given)
            status = getattr(client, method)(url).status_code
            if status != 404:
                wrong.append((method, url, status))
    assert wrong == []
    assert row_counts() == before


@pytest.mark.parametrize("role", ROLES)
def test_ones_own_pages_do_not_break(filled: Filled, role: str) -> None:
    client = signed_in(filled, role)
    statuses = {}
    for name, arguments in SIGNED_IN.items():
        given = own_arguments(filled, role, arguments)
        if given is not None:
            statuses[name] = client.get(reverse(f"console:{name}", kwargs=given)).status_code
    assert {name: status for name, status in statuses.items() if status >= 500} == {}
    assert 200 in statuses.values()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_the_operators_pages_are_the_operators(filled: Filled, role: str) -> None:
    from purveyor.interfaces.console.urls import OPERATOR

    client = signed_in(filled, role)
    before, wrong = row_counts(), []
    for page, method in product(OPERATOR, ("get", "post")):
        assert page.name is not None
        given = {"workspace": workspace(filled, role)}
        for name, kind in SIGNED_IN[page.name].items():
            if kind != "org":
                given[name] = catalog_id(filled, kind) if kind in CATALOG else filled.things["first"][kind]
        status = getattr(client, method)(reverse(f"console:{page.name}", kwargs=given)).status_code
        if status not in (403, 404):
            wrong.append((page.name, method, status))
    assert wrong == []
    assert row_counts() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_another_ones_staff_invitation_has_no_page(filled: Filled, role: str) -> None:
    client = signed_in(filled, role)
    before, wrong = row_counts(), []
    for owner, found in foreign_ids(filled, role, "staff"):
        for name, arguments in SIGNED_IN.items():
            if set(arguments) != {"workspace", "invitation_id"}:
                continue
            url = reverse(
                f"console:{name}", kwargs={"workspace": workspace(filled, role), "invitation_id": found}
            )
            for method in ("get", "post"):
                status = getattr(client, method)(url).status_code
                if status not in (403, 404):
                    wrong.append((owner, method, url, status))
    assert wrong == []
    assert row_counts() == before


def test_signed_out_every_page_leads_to_the_door(filled: Filled) -> None:
    client = Client(raise_request_exception=False)
    before, wrong = row_counts(), []
    for (name, arguments), method in product(SIGNED_IN.items(), ("get", "post")):
        for role in ("operator", "reseller"):
            given = own_arguments(filled, role, arguments)
            if given is None:
                continue
            answer = getattr(client, method)(reverse(f"console:{name}", kwargs=given))
            if answer.status_code != 302 or not answer["Location"].startswith("/accounts/login/"):
                wrong.append((name, method, answer.status_code))
    assert wrong == []
    assert row_counts() == before
