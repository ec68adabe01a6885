"""Due work of payments: the next step of a dunning case, charges, notices and refunds of cards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from purveyor.infra import clock
from purveyor.kernel.actor import system_actor
from purveyor.payments import commands
from purveyor.payments.commands import funds
from purveyor.payments.commands.cards import _rows, drive, notices, refunds
from purveyor.payments.ports import Adapters


def run_dunning(case_id: UUID, due_at: datetime) -> None:
    """Take the step that is due, in a transaction of its own. Safe to run twice."""
    commands.take_step(actor=system_actor(), now=due_at, case_id=case_id)


def run_held(held_id: UUID, due_at: datetime) -> None:
    """Issue an invoice that was held, if it can be by now. Safe to run twice."""
    commands.release_held(actor=system_actor(), now=due_at, held_id=held_id)


def run_funds(settings_id: UUID, due_at: datetime) -> None:
    """Look at a balance that is watched. Safe to run twice."""
    funds.watch_funds(actor=system_actor(), now=due_at, settings_id=settings_id)


def run_card(attempt_id: UUID, due_at: datetime) -> None:
    """Send a charge that is due, again after a crash, or look at a page. Safe to run twice."""
    drive.drive(attempt_id=attempt_id, now=due_at)


def run_card_notice(notice_id: UUID, due_at: datetime) -> None:
    """Handle what the card provider told. Safe to run twice."""
    notices.handle(notice_id=notice_id, now=due_at)


def run_card_refund(refund_id: UUID, due_at: datetime) -> None:
    """Send a refund to its card, or look at one. Safe to run twice."""
    refunds.send(refund_id=refund_id, now=due_at)


# The same as soon as the transaction that wants it is committed; the due rows above are for what that misses.


@app.task(name=_rows.DRIVE_TASK, queue="cards")
def drive_card(*, id: str) -> None:
    """See ``run_card``."""
    run_card(UUID(id), clock.now())


@app.task(name=_rows.NOTICE_TASK, queue="cards")
def handle_notice(*, id: str) -> None:
    """See ``run_card_notice``."""
    run_card_notice(UUID(id), clock.now())


@app.task(name=_rows.REFUND_TASK, queue="cards")
def send_refund(*, id: str) -> None:
    """See ``run_card_refund``."""
    run_card_refund(UUID(id), clock.now())


@app.task(name=_rows.FORGET_TASK, queue="cards", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def forget_card(*, id: str) -> None:
    """Tell the provider to keep a card no longer."""
    Adapters.cards.forget_card(id)
