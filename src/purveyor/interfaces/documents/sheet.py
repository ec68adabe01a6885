"""What a document's pages say, as plain data for the template, in the language active now."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from purveyor.billing.types import Document, DocumentLine, PartySnapshot
from purveyor.interfaces.documents.einvoice import Preceding, paid_at_issue
from purveyor.interfaces.documents.qr import epc_qr, svg_of
from purveyor.interfaces.texts import exchange, explanations, formats, labels, lines, reasons
from purveyor.kernel.money import Money

Sheet = dict[str, Any]

# A word is hyphenated, where its language is known; beyond this length it gets places to be broken at.
_WORD_MAX = 30
_BREAK = "\u200b"


def sheet_of(document: Document, *, answers: Preceding | None = None) -> Sheet:
    """Everything that is printed: every field of rules.md c3, as it was on the document's day."""
    kind = labels.document_kind(document.kind)
    return {
        "lang": (get_language() or "en")[:2],
        "title": f"{kind} {document.number}",
        "kind": kind,
        "number": document.number,
        "seller": party_of(_("Seller"), document.seller),
        "buyer": party_of(_("Buyer"), document.buyer),
        "facts": _facts(document, answers),
        "heads": [_("What"), _("Seats"), _("Price a seat"), _("Discount"), _("VAT"), _("Net")],
        "groups": _groups(document),
        "sums": _sums(document),
        "pay": _pay(document),
        "notes": _notes(document),
        "foot": foot_of(document.seller),
        # The template counts the pages; the words around the numbers are a translation's.
        "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def broken(text: str) -> str:
    """The text with places to break its longest words at."""
    return " ".join(
        word
        if len(word) <= _WORD_MAX
        else _BREAK.join(word[at : at + _WORD_MAX // 2] for at in range(0, len(word), _WORD_MAX // 2))
        for word in text.split(" ")
    )


def party_of(label: str, party: PartySnapshot) -> Sheet:
    return {"label": label, "name": broken(party.name), "lines": [broken(one) for one in _address(party)]}


def _address(party: PartySnapshot) -> list[str]:
    address = party.address
    town = " ".join(part for part in (address.get("postal_code", ""), address.get("city", "")) if part)
    number = party.vat_number
    shown = (
        *(address.get(name, "") for name in ("line1", "line2")),
        town,
        address.get("region", ""),
        formats.country_text(party.country),
        _("VAT number %(number)s") % {"number": number} if number else "",
        party.email or "",
    )
    return [one for one in shown if one]


def _facts(document: Document, answers: Preceding | None) -> list[list[str]]:
    starts = [line.period_start for line in document.lines if line.period_start is not None]
    ends = [line.period_end for line in document.lines if line.period_end is not None]
    facts = [[_("Issued"), formats.day_text(document.issued_on)]]
    if document.kind != "credit_note":
        facts.append([_("Due"), formats.day_text(document.due_on)])
    if starts and ends:
        facts.append([_("Period of supply"), lines.period_text(min(starts), max(ends))])
    if answers is not None:
        corrected = _("%(number)s of %(day)s")
        day = formats.day_text(answers.issued_on)
        facts.append([_("Corrects invoice"), corrected % {"number": answers.number, "day": day}])
    facts.append([_("Currency"), document.gross.currency])
    return facts


def _groups(document: Document) -> list[Sheet]:
    """The lines, by customer with a sum where they are for several."""
    found = []
    currency = document.net.currency
    for (_id, name), some in groupby(document.lines, key=lambda one: (one.customer_id, one.customer_name)):
        its = list(some)
        net = Money.total((one.net for one in its), currency)
        found.append(
            {
                "name": broken(name),
                "lines": [_line(document, one) for one in its],
                "sum": [_("Sum of %(name)s") % {"name": broken(name)}, formats.money_text(net)],
            }
        )
    return found


def _line(document: Document, line: DocumentLine) -> Sheet:
    return {
        "what": broken(lines.describe_line(line.description)),
        "how": explanations.explain_joined(line.explanation),
        "cells": [
            formats.number_text(line.quantity),
            formats.money_text(line.unit_price),
            formats.percent_text(line.discount_percent) if line.discount_percent else "–",
            formats.percent_text(document.taxes[line.tax].rate_percent),
            formats.money_text(line.net),
        ],
    }


def _sums(document: Document) -> list[Sheet]:
    evidence = document.tax_decision.get("evidence")
    sums = [sum_of(_("Net"), document.net)]
    for tax in document.taxes:
        label = _("VAT %(rate)s") % {"rate": formats.percent_text(tax.rate_percent)}
        base = formats.money_text(tax.base)
        told = _("%(tax)s on %(base)s") % {"tax": label, "base": base}
        sums.append(sum_of(told, tax.amount, note=reasons.tax_reason(tax.reason, evidence)))
    sums.append(sum_of(_("Total"), document.gross, strong=True))
    if document.kind == "invoice":
        paid = paid_at_issue(document)
        sums.append(sum_of(_("Paid"), paid))
        sums.append(sum_of(_("To pay"), document.gross - paid, strong=True))
    if document.exchange is not None and document.vat.amount:
        # The law wants the VAT in the seller's currency too (Dir. 2006/112 art. 230).
        sums.append(sum_of(broken(exchange.vat_text(document.exchange)), document.exchange.vat))
    return sums


def sum_of(label: str, amount: Money, *, note: str = "", strong: bool = False) -> Sheet:
    """An amount below the lines; what is strong is what counts."""
    return {"label": label, "amount": formats.money_text(amount), "note": note, "strong": strong}


def _pay(document: Document) -> Sheet | None:
    details = document.payment
    if details is None or document.kind == "credit_note" or document.gross.amount == 0:
        return None
    beneficiary = details.beneficiary or document.seller.name
    rows = [
        [_("Reference, to be written on the transfer"), formats.in_fours(details.reference)],
        [_("IBAN"), formats.in_fours(details.iban)],
        [_("Account holder"), broken(beneficiary)],
    ]
    if details.bic:
        rows.append([_("BIC and bank"), f"{details.bic} {details.bank_name}".strip()])
    code = epc_qr(details, beneficiary, document.gross)
    return {
        "title": _("Please transfer %(amount)s by %(on)s")
        % {"amount": formats.money_text(document.gross), "on": formats.day_text(document.due_on)},
        "rows": rows,
        "code": None if code is None else {"side": len(code), "svg": svg_of(code)},
        "code_text": _("Scan it with your bank's app: everything is filled in."),
        "code_alt": _("Payment code (EPC QR) with the details of this transfer"),
    }


def _notes(document: Document) -> list[str]:
    if document.kind == "pro_forma":
        return [
            _(
                "This is a pro-forma invoice: it asks for money, and is no invoice for your books. "
                "The invoice follows when the money is there."
            )
        ]
    if document.kind == "credit_note":
        reason = [_("Reason: %(reason)s") % {"reason": broken(document.reason)}] if document.reason else []
        said = _(
            "This credit note is taken off what is open on the invoice; what was paid already is paid back."
        )
        return [*reason, said]
    if document.kind == "invoice" and document.payment is None:
        return [_("This invoice is paid. There is nothing to transfer.")]
    return []


def foot_of(seller: PartySnapshot) -> str:
    address = seller.address
    town = " ".join(part for part in (address.get("postal_code", ""), address.get("city", "")) if part)
    number = _("VAT number %(number)s") % {"number": seller.vat_number} if seller.vat_number else ""
    parts = (seller.name, address.get("line1", ""), town, formats.country_text(seller.country), number)
    return " · ".join(part for part in parts if part)
