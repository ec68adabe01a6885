"""Names of people and firms made searchable and sortable without the database's help.

The embedded PostgreSQL has neither ICU nor unaccent, so both keys are made here and kept beside the name, in
a column with ``COLLATE "C"``.
"""

import re
import unicodedata

# Letters that Unicode does not decompose, as their readers type them on a keyboard without them.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t"}
)
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_DIGITS_WIDTH = 12


def search_key(text: str) -> str:
    """The text in lower case, without accents, with single spaces: what a search compares.

    Punctuation stays, because e-mail addresses and numbers are searched too: "Müller  & Søn" is
    "muller & son".
    """
    # PostgreSQL has no text with a zero byte, so no key that is stored or searched for has one.
    decomposed = unicodedata.normalize("NFKD", text.replace("\x00", "")).casefold()
    # Casefolding may compose or add marks of its own (İ), so it is decomposed again.
    letters = (c for c in unicodedata.normalize("NFKD", decomposed) if not unicodedata.combining(c))
    return " ".join("".join(letters).translate(_PLAIN).split())


def sort_key(text: str) -> str:
    """A string whose byte order is the order in which people list names.

    First the plain letters and numbers (7 before 10), then accents and case as tie-breakers, so that same
    keys mean same names and a list sorted by it has a total order.
    """
    words = _NOT_WORD.sub(" ", search_key(text)).strip()
    primary = _DIGITS.sub(lambda match: match.group().zfill(_DIGITS_WIDTH), words)
    exact = " ".join(unicodedata.normalize("NFC", text).split())
    # A tab sorts below every printable character: "Ann" stays before "Ann Lee".
    return f"{primary}\t{exact}"
