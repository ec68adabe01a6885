"""How a price comes about, as the lines of the `explain` component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from purveyor.interfaces.console.widgets import Line
from purveyor.interfaces.texts import explanations, formats, lines, reasons
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money
from purveyor.sales.types import NextRenewal, OrderView, QuoteLine
from purveyor.tax.decision import TaxLine


class Priced(Protocol):
    """A quote, or what a quote would say."""

    @property
    def lines(self) -> tuple[QuoteLine, ...]: ...
    @property
    def taxes(self) -> tuple[TaxLine, ...]: ...
    @property
    def net(self) -> Money: ...
    @property
    def gross(self) -> Money: ...
    @property
    def next_renewal(self) -> NextRenewal: ...
    @property
    def payer_id(self) -> UUID: ...
    @property
    def bill_to_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Price:
    """A price ready to be shown: its lines, and the next renewal with its reason."""

    lines: tuple[Line, ...]
    gross: Money
    renewal: NextRenewal
    renewal_how: str


def price_of(priced: Priced) -> Price:
    """Unit price, months, discount, net, VAT with its reason, total, and what comes next."""
    shown = [line for one in priced.lines for line in _goods(one)]
    shown.append(Line(_("Net"), priced.net, kind="sum"))
    shown += [Line(_("VAT"), tax.amount, reasons.tax_reason(tax.reason)) for tax in priced.taxes]
    shown.append(Line(_("Total"), priced.gross, kind="total"))
    renewal = priced.next_renewal
    return Price(tuple(shown), priced.gross, renewal, how(renewal.explanation))


def lines_of_renewals(order: OrderView, names: Mapping[UUID, str]) -> tuple[Line, ...]:
    """What an order pays that is over several renewals: each with its arithmetic, net, VAT with its reason, total."""
    shown = [
        Line(
            _("Renewal of %(subscription)s, %(seats)s")
            % {
                "subscription": names.get(one.subscription_id, f"{one.product} {one.plan}"),
                "seats": explanations.seats_text(one.quantity),
            },
            one.net,
            how(one.explanation),
        )
        for one in order.lines
    ]
    shown.append(Line(_("Net"), order.net, kind="sum"))
    shown += [Line(_("VAT"), tax.amount, reasons.tax_reason(tax.reason)) for tax in order.taxes]
    return (*shown, Line(_("Total"), order.gross, kind="total"))


def how(parts: Sequence[Explanation]) -> str:
    """The arithmetic in words."""
    return explanations.explain_joined(parts)


def _goods(line: QuoteLine) -> list[Line]:
    kind = "line.new" if line.type == "new" else "line.add_seats"
    facts: dict[str, str | int] = {
        "product": line.product, "plan": line.plan, "quantity": line.quantity, "term_months": line.term_months,
        "from": line.period_start.isoformat(), "until": line.period_end.isoformat(),
    }  # fmt: skip
    what = lines.describe_line(Explanation(kind, facts))
    unit = Line(_("Price of one seat for %(months)s") % {"months": explanations.months_text(line.months)},
                line.unit_price, _months(line))  # fmt: skip
    if not line.discount_percent:
        return [unit, Line(what, line.net, how(_arithmetic(line)))]
    full = line.unit_price * line.quantity
    discount = Line(
        _("Your reseller discount of %(percent)s") % {"percent": formats.percent_text(line.discount_percent)},
        line.net - full,
        how(_arithmetic(line)),
    )
    times = _("%(seats)s x %(price)s") % {
        "seats": explanations.seats_text(line.quantity),
        "price": formats.money_text(line.unit_price),
    }
    return [unit, Line(what, full, times), discount]


def _months(line: QuoteLine) -> str:
    """Why so many months, and the price of the whole term where only a part of it is charged."""
    remaining = [part for part in line.explanation if part.code.startswith("period.")]
    text = how(remaining)
    if line.months == line.term_months:
        return text
    whole = _("The whole term of %(term)s costs %(price)s.") % {
        "term": explanations.months_text(line.term_months),
        "price": formats.money_text(line.list_term_price),
    }
    return _("%(first)s. %(second)s") % {"first": text, "second": whole} if text else whole


def _arithmetic(line: QuoteLine) -> list[Explanation]:
    return [part for part in line.explanation if not part.code.startswith("period.")]
