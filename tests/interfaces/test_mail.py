"""One mail for each cause and recipient, in the recipient's language, in the name of its reseller."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import override_settings
from django.urls import resolve

from purveyor.billing.types import Document, DocumentRow, PaymentDetails
from purveyor.infra import delivery, mailbox, registry, tx
from purveyor.infra.mailbox import MailRow
from purveyor.interfaces.mail import handlers, jobs, letters_business, links, sending
from purveyor.interfaces.mail.sending import Letter, Recipient, Sender
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.ids import new_id, show
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.payments import commands as payments
from purveyor.sales import commands as sales
from purveyor.sales import handlers as sales_handlers
from purveyor.sales.types import LineWish, OrderView
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from purveyor.seats.types import Member
from purveyor.subscriptions import commands as subscriptions
from tests.support.houses import given
from tests.support.shop import Shop, build_shop

NOW = datetime.now(UTC)
SYSTEM = system_actor()


@pytest.fixture(scope="module")
def shop(db: object) -> Shop:
    for kind, name, handler in handlers.LISTENERS:
        registry.subscribe(kind, name, handler)
    if not registry.subscribers("payable.settled"):
        registry.subscribe("payable.settled", "sales.settle_order", sales_handlers.on_payable_settled)
    made = build_shop()
    delivery.deliver_owed()
    return made


@pytest.fixture
def customer(shop: Shop) -> Organization:
    """A new customer of the first reseller, with a contact of its own."""
    name = f"Kundin {new_id().hex[-6:]}"
    return parties.create_customer(
        actor=reseller(shop), now=NOW, given=given(name, email=f"{new_id().hex}@example.com", language="en")
    )


def reseller(shop: Shop, on: Organization | None = None) -> Actor:
    return shop.houses.reseller(shop.houses.first, on=on.id if on else None)


def mails(to: str) -> list[MailRow]:
    delivery.deliver_owed()
    with tx.enter(SYSTEM):
        return mailbox.list_mail(actor=SYSTEM, to=to)


def address() -> str:
    return f"{new_id().hex}@people.example"


def buy(shop: Shop, customer: Organization, method: str = "balance", quantity: int = 5) -> OrderView:
    actor = reseller(shop, customer)
    if method == "balance":
        payments.deposit(
            actor=shop.houses.operator, now=NOW, organization_id=shop.houses.first.id,
            amount=Money(1_000_000, "EUR"), reference=new_id().hex,
        )  # fmt: skip
    wish = LineWish("new", quantity, offer="lockbox-business-12m")
    quote = sales.make_quote(actor=actor, now=NOW, customer_id=customer.id, lines=[wish])
    return sales.accept_quote(actor=actor, now=NOW, quote_id=quote.id, payment_method=method)


def join(shop: Shop, customer: Organization, email: str, **more: Any) -> Member:
    """A member who has accepted."""
    member = seats.add_member(
        actor=reseller(shop, customer), now=NOW, customer_id=customer.id, email=email, name="Mia", **more
    )
    seats.accept_invitation(token=token_of(mails(email)[0]), name="Mia", password="long enough to be good")
    with tx.enter(SYSTEM):
        return seat_queries.get_member(actor=SYSTEM, member_id=member.id)


def token_of(mail: MailRow) -> str:
    return mail.links[0].rpartition("/")[2]


def test_an_invitation_brings_a_working_link_in_the_members_language(
    shop: Shop, customer: Organization
) -> None:
    email = address()
    order = buy(shop, customer)
    seats.assign_seat(
        actor=reseller(shop, customer), now=NOW, subscription_id=order.subscriptions[0], email=email,
        name="Ana", language="es",
    )  # fmt: skip
    (mail,) = mails(email)
    assert mail.language == "es"
    assert mail.to_name == "Ana"
    assert mail.from_name == shop.houses.first.name
    assert mail.status == "sent"
    assert mail.links[0].startswith("http://localhost:8000/activate/")
    assert customer.name in mail.text
    assert "Lockbox Files Business" in mail.text
    assert token_of(mail) in mail.html
    seats.accept_invitation(token=token_of(mail), name="Ana", password="long enough to be good")
    # Acceptance is no cause for another mail: the seat was in the invitation.
    assert len(mails(email)) == 1


def test_sending_again_voids_the_first_link(shop: Shop, customer: Organization) -> None:
    email = address()
    member = seats.add_member(actor=reseller(shop, customer), now=NOW, customer_id=customer.id, email=email)
    first = mails(email)[0]
    assert member.invitation_id is not None
    seats.resend_invitation(
        actor=reseller(shop, customer), now=NOW + timedelta(seconds=1), invitation_id=member.invitation_id
    )
    second = mails(email)[0]
    assert token_of(first) != token_of(second)
    assert seat_queries.find_by_token(token_of(first)) is None
    assert seat_queries.find_by_token(token_of(second)) is not None
    assert second.subject.startswith("Reminder")


def test_somebody_with_an_account_is_told_so_and_the_inviter_never(
    shop: Shop, customer: Organization
) -> None:
    known, unknown = address(), address()
    person, _created = parties.ensure_person(now=NOW, email=known, name="Kim", language="de")
    made = [
        seats.add_member(
            actor=reseller(shop, customer), now=NOW, customer_id=customer.id, email=one, name="Kim"
        )
        for one in (known, unknown)
    ]
    assert {(one.status, one.person_id) for one in made} == {("invited", None)}
    assert mails(known)[0].language == "de"
    assert mails(unknown)[0].language == customer.language
    assert mails(known)[0].text != mails(unknown)[0].text
    assert person.id


def test_a_members_life_is_told_once_each(shop: Shop, customer: Organization) -> None:
    email = address()
    order = buy(shop, customer)
    member = join(shop, customer, email)
    actor = reseller(shop, customer)
    subscription_id = order.subscriptions[0]
    assigned = seats.assign_seat(actor=actor, now=NOW, subscription_id=subscription_id, email=email)
    assert mails(email)[0].subject == "You have a seat of Lockbox Files Business"
    seats.release_seat(actor=actor, now=NOW, assignment_id=assigned.id)
    assert mails(email)[0].subject == "Your seat of Lockbox Files Business has ended"
    seats.update_member(actor=actor, now=NOW, member_id=member.id, role="manager")
    assert "Manager" in mails(email)[0].text
    seats.assign_seat(actor=actor, now=NOW, subscription_id=subscription_id, email=email)
    assert len(mails(email)) == 5
    seats.remove_member(actor=actor, now=NOW, member_id=member.id)
    # The seat went with the member: one mail, not two.
    assert len(mails(email)) == 6
    assert "access" in mails(email)[0].subject


def test_the_contact_hears_of_the_subscription_without_a_price(shop: Shop, customer: Organization) -> None:
    buy(shop, customer)
    (mail,) = mails(customer.email)
    assert mail.subject == "Your subscription to Lockbox Files Business is active"
    assert "€" not in mail.text + mail.html
    assert customer.public_id in mail.links[0]
    assert mail.customer_id == customer.id


def test_the_reseller_may_switch_the_contacts_mail_off(shop: Shop, customer: Organization) -> None:
    house = shop.houses.first

    def switch(on: bool) -> None:
        parties.update_reseller(
            actor=shop.houses.operator, now=NOW, reseller_id=house.id,
            given=given(house.name, vat_number=house.vat_number), help_name="", help_email="help@adler.example",
            help_url="", notify_customer_contact=on, documents_to_bill_to=False,
        )  # fmt: skip

    switch(False)
    try:
        buy(shop, customer)
        assert mails(customer.email) == []
    finally:
        switch(True)
    buy(shop, customer)
    assert "help@adler.example" in mails(customer.email)[0].text


def test_a_trial_says_until_when_and_that_it_ended(shop: Shop, customer: Organization) -> None:
    started = sales.start_trial(
        actor=reseller(shop, customer),
        now=NOW,
        customer_id=customer.id,
        offer="lockbox-business-1m",
        quantity=3,
    )
    assert "trial" in mails(customer.email)[0].subject
    subscriptions.end_subscription(
        actor=SYSTEM,
        now=NOW + timedelta(days=14),
        subscription_id=started.subscription_id,
        reason="not_renewed",
    )
    assert mails(customer.email)[0].subject == "Your trial of Lockbox Files Business has ended"


def test_the_payer_learns_what_to_transfer_and_gets_the_invoice(shop: Shop, customer: Organization) -> None:
    payer = shop.houses.first
    order = buy(shop, customer, "bank_transfer")
    assert order.payment is not None
    waiting = next(one for one in mails(payer.email) if show("ord", order.id) in one.text)
    assert order.payment.reference in waiting.text
    assert " ".join([order.payment.iban[:4], order.payment.iban[4:8]]) in waiting.text
    assert customer.name in waiting.text
    # What the reseller pays is not for the customer to read.
    assert (waiting.reseller_id, waiting.customer_id) == (payer.id, None)
    with tx.enter(shop.houses.customer(customer)):
        assert mailbox.list_mail(actor=shop.houses.customer(customer), to=payer.email) == []
    payments.record_transfer(
        actor=shop.houses.operator, now=NOW, amount=order.gross, received_on=NOW.date(), reference="bank",
        order_id=order.id,
    )  # fmt: skip
    invoice = mails(payer.email)[0]
    assert "paid" in invoice.text
    assert "/billing/inv_" in invoice.links[0]


def test_every_address_in_a_mail_is_a_page(shop: Shop) -> None:
    pages = {
        links.home(): "home",
        links.activate("a-token"): "activate",
        links.order(shop.houses.first, new_id()): "order",
        links.document(shop.houses.first, new_id()): "document",
        links.subscription(shop.houses.first_customer, new_id()): "on_subscription",
    }
    for url, name in pages.items():
        assert resolve(url.removeprefix("http://localhost:8000")).url_name == name


def test_an_overdue_invoice_is_told_to_its_payer_with_what_is_open(
    shop: Shop, customer: Organization
) -> None:
    gross = Money(12345, "EUR")
    facts: dict[str, Any] = {
        name: None for name in Document.__dataclass_fields__ if name not in DocumentRow.__dataclass_fields__
    }
    document = Document(
        **{
            **facts, "id": new_id(), "kind": "invoice", "number": "2026-R001-000001", "status": "overdue",
            "issued_on": date(2026, 11, 1), "due_on": date(2026, 11, 15), "reseller_id": shop.houses.first.id,
            "customer_id": customer.id, "payer_id": customer.id, "bill_to_id": customer.id, "order_id": None,
            "buyer_name": customer.name, "net": gross, "vat": Money(0, "EUR"), "gross": gross,
            "paid": Money(345, "EUR"),
            "payment": PaymentDetails("RF18539007547034", "SE4550000000058398257466"),
        }
    )  # fmt: skip
    letter = letters_business.invoice_overdue(customer, document, customer=customer.name)
    assert letter.paragraphs[0] == "The invoice was due on 15 Nov 2026, and €120.00 is still open."
    assert ("Reference", "RF18539007547034") in letter.facts


def test_staff_are_invited_by_their_house(shop: Shop) -> None:
    email = address()
    seats.invite_staff(
        actor=reseller(shop), now=NOW, organization_id=shop.houses.first.id, email=email, role="technician"
    )
    (mail,) = mails(email)
    assert "Technician" in mail.text
    assert mail.from_name == shop.houses.first.name


def test_no_recipient_gets_the_mail_of_one_event_twice(shop: Shop, customer: Organization) -> None:
    event = registry.Announced(
        0, new_id(), "order.placed", NOW, new_id(), shop.houses.first.id, None, None, {}
    )
    to = Recipient(address(), "", "en", shop.houses.first.id, None)
    written = []

    def write() -> Letter:
        written.append(1)
        return Letter("Subject\nBcc: x", "Hello,", ("One <b>",))

    with tx.enter(SYSTEM):
        assert sending.post(event, "x", to, Sender("A"), write)
        assert not sending.post(event, "x", to, Sender("A"), write)
    assert written == [1]
    (mail,) = mails(to.email)
    assert mail.subject == "Subject Bcc: x"
    assert "One &lt;b&gt;" in mail.html


def _queued(shop: Shop) -> UUID:
    event = registry.Announced(0, new_id(), "x", NOW, new_id(), None, None, None, {})
    to = Recipient(address(), "Åsa", "en", shop.houses.first.id, None)
    with tx.enter(SYSTEM):
        sending.post(event, "x", to, Sender("Adler, IT", help_email="help@adler.example"), lambda: LETTER)
    with connection.cursor() as cursor, tx.enter(SYSTEM):
        cursor.execute("SELECT id FROM infra_mail WHERE to_key = %s", [to.email])
        found: UUID = cursor.fetchone()[0]
    return found


LETTER = Letter("Secret", "Hello,", ("https://example.com/activate/abc",))


def _stored(mail_id: UUID) -> tuple[str, int, str]:
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT status, attempts, text FROM infra_mail WHERE id = %s", [mail_id])
        found: tuple[str, int, str] = cursor.fetchone()
    return found


def test_outside_a_sandbox_a_job_sends_and_the_body_is_emptied(
    shop: Shop, mailbox: list[django_mail.EmailMessage]
) -> None:
    with override_settings(SANDBOX=False):
        mail_id = _queued(shop)
        assert _stored(mail_id)[0] == "queued"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE args->>'mail_id' = %s", [str(mail_id)]
            )
            assert cursor.fetchone()[0] == 1
        jobs.deliver(mail_id, last=False)
        jobs.deliver(mail_id, last=False)
    (sent,) = mailbox
    assert "activate/abc" in str(sent.body)
    assert sent.from_email == '"Adler, IT" <purveyor@localhost>'
    assert sent.reply_to == ["help@adler.example"]
    assert _stored(mail_id) == ("sent", 1, "")


def test_a_mail_server_that_is_away_is_tried_again_and_then_parked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("purveyor.interfaces.mail.jobs.EmailMultiAlternatives.send", refuse)
    with override_settings(SANDBOX=False):
        mail_id = _queued(shop)
        with pytest.raises(ConnectionRefusedError):
            jobs.deliver(mail_id, last=False)
        assert _stored(mail_id)[:2] == ("queued", 1)
        with pytest.raises(ConnectionRefusedError):
            jobs.deliver(mail_id, last=True)
        assert _stored(mail_id)[:2] == ("failed", 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM infra_parked WHERE source = 'mail' AND piece = %s", [str(mail_id)]
        )
        assert cursor.fetchone()[0] == 1
