"""Who gets a mail when something happened. Each handler is called once for its event, in a transaction.

What the mail says is read at that moment: an invitation that was withdrawn meanwhile, or an order paid
meanwhile, needs no mail any more. Whether an address has an account shows in the mail alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

from purveyor.billing import queries as billing
from purveyor.infra.registry import Announced, Handler
from purveyor.interfaces.mail import letters_business, letters_life, letters_people, sending
from purveyor.interfaces.mail.sending import Letter, Recipient, Sender
from purveyor.kernel.actor import system_actor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import bank_files
from purveyor.payments import queries as payments
from purveyor.sales import queries as sales
from purveyor.seats import commands as seat_commands
from purveyor.seats import queries as seats
from purveyor.seats.types import Invitation, Member
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

# Ends of a subscription that its customer has caused or was told of in another mail.
_SILENT_ENDS = frozenset({"cancelled"})


def _id(event: Announced, name: str) -> UUID:
    return UUID(event.payload[name])


def _product(found: Subscription) -> str:
    return f"{found.product} {found.plan}"


def _subscription(subscription_id: UUID) -> Subscription:
    return subscriptions.get_subscription(actor=system_actor(), subscription_id=subscription_id)


def _organization(organization_id: UUID) -> Organization:
    return parties.get_organization(actor=system_actor(), organization_id=organization_id)


def _to_member(member: Member) -> Recipient:
    language, name = member.language, member.name
    if member.person_id is not None:
        person = parties.get_person(member.person_id)
        language, name = person.language or language, name or person.name
    return Recipient(member.email, name, language, member.reseller_id, member.customer_id)


def on_member_invited(event: Announced) -> None:
    """To the invited address: activate, or accept with the account that it has."""
    system = system_actor()
    invitation = seats.get_invitation(actor=system, invitation_id=_id(event, "invitation_id"))
    if invitation.status != "pending" or invitation.reseller_id is None:
        return
    member = seats.get_member(actor=system, member_id=_id(event, "member_id"))
    ids = [seat.subscription_id for seat in member.seats]
    held = subscriptions.find_subscriptions(actor=system, ids=ids) if ids else {}
    products = tuple(dict.fromkeys(_product(held[one]) for one in ids if one in held))
    person = parties.find_person_by_email(invitation.email)
    recipient = Recipient(
        email=invitation.email,
        name=invitation.name or (person.name if person else ""),
        language=person.language if person else invitation.language,
        reseller_id=invitation.reseller_id,
        customer_id=invitation.customer_id,
    )

    def write() -> Letter:
        token = seat_commands.mint_invitation_token(invitation.id)
        letter = letters_people.added if person else letters_people.invited
        return letter(
            name=recipient.name,
            organization=invitation.organization_name,
            token=token,
            expires_at=invitation.expires_at,
            products=products,
            again=bool(event.payload["again"]),
        )

    _invite(event, invitation, recipient, sending.reseller(invitation.reseller_id), write)


def on_staff_invited(event: Announced) -> None:
    """To the address that is to join a reseller's or the operator's staff."""
    invitation = seats.get_invitation(actor=system_actor(), invitation_id=_id(event, "invitation_id"))
    if invitation.status != "pending":
        return
    person = parties.find_person_by_email(invitation.email)
    recipient = Recipient(
        email=invitation.email,
        name=invitation.name or (person.name if person else ""),
        language=person.language if person else invitation.language,
        reseller_id=invitation.reseller_id,
        customer_id=None,
    )
    house = invitation.reseller_id
    sender = sending.operator() if house is None else sending.reseller(house)

    def write() -> Letter:
        return letters_people.staff_invited(
            name=recipient.name,
            organization=invitation.organization_name,
            role=invitation.role,
            token=seat_commands.mint_invitation_token(invitation.id),
            expires_at=invitation.expires_at,
            known=person is not None,
            again=bool(event.payload["again"]),
        )

    _invite(event, invitation, recipient, sender, write)


def _invite(
    event: Announced, invitation: Invitation, recipient: Recipient, sender: Sender, write: sending.Writer
) -> None:
    if sending.post(event, "invitation", recipient, sender, write):
        seat_commands.mark_invitation_sent(actor=system_actor(), now=event.at, invitation_id=invitation.id)


def on_seat_assigned(event: Announced) -> None:
    """To an active member; one who is only invited learns of the seat with the invitation."""
    if event.payload["status"] != "active":
        return
    member = seats.get_member(actor=system_actor(), member_id=_id(event, "member_id"))
    if member.status != "active":
        return
    found = _subscription(_id(event, "subscription_id"))
    recipient = _to_member(member)
    sending.post(
        event,
        "seat",
        recipient,
        sending.reseller(member.reseller_id),
        lambda: letters_people.seat_assigned(
            name=recipient.name,
            organization=found.customer_name,
            product=_product(found),
            until=found.period_end,
        ),
    )


def on_seat_released(event: Announced) -> None:
    """To a member who stays and is active; one who was removed gets one mail about all of it."""
    member = seats.get_member(actor=system_actor(), member_id=_id(event, "member_id"))
    if member.status != "active":
        return
    found = _subscription(_id(event, "subscription_id"))
    recipient = _to_member(member)
    sending.post(
        event,
        "seat",
        recipient,
        sending.reseller(member.reseller_id),
        lambda: letters_people.seat_released(
            name=recipient.name, organization=found.customer_name, product=_product(found)
        ),
    )


def on_member_removed(event: Announced) -> None:
    """To a member who had accepted; whoever never did needs no word."""
    member = seats.get_member(actor=system_actor(), member_id=_id(event, "member_id"))
    if member.person_id is None or event.payload["reason"] != "removed":
        return
    customer = _organization(member.customer_id)
    recipient = _to_member(member)
    sending.post(
        event,
        "removed",
        recipient,
        sending.reseller(member.reseller_id),
        lambda: letters_people.removed(name=recipient.name, organization=customer.name),
    )


def on_member_role_changed(event: Announced) -> None:
    """To an active member."""
    member = seats.get_member(actor=system_actor(), member_id=_id(event, "member_id"))
    if member.status != "active":
        return
    customer = _organization(member.customer_id)
    recipient = _to_member(member)
    sending.post(
        event,
        "role",
        recipient,
        sending.reseller(member.reseller_id),
        lambda: letters_people.role_changed(
            name=recipient.name, organization=customer.name, new=event.payload["new"]
        ),
    )


def _tell_contact(event: Announced, what: str, write: letters_business.SubscriptionLetter) -> None:
    """Tell the customer's contact about a subscription, unless its reseller has switched that off."""
    found = _subscription(_id(event, "subscription_id"))
    if not parties.get_reseller_profile(reseller_id=found.reseller_id).notify_customer_contact:
        return
    customer = _organization(found.customer_id)
    sending.post(
        event,
        what,
        sending.contact(customer),
        sending.reseller(found.reseller_id),
        lambda: write(customer, found, _product(found)),
    )


