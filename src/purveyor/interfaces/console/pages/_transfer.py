"""A bank transfer: what it may be for, what it does, and recording it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.billing import queries as billing
from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.console.forms.operator import TransferForm
from purveyor.interfaces.console.shell import tint_of
from purveyor.interfaces.console.widgets import Line
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.parties import queries as parties
from purveyor.payments import commands
from purveyor.payments import queries as payments
from purveyor.payments.types import Allocated, Payable
from purveyor.renewals import centre

FOUND_MAX = 20


@dataclass(frozen=True, slots=True)
class Owed:
    """A payable with the names that people know it by."""

    payable: Payable
    what: str
    number: str
    document_url: str
    payer: str
    customer: str
    colour: str
    reference: str
    url: str


def search(desk: Desk, q: str) -> list[Owed]:
    """What a transfer may be for: by creditor reference, number of a document, order id, or name."""
    documents = billing.list_documents(actor=desk.actor, q=q, limit=FOUND_MAX)
    subjects = {one.id for one in documents} | {one.order_id for one in documents if one.order_id is not None}
    for prefix in ("ord", "inv", "pfm"):
        try:
            subjects.add(read(prefix, q.strip()))
        except ValueError:
            continue
    subjects |= set(centre.pro_formas(actor=desk.actor, document_ids=subjects))
    payers = parties.find_ids(actor=desk.actor, q=q, limit=FOUND_MAX)
    found = payments.find_payables(
        actor=desk.actor, reference=q, subject_ids=subjects, payer_ids=payers, limit=FOUND_MAX
    )
    return describe(desk, found)


def describe(desk: Desk, payables: Sequence[Payable]) -> list[Owed]:
    """Payables with their names; a few statements whatever their number."""
    waiting = {one.subject_id for one in payables if one.subject_kind == "renewal"}
    papers = centre.pro_formas(actor=desk.actor, renewal_ids=waiting)
    found = billing.numbers_of(
        actor=desk.actor, subject_ids={papers.get(one.subject_id, one.subject_id) for one in payables}
    )
    numbers = {**found, **{key: found[paper] for key, paper in papers.items() if paper in found}}
    ids = {one.payer_id for one in payables} | {one.customer_id for one in payables}
    names = parties.names_of(actor=desk.actor, ids=ids)
    return [_owed(desk, one, numbers, names) for one in payables]


def _owed(desk: Desk, one: Payable, numbers: dict[UUID, tuple[UUID, str]], names: dict[UUID, str]) -> Owed:
    document = numbers.get(one.subject_id)
    return Owed(
        one,
        {"invoice": _("Invoice"), "renewal": _("Renewal"), "deposit": _("Deposit")}.get(
            one.subject_kind, _("Order")
        ),
        document[1] if document else "",
        desk.url("document", document_id=document[0]) if document else "",
        names.get(one.payer_id, ""),
        names.get(one.customer_id, ""),
        tint_of(one.payer_id),
        formats.in_fours(one.reference) if one.reference else "",
        f"{desk.url('money_receive')}?for={show('pbl', one.id)}",
    )


def record(desk: Desk, chosen: str) -> HttpResponse:
    """The form for one payable. What is not exactly the open amount is explained before it is recorded."""
    try:
        payable = payments.get_payable(actor=desk.actor, payable_id=read("pbl", chosen))
    except ValueError as error:
        raise NotFound(kind="payable") from error
    owed = describe(desk, [payable])[0]
    currency = payable.amount.currency
    form = TransferForm(
        desk.request.POST or None,
        currency=currency,
        initial={
            "amount": payable.open.decimal() if payable.status in payments.OPEN else None,
            "received_on": desk.today,
            "reference": owed.reference,
        },
    )
    asked: list[Allocated] = []

    def act() -> str:
        assert form.money is not None  # the form is valid
        allocated = payments.foresee_transfer(payable=payable, amount=form.money)
        # What was agreed to is this very split: another amount, or money that came meanwhile, asks again.
        if not _is_exact(payable, allocated) and desk.request.POST.get("agreed", "") != _split(allocated):
            asked.append(allocated)
            raise _LookFirst()
        commands.record_transfer(
            actor=desk.actor,
            now=desk.now,
            payable_id=payable.id,
            amount=form.money,
            received_on=form.cleaned_data["received_on"],
            reference=form.cleaned_data["reference"],
            is_another=form.cleaned_data["is_another"],
        )
        desk.say(_said(allocated, owed))
        return desk.url("money")

    if desk.posted and form.is_valid():
        done = desk.submit(form, act)
        if done:
            return done
    allocated = asked[0] if asked else None
    if allocated:
        # A question is no mistake of the form.
        form.errors.clear()
    context = {
        "form": form,
        "owed": owed,
        "currency": currency,
        "today": desk.today,
        "question": _question(allocated, owed) if allocated else None,
        "lines": _lines(payable, allocated, form.money) if allocated and form.money else [],
        "agreed": _split(allocated) if allocated else "",
    }
    status = 422 if desk.posted and form.errors else 200
    return desk.render("console/money/receive.html", context, status=status)


class _LookFirst(DomainError):
    """The amount is not what is open: a person looks at what it does before it is recorded."""


def _is_exact(payable: Payable, allocated: Allocated) -> bool:
    return payable.status in payments.OPEN and allocated.status == "settled" and not allocated.to_balance


def _split(allocated: Allocated) -> str:
    return f"{allocated.to_payable}/{allocated.to_balance}"


def _lines(payable: Payable, allocated: Allocated, amount: Money) -> list[Line]:
    before = payable.open if payable.status in payments.OPEN else Money.zero(amount.currency)
    lines = [
        Line(_("Received"), amount),
        Line(_("Open until now"), before),
        Line(_("Goes to what is open"), allocated.to_payable, kind="sum"),
    ]
    if allocated.to_balance:
        lines.append(Line(_("Goes to the payer's balance"), allocated.to_balance))
    lines.append(Line(_("Open afterwards"), before - allocated.to_payable, kind="total"))
    return lines


def _question(allocated: Allocated, owed: Owed) -> str:
    """What recording this amount will do, in one sentence."""
    facts = {
        "payer": owed.payer,
        "rest": formats.money_text(allocated.to_balance),
        "missing": formats.money_text(owed.payable.amount - allocated.paid),
    }
    if not allocated.to_payable:
        return (
            _("Nothing is open any more, so all of it (%(rest)s) goes to the balance of %(payer)s.") % facts
        )
    if allocated.to_balance:
        return (
            _("This is more than is open: it is paid in full, and %(rest)s go to the balance of %(payer)s.")
            % facts
        )
    if owed.payable.subject_kind == "order":
        return _("This is less than is open: %(missing)s are missing, and the order waits for them.") % facts
    if owed.payable.subject_kind == "renewal":
        return (
            _("This is less than is open: %(missing)s are missing, and the renewal waits for them.") % facts
        )
    if owed.payable.subject_kind == "deposit":
        return _("This is less than was announced. It is on the balance of %(payer)s at once.") % facts
    return _("This is less than is open: %(missing)s are missing, and the invoice stays open.") % facts


def _said(allocated: Allocated, owed: Owed) -> str:
    if owed.payable.subject_kind == "deposit":
        return _("The deposit is on the balance.")
    if allocated.status != "settled":
        return _("Recorded. A part is still missing.")
    if owed.payable.subject_kind == "order":
        return _("Recorded. The order is paid and completes by itself.")
    if owed.payable.subject_kind == "renewal":
        return _("Recorded. The renewal is paid, and its next term begins where the last one ended.")
    return _("Recorded. The invoice is paid.")
