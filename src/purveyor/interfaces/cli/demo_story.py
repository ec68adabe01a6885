"""The year's events of the demo world, each with its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from uuid import UUID

from purveyor.infra import clock, tx
from purveyor.interfaces.cli import demo_cast as cast
from purveyor.interfaces.cli import demo_rates
from purveyor.interfaces.cli.demo_people import Houses
from purveyor.kernel.actor import Actor, system_actor
from purveyor.kernel.money import Money
from purveyor.kernel.period import add_months
from purveyor.parties import commands as parties
from purveyor.payments import commands as payments
from purveyor.payments import queries as payment_queries
from purveyor.payments.types import Payable
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish, OrderView
from purveyor.seats import commands as seats
from purveyor.seats import queries as seat_queries
from purveyor.seats.types import PastedRow
from purveyor.subscriptions import commands as subscriptions

# How long payers take for a renewal's invoice.
_PAID_AFTER = timedelta(days=6)
# What some payers owe since this many days is kept for the bank statement and the direct debits of the last days.
_KEPT_FOR_THE_BANK = timedelta(days=34)

Step = tuple[datetime, str, Callable[[datetime], None]]


@dataclass
class Story:
    """What the chapters share: who is who, when it begins and ends, and what was made so far."""

    houses: Houses
    start: datetime
    arrival: datetime
    subscriptions: dict[str, UUID] = field(default_factory=dict)
    orders: dict[str, OrderView] = field(default_factory=dict)
    deposits: dict[str, Payable] = field(default_factory=dict)
    serial: Iterator[int] = field(default_factory=count)

    def before(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """An instant so many days before the arrival, never before the beginning nor in the future."""
        day = (self.arrival - timedelta(days=days)).replace(hour=hour, minute=minute, second=0)
        return min(max(day, self.start + timedelta(minutes=next(self.serial) % 50)), self.arrival)

    # The acts, each one command (or a preview and its acceptance).

    def open(self, house: str, who: cast.Somebody, now: datetime) -> None:
        """A customer is created by its reseller (the operator for its own)."""
        reseller = self.houses.resellers[house]
        actor = self.houses.operator_actor
        customer = parties.create_customer(actor=actor, now=now, given=who.given(), reseller_id=reseller.id)
        self.houses.customers[who.key] = customer

    def buy(
        self,
        key: str,
        offer: str,
        seats_: int,
        now: datetime,
        *,
        pay: str,
        name: str = "",
        itself: bool = False,
    ) -> None:
        """Seats are bought for a customer, or by its own administrator at list price: shown, accepted, paid from the
        balance or to be paid by transfer."""
        wish = LineWish(type="new", quantity=seats_, offer=offer)
        actor = self.houses.customer_admin(key) if itself else self.houses.seller_actor(key)
        self._order(key, wish, now, pay, name or f"{key}:{offer}", actor)

    def top_up(self, name: str, seats_: int, now: datetime, *, pay: str = "balance") -> None:
        """More seats in a running term."""
        wish = LineWish(type="add_seats", quantity=seats_, subscription_id=self.subscriptions[name])
        key = name.split(":", maxsplit=1)[0]
        self._order(key, wish, now, pay, name, self.houses.seller_actor(key))

    def _order(self, key: str, wish: LineWish, now: datetime, pay: str, name: str, actor: Actor) -> None:
        quote = sales.make_quote(
            actor=actor, now=now, customer_id=self.houses.customers[key].id, lines=[wish]
        )
        order = sales.accept_quote(actor=actor, now=now, quote_id=quote.id, payment_method=pay)
        self.orders[name] = order
        self.subscriptions.setdefault(name, order.subscriptions[0])

    def receive(self, name: str, now: datetime) -> None:
        """The bank shows the money for an order."""
        order = self.orders[name]
        payments.record_transfer(
            actor=self.houses.operator_actor, now=now, order_id=order.id, amount=order.gross,
            received_on=clock.business_date(now), reference=f"Transfer {next(self.serial):05d}",
        )  # fmt: skip

    def pay_open(self, now: datetime, *, keep: tuple[str, ...] = ()) -> None:
        """What renewals ask for, invoiced or to be paid first, is paid some days later, but for those to keep open."""
        spared = {self.houses.customers[key].id for key in keep}
        by_bank = {self.houses.customers["lindnerpartner"].id, self.houses.resellers["solynube"].id}
        operator = self.houses.operator_actor
        with tx.enter(operator):
            waiting = payment_queries.list_open_payables(actor=operator, limit=200)
        for payable in waiting:
            due = payable.opened_at <= now - _PAID_AFTER and payable.method == "bank_transfer"
            if payable.subject_kind in ("order", "deposit") or payable.customer_id in spared or not due:
                continue
            own = payable.customer_id == payable.payer_id and payable.payer_id in by_bank
            if own and payable.opened_at > self.arrival - _KEPT_FOR_THE_BANK:
                continue
            payments.record_transfer(
                actor=operator, now=now, payable_id=payable.id, amount=payable.open,
                received_on=clock.business_date(now), reference=f"Transfer {next(self.serial):05d}",
            )  # fmt: skip

    def assign(self, name: str, people: int, now: datetime, *, accept: int) -> None:
        """Members are given seats; the first ``accept`` of them activate the same hour."""
        key = name.split(":", maxsplit=1)[0]
        language = next(c.language for c in cast.CUSTOMERS if c.key == key)
        rows = [self._somebody(key) for _ in range(people)]
        seats.assign_many(
            actor=self.houses.seller_actor(key), now=now, subscription_id=self.subscriptions[name],
            rows=[PastedRow(email=email, name=full) for full, email in rows], language=language,
        )  # fmt: skip
        for full, email in rows[:accept]:
            self.accept(key, email, full, None)

    def _somebody(self, key: str) -> tuple[str, str]:
        number = next(self.serial)
        first = cast.FIRST_NAMES[number % len(cast.FIRST_NAMES)]
        last = cast.LAST_NAMES[(number // len(cast.FIRST_NAMES) + number) % len(cast.LAST_NAMES)]
        return f"{first} {last}", f"{first}.{last}{number}@{key}.example".lower()

    def accept(self, key: str, email: str, full: str, password: str | None) -> UUID:
        """Somebody activates the invitation that lies open for the address."""
        customer = self.houses.customers[key]
        system = system_actor()
        with tx.enter(system):
            pending = seat_queries.list_pending_invitations(actor=system, customer_id=customer.id, limit=200)
            found = next(i for i in pending if i.email == email)
            token = seats.mint_invitation_token(found.id)
        return seats.accept_invitation(token=token, name=full, password=password).person_id

    def people_of_lindner(self, now: datetime) -> None:
        """The two logins of the demo: the customer's administrator, and a member with a seat."""
        customer = self.houses.customers["lindnerpartner"]
        actor = self.houses.seller_actor("lindnerpartner")
        admin, member = "admin@lindnerpartner.example", "member@lindnerpartner.example"
        seats.add_member(
            actor=actor, now=now, customer_id=customer.id, email=admin, name="Petra Lindner", language="de",
            role="admin", confirm="discount_lost",
        )  # fmt: skip
        self.houses.people["lindnerpartner"] = self.accept(
            "lindnerpartner", admin, "Petra Lindner", cast.PASSWORD
        )
        seats.assign_seat(
            actor=actor, now=now, subscription_id=self.subscriptions["lindnerpartner:lockbox-business-12m"],
            email=member, name="Timo Kraft", language="de",
        )  # fmt: skip
        self.accept("lindnerpartner", member, "Timo Kraft", cast.PASSWORD)

    def deposit(self, key: str, amount: Money, now: datetime) -> None:
        """A reseller, or a direct customer of the operator, pays money in ahead."""
        who = self.houses.resellers.get(key) or self.houses.customers[key]
        payments.deposit(
            actor=self.houses.operator_actor,
            now=now,
            organization_id=who.id,
            amount=amount,
            reference=f"Deposit {next(self.serial):05d}",
        )

    def renew_by(
        self, name: str, now: datetime, *, pay: str | None = None, auto_renew: bool | None = None
    ) -> None:
        """Decide how the term goes on."""
        subscriptions.set_renewal(
            actor=self.houses.seller_actor(name.split(":", maxsplit=1)[0]), now=now,
            subscription_id=self.subscriptions[name], auto_renew=auto_renew, renewal_payment_method=pay,
        )  # fmt: skip

    def trial(self, key: str, offer: str, seats_: int, now: datetime) -> None:
        """Somebody tries before buying."""
        made = sales.start_trial(
            actor=self.houses.seller_actor(key), now=now, customer_id=self.houses.customers[key].id,
            offer=offer, quantity=seats_,
        )  # fmt: skip
        self.subscriptions[f"{key}:trial"] = made.subscription_id


