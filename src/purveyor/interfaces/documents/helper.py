"""A process that draws documents for another: what it imports first must not need Django, which it sets up itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from purveyor.interfaces.documents.batch import Piece
    from purveyor.interfaces.documents.files import File


def begin() -> None:
    """Once a process: the settings and the catalogs of the languages. It never asks the database."""
    import django

    django.setup()


def draw_part(part: Sequence[Piece]) -> list[File]:
    """The PDFs of some documents."""
    from purveyor.interfaces.documents.files import draw_pdf

    return [draw_pdf(one.document, language=one.language, answers=one.answers) for one in part]
