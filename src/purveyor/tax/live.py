"""Asking VIES about a VAT number: in the seller's name, in few words at a time, with all that is to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from purveyor.kernel.actor import system_actor
from purveyor.kernel.errors import NotFound
from purveyor.parties.ports import NumberFound
from purveyor.parties.queries import get_seller
from purveyor.tax import vies
from purveyor.tax.numbers import check_number
from purveyor.tax.rules.names import match_names
from purveyor.tax.rules.territories import EU_MEMBERS, number_country
from purveyor.tax.types import VIES, NumberResult

# No more questions at once to one member state, from all processes together (rules.md c2).
AT_ONCE = 2


def is_live() -> bool:
    """Whether numbers are checked with VIES; else by form and check digit alone."""
    return bool(settings.VIES_URL)


class NumberChecks:
    """The adapter of ``parties.ports.VatNumberCheck``: form and check digit always, VIES where its address is set."""

    def normalize(self, *, country: str, number: str) -> str:
        """The number as it is stored; an empty text stays empty. Raises as ``numbers.check_number``."""
        return check_number(country, number).normalized

    def check(self, *, country: str, number: str, name: str) -> NumberResult:
        """What can be known of the number now. Raises as ``numbers.check_number``."""
        found = check_number(country, number)
        # What is no number of a member state nobody can be asked about.
        if found.status != "valid" or not is_live():
            return found
        return ask(found.normalized, name=name, requester=requester_number())

    def keep_evidence(
        self, *, found: NumberFound, country: str, reseller_id: UUID, customer_id: UUID | None, now: datetime
    ) -> Any:
        """Store the check, in the transaction of the command that saves the number."""
        # The command asks through this module, so it is loaded when it is needed.
        from purveyor.tax.commands import record_number_check

        return record_number_check(
            actor=system_actor(customer_id=customer_id),
            now=now,
            country=country,
            number=found.normalized,
            reseller_id=reseller_id,
            customer_id=customer_id,
            found=found if isinstance(found, NumberResult) else None,
        )


def ask(normalized: str, *, name: str, requester: vies.Number | None) -> NumberResult:
    """Ask VIES about a number of a member state, as it is stored; ``name`` is the party's, to be compared,
    ``requester`` who asks (:func:`requester_number`).

    Takes up to ``VIES_SECONDS``; call it while nothing is locked. Never raises for the service: what cannot be known
    is ``unknown``, and the evidence says why.
    """
    number = vies.Number.of(normalized)
    with _slot(number.country) as free:
        answer = vies.Answer("unknown", "busy")
        if free:
            wait = int(settings.VIES_SECONDS * 1000)
            answer = vies.ask(settings.VIES_URL, number, requester=requester, milliseconds=wait)
    evidence: dict[str, Any] = {
        "number": normalized,
        "country": number_country(normalized),
        "status": answer.status,
        "source": VIES,
        "request": dict(answer.request),
        "response": answer.response,
        "error": answer.error,
    }
    if answer.status == "valid":
        evidence |= {
            "consultation": answer.consultation,
            "name": answer.name,
            "address": answer.address,
            "name_match": match_names(name, answer.name),
        }
    return NumberResult(answer.status, normalized, evidence)


def requester_number() -> vies.Number | None:
    """The seller's own number: who names itself gets a consultation number. Read it in a transaction."""
    try:
        number = get_seller().organization.vat_number
    except NotFound:
        return None
    return vies.Number.of(number) if number_country(number) in EU_MEMBERS else None


@contextmanager
def _slot(country: str) -> Iterator[bool]:
    """One of the ``AT_ONCE`` places for questions to a state, or none free. The place is a lock of the database's
    session, not of its transaction: it holds no row, and is given back with the connection should this process die."""
    for place in range(AT_ONCE):
        key = f"{country}:{place}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext('purveyor.vies'), hashtext(%s))", [key])
            taken = bool(cursor.fetchone()[0])
        if not taken:
            continue
        try:
            yield True
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('purveyor.vies'), hashtext(%s))", [key])
        return
    yield False
