"""The page of a quote: what it promises, why, how to pay it, and what to do when it no longer holds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from purveyor.interfaces.console import prices
from purveyor.interfaces.console.desk import Desk
from purveyor.interfaces.console.forms.selling import PayForm
from purveyor.interfaces.console.pages._card import card_way
from purveyor.interfaces.console.pages._shop import steps
from purveyor.interfaces.texts import formats, refusals
from purveyor.kernel.errors import DomainError, NotFound
from purveyor.kernel.ids import read, show
from purveyor.kernel.money import Money
from purveyor.ledger import queries as ledger
from purveyor.parties import queries as parties
from purveyor.payments import queries as payments
from purveyor.sales import commands as sales_commands
from purveyor.sales import queries as sales
from purveyor.sales.errors import QuoteExpired, QuoteOutdated
from purveyor.sales.types import LineWish, OrderView, QuoteView
from purveyor.subscriptions import queries as subscriptions
from purveyor.subscriptions.types import Subscription

# A quote that no longer holds: its successor is made and shown, nothing is charged.
STALE = (QuoteOutdated, QuoteExpired)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the quote still says what would be charged: why not, and the price now where there is one."""

    reason: str = ""
    now: Money | None = None

    @property
    def holds(self) -> bool:
        """Whether it can be ordered as it is."""
        return not self.reason


def quote_page(desk: Desk, quote_id: UUID) -> HttpResponse:
    """Show the quote; take the order; show the new price first where it changed."""
    quote = sales.get_quote(actor=desk.actor, now=desk.now, quote_id=quote_id)
    if desk.customer is None or quote.customer_id != desk.customer.id:
        raise NotFound(kind="quote")
    if quote.order_id is not None and not desk.posted:
        return desk.redirect("on_order", order_id=quote.order_id)
    available = ledger.available(actor=desk.actor, party_id=quote.payer_id, currency=quote.currency)
    form = _form(desk, quote, available)
    if "again" in desk.request.POST:
        return _again(desk, quote)
    if desk.posted and form.is_valid():
        done = _order(desk, quote, form)
        if done:
            return done
    return desk.render("console/buying/quote.html", _context(desk, quote, form, available),
                       status=422 if desk.posted else 200)  # fmt: skip


def _form(desk: Desk, quote: QuoteView, available: Money) -> PayForm:
    enough = available >= quote.gross
    left = {"amount": formats.money_text(available)}
    methods = [
        (
            "bank_transfer",
            _("On account. The order is done at once, and the invoice of the month bills it.")
            if sales.is_gathered(quote=quote)
            else _("Bank transfer. You get a reference; the order completes when the money is there."),
        ),
        (
            "balance",
            _("Prepaid balance, at once. %(amount)s available.") % left
            if enough
            else _("Prepaid balance. Only %(amount)s available, which is not enough.") % left,
        ),
        *card_way(desk, quote.payer_id),
    ]
    closed = frozenset() if enough else frozenset({"balance"})
    return PayForm(
        desk.request.POST or None,
        initial={"payment_method": "balance" if enough else "bank_transfer"},
        methods=methods,
        closed=closed,
    )


def _context(desk: Desk, quote: QuoteView, form: PayForm, available: Money) -> dict[str, object]:
    names = parties.names_of(actor=desk.actor, ids={quote.payer_id, quote.bill_to_id})
    names = {desk.organization.id: desk.organization.name, **names}
    was = _replaced(desk)
    return {
        "quote": quote,
        "form": form,
        "price": prices.price_of(quote),
        "standing": _standing(desk, quote),
        "was": was.gross if was is not None and was.gross != quote.gross else None,
        "renewed": was is not None and was.gross == quote.gross,
        "payer": names.get(quote.payer_id, ""),
        "bill_to": names.get(quote.bill_to_id, ""),
        "available": available,
        "free": _free(desk, quote),
        "back_url": _back(desk, quote),
        # As ordering would count them: those of whoever pays this quote.
        "overdue": payments.count_blocking(actor=desk.actor, payer_id=quote.payer_id),
        "steps": steps(),
    }


def _back(desk: Desk, quote: QuoteView) -> str:
    """To the choice, with what was chosen."""
    first = quote.lines[0]
    if first.subscription_id is not None:
        url = desk.url("on_top_up", subscription_id=first.subscription_id)
        return f"{url}?quantity={first.quantity}"
    return f"{desk.url('on_buy')}?offer={first.offer_code}&quantity={first.quantity}"


def _free(desk: Desk, quote: QuoteView) -> list[Subscription]:
    """Running subscriptions to the same offers with seats that nobody holds: they cost nothing."""
    wanted = {line.offer_id for line in quote.lines}
    found = subscriptions.list_free_seats(actor=desk.actor, customer_id=quote.customer_id)
    return [one for one in found if one.offer_id in wanted]


def _standing(desk: Desk, quote: QuoteView) -> Standing:
    """Priced again, as ordering would do: a page that was left open says so before it is sent."""
    try:
        seen = sales_commands.preview_quote(
            actor=desk.actor, now=desk.now, customer_id=quote.customer_id, lines=_wishes(quote)
        )
    except DomainError as error:
        return Standing(refusals.sentence(error))
    if quote.status == "expired":
        return Standing(_("This price was promised for a limited time, which is over."), seen.gross)
    if (seen.gross, seen.net) != (quote.gross, quote.net):
        return Standing(_("The price has changed since this page was opened."), seen.gross)
    return Standing()


def _wishes(quote: QuoteView) -> list[LineWish]:
    return [
        LineWish(
            line.type,
            line.quantity,
            offer=None if line.type == "add_seats" else line.offer_code,
            subscription_id=line.subscription_id if line.type == "add_seats" else None,
        )
        for line in quote.lines
    ]


def _replaced(desk: Desk) -> QuoteView | None:
    """The quote that this one was made instead of, named in the address."""
    try:
        old = read("quo", desk.request.GET.get("instead_of", ""))
        return sales.get_quote(actor=desk.actor, now=desk.now, quote_id=old)
    except (ValueError, NotFound):
        return None


def _order(desk: Desk, quote: QuoteView, form: PayForm) -> HttpResponse | None:
    stale: list[DomainError] = []

    def act() -> str:
        try:
            order = sales_commands.accept_quote(
                actor=desk.actor,
                now=desk.now,
                quote_id=quote.id,
                payment_method=form.cleaned_data["payment_method"],
            )
        except STALE as error:
            stale.append(error)
            raise
        _tell(desk, order)
        return desk.url("on_order", order_id=order.id)

    done = desk.submit(form, act)
    return _again(desk, quote) if done is None and stale else done


def _tell(desk: Desk, order: OrderView) -> None:
    if order.status != "completed":
        desk.say(_("The order is placed. It completes when the money has arrived."))
    elif order.payment_method == "balance":
        desk.say(_("Paid from the prepaid balance. The order is complete."))
    else:
        desk.say(_("The order is complete."))


def _again(desk: Desk, quote: QuoteView) -> HttpResponse:
    """The same wishes at today's price, as a new quote; the old page's refusal was undone before."""
    try:
        made = sales_commands.requote(actor=desk.actor, now=desk.now, quote_id=quote.id)
    except DomainError as error:
        messages.error(desk.request, refusals.sentence(error))
        return HttpResponseRedirect(_back(desk, quote))
    url = desk.url("on_quote", quote_id=made.id)
    return HttpResponseRedirect(f"{url}?instead_of={show('quo', quote.id)}")
