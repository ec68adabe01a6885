"""What the morning's mail says about the ends of terms: a section a kind, each notice with what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purveyor.interfaces.mail import links
from purveyor.interfaces.mail.sending import Action, Item, Letter, Section, greeting
from purveyor.interfaces.texts import explanations, formats, labels
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization
from purveyor.renewals import notices
from purveyor.renewals.types import NoticeKind, NoticeView


@dataclass(frozen=True, slots=True)
class News:
    """What one organization is told: the organization in whose workspace the links lead, and its sections."""

    organization: Organization
    sections: tuple[notices.Section, ...]


def gathered(*, name: str, day: date, news: Sequence[News]) -> Letter:
    """All of a person's notices of one day, also those of several organizations."""
    count = sum(section.count for one in news for section in one.sections)
    return Letter(
        subject=ngettext(
            "%(count)s notice about renewals, %(day)s",
            "%(count)s notices about renewals, %(day)s",
            count,
        )
        % {"count": formats.number_text(count), "day": formats.day_text(day)},
        greeting=greeting(name),
        paragraphs=(_("This is what comes next, and until when you can change it."),),
        sections=tuple(_section(one, section, len(news) > 1) for one in news for section in one.sections),
        action=Action(_("Open the renewals"), links.renewals(news[0].organization)),
        notes=(_("Which notices a role gets is chosen in the settings of your organization."),),
    )


def _section(news: News, found: notices.Section, named: bool) -> Section:
    heading = labels.notice_kind(found.kind)
    if named:
        heading = _("%(organization)s: %(heading)s") % {
            "organization": news.organization.name,
            "heading": heading,
        }
    left = found.count - len(found.notices)
    more = ngettext(
        "And %(count)s more, on the page of renewals.", "And %(count)s more, on the page of renewals.", left
    ) % {"count": formats.number_text(left)}
    return Section(
        heading=heading,
        text=_TEXTS[found.kind](),
        items=tuple(_item(news.organization, one) for one in found.notices),
        more=more if left else "",
    )


_TEXTS: dict[NoticeKind, Callable[[], str]] = {
    "renews": lambda: _("The next term begins without anything to be done."),
    "ends": lambda: _("These do not renew. Their members lose access when the term is over."),
    "commits": lambda: _("After the renewal these run, and are paid for, until the end of the new term."),
    "price": lambda: _("The running term keeps its price. The new one holds from the renewal on."),
    "payment": lambda: _("These are to be paid from the balance or by card, which will not work."),
    "pending": lambda: _("The next term begins when it is paid."),
    "unused": lambda: _("These can still be given back."),
    "rebased": lambda: _("Seats were added after the change was scheduled."),
}


def _item(organization: Organization, found: NoticeView) -> Item:
    facts = found.facts
    product = _("%(product)s %(plan)s") % {"product": facts["product"], "plan": facts["plan"]}
    own = organization.id == found.customer_id
    title = (
        product
        if own
        else _("%(customer)s: %(product)s") % {"customer": facts["customer"], "product": product}
    )
    lines = [line for line in _LINES[found.kind](found) if line]
    return Item(title, tuple(lines), _action(organization, found))


def _action(organization: Organization, found: NoticeView) -> Action:
    pays = found.payer_id == organization.id
    if not pays or found.kind == "rebased":
        return Action(
            _("Open the subscription"), links.on(organization, found.customer_id, found.subscription_id)
        )
    if found.kind == "pending":
        return Action(_("Pay it"), links.pending(organization, found.customer_id))
    if found.kind == "price":
        url = links.on(organization, found.customer_id, found.subscription_id, "price")
        return Action(_("Answer") if found.facts.get("asked") else _("See the new price"), url)
    if found.kind == "payment" and found.facts.get("method") == "card":
        return Action(_("See the cards"), links.cards(organization))
    if found.kind == "payment":
        return Action(_("See the balance"), links.balance(organization))
    url = links.on(organization, found.customer_id, found.subscription_id, "renewal")
    return Action(_("Change the renewal"), url)


def _money(found: NoticeView, name: str) -> str | None:
    amount, currency = found.facts.get(name), found.facts.get("currency")
    return None if amount is None or currency is None else formats.money_text(Money(amount, currency))


def _gross(found: NoticeView) -> str | None:
    net, currency = found.facts.get("net"), found.facts.get("currency")
    if net is None or currency is None:
        return None
    return formats.money_text(Money(net + (found.facts.get("vat") or 0), currency))


def _named(found: NoticeView) -> dict[str, str]:
    facts = found.facts
    return {
        "day": formats.day_text(found.period_end),
        "last": formats.day_text(found.period_end - timedelta(days=1)),
        "term": explanations.months_text(facts["term_months"]),
        "seats": explanations.seats_text(facts["quantity"]),
    }


