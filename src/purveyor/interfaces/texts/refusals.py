"""Every refusal as a sentence: what happened, with its facts, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.interfaces.texts import inputs
from purveyor.interfaces.texts.facts import Facts
from purveyor.interfaces.texts.refused_here import SENTENCES, TITLES
from purveyor.kernel.errors import DomainError

_UNKNOWN = gettext_lazy("This cannot be done")


def sentence(error: DomainError) -> str:
    """Why the act was refused and what helps, in the active language.

    A refusal whose facts are not all there gets the general sentence of its code; it never fails.
    """
    return describe(error.code, error.facts)


def describe(code: str, facts: dict[str, Any]) -> str:
    """:func:`sentence` for a code and its facts."""
    if code == "invalid":
        return inputs.sentence(facts)
    write: Callable[[Facts], str] | None = SENTENCES.get(code)
    if write is None:
        return _("This cannot be done (%(code)s). Reload the page and try again.") % {"code": code}
    try:
        return write(Facts(facts))
    except (KeyError, ValueError, TypeError):
        return _("%(title)s. Reload the page and try again.") % {"title": title(code)}


def title(code: str) -> str:
    """A few words for the code alone, the same for every occurrence (RFC 9457 ``title``)."""
    return str(TITLES.get(code, _UNKNOWN))


def has_sentence(code: str) -> bool:
    """Whether the code has a sentence of its own."""
    return code == "invalid" or code in SENTENCES
