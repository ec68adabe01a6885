"""What is foreign to whom: the roles of the filled world, and the things each of them must not reach."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.filled import PEOPLE, Filled, everything

# Whose things a role works with: the first is what its own pages are tried with.
OWN = {
    "operator": ("first", "own", "beside", "sibling", "foreign", "foreign_own", "desk"),
    "reseller": ("first", "beside"),
    "technician": ("first", "beside"),
    "other_reseller": ("foreign",),
    "admin": ("own",),
    "manager": ("own",),
    "member": ("own",),
    "sibling": ("sibling",),
}
# Same customer, other payer: seats are common, documents are not.
OTHER_PAYER = {
    "reseller": ("own", "sibling"),
    "technician": ("own", "sibling"),
    "other_reseller": ("foreign_own",),
    "admin": ("first",),
    "manager": ("first",),
    "member": ("first",),
    "sibling": ("beside",),
}
DOCUMENTS = frozenset({"ord", "inv", "pfm", "quo", "pay", "dun", "man", "crd", "hld"})
ROLES = PEOPLE


def foreign_ids(filled: Filled, role: str, prefix: str) -> Iterator[tuple[str, str]]:
    """(owner, id) of everything of a kind that this role must not reach."""
    for owner, things in filled.things.items():
        if prefix not in things or owner in OWN[role]:
            continue
        # A customer knows its reseller.
        if prefix == "res" and (owner == "foreign") == (role == "other_reseller"):
            continue
        if owner in OTHER_PAYER.get(role, ()) and prefix not in DOCUMENTS:
            continue
        yield owner, things[prefix]


def own_id(filled: Filled, role: str, prefix: str) -> str | None:
    """One thing of a kind that is this role's to see."""
    return next((filled.things[o][prefix] for o in OWN[role] if prefix in filled.things[o]), None)


def row_counts() -> dict[str, int]:
    """How many rows each table has, but for those that every request touches."""
    names = everything(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname NOT IN ('django_session', 'usersessions_usersession') ORDER BY 1"
    )
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for (name,) in names)
    return dict(everything(counts))
