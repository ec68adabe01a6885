"""What a line of a quote or a document sells, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from purveyor.interfaces.texts import explanations, formats
from purveyor.interfaces.texts.facts import Facts
from purveyor.kernel.explanation import Explanation


def describe_line(description: Explanation) -> str:
    """The description of a line from its code and facts (``line.new``, ``line.add_seats``, ...)."""
    write = _WRITERS.get(description.code, _other)
    try:
        return write(Facts(description.facts))
    except (KeyError, ValueError, TypeError):
        return description.code


def period_text(start: date, end: date) -> str:
    """A half-open period as people read it, with its last day: "1 Jan 2026 to 31 Jan 2026"."""
    return _("%(start)s to %(last)s") % {
        "start": formats.day_text(start),
        "last": formats.day_text(end - timedelta(days=1)),
    }


def _plan(facts: Facts) -> str:
    return _("%(product)s %(plan)s") % {"product": facts.text("product"), "plan": facts.text("plan")}


def _period(facts: Facts) -> str:
    return period_text(date.fromisoformat(facts.text("from")), date.fromisoformat(facts.text("until")))


def _parts(facts: Facts) -> dict[str, str]:
    return {
        "plan": _plan(facts),
        "term": explanations.months_text(facts.count("term_months")),
        "seats": explanations.seats_text(facts.count("quantity")),
        "period": _period(facts),
    }


def _new(facts: Facts) -> str:
    return _("%(plan)s, %(seats)s for %(term)s, %(period)s") % _parts(facts)


def _add_seats(facts: Facts) -> str:
    return _("%(plan)s, %(seats)s more in the running term, %(period)s") % _parts(facts)


def _change_plan(facts: Facts) -> str:
    return _("Change to %(plan)s, %(seats)s, %(period)s") % _parts(facts)


def _renewal(facts: Facts) -> str:
    return _("Renewal of %(plan)s, %(seats)s for %(term)s, %(period)s") % _parts(facts)


def _take_back(facts: Facts) -> str:
    return _("%(plan)s, %(seats)s taken back, %(period)s") % _parts(facts)


def _other(facts: Facts) -> str:
    return _("%(plan)s, %(seats)s, %(period)s") % _parts(facts)


_WRITERS: dict[str, Callable[[Facts], str]] = {
    "line.new": _new,
    "line.add_seats": _add_seats,
    "line.change_plan": _change_plan,
    "line.renewal": _renewal,
    "line.renew": _renewal,
    "line.take_back": _take_back,
}