def on_subscription_activated(event: Announced) -> None:
    """To the customer's contact, once: a subscription was made, or a trial became one."""
    found = _subscription(_id(event, "subscription_id"))
    if found.trial_end is not None:
        _tell_contact(event, "converted", letters_business.trial_converted)
    else:
        _tell_contact(event, "made", letters_business.subscription_made)


def on_trial_started(event: Announced) -> None:
    """To the customer's contact: until when, and what follows."""
    end = date.fromisoformat(event.payload["trial_end"])
    _tell_contact(
        event,
        "trial",
        lambda customer, found, product: letters_business.trial_started(customer, found, product, end),
    )


def on_subscription_ended(event: Announced) -> None:
    """To the customer's contact: a trial or a term is over."""
    if event.payload["reason"] in _SILENT_ENDS:
        return
    found = _subscription(_id(event, "subscription_id"))
    if found.started_on is None:
        return
    reason = event.payload["reason"]
    tried_only = found.trial_end is not None and found.trial_end == found.period_end
    if reason == "not_renewed" or (tried_only and reason == "trial_over"):
        letter = letters_business.trial_ended if tried_only else letters_business.subscription_ended
        _tell_contact(event, "ended", letter)
    else:
        _tell_contact(event, "ended", lambda c, s, p: letters_life.ended_early(c, s, p, reason))
    _tell_members(event, letters_life.seat_over)