def chapters(story: Story) -> Iterator[Step]:
    """Every step of the year, in any order."""
    yield from demo_rates.chapters(story.houses.operator_actor, story.start, story.arrival)
    yield from _openings(story)
    yield from _lindner(story)
    yield from _monthly(story)
    yield from _annual(story)
    yield from _lately(story)
    yield from _prepaid(story)
    for days in range(358, 0, -7):
        # The money for one customer's last renewal stays away: overdue and reminded, but not yet blocking orders.
        keep = ("wagnerbau",) if days < 28 else ()
        yield story.before(days, 15), "invoices get paid", partial(story.pay_open, keep=keep)


def _openings(story: Story) -> Iterator[Step]:
    for who in cast.DIRECT:
        if who.currency == "SEK":
            yield story.before(300), "a deposit", partial(story.deposit, who.key, Money(2_500_000, "SEK"))
    for house, days, who in _arrivals():
        yield story.before(days, 9), f"{who.name} becomes a customer", partial(story.open, house, who)


def _arrivals() -> Iterator[tuple[str, int, cast.Somebody]]:
    """Each customer with its house and how many days ago it came: every 24 days one."""
    for house, people in (("adlerit", cast.ADLER), ("solynube", cast.SOL), ("house", cast.DIRECT)):
        for number, who in enumerate(people):
            yield house, 365 - 24 * number, who


