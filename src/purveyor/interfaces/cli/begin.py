"""`purveyor begin`: the operator of a new installation, and the login of its first administrator."""

from __future__ import annotations

import argparse
import getpass
import os

from purveyor.interfaces.cli.progress import say

# What is asked for, in this order: option, question, and whether it may stay empty.
QUESTIONS = (
    ("name", "Name of the operator, as it stands on documents", False),
    ("country", "Country (two letters)", False),
    ("line1", "Street and number", False),
    ("postal-code", "Postal code", False),
    ("city", "City", False),
    ("vat-number", "VAT number with its country prefix", True),
    ("email", "E-mail for documents", False),
    ("language", "Language (en, es, de, it, fr)", False),
    ("currency", "Currency (EUR, SEK, ...)", False),
    ("iban", "IBAN for transfers", False),
    ("bic", "BIC", True),
    ("bank-name", "Bank", True),
    ("help-email", "Address that resellers may ask", True),
    ("help-url", "Help page", True),
    ("admin-email", "E-mail of the first administrator", False),
    ("admin-name", "Name of the first administrator", True),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """One option a question; what is not given is asked."""
    for option, question, _may_be_empty in QUESTIONS:
        parser.add_argument(f"--{option}", help=question)


def answers(options: argparse.Namespace) -> dict[str, str]:
    """What was given, and for the rest what is typed."""
    found: dict[str, str] = {}
    for option, question, may_be_empty in QUESTIONS:
        name = option.replace("-", "_")
        given = getattr(options, name)
        while given is None or (not given.strip() and not may_be_empty):
            given = input(f"{question}{' (may be empty)' if may_be_empty else ''}: ")
        found[name] = given.strip()
    return found


def begin(given: dict[str, str], password: str) -> None:
    """Make the operator and the login of its first administrator. There is one operator: repeating changes nothing
    but may add another administrator.

    Raises: DomainError for what is refused; ValidationError for a weak password.
    """
    from django.contrib.auth.password_validation import validate_password

    from purveyor.infra import tx
    from purveyor.kernel.actor import system_actor
    from purveyor.parties import commands as parties
    from purveyor.parties.types import Address, CustomerInput

    validate_password(password)
    system = system_actor()
    with tx.enter(system) as now:
        seller = parties.setup_operator(
            actor=system,
            now=now,
            given=CustomerInput(
                name=given["name"],
                country=given["country"],
                email=given["email"],
                language=given["language"],
                address=Address(given["line1"], given["city"], given["postal_code"]),
                vat_number=given["vat_number"],
                currency=given["currency"].upper(),
            ),
            iban=given["iban"],
            bic=given["bic"],
            bank_name=given["bank_name"],
            help_email=given["help_email"],
            help_url=given["help_url"],
        )
        person, _made = parties.ensure_person(
            now=now,
            email=given["admin_email"],
            name=given["admin_name"],
            language=given["language"],
            password=password,
        )
        parties.grant_membership(
            actor=system, now=now, person_id=person.id, organization_id=seller.organization.id, role="admin"
        )


def run(options: argparse.Namespace) -> int:
    """The command: a refusal is said in a sentence and nothing is made."""
    import django

    given = answers(options)
    password = os.environ.get("PURVEYOR_ADMIN_PASSWORD") or getpass.getpass(
        "Password of the first administrator: "
    )
    django.setup()
    from django.core.exceptions import ValidationError

    from purveyor.interfaces.texts import refusals
    from purveyor.kernel.errors import DomainError

    try:
        begin(given, password)
    except DomainError as error:
        say(f"{refusals.sentence(error)} ({error.field or error.code})")
        return 1
    except ValidationError as error:
        say(" ".join(error.messages))
        return 1
    say(
        f"{given['name']} is the operator. {given['admin_email']} may sign in at {os.environ['PURVEYOR_URL']}."
    )
    return 0
