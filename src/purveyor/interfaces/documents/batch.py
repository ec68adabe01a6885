"""Many documents as PDFs: read a part at a time, drawn by as many processes as there are cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from multiprocessing import get_context

from django.utils import translation

from purveyor.billing import queries as billing
from purveyor.billing.types import Document
from purveyor.infra import tx
from purveyor.interfaces.documents.einvoice import Preceding
from purveyor.interfaces.documents.files import File, preceding_of
from purveyor.interfaces.documents.helper import begin, draw_part
from purveyor.kernel.actor import Actor
from purveyor.parties import queries as parties

_READ_AT_ONCE = 200
# Few enough to see the bar move, many enough that handing over costs nothing.
_DRAWN_AT_ONCE = 8
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A document with all that its PDF needs."""

    document: Document
    language: str
    answers: Preceding | None


def count(*, actor: Actor, first: date, last: date) -> int:
    """How many documents of the period the actor may read."""
    with tx.enter(actor):
        return billing.count_between(actor=actor, first=first, last=last)


def pieces(*, actor: Actor, first: date, last: date) -> Iterator[Piece]:
    """The documents of the period that the actor may read, oldest first; each part in a transaction of its own."""
    cursor = None
    while True:
        with tx.enter(actor):
            found = billing.documents_between(
                actor=actor, first=first, last=last, cursor=cursor, limit=_READ_AT_ONCE
            )
            part = _pieces(actor, found)
        yield from part
        if len(found) < _READ_AT_ONCE:
            return
        cursor = found[-1].cursor


def draw(found: Iterable[Piece], *, processes: int | None = None) -> Iterator[File]:
    """The PDFs in their order. One process draws here; several are children that end with the iterator."""
    wanted = processes or len(os.sched_getaffinity(0))
    parts = _parts(iter(found))
    if wanted == 1:
        yield from chain.from_iterable(map(draw_part, parts))
        return
    # Spawned: a fork of a process with threads and connections is a trap.
    with ProcessPoolExecutor(wanted, mp_context=get_context("spawn"), initializer=begin) as pool:
        waiting: deque[Future[list[File]]] = deque()
        for part in parts:
            waiting.append(pool.submit(draw_part, part))
            if len(waiting) > wanted * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _parts(found: Iterator[Piece]) -> Iterator[list[Piece]]:
    while part := list(islice(found, _DRAWN_AT_ONCE)):
        yield part


def _pieces(actor: Actor, found: Sequence[Document]) -> list[Piece]:
    named = {id for one in found for id in (one.bill_to_id, one.payer_id)}
    languages = {one.id: one.language for one in parties.list_organizations(actor=actor, ids=named)}
    own = translation.get_language() or "en"
    return [
        Piece(
            one,
            languages.get(one.bill_to_id) or languages.get(one.payer_id) or own,
            preceding_of(actor=actor, document=one),
        )
        for one in found
    ]
