"""Corrections: an invoice is credited, and the money that goes back is followed until it has arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.billing.credits import credited_seats, preview_credit
from purveyor.billing.types import Document, DocumentLine
from purveyor.billing.types_credit import CreditDraft
from purveyor.interfaces.console.desk import Desk, page, refuse
from purveyor.interfaces.console.forms.credits import CreditForm, RefundAccountForm, RefundFailedForm
from purveyor.interfaces.console.pages import _paper
from purveyor.interfaces.console.paging import instant_cursor, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Line, Tab
from purveyor.interfaces.texts import explanations, formats, labels, lines
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.money import Money
from purveyor.kernel.paging import write_cursor
from purveyor.parties import queries as parties
from purveyor.payments import commands, refunds
from purveyor.payments.types_refunds import CreditLine, Refund, RefundStatus, RefundTo, Share

LIMIT = 50
# A gathered invoice has lines of many customers: they are looked for by the customer's name.
LINES_MAX = 50
SHOWN = ("", "pending", "sent", "done", "failed")


@dataclass(frozen=True, slots=True)
class Creditable:
    """A line of the invoice, what is left of it, and its field."""

    line: DocumentLine
    text: str
    left: int
    field: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund with the names that people know it by."""

    refund: Refund
    payer: str
    colour: str
    method: str
    url: str
    document_url: str


@page("operate", scopes=("operator",))
def credit(desk: Desk, document_id: UUID) -> HttpResponse:
    """Choose lines and seats, see what it comes to, then issue the credit note."""
    document = billing.get_document(actor=desk.actor, document_id=document_id)
    if document.kind != "invoice":
        raise NotFound(kind="document")
    credited = credited_seats(actor=desk.actor, invoice_id=document.id)
    shown, more = _shown(desk, document, credited)
    form = CreditForm(
        desk.request.POST or None,
        lines=[(one.line.id, one.line.position, one.left) for one in shown],
        initial=_all(desk, shown),
    )
    found: list[Line] = []
    agreed = ""
    if desk.posted and form.is_valid():
        to = cast(RefundTo, form.cleaned_data["refund_to"])
        try:
            draft = preview_credit(actor=desk.actor, invoice_id=document.id, wanted=form.wanted)
            shares = refunds.foresee_refund(actor=desk.actor, invoice=document, amount=draft.rest, to=to)
            found = _lines(draft, shares)
            agreed = _signature(draft, to, ends=form.cleaned_data["end_seats"])
        except DomainError as error:
            refuse(form, error)
        # What was agreed to is this very amount: anything else is shown again first.
        if found and desk.request.POST.get("agreed", "") == agreed:
            done = desk.submit(form, lambda: _issue(desk, document, form, to))
            if done:
                return done
    context = {
        "document": document,
        "form": form,
        "rows": [(one, form[one.field]) for one in shown],
        "more": more,
        "searchable": document.is_gathered,
        "is_all": any(one.left for one in shown) and not desk.posted,
        "lines": found,
        "agreed": "" if form.errors else agreed,
        "back_url": _paper.url(desk, document.id),
    }
    status = 422 if desk.posted and form.errors else 200
    return desk.render("console/credits/credit.html", context, status=status)


def _shown(desk: Desk, document: Document, credited: dict[UUID, int]) -> tuple[list[Creditable], bool]:
    q = desk.request.GET.get("q", "").strip().casefold()
    found = [one for one in document.lines if not q or q in one.customer_name.casefold()]
    shown = [
        Creditable(
            one,
            lines.describe_line(one.description),
            one.quantity - credited.get(one.id, 0),
            f"seats_{one.position}",
        )
        for one in found[:LINES_MAX]
    ]
    return shown, len(found) > LINES_MAX


def _all(desk: Desk, shown: list[Creditable]) -> dict[str, int]:
    """With ``?all=1`` everything that is left is filled in."""
    return {one.field: one.left for one in shown} if desk.request.GET.get("all") else {}


def _signature(draft: CreditDraft, to: RefundTo, *, ends: bool) -> str:
    """What was shown and agreed to, in one line."""
    seats = " ".join(f"{one.line_id}:{one.quantity}" for one in draft.lines)
    return f"{to} {int(ends)} {draft.gross} {draft.settles} {seats}"


