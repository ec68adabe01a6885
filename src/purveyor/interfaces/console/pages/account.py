"""Activation: somebody opens the link of an invitation. Reading uses nothing up; only a POST accepts.

The page is the same whether or not the address has an account; only who presses a button finds out, and that is
somebody who reads the mail of that address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from purveyor.infra import tx
from purveyor.interfaces.console import menus
from purveyor.interfaces.console.desk import client_ip, refuse, signed_in
from purveyor.interfaces.console.forms.members import ActivateForm
from purveyor.interfaces.console.shell import Help, PublicShell
from purveyor.interfaces.texts import refusals
from purveyor.kernel.errors import DomainError
from purveyor.parties import queries as parties
from purveyor.seats import commands
from purveyor.seats import queries as seats
from purveyor.seats.errors import InvitationNotOpen, SignInRequired
from purveyor.seats.types import Accepted, Invitation, InvitationKey, InvitationView

PASSKEY = "passkey"


def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Who invited, and a way in: a name with a password or a passkey, or the login that one has."""
    try:
        view = seats.invitation_view(token)
    except InvitationNotOpen:
        return _private(_closed(request, ""))
    with translation.override(_language(request, view.invitation)):
        if not view.open:
            return _private(_not_open(request, view))
        return _private(_activate(request, token, view))


def _activate(request: HttpRequest, token: str, view: InvitationView) -> HttpResponse:
    invitation = view.invitation
    form = ActivateForm(request.POST if request.method == "POST" else None, initial={"name": invitation.name})
    mine = request.user.is_authenticated and _address(request) == invitation.email
    if request.method == "POST" and (mine or not request.user.is_authenticated) and form.is_valid():
        done = _accept(request, token, form, with_login=mine)
        if done:
            return done
    here = reverse("console:activate", kwargs={"token": token})
    context = {
        "form": form, "invitation": invitation, "mine": mine, "other": "" if mine else _address(request),
        "public": _shell(invitation), "here": here, "staff": invitation.member_id is None,
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
    }  # fmt: skip
    return render(
        request, "console/account/activate.html", context, status=422 if request.method == "POST" else 200
    )


def _accept(request: HttpRequest, token: str, form: ActivateForm, *, with_login: bool) -> HttpResponse | None:
    data = form.cleaned_data
    passkey = request.POST.get("way") == PASSKEY
    if not with_login and not passkey and not data["password"]:
        form.add_error("password", _("Choose a password, or use a passkey instead."))
        return None
    try:
        accepted = commands.accept_invitation(
            token=token,
            name="" if with_login else data["name"],
            password=None if with_login or passkey else data["password"],
            person_id=signed_in(request) if with_login else None,
            ip=client_ip(request),
        )
    except SignInRequired as error:
        # Nothing typed here belongs to the login that exists; it is not a second chance to guess its password.
        form.add_error(None, refusals.sentence(error))
        return None
    except InvitationNotOpen:
        # Pressed twice: the first press was the one that counted.
        return HttpResponseRedirect(reverse("console:activated"))
    except DomainError as error:
        refuse(form, error)
        return None
    if with_login:
        return HttpResponseRedirect(reverse("console:activated"))
    return _enter(request, accepted, passkey=passkey)


def _enter(request: HttpRequest, accepted: Accepted, *, passkey: bool) -> HttpResponse:
    """Sign the new login in: the link has shown that the address is the person's own."""
    person = get_user_model().objects.get(pk=accepted.person_id)
    EmailAddress.objects.get_or_create(
        user=person, email=person.get_username(), defaults={"verified": True, "primary": True}
    )
    goal = reverse("console:activated")
    if passkey:
        goal = f"{reverse('mfa_add_webauthn')}?{urlencode({'next': goal})}"
    # Whoever has just chosen a password need not type it again to add a passkey.
    record_authentication(request, person, method="password", reauthenticated=True)
    answer: HttpResponse = perform_login(request, person, email_verification="none", redirect_url=goal)
    # The console goes on in the language of the mail and of this page, whatever the browser was set up with.
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        translation.get_language() or person.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer


def activated(request: HttpRequest) -> HttpResponse:
    """Where to go on from here: to work, or first to a passkey or an authenticator app."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    context = {"open_url": reverse("console:home"), "public": menus.public_shell()}
    return render(request, "console/account/activated.html", context)


def _address(request: HttpRequest) -> str:
    return str(getattr(request.user, "email", "")) if request.user.is_authenticated else ""


def _language(request: HttpRequest, invitation: Invitation) -> str:
    """The language that the mail was in, unless the reader has chosen another."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language() or invitation.language
    return invitation.language


def _shell(invitation: Invitation) -> PublicShell:
    """Around the page: whom to ask is the reseller who invited, or the operator."""
    shell = menus.public_shell()
    key = InvitationKey(
        invitation_id=invitation.id, organization_id=invitation.organization_id,
        reseller_id=invitation.reseller_id, customer_id=invitation.customer_id,
    )  # fmt: skip
    with tx.enter(seats.guest(key)):
        if invitation.customer_id is not None and invitation.reseller_id is not None:
            profile = parties.get_reseller_profile(reseller_id=invitation.reseller_id)
            told = Help(profile.help_name or profile.name, profile.help_url, profile.help_email)
        else:
            seller = parties.get_seller()
            told = Help(seller.organization.name, seller.help_url, seller.help_email)
    return PublicShell(
        languages=shell.languages, language_url=shell.language_url, theme_url=shell.theme_url, help=told
    )


def _not_open(request: HttpRequest, view: InvitationView) -> HttpResponse:
    invitation = view.invitation
    if invitation.status == "accepted" and _address(request) == invitation.email:
        return HttpResponseRedirect(reverse("console:activated"))
    return _closed(request, "expired" if invitation.status == "pending" else invitation.status, invitation)


def _closed(request: HttpRequest, status: str, invitation: Invitation | None = None) -> HttpResponse:
    """The link does nothing any more: why, and what to do."""
    context: dict[str, Any] = {"state": status, "invitation": invitation}
    context["public"] = _shell(invitation) if invitation else menus.public_shell()
    return render(request, "console/account/closed.html", context, status=410 if invitation else 404)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no cache keeps the page (and no link tells it, by the policy of all pages)."""
    response["Cache-Control"] = "no-store"
    return response
