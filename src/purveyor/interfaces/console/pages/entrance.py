"""Where a person lands before a workspace is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from purveyor.infra import tx
from purveyor.interfaces.console.desk import signed_in
from purveyor.interfaces.console.shell import tint_of
from purveyor.kernel.ids import show
from purveyor.parties import queries as parties
from purveyor.parties.entry import actor_for
from purveyor.parties.types import PREFIXES, Workspace


@dataclass(frozen=True)
class Choice:
    """One workspace to choose from."""

    name: str
    kind: str
    role: str
    colour: str
    url: str


def health(request: HttpRequest) -> HttpResponse:
    """Whether this process serves and reaches its database: 200 or an error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the only workspace, or to the choice between several."""
    places = parties.list_workspaces(signed_in(request))
    if len(places) == 1:
        return HttpResponseRedirect(_url(places[0]))
    return workspaces(request)


@login_required
def workspaces(request: HttpRequest) -> HttpResponse:
    """All organizations in which the person works; an empty one says whom to ask."""
    choices = [_choice(request, place) for place in parties.list_workspaces(signed_in(request))]
    return render(request, "console/entrance/workspaces.html", {"choices": choices})


def _url(place: Workspace) -> str:
    return reverse("console:today", kwargs={"workspace": show(PREFIXES[place.kind], place.organization_id)})


def _choice(request: HttpRequest, place: Workspace) -> Choice:
    actor = actor_for(place, person_id=signed_in(request), name=str(request.user), ip=None, language="en")
    with tx.enter(actor):
        name = parties.get_organization(actor=actor, organization_id=place.organization_id).name
    return Choice(name, place.kind, place.role, tint_of(place.organization_id), _url(place))
