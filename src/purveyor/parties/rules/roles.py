"""What each role may do. An act that is not listed is refused.

``view`` reads; ``create_customer`` opens one; ``assign`` manages members and seats; ``buy`` costs money;
``promote`` makes administrators; ``settings`` changes the organization's own data, keys and staff;
``operate`` is the operator's desk. ``buy`` is apart from ``assign``, so that work does not mean spending.
"""

from __future__ import annotations

_WORK = frozenset({"view", "assign"})
_ALL = _WORK | {"create_customer", "buy", "promote", "settings", "documents", "business_information"}

PERMISSIONS: dict[tuple[str, str], frozenset[str]] = {
    ("operator", "system"): _ALL | {"operate"},
    ("operator", "admin"): _ALL | {"operate"},
    ("reseller", "admin"): _ALL,
    ("reseller", "technician"): _ALL - {"settings"},
    ("customer", "admin"): _ALL - {"create_customer"},
    ("customer", "manager"): _WORK,
    ("customer", "member"): frozenset({"own"}),
}


def allows(scope: str, role: str, act: str) -> bool:
    """Whether ``role`` in an organization of kind ``scope`` may do ``act``."""
    return act in PERMISSIONS.get((scope, role), frozenset())