def _cost(found: NoticeView) -> str:
    net = _money(found, "net")
    return _("It will cost %(net)s before VAT.") % {"net": net} if net else ""


def _until(found: NoticeView) -> str:
    if found.facts.get("locked"):
        return _("It can no longer be changed.")
    return _("It can be changed until %(until)s.") % {"until": _fact_day(found, "until")}


def _fact_day(found: NoticeView, name: str) -> str:
    return formats.day_text(date.fromisoformat(found.facts[name]))


def _renews(found: NoticeView) -> list[str]:
    said = _("It renews on %(day)s for %(term)s with %(seats)s.") % _named(found)
    if found.facts.get("trial"):
        said = _("The trial becomes a subscription on %(day)s, for %(term)s with %(seats)s.") % _named(found)
    return [said, _cost(found), _until(found)]


def _commits(found: NoticeView) -> list[str]:
    said = _("On %(day)s it commits for another %(term)s with %(seats)s.") % _named(found)
    if found.facts.get("trial"):
        said = _("On %(day)s the trial becomes a subscription for %(term)s with %(seats)s.") % _named(found)
    return [said, _cost(found), _until(found)]


def _ends(found: NoticeView) -> list[str]:
    said = _("Its last day is %(last)s.") % _named(found)
    if found.facts.get("locked"):
        return [said, _("It can no longer be renewed.")]
    return [said, _("It can be set to renew until %(until)s.") % {"until": _fact_day(found, "until")}]


def _price(found: NoticeView) -> list[str]:
    more = found.facts.get("percent")
    names = {
        **_named(found),
        "now": _money(found, "seat_now"),
        "then": _money(found, "seat_then"),
        "percent": formats.percent_text(Decimal(more)) if more else "",
    }
    lines = [_("From %(day)s a seat for %(term)s costs %(then)s instead of %(now)s at list price.") % names]
    if more:
        lines.append(_("That is %(percent)s more.") % names)
    lines.append(_cost(found))
    if found.facts.get("asked"):
        lines.append(
            _("Please accept or refuse it until %(last)s. Without an answer it ends on that day.") % names
        )
    else:
        lines.append(_until(found))
    return lines


def _payment(found: NoticeView) -> list[str]:
    names = {**_named(found), "gross": _gross(found)}
    if found.facts.get("method") == "card":
        return [
            _("On %(day)s %(gross)s will be charged to your card, but none is kept that is valid by then.")
            % names
            if names["gross"]
            else "",
            _(
                "Add a card before that day or choose another way to pay. If not, you get a link to pay on that day."
            ),
        ]
    return [
        _("On %(day)s %(gross)s will be taken from the balance, which holds less by then.") % names
        if names["gross"]
        else "",
        _("Pay in before that day or choose another way to pay. If not, it is asked for by bank transfer."),
    ]


def _pending(found: NoticeView) -> list[str]:
    names = {
        "gross": _gross(found),
        "until": _fact_day(found, "until"),
        "suspended": _fact_day(found, "suspended"),
        "ended": _fact_day(found, "ended"),
    }
    first = _("%(gross)s must be paid until %(until)s.") % names
    if found.step < 0:
        first = _("%(gross)s was to be paid until %(until)s.") % names
    return [
        first,
        _("If it is not paid, it is suspended on %(suspended)s and ends on %(ended)s.") % names,
    ]


def _unused(found: NoticeView) -> list[str]:
    free = found.facts["free"]
    names = {**_named(found), "free": formats.number_text(free), "net": _money(found, "free_net")}
    said = ngettext(
        "%(free)s of %(seats)s is held by nobody and renews on %(day)s.",
        "%(free)s of %(seats)s are held by nobody and renew on %(day)s.",
        free,
    )
    cost = _("They cost %(net)s before VAT for the next term.") % names if names["net"] else ""
    until = _("They can be given back until %(until)s.") % {"until": _fact_day(found, "until")}
    return [said % names, cost, until]


def _rebased(found: NoticeView) -> list[str]:
    facts = found.facts
    return [
        _("It renews on %(day)s with %(to)s, where %(from)s were scheduled. It has %(now)s now.")
        % {
            "day": formats.day_text(found.period_end),
            "to": explanations.seats_text(facts["quantity_to"]),
            "from": explanations.seats_text(facts["quantity_from"]),
            "now": explanations.seats_text(facts["quantity_now"]),
        }
    ]


_LINES: dict[NoticeKind, Callable[[NoticeView], list[str]]] = {
    "renews": _renews,
    "ends": _ends,
    "commits": _commits,
    "price": _price,
    "payment": _payment,
    "pending": _pending,
    "unused": _unused,
    "rebased": _rebased,
}
