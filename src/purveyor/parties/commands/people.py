"""Logins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import new_id
from purveyor.kernel.text import clean_email, clean_line
from purveyor.parties import models
from purveyor.parties.types import LANGUAGES, PersonRow


def ensure_person(
    *, now: datetime, email: str, name: str, language: str, password: str | None = None
) -> tuple[PersonRow, bool]:
    """The login with this address, made if there was none; (row, made).

    An existing login is never changed by somebody else's act: name, language and password are only
    used for a new one. Joins the caller's transaction.
    """
    address = clean_email(email)
    new = models.Person(
        id=new_id(), email=address, name=clean_line(name, field="name", required=False),
        language=language if language in LANGUAGES else "en", created_at=now,
    )  # fmt: skip
    if password:
        new.set_password(password)
    else:
        new.set_unusable_password()
    made = len(models.Person.objects.bulk_create([new], ignore_conflicts=True)) and (
        models.Person.objects.filter(id=new.id).exists()
    )
    row = models.Person.objects.get(email=address)
    return PersonRow(row.id, row.email, row.name, row.language), bool(made)


def set_language(*, person_id: UUID, language: str) -> None:
    """The language in which this person reads pages and mails."""
    if language not in LANGUAGES:
        raise Invalid(field="language", reason="choice", choices=list(LANGUAGES))
    models.Person.objects.filter(id=person_id).update(language=language)


def set_name(*, person_id: UUID, name: str) -> None:
    """The person's own name; only that person's to change (the edge passes the signed-in id)."""
    models.Person.objects.filter(id=person_id).update(name=clean_line(name, field="name"))
