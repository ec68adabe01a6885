"""How django-allauth behaves here: people come by invitation, and nobody learns who has an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from purveyor.infra import tx
from purveyor.infra.mailbox import NewMail, store_mail
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id


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
        """Send a mail about sign-in (a new password, a new address); in a sandbox keep it."""
        if not settings.SANDBOX:
            super().send_mail(template_prefix, email, context)
            return
        message = self.render_mail(template_prefix, email, {**context, "email": email})
        text = str(message.body)
        links = tuple(word for word in text.split() if word.startswith(("https://", "http://")))
        with tx.enter(system_actor()) as now:
            store_mail(
                NewMail(
                    dedupe=f"sign-in:{new_id()}",
                    to=email,
                    subject=str(message.subject),
                    language=get_language() or "en",
                    text=text,
                    html="",
                    links=links,
                ),
                now=now,
            )
