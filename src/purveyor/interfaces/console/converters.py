"""Ids in URLs: ``<cus:customer_id>`` matches ``cus_...`` and hands the view a UUID; anything else is a 404."""

from __future__ import annotations

from uuid import UUID

from django.urls import register_converter

from purveyor.kernel.ids import read, show

PREFIXES = (
    "cus",
    "res",
    "quo",
    "ord",
    "sub",
    "mem",
    "asg",
    "ivt",
    "inv",
    "bat",
    "pfm",
    "pay",
    "off",
    "key",
    "per",
    "prl",
    "act",
    "dun",
    "run",
    "ref",
    "crd",
    "pbl",
    "bst",
    "ben",
    "pfl",
    "man",
)
ORGANIZATION_PREFIXES = ("ope", "res", "cus")


class IdConverter:
    """Base of one converter a prefix."""

    prefix = ""
    regex = ""

    def to_python(self, value: str) -> UUID:
        """The id. A ValueError makes Django answer 404."""
        return read(self.prefix, value)

    def to_url(self, value: UUID | str) -> str:
        """The id as shown."""
        return value if isinstance(value, str) else show(self.prefix, value)


class OrganizationConverter:
    """The workspace at the head of every URL: ``ope_...``, ``res_...`` or ``cus_...``."""

    regex = "(?:ope|res|cus)_[0-9a-z]{26}"

    def to_python(self, value: str) -> UUID:
        """The organization's id, whatever its kind."""
        return read(value[:3], value)

    def to_url(self, value: str) -> str:
        """Workspaces are written by their public id."""
        return value


def register() -> None:
    """Make the converters known to Django's URL patterns; safe to call once a process."""
    register_converter(OrganizationConverter, "org")
    for prefix in PREFIXES:
        kind = type(
            f"{prefix.title()}Converter",
            (IdConverter,),
            {"prefix": prefix, "regex": f"{prefix}_[0-9a-z]{{26}}"},
        )
        register_converter(kind, prefix)
