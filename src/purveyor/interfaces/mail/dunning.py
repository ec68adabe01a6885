"""Mails about unpaid invoices: to those whom the ladder names, each once a case and step.

A step is taken and announced once, and a mail is stored once an event and recipient: nobody is reminded twice.
"""

from __future__ import annotations

from purveyor.billing import queries as billing
from purveyor.infra.registry import Announced, Handler
from purveyor.interfaces.mail import letters_dunning as letters
from purveyor.interfaces.mail import sending
from purveyor.kernel.actor import system_actor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import queries as payments
from purveyor.payments.types import Audience, DunningCase

# A mail for a case that was resolved before anything had stopped would thank for nothing.
_STOPPED = frozenset({"suspended", "terminated"})


def _told(case: DunningCase, audience: tuple[Audience, ...]) -> list[Organization]:
    """The organizations of an audience, each once; the payer first."""
    system = system_actor()
    ids = {"payer": case.payer_id, "reseller": case.reseller_id}
    found = [
        parties.get_seller().organization
        if one == "operator"
        else parties.get_organization(actor=system, organization_id=ids[one])
        for one in audience
    ]
    return list({one.id: one for one in found}.values())


def _customer_name(case: DunningCase) -> str:
    if case.customer_id is None:
        return ""
    return parties.get_organization(actor=system_actor(), organization_id=case.customer_id).name


def _step(letter: letters.DunningLetter) -> Handler:
    def tell(event: Announced) -> None:
        system = system_actor()
        case = payments.get_dunning_case(actor=system, case_id=event.subject_id)
        document = billing.get_document(actor=system, document_id=case.invoice_id)
        if not document.open:
            return
        step = case.plan[event.payload["position"]]
        customer = _customer_name(case)
        for one in _told(case, step.audience):
            if one.id == case.reseller_id != case.payer_id:
                # What a customer pays itself is not its reseller's to read, in its mails either.
                sending.post(
                    event,
                    "dunning",
                    sending.contact(one),
                    sending.towards(one),
                    lambda one=one: letters.about_customer(one, case, step.action, customer),  # type: ignore[misc]  # bound at once
                    about=case.invoice_id,
                )
            else:
                sending.post(
                    event,
                    "dunning",
                    sending.contact(one),
                    sending.towards(one),
                    lambda one=one: letter(one, case, document, customer),  # type: ignore[misc]  # bound at once
                    about=case.invoice_id,
                )

    return tell


def on_resolved(event: Announced) -> None:
    """To the payer, if something had been stopped and goes on."""
    if event.payload["was"] not in _STOPPED and not event.payload["blocked_orders"]:
        return
    system = system_actor()
    case = payments.get_dunning_case(actor=system, case_id=event.subject_id)
    document = billing.get_document(actor=system, document_id=case.invoice_id)
    payer = parties.get_organization(actor=system, organization_id=case.payer_id)
    customer = _customer_name(case)
    sending.post(
        event,
        "dunning",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letters.resolved(payer, case, document, customer),
        about=case.invoice_id,
    )


# (event, stable name of the delivery, handler), for config/wiring.py.
LISTENERS: tuple[tuple[str, str, Handler], ...] = (
    ("dunning.reminded", "mail.dunning_reminded", _step(letters.reminded)),
    ("dunning.final_notice", "mail.dunning_final_notice", _step(letters.final_notice)),
    ("dunning.orders_blocked", "mail.dunning_orders_blocked", _step(letters.orders_blocked)),
    ("dunning.suspend_due", "mail.dunning_suspended", _step(letters.suspended)),
    ("dunning.terminate_due", "mail.dunning_terminated", _step(letters.terminated)),
    ("dunning.resolved", "mail.dunning_resolved", on_resolved),
)
