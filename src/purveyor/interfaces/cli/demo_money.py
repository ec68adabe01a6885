"""Money stories of the demo world: gathered billing, credit notes, a refund, deposits, and an invoice that is held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from purveyor.billing import queries as billing
from purveyor.infra import tx
from purveyor.interfaces.cli import demo_cast as cast
from purveyor.interfaces.cli.demo_story import Step, Story
from purveyor.kernel.money import Money
from purveyor.parties import commands as parties
from purveyor.payments import commands as payments
from purveyor.payments.commands import funds
from purveyor.payments.types_refunds import CreditLine, RefundTo

LINDNER_IBAN = "DE68210501700012345678"


def chapters(story: Story) -> Iterator[Step]:
    """Every step, in any order."""
    yield from _gathered(story)
    yield from _credited(story)
    yield from _funds(story)
    yield from _held(story)


def _gathered(story: Story) -> Iterator[Step]:
    """The Spanish reseller is billed once a month for what bears its own name."""
    yield story.before(72), "one invoice a month", partial(_gather, story)
    for days, key, offer, quantity in (
        (70, "bodegaaltamira", "lockbox-business-1m", 6),
        (69, "talleresibarra", "sealedmail-pro-1m", 4),
        (66, "talleresibarra", "lockbox-business-12m", 4),
        (41, "bodegaaltamira", "sealedmail-eco-12m", 5),
    ):
        bought = partial(story.buy, key, offer, quantity, pay="bank_transfer")
        yield story.before(days), f"{offer} for {key}", bought
    more = partial(story.top_up, "bodegaaltamira:lockbox-business-1m", 2, pay="bank_transfer")
    yield story.before(2, 10), "two more seats", more


def _gather(story: Story, now: datetime) -> None:
    reseller = story.houses.resellers["solynube"]
    parties.set_gathering_terms(
        actor=story.houses.operator_actor, now=now, reseller_id=reseller.id, allowed=True, due_days=30
    )
    parties.set_billing_mode(
        actor=story.houses.reseller_admin("solynube"),
        now=now,
        reseller_id=reseller.id,
        billing_mode="gathered",
    )


def _credited(story: Story) -> Iterator[Step]:
    """Three of ten seats are credited to the balance; another credit goes back to the bank account it came from."""
    name = "studiorinaldi:sealedmail-advanced-12m"
    buy = partial(story.buy, "studiorinaldi", "sealedmail-advanced-12m", 10, pay="bank_transfer")
    yield story.before(58), "ten seats", buy
    yield story.before(56), "money for them", partial(story.receive, name)
    yield story.before(55), "members", partial(story.assign, name, 6, accept=5)
    less = partial(credit, story, name, 3, "balance", "Three colleagues do not come back from parental leave")
    yield story.before(20, 14), "a credit note for 3 of 10 seats", less
    yield story.before(2, 15), "a refund by transfer", partial(_refund, story)


def credit(story: Story, name: str, seats: int, to: RefundTo, reason: str, now: datetime) -> None:
    """Seats of the invoice of an order are credited, and end."""
    operator = story.houses.operator_actor
    with tx.enter(operator):
        (invoice,) = billing.list_documents(actor=operator, order_id=story.orders[name].id, kind="invoice")
        line = billing.get_document(actor=operator, document_id=invoice.id).lines[0]
    made = payments.credit_invoice(
        actor=operator, now=now, invoice_id=invoice.id, lines=[CreditLine(line.id, seats)], refund_to=to,
        reason=reason, end_seats=True,
    )  # fmt: skip
    for refund in made.refunds:
        if refund.method == "bank_transfer" and not refund.iban:
            payments.name_refund_account(
                actor=operator, now=now, refund_id=refund.id, iban=LINDNER_IBAN, name="Lindner & Partner"
            )


def _refund(story: Story, now: datetime) -> None:
    """It waits for the operator's next file of payouts."""
    credit(story, "lindnerpartner:sealedmail-pro-12m", 1, "source", "One seat was ordered twice", now)


def _funds(story: Story) -> Iterator[Step]:
    """Both resellers watch their balance; one asks how to pay in, and has not paid yet."""
    yield story.before(90, 13), "a watched balance", partial(_watch, story, "adlerit", 50_000, 200_000)
    yield story.before(90, 13), "a watched balance", partial(_watch, story, "solynube", 100_000, None)
    yield story.before(9, 16), "how to pay in", partial(ask, story, "adlerit", Money(250_000, "EUR"))
    yield story.before(3, 16), "how to pay in", partial(ask, story, "solynube", Money(150_000, "EUR"))


def _watch(story: Story, house: str, threshold: int, target: int | None, now: datetime) -> None:
    funds.set_funds(
        actor=story.houses.reseller_admin(house), now=now, organization_id=story.houses.resellers[house].id,
        currency="EUR", threshold=threshold, target=target, automatic=target is not None,
    )  # fmt: skip


def ask(story: Story, house: str, amount: Money, now: datetime) -> None:
    """A reseller asks for the reference to pay in with."""
    payable = funds.ask_deposit(
        actor=story.houses.reseller_admin(house), now=now, organization_id=story.houses.resellers[house].id,
        amount=amount,
    )  # fmt: skip
    story.deposits[house] = payable


def _held(story: Story) -> Iterator[Step]:
    """A new customer whose VAT number nobody can say anything about: delivered, and its invoice waits."""
    key, offer = cast.UNKNOWN.key, "lockbox-business-12m"
    yield (
        story.before(1, 8),
        f"{cast.UNKNOWN.name} becomes a customer",
        partial(story.open, "adlerit", cast.UNKNOWN),
    )
    yield story.before(1, 10), "an invoice is held", partial(story.buy, key, offer, 4, pay="balance")
    yield story.before(1, 11), "members", partial(story.assign, f"{key}:{offer}", 3, accept=1)
