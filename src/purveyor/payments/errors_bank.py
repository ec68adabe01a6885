"""Refusals about bank statements, their matches, mandates and files for the bank."""

from purveyor.kernel.errors import DomainError


class StatementUnreadable(DomainError):
    """The file is no statement that can be read. Facts: ``reason`` (a stable word), sometimes ``where``."""

    code = "statement_unreadable"


class StatementDoesNotAddUp(DomainError):
    """Opening balance and entries do not come to the closing balance.

    Facts, in minor units: ``opening``, ``entries``, ``closing``, ``difference``; ``currency``.
    """

    code = "statement_does_not_add_up"


class StatementTooLarge(DomainError):
    """More bytes, or more entries, than one file may have. Facts: ``limit``, ``unit`` (``bytes``, ``entries``)."""

    code = "statement_too_large"
    status = 413


class EntryNotOpen(DomainError):
    """The entry does not wait for a person. Facts: ``status``."""

    code = "entry_not_open"
    status = 409


class EntryNotMatched(DomainError):
    """Nothing is there to be undone. Facts: ``status``."""

    code = "entry_not_matched"
    status = 409


class EntryDoesNotFit(DomainError):
    """The entry cannot pay this. Facts: ``reason`` (``currency``, ``payers``, ``outgoing``, ``no_payout``)."""

    code = "entry_does_not_fit"


class MoneySpent(DomainError):
    """What went to the balance was spent meanwhile: it cannot be taken back. Facts: ``available``, ``wanted``,
    ``currency``."""

    code = "money_spent"
    status = 409


class MandateExists(DomainError):
    """The payer has a mandate: revoke it first. Facts: ``mandate``."""

    code = "mandate_exists"
    status = 409


class NothingToPay(DomainError):
    """No refund waits for a payout, or no invoice for a collection. Facts: ``kind``."""

    code = "nothing_to_pay"
    status = 409


class FileNotOpen(DomainError):
    """The file was withdrawn, or the bank has carried out a part of it."""

    code = "file_not_open"
    status = 409
