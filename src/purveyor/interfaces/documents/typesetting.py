"""Typst: data and template become pages. PDF/A-3b with every glyph embedded, and nothing taken from the system."""

from __future__ import annotations

import json
import re
import threading
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast

import typst

from purveyor.interfaces.documents.sheet import Sheet

_FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic", "fontpkg_heebo")
_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed")
# Every character without a glyph is told in one go; a second pass is for what its replacement broke up.
_TRIES_MAX = 3
_INSTEAD = "?"
# Shorter ones fit the narrowest column; looking for places to hyphenate costs a tenth of a document.
_LONG_WORD = re.compile(r"[^\W\d_]{16}")
# The compiler keeps what it made for the next document; it does not like two callers at once.
_lock = threading.Lock()


def set_pdf(sheet: Sheet, *, at: datetime, xml: str = "", template: str = "document") -> bytes:
    """The pages as PDF/A-3b, with ``xml`` attached as ``factur-x.xml``. The same data gives the same bytes.

    A character that no font here can draw (Chinese, an emoji) is printed as a question mark; the e-invoice
    inside keeps it.
    """
    text = json.dumps(sheet, ensure_ascii=False)
    for _try in range(_TRIES_MAX):
        try:
            found = _compiled(
                text,
                xml,
                template,
                format="pdf",
                pdf_standards=["a-3b"],
                timestamp=int(at.timestamp()),
            )
            return cast(bytes, found)
        except typst.TypstError as error:
            missing = set("".join(_MISSING.findall(str(error.diagnostic))))
            if not missing:
                raise
            text = "".join(_INSTEAD if char in missing else char for char in text)
    raise ValueError("some characters of the document cannot be drawn")


def set_pictures(sheet: Sheet, *, dots_per_inch: int = 110, template: str = "document") -> list[bytes]:
    """The pages as PNG: to be looked at, in tests and by people."""
    text = json.dumps(sheet, ensure_ascii=False)
    found = _compiled(text, "", template, format="png", ppi=dots_per_inch)
    return found if isinstance(found, list) else [found]


def _compiled(text: str, xml: str, template: str, **how: Any) -> Any:
    # What changes is the source and not ``sys.inputs``: these belong to the standard library, and all that knows it
    # would be made anew for each document.
    hyphenate = "true" if _LONG_WORD.search(text) else "false"
    data = f"json(bytes({_string(text)})) + (hyphenate: {hyphenate})"
    source = f'#import "/{template}.typ": sheet\n#sheet({data}, {_string(xml)})'
    with _lock:
        return _compiler().compile(input=source.encode(), **how)


def _string(text: str) -> str:
    """A string of Typst's language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        root=str(files("purveyor.interfaces.documents") / "templates"),
        font_paths=[str(files(package) / "files") for package in _FONTS],
        ignore_system_fonts=True,
    )
