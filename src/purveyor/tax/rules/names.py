"""Whether the name that a tax administration keeps is the one that a party gave."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

NameMatch = Literal["yes", "no", "not_disclosed"]

# Legal forms are written in many ways and left out by some: they decide nothing.
_WRITTEN = (
    "ab ag as aps bv bvba cv doo dd ek eood gbr gmbh kft kg llc ltd mbh nv oy oyj ohg ood sa sarl sas sl slu snc spa"
    " sprl srl sro spzoo ug uab vof zrt co und et and y e"
)
_FORMS = frozenset(_WRITTEN.split())


def match_names(given: str, disclosed: str) -> NameMatch:
    """Compare two names without regard to case, accents, punctuation, word order and legal form.

    An empty ``disclosed`` is a name that the state does not tell (Germany and Spain never do).
    """
    if not disclosed.strip():
        return "not_disclosed"
    return "yes" if _words(given) == _words(disclosed) else "no"


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    # "S.L." and "S. p. A." become one word each.
    plain = re.sub(r"\b(\w)\.\s*(?=\w\b)", r"\1", plain)
    words = re.findall(r"\w+", plain)
    kept = frozenset(word for word in words if word not in _FORMS)
    return kept or frozenset(words)
