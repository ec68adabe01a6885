"""What the operator does with an entry of a statement, in the queue with one click or on its own page."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.texts import formats
from purveyor.kernel.errors import Invalid
from purveyor.kernel.ids import read
from purveyor.payments.commands import bank as acts
from purveyor.payments.types_bank import Entry, OwnAccount

_ACTS = ("match", "balance", "refund", "book", "unmatch", "dismiss", "restore")


def in_the_queue(desk: Desk) -> HttpResponse | None:
    """The likeliest answer, taken; or all of them looked at again."""
    act = desk.request.POST.get("act", "match")
    if act == "again":
        return desk.submit(None, lambda: _again(desk))
    common: dict[str, Any] = {"actor": desk.actor, "now": desk.now, "entry_id": _posted(desk, "ben", "entry")}

    def one_click() -> str:
        if act == "book":
            desk.say(_book(desk, common))
        elif act == "refund":
            desk.say(_came_back(desk, common))
        else:
            acts.match_entry(**common, payable_ids=[_posted(desk, "pbl", "payable")])
            desk.say(_("Matched."))
        return desk.url("bank_open")

    return desk.submit(None, one_click)


def _again(desk: Desk) -> str:
    count = acts.match_again(actor=desk.actor, now=desk.now)
    desk.say(_("Looked at again: %(count)s found their place.") % {"count": formats.number_text(count)})
    return desk.url("bank_open")


def on_the_entry(desk: Desk, found: Entry) -> str:
    """Do what was chosen on the entry's page; where to go then."""
    common: dict[str, Any] = {"actor": desk.actor, "now": desk.now, "entry_id": found.id}
    here = desk.url("bank_entry", entry_id=found.id)
    act = desk.request.POST.get("act", "")
    if act == "match":
        chosen = [_id("pbl", one) for one in desk.request.POST.getlist("payable")]
        if not chosen:
            raise Invalid(field="payable", reason="required")
        acts.match_entry(**common, payable_ids=chosen)
        desk.say(_("Matched."))
    elif act == "balance":
        text = desk.request.POST.get("organization", "")
        party = _id(text[:3] if text[:3] in ("cus", "res") else "cus", text)
        acts.match_entry(**common, organization_id=party)
        desk.say(_("The money is on the balance."))
    elif act == "refund":
        desk.say(_came_back(desk, common))
    elif act == "book":
        desk.say(_book(desk, common))
    elif act == "unmatch":
        acts.unmatch_entry(**common)
        desk.say(_("It was taken back.") if found.status == "booked" else _("The match was taken back."))
    elif act == "dismiss":
        acts.dismiss_entry(**common)
        desk.say(_("The entry is put aside."))
        return desk.url("bank_open")
    elif act == "restore":
        acts.restore_entry(**common)
        desk.say(_("The entry is taken up again."))
    else:
        raise Invalid(field="act", reason="choice", choices=list(_ACTS))
    return here


def _book(desk: Desk, common: dict[str, Any]) -> str:
    account = cast(OwnAccount, desk.request.POST.get("account", ""))  # the command refuses what is none
    acts.book_entry(**common, account=account, text=desk.request.POST.get("text", ""))
    return _("The entry is booked.")


def _came_back(desk: Desk, common: dict[str, Any]) -> str:
    acts.match_entry(**common, refund_id=_posted(desk, "ref", "refund"))
    return _("The money of the refund is on its payer's balance.")


def _id(prefix: str, text: str) -> UUID:
    try:
        return read(prefix, text)
    except ValueError as error:
        raise Invalid(field="payable", reason="unknown") from error


def _posted(desk: Desk, prefix: str, name: str) -> UUID:
    return _id(prefix, desk.request.POST.get(name, ""))
