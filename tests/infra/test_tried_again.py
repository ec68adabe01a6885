"""What failed is tried again: at once after a fault of the moment, later when a person says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test import override_settings

from purveyor.infra import clock, delivery, models, outbox, parking, registry, tx
from purveyor.infra.registry import Announced
from purveyor.interfaces.mail import jobs as mail_jobs
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id
from purveyor.parties.events import CustomerCreated

SYSTEM = system_actor()


@pytest.fixture
def due(db: object) -> Iterator[UUID]:
    """A piece of due work: an invitation whose time was over a minute ago."""
    with tx.enter(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT now() - interval '1 minute'")
        instant = cursor.fetchone()[0]
        piece = new_id()
        cursor.execute(
            "INSERT INTO infra_parked (id, source, piece, due_at, reason, parked_at, resolved_at)"
            " VALUES (%s, 'none', %s, %s, '', %s, NULL)",
            (piece, str(piece), instant, instant),
        )
    yield piece
    with tx.enter(SYSTEM):
        models.Parked.objects.all().delete()


def _source(run: Callable[[UUID, datetime], None], piece: UUID) -> registry.DueSource:
    return registry.DueSource(
        "test.due", "infra_parked", run, where=f"id = '{piece}' AND resolved_at IS NULL"
    )


@pytest.mark.parametrize(("failures", "parked"), [(2, False), (3, True)])
def test_a_deadlock_does_not_park_due_work(
    due: UUID, failures: int, parked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [failures]

    def run(piece: UUID, at: datetime) -> None:
        if left[0]:
            left[0] -= 1
            raise OperationalError("deadlock detected")
        with tx.enter(SYSTEM):
            models.Parked.objects.filter(id=piece).update(resolved_at=at)

    monkeypatch.setattr(registry, "_sources", {"test.due": _source(run, due)})
    clock.run_due(datetime.now(UTC))
    assert models.Parked.objects.filter(source="test.due").exists() is parked


def test_a_parked_delivery_is_delivered_when_a_person_says_so(
    db: object, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[UUID] = []
    works = [False]

    def listen(event: Announced) -> None:
        if not works[0]:
            raise ValueError("not yet")
        heard.append(event.subject_id)

    monkeypatch.setattr(registry, "_handlers", {"test.listen": listen})
    monkeypatch.setattr(registry, "_subscriptions", {"customer.created": ["test.listen"]})
    subject = new_id()
    with tx.enter(SYSTEM) as now:
        outbox.emit(
            CustomerCreated(customer="cus_x", name="X"), now=now, subject_id=subject, reseller_id=None
        )
    owed = delivery.owed()
    for _ in range(delivery.ATTEMPTS_MAX):
        with pytest.raises(ValueError, match="not yet"):
            delivery.deliver(owed[0])
    drain()
    (piece,) = parking.list_parked()
    works[0] = True
    with tx.enter(SYSTEM) as now:
        parking.resolve(piece.id, now=now)
    assert drain() == 1
    assert heard == [subject]


def test_a_parked_mail_is_sent_when_a_person_says_so(
    db: object, drain: Callable[[], int], mailbox: list[mail.EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    from purveyor.infra import mailbox as stored

    with override_settings(SANDBOX=False):
        with tx.enter(SYSTEM) as now:
            written = stored.NewMail(
                dedupe="x", to="anna@example.com", subject="Hello", language="en", text="Hello", html="Hello"
            )
            mail_id = stored.store_mail(written, now=now)
        assert mail_id is not None
        with monkeypatch.context() as broken:
            broken.setattr(mail.EmailMultiAlternatives, "send", _refuse)
            with pytest.raises(ConnectionError):
                mail_jobs.deliver(mail_id, last=True)
        (piece,) = [one for one in parking.list_parked() if one.source == "mail"]
        with tx.enter(SYSTEM) as now:
            parking.resolve(piece.id, now=now)
        drain()
    assert [one.to for one in mailbox] == [["anna@example.com"]]


def _refuse(*_: object) -> None:
    raise ConnectionError("the mail server is away")
