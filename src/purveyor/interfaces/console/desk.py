"""The frame around every signed-in page: who works where, for whom, in one transaction, with refusals as sentences.

A view is ``@page("buy", customer=True) def top_up(desk, subscription_id)``. The decorator signs in, finds the
workspace in the URL, opens one transaction in the actor's isolation context, checks the right to the page and
that the customer is within reach, and turns refusals that nobody caught into pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache, wraps
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from purveyor.infra import clock, idempotency, tx
from purveyor.interfaces.console import menus
from purveyor.interfaces.texts import refusals
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import DomainError, Forbidden, NotFound
from purveyor.kernel.ids import show
from purveyor.parties import queries as parties
from purveyor.parties.authority import may, require
from purveyor.parties.entry import actor_for
from purveyor.parties.types import Organization, Workspace
from purveyor.renewals import centre
from purveyor.renewals.types import Waiting

View = Callable[..., HttpResponseBase]


@dataclass
class Desk:
    """What a view works with: the request, the actor, business time, the own organization and the customer."""

    request: HttpRequest
    actor: Actor
    now: datetime
    workspace: Workspace
    workspaces: list[Workspace]
    organization: Organization
    customer: Organization | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The business date."""
        return clock.business_date(self.now)

    @property
    def posted(self) -> bool:
        """Whether something was sent."""
        return self.request.method == "POST"

    @cached_property
    def waiting(self) -> Waiting:
        """Renewals that wait for the reader's money: looked up once a page, for the menu and the landing page."""
        return centre.count_waiting(actor=self.actor, now=self.now)

    def may(self, act: str) -> bool:
        """Whether the actor's role includes ``act``."""
        return may(self.actor, act)

    def url(self, name: str, **ids: Any) -> str:
        """The address of a page of this workspace; the customer acted on is filled in by itself."""
        return page_url(name, self.organization, self.customer, **ids)

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        """A whole page with its shell; ``desk``, ``customer`` and ``today`` are in every context."""
        full: dict[str, Any] = {
            "desk": self,
            "customer": self.customer,
            "today": self.today,
            "shell": menus.shell(self),
            "once_key": str(uuid4()),
            **(context or {}),
        }
        return render(self.request, template, full, status=status)

    def partial(self, template: str, context: dict[str, Any]) -> HttpResponse:
        """A fragment for htmx, without the shell."""
        return render(self.request, template, {"desk": self, "customer": self.customer, **context})

    def redirect(self, name: str, **ids: Any) -> HttpResponse:
        """Go to another page of this workspace."""
        return HttpResponseRedirect(self.url(name, **ids))

    def say(self, text: str) -> None:
        """A line that the next page shows once."""
        messages.success(self.request, text)

    def once(self, act: Callable[[], tuple[int, Any]], *, patience: float = 0.0) -> tuple[Any, bool]:
        """Run ``act`` once for the posted page (``{% form_key %}``): its JSON answer, and whether it is a repeated one.

        Raises: as ``idempotency.once``, and what ``act`` raises.
        """
        key = self.request.POST.get("once", "")
        _status, answer, repeated = idempotency.once(
            actor=self.actor,
            key=f"console:{self.actor.person_id}:{key}" if key else None,
            asked=idempotency.fingerprint(self.request.path, sorted(self.request.POST.lists())),
            act=act,
            patience=patience,
        )
        return answer, repeated

    def submit(self, form: BaseForm | None, act: Callable[[], str], *, said: str = "") -> HttpResponse | None:
        """Run a command once and go to the URL that ``act`` returns; None when it was refused.

        A refusal is added to ``form`` beside its field as a sentence, everything written is undone, and the
        view shows the page again with what was typed. Sending the same page twice runs it once
        (``{% form_key %}`` in the form): the second time leads to where the first did.
        """
        try:
            with tx.attempt():
                answer, repeated = self.once(lambda: (302, {"url": act()}), patience=_PATIENCE)
        except DomainError as error:
            if form is None:
                messages.error(self.request, refusals.sentence(error))
                return None
            refuse(form, error)
            return None
        if said and not repeated:
            self.say(said)
        return HttpResponseRedirect(answer["url"])


def refuse(form: BaseForm, error: DomainError) -> None:
    """Put the refusal beside the field it names, or on top of the form."""
    name = (error.field or "").replace(".", "_")
    candidates = (error.field or "", name, name.rsplit("_", maxsplit=1)[-1], name.removeprefix("address_"))
    where = next((c for c in candidates if c and c in form.fields), None)
    form.add_error(where, refusals.sentence(error))


def page_url(name: str, organization: Organization, customer: Organization | None = None, **ids: Any) -> str:
    """The address of a console page in the workspace of ``organization``."""
    kwargs: dict[str, Any] = {"workspace": organization.public_id, **ids}
    if name.startswith("on_") and "customer_id" not in kwargs and customer is not None:
        kwargs["customer_id"] = customer.id
    workspace = kwargs.pop("workspace")
    if not all(isinstance(value, UUID) for value in kwargs.values()):
        return reverse(f"console:{name}", kwargs={"workspace": workspace, **kwargs})
    text, slots = _address(name, workspace, tuple(kwargs), get_script_prefix())
    return text % tuple([show(prefix, kwargs[given]) for prefix, given in slots])


