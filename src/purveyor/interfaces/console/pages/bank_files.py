"""Files for the bank and mandates, at the operator's desk."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.bank import MandateForm
from purveyor.interfaces.console.pages.bank import tabs
from purveyor.interfaces.console.paging import instant_cursor, pager
from purveyor.interfaces.console.shell import tint_of
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import read, show
from purveyor.kernel.paging import write_cursor
from purveyor.parties import queries as parties
from purveyor.parties.types import Organization
from purveyor.payments import bank_files
from purveyor.payments.commands import bank as acts
from purveyor.payments.types_bank import Mandate, PaymentFile

LIMIT = 50


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file with its links and its state in words."""

    file: PaymentFile
    url: str
    what: str
    state: str
    tone: str
    may_withdraw: bool
    key: str


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate with the name of its payer, and where it is revoked."""

    mandate: Mandate
    payer: str
    colour: str
    revoke_url: str


@dataclass(frozen=True, slots=True)
class PayerRow:
    """Somebody who may give a mandate."""

    name: str
    colour: str
    url: str


@page("operate", scopes=("operator",))
def listing(desk: Desk) -> HttpResponse:
    """All files, and making the next one."""
    if desk.posted:
        done = desk.submit(None, lambda: _act(desk))
        if done:
            return done
    found = bank_files.list_files(actor=desk.actor, cursor=instant_cursor(desk.request), limit=LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].made_at.isoformat(), str(rows[-1].id)) if more else None
    context = {
        "rows": [_row(desk, one) for one in rows],
        "tabs": tabs(desk, "bank_files"),
        "pager": pager(desk.request, after),
    }
    return desk.render("console/bank/files.html", context)


def _act(desk: Desk) -> str:
    act = desk.request.POST.get("act", "")
    if act == "payouts":
        acts.make_payouts(actor=desk.actor, now=desk.now)
        desk.say(_("The file is ready. Give it to the bank: a statement then shows what was paid out."))
    elif act == "collections":
        acts.make_collections(actor=desk.actor, now=desk.now)
        desk.say(_("The file is ready. Give it to the bank: a statement then shows what was collected."))
    elif act == "withdraw":
        acts.withdraw_file(actor=desk.actor, now=desk.now, file_id=_id(desk, "pfl", "file"))
        desk.say(_("The file is withdrawn. Its open invoices may go into another one."))
    else:
        raise Invalid(field="act", reason="choice", choices=["payouts", "collections", "withdraw"])
    return desk.url("bank_files")


def _row(desk: Desk, one: PaymentFile) -> FileRow:
    if one.withdrawn_at is not None:
        state, tone = _("Withdrawn"), "calm"
    elif one.open_items:
        state, tone = _("Given to the bank"), "info"
    else:
        state, tone = _("Carried out"), "good"
    what = _("Payouts (pain.001)") if one.kind == "pain.001" else _("Direct debits (pain.008)")
    may_withdraw = one.kind == "pain.008" and one.withdrawn_at is None and one.open_items > 0
    url = desk.url("bank_file", file_id=one.id)
    return FileRow(one, url, what, state, tone, may_withdraw, show("pfl", one.id))


@page("operate", scopes=("operator",))
def content(desk: Desk, file_id: UUID) -> HttpResponse:
    """The file itself."""
    found = bank_files.get_file(actor=desk.actor, file_id=file_id)
    answer = HttpResponse(found.content.encode(), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{found.message_id}.xml"'
    return answer


@page("operate", scopes=("operator",))
def mandates(desk: Desk) -> HttpResponse:
    """Mandates that hold; entering one for a payer (``?for=``), revoking one (``?revoke=``) once it is confirmed."""
    if "revoke" in desk.request.GET:
        return _revoking(desk)
    payer = _payer(desk)
    form = MandateForm(desk.request.POST or None, initial={"signed_on": desk.today})
    if payer is not None and desk.posted and form.is_valid():
        done = desk.submit(form, lambda: _enter(desk, payer, form))
        if done:
            return done
    found = bank_files.list_mandates(actor=desk.actor, cursor=instant_cursor(desk.request), limit=LIMIT + 1)
    rows, more = found[:LIMIT], len(found) > LIMIT
    after = write_cursor(rows[-1].entered_at.isoformat(), str(rows[-1].id)) if more else None
    names = parties.names_of(actor=desk.actor, ids={one.payer_id for one in rows})
    q = desk.request.GET.get("q", "").strip()
    context = {
        "rows": [
            MandateRow(
                one,
                names.get(one.payer_id, ""),
                tint_of(one.payer_id),
                f"{desk.url('bank_mandates')}?revoke={show('man', one.id)}",
            )
            for one in rows
        ],
        "payer": payer,
        "form": form,
        "q": q,
        "payers": _found(desk, q) if q else [],
        "tabs": tabs(desk, "bank_mandates"),
        "pager": pager(desk.request, after),
    }
    return desk.render(
        "console/bank/mandates.html", context, status=422 if desk.posted and form.errors else 200
    )


def _found(desk: Desk, q: str) -> list[PayerRow]:
    """Customers and resellers by a part of their name."""
    rows = []
    for one in parties.find_ids(actor=desk.actor, q=q, limit=20):
        found = parties.get_organization(actor=desk.actor, organization_id=one)
        if found.reseller_id is not None:
            url = f"{desk.url('bank_mandates')}?for={found.public_id}"
            rows.append(PayerRow(found.name, tint_of(found.id), url))
    return rows


def _payer(desk: Desk) -> Organization | None:
    text = desk.request.GET.get("for", "")
    if not text:
        return None
    try:
        wanted = read("cus" if text.startswith("cus") else "res", text)
    except ValueError as error:
        raise NotFound(kind="organization") from error
    return parties.get_organization(actor=desk.actor, organization_id=wanted)


def _enter(desk: Desk, payer: Organization, form: MandateForm) -> str:
    given = form.cleaned_data
    acts.enter_mandate(
        actor=desk.actor,
        now=desk.now,
        payer_id=payer.id,
        iban=given["iban"],
        name=given["name"],
        signed_on=given["signed_on"],
        reference=given["reference"],
    )
    desk.say(_("The mandate holds from now on."))
    return desk.url("bank_mandates")


def _revoking(desk: Desk) -> HttpResponse:
    try:
        mandate_id = read("man", desk.request.GET["revoke"])
    except ValueError as error:
        raise NotFound(kind="mandate") from error
    found = bank_files.get_mandate(actor=desk.actor, mandate_id=mandate_id)

    def act() -> str:
        acts.revoke_mandate(actor=desk.actor, now=desk.now, mandate_id=mandate_id)
        return desk.url("bank_mandates")

    if desk.posted:
        said = _("The mandate is revoked. What the bank has already is still collected.")
        done = desk.submit(None, act, said=said)
        if done:
            return done
    payer = parties.names_of(actor=desk.actor, ids={found.payer_id}).get(found.payer_id, "")
    context = {
        "payer": payer,
        "reference": found.reference,
        "back_url": desk.url("bank_mandates"),
        "danger": True,
    }
    return desk.render("console/bank/revoke.html", context)


def _id(desk: Desk, prefix: str, name: str) -> UUID:
    try:
        return read(prefix, desk.request.POST.get(name, ""))
    except ValueError as error:
        raise Invalid(field=name, reason="unknown") from error
