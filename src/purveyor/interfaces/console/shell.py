"""What every signed-in page needs around its content: menu, acting on, help, languages.

Views (or one context processor) build a `Shell` and pass it to templates as `shell`; signed-out pages get a
`PublicShell` as `public`. Both are plain data, so that templates decide nothing and tests can build one by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

TINTS = 8

OrganizationKind = Literal["operator", "reseller", "customer"]


def tint_of(organization_id: UUID) -> str:
    """Return the colour class (`tint-0` .. `tint-7`) under which an organization is shown everywhere.

    It depends on the id alone, so a customer keeps its colour for ever and on every screen. The last 62 bits of a
    UUIDv7 are random, which spreads neighbours in time over the palette.
    """
    return f"tint-{organization_id.int % TINTS}"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the side menu. `section` starts a new group when it differs from the line before."""

    label: str
    url: str
    icon: str
    active: bool = False
    count: int | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class ActingOn:
    """The customer worked for. `colour` is a class of `tint_of`; `leave_url` goes back to the own organization."""

    name: str
    colour: str
    url: str
    leave_url: str


@dataclass(frozen=True, slots=True)
class Help:
    """Whom to ask: the reseller of a customer, the operator for a reseller."""

    name: str
    url: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the switch; `name` is written in that language itself."""

    code: str
    name: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Shown as a band on top: this is play money, and the test clock says `now`. `url` leads to the clock."""

    now: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around a signed-in page.

    `switch_url` is the page that lists customers to act on. It answers a plain GET with a whole page and an htmx
    GET (`?q=`) with `components/switch_rows.html` only. It is None for people who cannot act on anybody.
    """

    organization: str
    organization_kind: OrganizationKind
    home_url: str
    person: str
    menu: tuple[MenuItem, ...]
    help: Help
    languages: tuple[Language, ...]
    language_url: str
    theme_url: str
    security_url: str
    sign_out_url: str
    person_email: str = ""
    acting_on: ActingOn | None = None
    switch_url: str | None = None
    sandbox: Sandbox | None = None


@dataclass(frozen=True, slots=True)
class PublicShell:
    """Everything around a signed-out page (sign in, activation, errors)."""

    languages: tuple[Language, ...] = ()
    language_url: str = ""
    theme_url: str = ""
    help: Help | None = None
    sandbox: Sandbox | None = None


@dataclass(frozen=True, slots=True)
class SwitchRow:
    """One customer in the "Acting on" list: `url` is where acting on it starts."""

    name: str
    colour: str
    url: str
    detail: str = ""
    current: bool = field(default=False)
