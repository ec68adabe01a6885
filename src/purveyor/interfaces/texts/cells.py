"""Cells of files for a spreadsheet: none of them is a formula."""

from __future__ import annotations

import re

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A number stays one, below zero too: a spreadsheet adds it up.
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# Without it Excel reads UTF-8 as the local code page.
MARK = "\ufeff"


def safe_cell(text: str) -> str:
    """The text such that no spreadsheet computes it: an apostrophe before what would begin a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
