"""What stands on the operator's bank account in the filled world: a statement, a file, mandates, money taken back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.infra import clock, tx
from purveyor.kernel.actor import system_actor
from purveyor.kernel.ids import new_id, show
from purveyor.parties.types import Organization
from purveyor.payments import models
from purveyor.payments.commands import bank as acts
from purveyor.payments.queries import list_open_payables
from tests.support.statements import Line, camt


def banked(payers: Iterable[Organization]) -> dict[str, str]:
    """A statement with an entry that waits and one for each payer that was matched and taken back; a mandate of each
    and a file that collects by one of them. Ids by prefix; ``man_<id of the payer>`` are the mandates."""
    actor, now = system_actor(), clock.now()
    unique = {one.id: one for one in payers}
    lines = [Line(100 + number, f"FILLED{number}", iban="") for number in range(len(unique) + 1)]
    with tx.enter(actor):
        (made,) = acts.import_statement(actor=actor, now=now, content=camt(lines, id=f"FILLED-{new_id()}"))
        acts.match_statement(actor=actor, now=now, statement_id=made.statement.id)
        entries = list(
            models.BankEntry.objects.filter(statement_id=made.statement.id)
            .order_by("position")
            .values_list("id", flat=True)
        )
        found = {"bst": show("bst", made.statement.id), "ben": show("ben", entries[0])}
        for entry_id, payer in zip(entries[1:], unique.values(), strict=True):
            acts.match_entry(actor=actor, now=now, entry_id=entry_id, organization_id=payer.id)
            acts.unmatch_entry(actor=actor, now=now, entry_id=entry_id)
            found[f"man_{payer.id}"] = show("man", _mandate(payer.id))
        found["pfl"] = show("pfl", _file())
    return found


def _mandate(payer_id: UUID) -> UUID:
    made = acts.enter_mandate(
        actor=system_actor(),
        now=clock.now(),
        payer_id=payer_id,
        iban="DE89370400440532013000",
        name="Payer",
        signed_on=clock.business_date(clock.now()),
    )
    return made.id


def _file() -> UUID:
    """A file as the bank got it, whatever it says."""
    mandate = models.Mandate.objects.order_by("id").first()
    payable = next(iter(list_open_payables(actor=system_actor(), limit=1)), None)
    file = models.PaymentFile(
        id=new_id(), kind="pain.008", message_id=f"PVR{new_id().hex[:20]}", execute_on=clock.business_date(clock.now()),
        count=1, total=100, currency="EUR", content="<Document/>", made_at=clock.now(), made_by="system",
    )  # fmt: skip
    file.save(force_insert=True)
    if payable is not None and mandate is not None:
        models.PaymentFileItem(
            id=new_id(), file=file, payable_id=payable.id, mandate=mandate, end_to_end="FILLED", amount=100
        ).save(force_insert=True)
    return file.id