def on_subscription_suspended(event: Announced) -> None:
    """To the customer's contact, and to everybody who has a seat."""
    reason = event.payload["reason"]
    _tell_contact(event, "suspended", lambda c, s, p: letters_life.suspended(c, s, p, reason))
    _tell_members(event, letters_life.seat_suspended)


def on_subscription_resumed(event: Announced) -> None:
    """To the customer's contact, and to everybody who has a seat."""
    _tell_contact(event, "resumed", letters_life.resumed)
    _tell_members(event, letters_life.seat_resumed)


def on_subscription_reactivated(event: Announced) -> None:
    """To the customer's contact; nobody has a seat yet."""
    _tell_contact(event, "reactivated", letters_life.reactivated)


def _tell_members(event: Announced, write: Callable[..., Letter]) -> None:
    """Tell the active members who had a seat at that moment; those who have just lost it too."""
    found = _subscription(_id(event, "subscription_id"))
    sender = sending.reseller(found.reseller_id)
    for member_id in seats.holders_at(subscription_id=found.id, at=event.at):
        recipient = _to_member(seats.get_member(actor=system_actor(), member_id=member_id))
        told = {"name": recipient.name, "organization": found.customer_name, "product": _product(found)}
        sending.post(event, "seat", recipient, sender, partial(write, **told))


def on_order_placed(event: Announced) -> None:
    """To the payer, while money is still to come: what to transfer where."""
    order = sales.get_order(actor=system_actor(), order_id=_id(event, "order_id"))
    payment = order.payment
    if order.status != "awaiting_payment" or payment is None or order.pro_forma is None:
        return
    payer, customer = _organization(order.payer_id), _organization(order.customer_id)
    number, seller = order.pro_forma.number, parties.get_seller().organization.name
    sending.post(
        event,
        "transfer",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letters_business.order_waiting(
            payer, order, payment, number=number, customer=customer.name, seller=seller
        ),
    )


def on_invoice_issued(event: Announced) -> None:
    """To the payer: of an order that is complete, or of a renewal."""
    actor = system_actor()
    document = billing.get_document(actor=actor, document_id=_id(event, "document_id"))
    payer, customer = _organization(document.payer_id), _organization(document.customer_id)
    payable = payments.find_payable_for(actor=actor, subject_kind="invoice", subject_id=document.id)
    mandate = bank_files.collected_by(actor=actor, payable=payable)
    sending.post(
        event,
        "invoice",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letters_business.invoice_issued(
            payer,
            document,
            customer=customer.name,
            from_order=document.order_id is not None,
            mandate=mandate,
            creditor=bank_files.creditor_id(),
        ),
    )


def on_invoice_overdue(event: Announced) -> None:
    """To the payer, if something is still open."""
    document = billing.get_document(actor=system_actor(), document_id=_id(event, "document_id"))
    if not document.open:
        return
    payer, customer = _organization(document.payer_id), _organization(document.customer_id)
    sending.post(
        event,
        "overdue",
        sending.contact(payer),
        sending.towards(payer),
        lambda: letters_business.invoice_overdue(payer, document, customer=customer.name),
    )


# (event, stable name of the delivery, handler), for config/wiring.py.
LISTENERS: tuple[tuple[str, str, Handler], ...] = (
    ("member.invited", "mail.member_invited", on_member_invited),
    ("staff.invited", "mail.staff_invited", on_staff_invited),
    ("seat.assigned", "mail.seat_assigned", on_seat_assigned),
    ("seat.released", "mail.seat_released", on_seat_released),
    ("member.removed", "mail.member_removed", on_member_removed),
    ("member.role_changed", "mail.member_role_changed", on_member_role_changed),
    ("subscription.activated", "mail.subscription_activated", on_subscription_activated),
    ("subscription.trial_started", "mail.trial_started", on_trial_started),
    ("subscription.ended", "mail.subscription_ended", on_subscription_ended),
    ("subscription.suspended", "mail.subscription_suspended", on_subscription_suspended),
    ("subscription.resumed", "mail.subscription_resumed", on_subscription_resumed),
    ("subscription.reactivated", "mail.subscription_reactivated", on_subscription_reactivated),
    ("order.placed", "mail.order_placed", on_order_placed),
    ("invoice.issued", "mail.invoice_issued", on_invoice_issued),
    ("invoice.overdue", "mail.invoice_overdue", on_invoice_overdue),
)