def _lindner(story: Story) -> Iterator[Step]:
    """The customer whose people can sign in: an annual plan, topped up 50 days before its end."""
    name = "lindnerpartner:lockbox-business-12m"
    mail = "lindnerpartner:sealedmail-advanced-12m"
    yield (
        story.before(315),
        "Lockbox for Lindner",
        partial(story.buy, "lindnerpartner", "lockbox-business-12m", 10, pay="balance"),
    )
    yield story.before(315, 10), "members", partial(story.assign, name, 6, accept=6)
    yield story.before(314), "people of Lindner", story.people_of_lindner
    yield (
        story.before(200),
        "SealedMail for Lindner",
        partial(story.buy, "lindnerpartner", "sealedmail-advanced-12m", 5, pay="bank_transfer"),
    )
    yield story.before(197), "money for it", partial(story.receive, mail)
    yield story.before(196), "members", partial(story.assign, mail, 3, accept=2)
    own = partial(story.buy, "lindnerpartner", pay="bank_transfer", itself=True)
    yield story.before(30), "a purchase of its own", partial(own, "sealedmail-pro-12m", 2)
    yield story.before(27), "money for it", partial(story.receive, "lindnerpartner:sealedmail-pro-12m")
    yield story.before(2), "another", partial(own, "m365-business-basic-1m", 3)
    yield story.before(40), "top-up", partial(story.top_up, name, 2)
    yield story.before(39), "members", partial(story.assign, name, 3, accept=2)


_MONTHLY = (
    (324, "wagnerbau", "sealedmail-advanced-1m", 12, "balance"),
    (300, "praxisseidel", "sealedmail-eco-1m", 4, "bank_transfer"),
    (255, "moreaufils", "lockbox-business-1m", 6, "balance"),
    (320, "huertadelmar", "m365-business-basic-1m", 15, "balance"),
    (280, "clinicarivas", "sealedmail-pro-1m", 8, "bank_transfer"),
    (200, "fjallbackafisk", "lockbox-business-1m", 5, "balance"),
)
_ANNUAL = (
    (340, "studiorinaldi", "lockbox-business-12m", 8, 8, 7),
    (150, "caldasystems", "m365-business-premium-12m", 10, 7, 5),
    (120, "hafenkontor", "sealedmail-pro-12m", 20, 14, 12),
    (90, "brightwater", "m365-business-standard-12m", 6, 6, 5),
    (230, "atelierblanc", "sealedmail-eco-12m", 3, 2, 2),
    (344, "islaazul", "lockbox-business-12m", 5, 4, 4),
    (180, "talleresmonterrey", "m365-business-basic-12m", 25, 18, 15),
    (75, "librairiedupont", "sealedmail-advanced-12m", 4, 3, 3),
    (50, "northgate", "lockbox-business-12m", 12, 9, 6),
    (130, "skogsmark", "sealedmail-pro-12m", 7, 6, 6),
)


