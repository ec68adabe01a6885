"""Which notices are owed about one end of a term on one morning, and to whom they go (rules.md d)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from purveyor.renewals.rules.outcome import Consent
from purveyor.renewals.types import LEGAL_KINDS, NoticeKind

# Trials are short: they tell at these days before their end, whatever the lead times of the offer are.
TRIAL_LEADS = (7, 3, 1)
# The last look at a balance that is to pay: the day before.
LAST_LOOK = 1
COMMITS_FROM_MONTHS = 12
# A renewal that waits for its money: 15, 20, 23 and 25 for a cut-off on the 26th (rules.md d), counted back from it.
PENDING_LEADS = (11, 6, 3, 1)
# The steps of `pending` that are no lead time: the morning it opened, and the morning on which it was too late.
OPENED, TOO_LATE = 0, -1

PRIVATE = frozenset({"price", "payment", "pending"})
_BY_ROLE: dict[tuple[str, str], frozenset[str]] = {
    ("reseller", "admin"): frozenset(
        {"renews", "ends", "commits", "payment", "price", "unused", "pending", "rebased"}
    ),
    ("customer", "admin"): frozenset({"ends", "commits", "payment", "price", "pending"}),
}
_BY_ROLE["reseller", "technician"] = _BY_ROLE["reseller", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known on the morning of ``on`` about the end of a running term.

    ``leads`` and ``price_notice_days`` are the offer's. ``next_months`` is the length of the next term, ``priced``
    whether it can be sold; ``old`` and ``new`` are the term prices of one seat in minor units, ``same_offer`` whether
    the offer stays. ``changed``: another quantity or offer was scheduled. ``droppable``: seats that nobody will hold
    and that the next term need not have; ``told_free``: just so many were told of before, and none was given out since.
    ``short``: the balance that is to pay does not suffice.
    """

    on: date
    start: date
    end: date
    leads: tuple[int, ...]
    price_notice_days: int
    is_trial: bool = False
    auto_renew: bool = True
    next_months: int = 12
    priced: bool = True
    old: int = 0
    new: int = 0
    same_offer: bool = True
    consent: Consent = "not_needed"
    changed: bool = False
    droppable: int = 0
    told_free: bool = False
    locked_from: date | None = None
    short: bool = False

    @property
    def days_left(self) -> int:
        """Days until the term is over."""
        return (self.end - self.on).days

    @property
    def rises(self) -> bool:
        """Whether one seat of the same offer will cost more. A trial has no price that could rise."""
        return self.same_offer and not self.is_trial and self.priced and self.new > self.old


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice: its kind, and the days before the end that it belongs to."""

    kind: NoticeKind
    step: int


def outcome_kind(*, auto_renew: bool, priced: bool, consent: Consent, next_months: int) -> NoticeKind:
    """What will happen at the end of the term, as a kind of notice."""
    if not auto_renew or not priced or consent == "refused":
        return "ends"
    return "commits" if next_months >= COMMITS_FROM_MONTHS else "renews"


def look_days(leads: Iterable[int], price_notice_days: int) -> frozenset[int]:
    """Days before the end of a term at which something may have to be told."""
    return frozenset({*leads, price_notice_days, LAST_LOOK, *TRIAL_LEADS} - {0})


def owed(case: Case) -> tuple[Owed, ...]:
    """The notices owed this morning; each is given once, whoever asks again.

    A monthly term that goes on as it is stays silent: only a rise, a change that was scheduled, a way to pay that
    fails or an end is told. Seats that nobody holds are told of while they can still be dropped; those of a month that
    goes on only when that is news.
    """
    left = case.days_left
    if left <= 0 or case.on < case.start:
        return ()
    found: list[Owed] = []
    kind = outcome_kind(
        auto_renew=case.auto_renew, priced=case.priced, consent=case.consent, next_months=case.next_months
    )
    leads = TRIAL_LEADS if case.is_trial else case.leads
    told = left in leads and case.on > case.start
    monthly = kind == "renews" and not case.is_trial and (case.end - case.start).days <= 31
    falls = case.same_offer and case.new < case.old
    if told and not (monthly and not case.changed and not falls):
        found.append(Owed(kind, left))
    if case.auto_renew and case.rises and case.consent in ("not_needed", "missing") and _price_is_told(case):
        found.append(Owed("price", left))
    if kind != "ends":
        if case.short and (told or left == LAST_LOOK):
            found.append(Owed("payment", left))
        if told and case.droppable > 0 and _is_open(case) and not (monthly and not _is_news(case)):
            found.append(Owed("unused", left))
    return tuple(found)


def _price_is_told(case: Case) -> bool:
    """At the offer's lead times, and early enough for the notice; a term shorter than that is told at its start."""
    late_start = (case.on - case.start).days <= 1 and case.days_left < case.price_notice_days
    return case.days_left in {*case.leads, case.price_notice_days} or late_start


def _is_open(case: Case) -> bool:
    return case.locked_from is None or case.on < case.locked_from


def _is_news(case: Case) -> bool:
    """Free seats of a month that goes on: at its last lead time at which they can be dropped, if not told before."""
    times = [
        days
        for days in case.leads
        if case.locked_from is None or case.end - timedelta(days=days) < case.locked_from
    ]
    return not case.told_free and case.days_left == min(times, default=None)


def droppable(*, renews_with: int, taken_then: int, quantity_min: int) -> int:
    """Seats of the next term that nobody will hold and that the offer does not force upon it."""
    return max(0, renews_with - max(taken_then, quantity_min, 1))


def owed_for_pending(*, on: date, opened_on: date, cut_off_on: date, passed: bool) -> tuple[Owed, ...]:
    """Reminders of a renewal that waits for its money: when it opened, before the cut-off, and once it has passed.

    ``passed``: whether it has, this morning: the day may begin later in the zone of the offer.
    """
    left = (cut_off_on - on).days
    if passed:
        return (Owed("pending", TOO_LATE),)
    if left > 0 and on == opened_on:
        return (Owed("pending", OPENED),)
    return (Owed("pending", left),) if left in PENDING_LEADS else ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What a role of an organization decided about one kind."""

    role: str
    kind: str
    wanted: bool


def kinds_for(*, scope: str, pays: bool, is_told: bool = True) -> frozenset[str]:
    """The kinds of notice that may reach an organization about a subscription.

    Money is its payer's business alone (rules.md b2). ``is_told``: whether a customer that does not pay hears of
    its subscriptions at all, which its reseller decides.
    """
    everything = frozenset(_BY_ROLE["reseller", "admin"])
    if pays:
        return everything
    if scope == "reseller":
        return everything - PRIVATE
    return frozenset({"ends", "commits"}) if is_told else frozenset()


def can_be_switched_off(*, role: str, kind: str) -> bool:
    """A rise of the price is always told to an administrator: the law asks for it."""
    return not (role == "admin" and kind in LEGAL_KINDS)


def wanted_by(*, scope: str, role: str, choices: Iterable[Choice] = ()) -> frozenset[str]:
    """The kinds that a role wants: its choices, else what is usual for it."""
    found = set(_BY_ROLE.get((scope, role), frozenset()))
    for choice in choices:
        if choice.role == role and (choice.wanted or can_be_switched_off(role=role, kind=choice.kind)):
            (found.add if choice.wanted else found.discard)(choice.kind)
    return frozenset(found)
