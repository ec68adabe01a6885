"""The message catalogs: extraction, update, check, and JSON files for translators. No system gettext is needed.

    python tools/messages.py update            extract, and bring every catalog up to date
    python tools/messages.py check             fail on what is missing, fuzzy, outdated or wrong
    python tools/messages.py export es         untranslated messages of a language as JSON on standard output
    python tools/messages.py merge es FILE     take translations over from such a file

The source language is English: its messages are their own translation.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "purveyor"
LANGUAGES = ("es", "de", "it", "fr")

_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sd]|(?<!\{)\{\w*\}(?!\})")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# Dates that change with every run would make every run a change.
_NOISE = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Last-Translator',
    '"Language-Team',
    '"Report-Msgid-Bugs-To',
)


def _sources() -> Iterator[tuple[Path, str]]:
    """Every file with messages, as Python text that the extractor reads."""
    from django.utils.translation.template import templatize

    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text()
    for path in sorted(PACKAGE.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            text = templatize(path.read_text(), origin=str(path))
            # What stood around the tags is blotted out; its indentation is none of Python's.
            yield path, "\n".join(line.strip() for line in text.split("\n"))


def extracted() -> Catalog:
    """All messages of the house, with the files that use them."""
    template = Catalog(domain="django", charset="utf-8")
    for path, text in _sources():
        where = str(path.relative_to(ROOT))
        file = io.BytesIO(text.encode())
        for _, message, comments, context in extract(
            "python", file, _KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
        ):
            if message and message != ("",):
                template.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return template


def catalog_path(language: str) -> Path:
    """Where a language's catalog lies."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def _load(language: str) -> Catalog:
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language, domain="django", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django", abort_invalid=True)


def _updated(language: str, template: Catalog) -> Catalog:
    """The catalog with exactly the template's messages; translations stay, guesses are never made."""
    old = _load(language)
    new = Catalog(
        locale=language, domain="django", charset="utf-8", project="Purveyor", version="1", fuzzy=False
    )
    new.header_comment = f"# Purveyor: messages, {language}"
    for message in template:
        if not message.id:
            continue
        known = old.get(_first(message), message.context)
        new.add(
            message.id,
            known.string if known is not None and _shape_fits(known, message) else None,
            _unnumbered(message),
            flags=(known.flags & {"fuzzy"}) if known is not None else (),
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return new


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def _shape_fits(known: Message, message: Message) -> bool:
    return isinstance(known.id, (tuple, list)) == isinstance(message.id, (tuple, list))


def _unnumbered(message: Message) -> list[tuple[str, int]]:
    return [(path, 0) for path in sorted({path for path, _ in message.locations})]


def _text(catalog: Catalog) -> str:
    out = io.BytesIO()
    write_po(out, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    lines = out.getvalue().decode().split("\n")
    return "\n".join(line for line in lines if not line.startswith(_NOISE))


def update() -> None:
    """Brings every catalog up to date and says what is left to translate."""
    template = extracted()
    for language in LANGUAGES:
        catalog = _updated(language, template)
        path = catalog_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(catalog))
        print(f"{language}: {len(catalog)} messages, {len(list(_open(catalog)))} to translate")


def _open(catalog: Catalog) -> Iterator[Message]:
    for message in catalog:
        if message.id and (message.fuzzy or not all(_strings(message))):
            yield message


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string or ""]


def _ids(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, (tuple, list)) else [message.id]


def _faults(message: Message) -> Iterator[str]:
    """What is wrong with a translation: placeholders and tags must be those of the source."""
    ids = _ids(message)
    wanted = set(_PLACEHOLDER.findall(ids[-1]))
    for number, text in enumerate(_strings(message)):
        if not text:
            continue
        found = set(_PLACEHOLDER.findall(text))
        # "One seat" may leave the number out; no form may bring in what is not there.
        missing = wanted - found if len(ids) == 1 or number else set()
        if missing or found - wanted:
            yield f"placeholders {sorted(found)} instead of {sorted(wanted)}: {text!r}"
        if sorted(_TAG.findall(text)) != sorted(_TAG.findall(ids[-1])):
            yield f"other tags than the source: {text!r}"
        if (text[0] == "\n", text[-1] == "\n") != (ids[0][0] == "\n", ids[0][-1] == "\n"):
            yield f"other line breaks at its ends than the source: {text!r}"


def check() -> int:
    """Prints every fault; returns how many."""
    template = extracted()
    faults = 0
    for language in LANGUAGES:
        catalog = _load(language)
        wanted = _updated(language, template)
        found = [f"untranslated: {_first(message)!r}" for message in _open(wanted)]
        found += [f"{_first(m)!r}: {fault}" for m in wanted if m.id and m.string for fault in _faults(m)]
        path = catalog_path(language)
        if not found and (not path.exists() or path.read_text() != _text(wanted)):
            found = [f"{path.relative_to(ROOT)} is not up to date: run `make messages`"]
        for line in found[:20]:
            print(f"{language}: {line}")
        if len(found) > 20:
            print(f"{language}: and {len(found) - 20} more")
        faults += len(found)
        print(f"{language}: {len(catalog)} messages, {len(found)} faults")
    return faults


def export(language: str) -> None:
    """Untranslated messages, each with an empty place for every form that the language needs."""
    catalog = _updated(language, extracted())
    forms = catalog.num_plurals
    rows = [
        {
            "id": _first(message),
            **({"plural": message.id[1]} if isinstance(message.id, (tuple, list)) else {}),
            **({"context": message.context} if message.context else {}),
            "text": [""] * forms if isinstance(message.id, (tuple, list)) else "",
        }
        for message in _open(catalog)
    ]
    json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
    print()


def merge(language: str, file: Path) -> int:
    """Takes translations over; returns how many were refused, each with its reason on a line."""
    catalog = _updated(language, extracted())
    refused = taken = 0
    for row in json.loads(file.read_text()):
        message = catalog.get(row["id"], row.get("context"))
        text = row["text"]
        if message is None or not text or not all(text):
            continue
        is_plural = isinstance(message.id, (tuple, list))
        if is_plural != isinstance(text, list) or (is_plural and len(text) != catalog.num_plurals):
            print(f"{language}: refused, {catalog.num_plurals} forms wanted: {row['id']!r}")
            refused += 1
            continue
        before, message.string = message.string, tuple(text) if is_plural else text
        faults = list(_faults(message))
        if faults:
            message.string = before
            refused += 1
            print(f"{language}: refused {row['id']!r}: {'; '.join(faults)}")
            continue
        message.flags.discard("fuzzy")
        taken += 1
    catalog_path(language).parent.mkdir(parents=True, exist_ok=True)
    catalog_path(language).write_text(_text(catalog))
    print(f"{language}: {taken} taken over, {refused} refused, {len(list(_open(catalog)))} to translate")
    return refused


def main(arguments: list[str]) -> int:
    """One of the four commands above."""
    match arguments:
        case ["update"]:
            update()
            return 0
        case ["check"]:
            return 1 if check() else 0
        case ["export", language] if language in LANGUAGES:
            export(language)
            return 0
        case ["merge", language, file] if language in LANGUAGES:
            return 1 if merge(language, Path(file)) else 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