def _monthly(story: Story) -> Iterator[Step]:
    """Monthly plans that roll on, some paid from the balance, some by transfer."""
    for days, key, offer, quantity, pay in _MONTHLY:
        name = f"{key}:{offer}"
        yield story.before(days), f"{offer} for {key}", partial(story.buy, key, offer, quantity, pay=pay)
        if pay == "balance":
            yield story.before(days, 11), "renews from the balance", partial(story.renew_by, name, pay=pay)
        else:
            yield story.before(days - 3), "money for it", partial(story.receive, name)
        people = max(quantity - 2, 1)
        yield (
            story.before(days - 4),
            "members",
            partial(story.assign, name, people, accept=max(people - 2, 1)),
        )
    yield story.before(100), "top-up", partial(story.top_up, "huertadelmar:m365-business-basic-1m", 5)
    unpaid = "wagnerbau:sealedmail-advanced-1m"
    yield story.before(62), "by transfer from now on", partial(story.renew_by, unpaid, pay="bank_transfer")


def _annual(story: Story) -> Iterator[Step]:
    """Annual plans at several points of their year; one ends within 30 days, one was not renewed."""
    came = {who.key: days for _house, days, who in _arrivals()}
    for days, key, offer, quantity, people, accept in _ANNUAL:
        bought = min(days, came[key] - 1)
        name = f"{key}:{offer}"
        yield (
            story.before(bought, 10),
            f"{offer} for {key}",
            partial(story.buy, key, offer, quantity, pay="balance"),
        )
        yield story.before(bought, 12), "members", partial(story.assign, name, people, accept=accept)
    for days, house in ((250, "adlerit"), (240, "solynube"), (120, "adlerit"), (110, "solynube")):
        yield story.before(days, 8), "a deposit", partial(story.deposit, house, Money(1_000_000, "EUR"))


def _lately(story: Story) -> Iterator[Step]:
    """What needs a hand today: orders waiting for money, open invitations, a trial, a term without renewal."""
    yield story.before(24, 14), "a trial", partial(story.trial, "veloverkehr", "lockbox-business-12m", 5)
    yield story.before(23), "members", partial(story.assign, "veloverkehr:trial", 3, accept=2)
    yield story.before(8), "a trial", partial(story.trial, "cafetaxco", "sealedmail-eco-1m", 3)
    for days, key, offer, quantity in (
        (9, "gutshofkeller", "lockbox-business-12m", 15),
        (4, "osterlenform", "sealedmail-pro-1m", 9),
        (6, "officinaverdi", "m365-business-standard-12m", 6),
    ):
        waiting = partial(story.buy, key, offer, quantity, pay="bank_transfer")
        yield story.before(days), "waiting for money", waiting
    for days, name, people in (
        (5, "caldasystems:m365-business-premium-12m", 2),
        (3, "hafenkontor:sealedmail-pro-12m", 3),
    ):
        yield story.before(days), "new members", partial(story.assign, name, people, accept=0)
    ending = "islaazul:lockbox-business-12m"
    yield story.before(20), "will not renew", partial(story.renew_by, ending, auto_renew=False)


def _prepaid(story: Story) -> Iterator[Step]:
    """Microsoft 365 is paid before the 26th: two monthly terms ended yesterday and wait for their money, with days to
    go whatever today is; a year of it ends in three weeks."""
    ended = clock.business_date(story.arrival) - timedelta(days=1)
    began = (clock.business_date(story.arrival) - add_months(ended, -1, ended.day)).days
    for key, offer, quantity in (
        ("praxisseidel", "m365-business-standard-1m", 6),
        ("moreaufils", "m365-business-basic-1m", 14),
    ):
        yield (
            story.before(began, 10),
            f"{offer} for {key}",
            partial(story.buy, key, offer, quantity, pay="balance"),
        )
        yield (
            story.before(began, 11),
            "members",
            partial(story.assign, f"{key}:{offer}", quantity - 2, accept=quantity - 4),
        )
    year = partial(story.buy, "lindnerpartner", "m365-business-premium-12m", 4, pay="balance")
    yield story.before(344), "Microsoft 365 for Lindner", year
