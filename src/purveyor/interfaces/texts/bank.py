"""What is said about bank statements: refusals, why an entry was matched or waits, what is odd about a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.interfaces.texts.facts import Facts

TITLES: dict[str, Promise] = {
    "entry_does_not_fit": gettext_lazy("The entry cannot pay this"),
    "entry_not_matched": gettext_lazy("Nothing is matched here"),
    "entry_not_open": gettext_lazy("The entry does not wait any more"),
    "file_not_open": gettext_lazy("The file cannot be withdrawn any more"),
    "mandate_exists": gettext_lazy("There is a mandate already"),
    "money_spent": gettext_lazy("The money was spent meanwhile"),
    "nothing_to_pay": gettext_lazy("There is nothing to be paid"),
    "statement_does_not_add_up": gettext_lazy("The statement does not add up"),
    "statement_too_large": gettext_lazy("The file is too large"),
    "statement_unreadable": gettext_lazy("The file is no statement that can be read"),
}
_UNREADABLE: dict[str, Promise] = {
    "account": gettext_lazy("The file does not say which account it is about."),
    "amount": gettext_lazy("An amount in the file is none."),
    "currency": gettext_lazy("A currency in the file is unknown, or two are mixed in one statement."),
    "date": gettext_lazy("A date in the file is none."),
    "document_type": gettext_lazy("The file brings its own document type. Statements have none."),
    "empty": gettext_lazy("The file is empty."),
    "entries": gettext_lazy("Some of the entries cannot be read."),
    "indicator": gettext_lazy("The file does not say whether an amount came in or went out."),
    "no_balance": gettext_lazy("The file has no opening or no closing balance."),
    "no_statement": gettext_lazy("There is no statement in the file."),
    "not_camt": gettext_lazy("The file is XML, but no CAMT.053 statement."),
    "not_mt940": gettext_lazy("The file is neither CAMT.053 nor MT940."),
    "not_xml": gettext_lazy("The file is broken: it cannot be read as XML."),
}
_MISFITS: dict[str, Promise] = {
    "currency": gettext_lazy("The entry is in another currency."),
    "payers": gettext_lazy("These are owed by different payers. One transfer comes from one of them."),
    "outgoing": gettext_lazy("This money left the account: it pays nothing."),
    "no_payout": gettext_lazy("This is no payout of the same amount that could have come back."),
}
# Accounts of the operator's own books, in the order in which they are offered.
OWN = ("bank_fees", "bank_interest", "bank_other")
_RULES: dict[str, Promise] = {
    "reference": gettext_lazy("Reference and amount"),
    "several": gettext_lazy("Reference, other documents named, and their sum"),
    "reference_part": gettext_lazy("Reference; a part of the amount"),
    "reference_over": gettext_lazy("Reference; more than is open"),
    "number": gettext_lazy("Numbers in the text and their sum"),
    "iban": gettext_lazy("Known account and the only open amount like it"),
    "recorded": gettext_lazy("Was recorded by hand before"),
    "by_hand": gettext_lazy("By hand"),
    "return": gettext_lazy("Returned by the bank"),
    "refund": gettext_lazy("Payout of a refund"),
    "bank_fees": gettext_lazy("Bank charge"),
    "bank_interest": gettext_lazy("Interest"),
    "bank_other": gettext_lazy("Other money of your own"),
}
_WAITS: dict[str, Promise] = {
    "nothing_found": gettext_lazy("Nothing says what it is for"),
    "currency_differs": gettext_lazy("What it names is in another currency"),
    "amount_differs": gettext_lazy("What it names comes to another amount"),
    "several_payers": gettext_lazy("It names documents of different payers"),
    "ambiguous": gettext_lazy("The payer owes this amount more than once"),
    "own_money": gettext_lazy("It left the account, and no payout says why"),
    "unknown_return": gettext_lazy("It takes back something that is not found"),
    "balance_spent": gettext_lazy("The bank took it back, but the payer has spent it"),
    "unmatched": gettext_lazy("The match was taken back"),
}
_STATUSES: dict[str, tuple[Promise, str]] = {
    "new": (gettext_lazy("Not looked at yet"), "info"),
    "open": (gettext_lazy("Waits for a person"), "wait"),
    "matched": (gettext_lazy("Matched"), "good"),
    "partial": (gettext_lazy("Matched, a part"), "info"),
    "returned": (gettext_lazy("Returned"), "bad"),
    "outgoing": (gettext_lazy("Money out"), "calm"),
    "booked": (gettext_lazy("Booked"), "good"),
    "dismissed": (gettext_lazy("Put aside"), "calm"),
}


def rule(code: str) -> str:
    """By which rule an entry was matched, in the active language."""
    return str(_RULES.get(code, code))


def waits(code: str) -> str:
    """Why an entry waits for a person."""
    return str(_WAITS.get(code, _WAITS["nothing_found"]))


def status(code: str) -> str:
    """The status of an entry."""
    return str(_STATUSES[code][0]) if code in _STATUSES else code


def tone(code: str) -> str:
    """The colour of a status."""
    return _STATUSES[code][1] if code in _STATUSES else "calm"


def warning(code: str, given: Mapping[str, Any]) -> str:
    """What is odd about a statement, as a sentence."""
    facts = Facts(dict(given))
    if code == "sequence_gap":
        return _("Statement %(expected)s was expected, this is %(found)s: one may be missing.") % {
            "expected": given["expected"],
            "found": given["found"],
        }
    if code == "opening_differs":
        return _("It opens with %(found)s, but the one before closed with %(expected)s.") % {
            "found": facts.money("found"),
            "expected": facts.money("expected"),
        }
    return _("It is of the account %(account)s, which is not the one that invoices name.") % {
        "account": given.get("account", "")
    }


def _unreadable(facts: Facts) -> str:
    said = str(_UNREADABLE[facts.text("reason")])
    return _("%(what)s Nothing was stored.") % {"what": said}


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "entry_does_not_fit": lambda f: str(_MISFITS[f.text("reason")]),
    "entry_not_matched": lambda f: _("This entry has no match that could be taken back. Reload the page."),
    "entry_not_open": lambda f: _("This entry does not wait for anybody any more. Reload the page."),
    "file_not_open": lambda f: _("The bank has carried out a part of the file, or it was withdrawn before."),
    "mandate_exists": lambda f: _("The payer has a mandate that holds. Revoke it first."),
    "money_spent": lambda f: (
        _("%(wanted)s would have to come from the balance, which holds %(available)s. Nothing was changed.")
        % {"wanted": f.money("wanted"), "available": f.money("available")}
    ),
    "nothing_to_pay": lambda f: _(
        "Nothing is due for this file: no refund waits, or no invoice may be collected."
    ),
    "statement_does_not_add_up": lambda f: (
        _(
            "The opening balance %(opening)s and the entries %(entries)s do not come to the closing balance"
            " %(closing)s: the difference is %(difference)s. Nothing was stored."
        )
        % {name: f.money(name) for name in ("opening", "entries", "closing", "difference")}
    ),
    "statement_too_large": lambda f: _("The file is larger than a statement may be. Split it by days."),
    "statement_unreadable": _unreadable,
}
