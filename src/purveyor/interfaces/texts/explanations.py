"""Why an amount or a date is what it is, as arithmetic in words that can be checked by hand.

The parts of a formula (months, seats, prices) are written each in its own plural form and put into one
sentence by name; the facts of each code are named where it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from purveyor.interfaces.texts import consequences, formats, reasons
from purveyor.interfaces.texts.facts import Facts
from purveyor.kernel.explanation import Explanation, Fact


def explain(explanation: Explanation) -> str:
    """One explanation as a sentence or a formula in the active language; its code if nobody knows it."""
    if explanation.code.startswith("tax."):
        return reasons.tax_reason(explanation)
    return _written(explanation.code, tuple(explanation.facts.items()), get_language())


@lru_cache(maxsize=4096)
def _written(code: str, facts: tuple[tuple[str, Fact], ...], language: str | None) -> str:
    """What a quote says, its order says again, and so do its pages: the same facts are the same sentence."""
    write = _WRITERS.get(code)
    try:
        return code if write is None else write(Facts(dict(facts)))
    except (KeyError, ValueError, TypeError):
        return code


def explain_all(explanations: Iterable[Explanation]) -> list[str]:
    """Each explanation on its own."""
    return [explain(one) for one in explanations]


def explain_joined(explanations: Iterable[Explanation]) -> str:
    """All of them as one text: the months first, then the arithmetic with them, then what is special."""
    text = ""
    for one in explanations:
        part = explain(one)
        if not text:
            text = part
        elif one.code in ("price.minimum", "gathered.taken_back", "order.rest"):
            text = _("%(first)s. %(second)s") % {"first": text, "second": part}
        else:
            text = _("%(first)s: %(second)s") % {"first": text, "second": part}
    return text


def has_words(code: str) -> bool:
    """Whether the code is known here."""
    return code in _WRITERS or reasons.has_words(code)


def months_text(count: int) -> str:
    """The count with its noun: "2 months"."""
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": formats.number_text(count)}


def days_text(count: int) -> str:
    """The count with its noun: "50 days"."""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": formats.number_text(count)}


def seats_text(count: int) -> str:
    """The count with its noun: "5 seats"."""
    return ngettext("%(count)s seat", "%(count)s seats", count) % {"count": formats.number_text(count)}


def _remaining(facts: Facts) -> str:
    return _("%(days)s left = %(months)s of %(term)s") % {
        "days": days_text(facts.count("days")),
        "months": facts.number("months"),
        "term": months_text(facts.count("term_months")),
    }


def _parts(facts: Facts) -> dict[str, str]:
    return {
        "months": months_text(facts.count("months")),
        "term": months_text(facts.count("term_months")),
        "seats": seats_text(facts.count("quantity")),
        "discount": facts.percent("discount_percent"),
        "term_price": facts.money("term_amount"),
        "seat_price": facts.money("seat_amount"),
        "net": facts.money("net_amount"),
    }


def _discounted(facts: Facts) -> bool:
    return Decimal(str(facts.raw("discount_percent"))) != 0


def _term(facts: Facts) -> str:
    parts = _parts(facts)
    if _discounted(facts):
        return _("%(months)s: %(seats)s x %(term_price)s - %(discount)s = %(net)s") % parts
    return _("%(months)s: %(seats)s x %(term_price)s = %(net)s") % parts


def _months(facts: Facts) -> str:
    parts = {**_parts(facts), "month_price": facts.money("month_amount")}
    if _discounted(facts):
        return _("%(months)s x %(seats)s x %(month_price)s - %(discount)s = %(net)s") % parts
    return _("%(months)s x %(seats)s x %(month_price)s = %(net)s") % parts


def _share(facts: Facts) -> str:
    parts = {
        **_parts(facts),
        "share": _("%(months)s/%(term)s")
        % {"months": facts.number("months"), "term": facts.number("term_months")},
    }
    if facts.count("months") == facts.count("term_months"):
        return (
            _(
                "%(term_price)s - %(discount)s = %(seat_price)s a seat, rounded; %(seats)s x %(seat_price)s = %(net)s"
            )
            % parts
        )
    if _discounted(facts):
        return (
            _(
                "%(share)s of %(term_price)s - %(discount)s = %(seat_price)s a seat, rounded;"
                " %(seats)s x %(seat_price)s = %(net)s"
            )
            % parts
        )
    return (
        _(
            "%(share)s of %(term_price)s = %(seat_price)s a seat, rounded;"
            " %(seats)s x %(seat_price)s = %(net)s"
        )
        % parts
    )


def _minimum(facts: Facts) -> str:
    return _("A seat is charged %(seat_price)s at least.") % {"seat_price": facts.money("seat_amount")}


def _renewal(text: Callable[[], str]) -> Callable[[Facts], str]:
    return lambda facts: text() % {"on": facts.day("on")}


def _rest(facts: Facts) -> str:
    return _("Of invoice %(number)s, %(rest)s of %(gross)s is still open, with VAT") % {
        "number": facts.text("number"),
        "rest": facts.money("rest"),
        "gross": facts.money("gross"),
    }


def _taken_back(facts: Facts) -> str:
    return _("%(added)s were added and %(taken_back)s taken back before they were billed") % {
        "added": seats_text(facts.count("added")),
        "taken_back": facts.number("taken_back"),
    }


def _credit_part(facts: Facts) -> str:
    return _("%(credited)s of %(of)s on line %(position)s of invoice %(number)s are credited") % {
        "credited": facts.number("quantity"),
        "of": seats_text(facts.count("of")),
        "position": facts.number("position"),
        "number": facts.text("number"),
    }


def _credit_whole(facts: Facts) -> str:
    return _("Line %(position)s of invoice %(number)s is credited in full") % {
        "position": facts.number("position"),
        "number": facts.text("number"),
    }


_WRITERS: dict[str, Callable[[Facts], str]] = {
    **consequences.WRITERS,
    "credit.part": _credit_part,
    "credit.whole": _credit_whole,
    "gathered.taken_back": _taken_back,
    "order.rest": _rest,
    "period.remaining": _remaining,
    "price.term": _term,
    "price.months": _months,
    "price.share": _share,
    "price.minimum": _minimum,
    "renewal.off": _renewal(lambda: _("It does not renew: it ends on %(on)s.")),
    "renewal.paid_by_reseller": _renewal(
        lambda: _("It renews on %(on)s and is paid by your reseller. Your reseller knows the price.")
    ),
    "renewal.no_price": _renewal(
        lambda: _("There is no price for the renewal on %(on)s yet. Ask for help before that day.")
    ),
}