# Seconds that a second press of a button waits for what the first one does, to lead to the same page.
_PATIENCE = 10.0

# An id as `_address` writes it: the letters of its kind, and which of the given ids stands there.
_PLACE = re.compile(r"([a-z]{3})_0{25}([1-9])")


@lru_cache(maxsize=4096)
def _address(
    name: str, workspace: str, given: tuple[str, ...], _script: str
) -> tuple[str, list[tuple[str, str]]]:
    """A page's address with ``%s`` for each id, and their kinds and names: a list looks up its links once."""
    places = {key: UUID(int=number) for number, key in enumerate(given, 1)}
    text = reverse(f"console:{name}", kwargs={"workspace": workspace, **places})
    slots = [(found[1], given[int(found[2]) - 1]) for found in _PLACE.finditer(text)]
    return _PLACE.sub("%s", text), slots


def page(
    act: str = "view", *, customer: bool = False, scopes: tuple[str, ...] = (), or_own: bool = False
) -> Callable[[View], View]:
    """Frame a view. ``act`` is the right the page needs (parties/rules/roles.py); ``customer`` says that the URL
    names the one acted on; ``scopes`` limits it to kinds of organization (others: 404). ``or_own`` lets in those
    who only see what is theirs: the page has a face for them."""

    def frame(view: View) -> View:
        @wraps(view)
        def framed(request: HttpRequest, workspace: UUID, **ids: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            acting_on: UUID | None = ids.pop("customer_id", None) if customer else None
            try:
                place, workspaces, actor = _actor(request, workspace, acting_on)
                if scopes and actor.scope not in scopes:
                    raise NotFound()
                if _lacks_second_factor(request, actor):
                    messages.warning(
                        request, _("Add a passkey or an authenticator app first: it is required here.")
                    )
                    return HttpResponseRedirect(reverse("mfa_index"))
                with tx.enter(actor) as now:
                    desk = _desk(request, actor, now, place, workspaces, acting_on)
                    if not (or_own and may(actor, "own")):
                        require(actor, act, customer_id=acting_on)
                    return view(desk, **ids)
            except NotFound as error:
                raise Http404 from error
            except Forbidden as error:
                return refused_page(request, error, status=403)
            except DomainError as error:
                return refused_page(request, error, status=error.status)

        framed.page_act = act  # type: ignore[attr-defined]  # read by the isolation matrix test
        framed.page_scopes = scopes  # type: ignore[attr-defined]  # as above
        framed.page_or_own = or_own  # type: ignore[attr-defined]  # as above
        return framed

    return frame


def _actor(
    request: HttpRequest, workspace: UUID, acting_on: UUID | None
) -> tuple[Workspace, list[Workspace], Actor]:
    """The signed-in person's actor in the workspace of the URL. Raises NotFound where it does not work."""
    person_id = signed_in(request)
    workspaces = parties.list_workspaces(person_id)
    place = next((w for w in workspaces if w.organization_id == workspace), None)
    if place is None or (place.kind == "customer" and acting_on not in (None, place.customer_id)):
        raise NotFound()
    actor = actor_for(
        place,
        person_id=person_id,
        name=str(request.user),
        ip=client_ip(request),
        language=get_language() or "en",
        acting_on=acting_on,
    )
    return place, workspaces, actor


def _lacks_second_factor(request: HttpRequest, actor: Actor) -> bool:
    """Whether the operator's setting asks for a second factor that this person has not got (rules.md f)."""
    return settings.REQUIRE_MFA and actor.scope != "customer" and not is_mfa_enabled(request.user)


def signed_in(request: HttpRequest) -> UUID:
    """The id of the person behind the session. Raises NotFound when nobody is signed in."""
    if request.user.pk is None:
        raise NotFound(kind="person")
    return request.user.pk


def _desk(
    request: HttpRequest,
    actor: Actor,
    now: datetime,
    place: Workspace,
    workspaces: list[Workspace],
    acting_on: UUID | None,
) -> Desk:
    organization = parties.get_organization(actor=actor, organization_id=place.organization_id)
    customer = None
    if actor.scope == "customer":
        customer = organization
    elif acting_on is not None:
        customer = parties.get_customer(actor=actor, customer_id=acting_on)
    return Desk(request, actor, now, place, workspaces, organization, customer)


def client_ip(request: HttpRequest) -> str | None:
    """Where the request came from, for the record."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded:
            return str(forwarded.rsplit(",", maxsplit=1)[-1].strip())
    return request.META.get("REMOTE_ADDR") or None


def refused_page(request: HttpRequest, error: DomainError, *, status: int) -> HttpResponse:
    """A refusal that no form caught, as a page with its sentence."""
    return render(request, "console/refused.html", {"sentence": refusals.sentence(error)}, status=status)