def _lines(draft: CreditDraft, shares: list[Share]) -> list[Line]:
    """What the credit note comes to, and where its money goes."""
    by_id = {one.id: one for one in draft.invoice.lines}
    found = []
    for one in draft.lines:
        line = by_id[one.line_id]
        how = _("%(seats)s of %(of)s at %(price)s a seat") % {
            "seats": formats.number_text(one.quantity),
            "of": explanations.seats_text(line.quantity),
            "price": formats.money_text(Money(one.net.amount // one.quantity, one.net.currency)),
        }
        found.append(Line(lines.describe_line(line.description), one.net, how))
    for tax in draft.taxes:
        text = _("VAT %(rate)s") % {"rate": formats.percent_text(tax.rate_percent)}
        found.append(Line(text, tax.amount))
    found.append(Line(_("Credit note in total"), draft.gross, kind="total"))
    if draft.settles:
        found.append(Line(_("Taken off what is open on the invoice"), draft.settles))
    said = {
        "balance": _("To the payer's balance"),
        "bank_transfer": _("Back by bank transfer, with the next payment file"),
        "card": _("Back to the card"),
    }
    found += [Line(said[share.method], share.amount) for share in shares]
    return found


def _issue(desk: Desk, document: Document, form: CreditForm, to: RefundTo) -> str:
    made = commands.credit_invoice(
        actor=desk.actor,
        now=desk.now,
        invoice_id=document.id,
        lines=[CreditLine(line_id, quantity) for line_id, quantity in form.wanted.items()],
        refund_to=to,
        reason=form.cleaned_data["reason"],
        end_seats=form.cleaned_data["end_seats"],
    )
    desk.say(_("Credit note %(number)s is issued.") % {"number": made.document.number})
    return _paper.url(desk, made.document.id)


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """Money on its way back by card or transfer, and what became of it."""
    get = desk.request.GET
    state = get.get("show", "") if get.get("show", "") in get_args(RefundStatus) else ""
    found = refunds.list_refunds(
        actor=desk.actor,
        status=cast(RefundStatus, state) if state else None,
        from_outside=True,
        q=get.get("q", ""),
        cursor=instant_cursor(desk.request),
        limit=LIMIT + 1,
    )
    rows = found[:LIMIT]
    after = None
    if len(found) > LIMIT:
        at, last = rows[-1].cursor
        after = write_cursor(at.isoformat(), str(last))
    names = parties.names_of(actor=desk.actor, ids={one.payer_id for one in rows})
    counts = refunds.count_refunds(actor=desk.actor)
    here = desk.request.path
    context = {
        "rows": [_row(desk, one, names) for one in rows],
        "tabs": [
            Tab(
                labels.status(code) if code else _("All"),
                f"{here}?show={code}" if code else here,
                code == state,
                counts.get(cast(RefundStatus, code)) if code in ("pending", "sent") else None,
            )
            for code in SHOWN
        ],
        "filtered": bool(get.get("q") or state),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/credits/refunds.html", context)


@page("operate", scopes=("operator",))
def detail(desk: Desk, refund_id: UUID) -> HttpResponse:
    """One refund: its account, and what became of it."""
    refund = refunds.get_refund(actor=desk.actor, refund_id=refund_id)
    act = desk.request.POST.get("act", "")
    account = RefundAccountForm(
        desk.request.POST if act == "account" else None,
        initial={"name": refund.name, "iban": formats.in_fours(refund.iban)},
    )
    failed = RefundFailedForm(desk.request.POST if act == "failed" else None)
    here = desk.url("refund", refund_id=refund.id)

    def name_account() -> str:
        commands.name_refund_account(
            actor=desk.actor, now=desk.now, refund_id=refund.id, **account.cleaned_data
        )
        return here

    def finish() -> str:
        commands.finish_refund(
            actor=desk.actor,
            now=desk.now,
            refund_id=refund.id,
            outcome="failed" if act == "failed" else "done",
            reason=failed.cleaned_data["reason"] if act == "failed" else "",
        )
        return here

    done = None
    if act == "account" and account.is_valid():
        done = desk.submit(account, name_account, said=_("The account is noted."))
    elif act == "done":
        done = desk.submit(None, finish, said=_("The refund is paid out."))
    elif act == "failed" and failed.is_valid():
        done = desk.submit(failed, finish, said=_("The money is on the payer's balance."))
    if done:
        return done
    names = parties.names_of(actor=desk.actor, ids={refund.payer_id})
    context = {
        "row": _row(desk, refund, names),
        "refund": refund,
        "iban": formats.in_fours(refund.iban),
        "invoice_url": "" if refund.invoice_id is None else _paper.url(desk, refund.invoice_id),
        "account": account,
        "failed": failed,
    }
    bad = desk.posted and (account.errors or failed.errors)
    return desk.render("console/credits/refund.html", context, status=422 if bad else 200)


def _row(desk: Desk, one: Refund, names: dict[UUID, str]) -> RefundRow:
    return RefundRow(
        one,
        names.get(one.payer_id, ""),
        tint_of(one.payer_id),
        labels.payment_method(one.method),
        desk.url("refund", refund_id=one.id),
        "" if one.credit_note_id is None else _paper.url(desk, one.credit_note_id),
    )
