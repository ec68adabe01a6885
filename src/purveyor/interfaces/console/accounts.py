"""How django-allauth behaves here: people come by invitation, and nobody learns who has an account."""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from purveyor.infra import tx
from purveyor.infra.mailbox import NewMail, store_mail
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id
from purveyor.parties import queries as parties
from purveyor.parties.types import Seller


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up is closed; in a sandbox the mails about sign-in lie in the mailbox with all others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers: an invitation makes the login."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Logins have no user name, only an e-mail address."""

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        """The address of a login is proven: by the link of an invitation, or by the operator's set-up.

        Without a row that says so, allauth would take it for a change that waits for its confirmation, ask for
        that at every sign-in, and empty the login when another address is asked for.
        """
        if not EmailAddress.objects.filter(user=user, verified=True).exists():
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
        return super().pre_login(request, user, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about sign-in (a new password, a new address) in its reader's language, from the operator.

        In a sandbox it is kept. It is never stored otherwise, nor queued: its link is a secret.
        """
        user = context.get("user")
        known = {code for code, _said in settings.LANGUAGES}
        language = getattr(user, "language", None) or get_language()
        with (
            tx.enter(system_actor()) as now,
            translation.override(language if language in known else settings.LANGUAGE_CODE),
        ):
            seller = parties.get_seller()
            message = self.render_mail(
                template_prefix, email, {**context, "email": email, **_frame(seller, user)}
            )
            message.reply_to = [seller.help_email] if seller.help_email else []
            if settings.SANDBOX:
                store_mail(_kept(message, email, seller), now=now)
        if not settings.SANDBOX:
            address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
            message.from_email = formataddr((seller.organization.name, address))
            message.send()


def _frame(seller: Seller, user: Any) -> dict[str, Any]:
    """How a mail about sign-in begins, and who signs it."""
    name = getattr(user, "name", "")
    footer = [seller.organization.name]
    asked = [part for part in (seller.help_email, seller.help_url) if part]
    if asked:
        footer.append(_("Questions? %(contact)s") % {"contact": ", ".join(asked)})
    return {
        "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        "footer": footer,
    }


def _kept(message: Any, email: str, seller: Seller) -> NewMail:
    text = str(message.body)
    return NewMail(
        dedupe=f"sign-in:{new_id()}",
        to=email,
        subject=str(message.subject),
        language=get_language() or settings.LANGUAGE_CODE,
        text=text,
        html="",
        links=tuple(word for word in text.split() if word.startswith(("https://", "http://"))),
        from_name=seller.organization.name,
        reply_to=seller.help_email,
    )
