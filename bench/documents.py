"""How many PDFs a second: documents as the demo has them, drawn by one process and by one a core."""

from __future__ import annotations

import json
import os
import resource
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

from bench.report import table
from purveyor.billing.types import Document, DocumentLine, PartySnapshot, PaymentDetails, TaxLine
from purveyor.catalog.pricing import price_line
from purveyor.interfaces.cli.progress import Bar, say
from purveyor.interfaces.documents.batch import Piece, draw
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money

COUNT = int(os.environ.get("BENCH_DOCUMENTS", "1000"))
AIM = 100
_DAY = date(2026, 11, 22)
_AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_ROOT = UUID(int=17)
_LANGUAGES = ("en", "es", "de", "it", "fr")
_STREET = {
    "line1": "Birger Jarlsgatan 57",
    "line2": "",
    "city": "Stockholm",
    "region": "",
    "postal_code": "113 56",
}
_SELLER = PartySnapshot(
    "Nordlicht Distribution AB", "SE", _STREET, "SE920625220801", "money@nordlicht.example"
)
_TOWN = {"line1": "Kantstraße 3", "line2": "", "city": "Berlin", "region": "", "postal_code": "10623"}


def run(home: Path) -> int:
    """Draw them with one process and with all; returns 0, slow or not: the figures say it."""
    cores = len(os.sched_getaffinity(0))
    found = [_piece(number) for number in range(COUNT)]
    figures = {}
    for processes in dict.fromkeys((1, cores)):
        say(f"Drawing {COUNT:,} documents, {processes} at a time ...")
        figures[processes] = _measure(found, processes)
    rows: list[tuple[str, ...]] = [
        (
            str(processes),
            f"{rate:,.0f}",
            f"{1000 * processes / rate:.1f}",
            # Of helpers it is not known before they end, and then with all that they imported.
            f"{1000 * cpu / COUNT:.1f}" if processes == 1 else "",
            f"{size / COUNT / 1024:.0f}",
        )
        for processes, (rate, size, cpu) in figures.items()
    ]
    say(table(("processes", "PDFs a second", "ms each", "CPU ms each", "KiB each"), rows))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    say(
        f"Aim: {AIM} a second. Largest process: {peak / 1024:.0f} MiB. Load: {os.getloadavg()[0]:.1f} on {cores} cores."
    )
    (home / "bench-documents.json").write_text(
        json.dumps({str(processes): {"a_second": rate} for processes, (rate, _size, _cpu) in figures.items()})
    )
    return 0


def _measure(found: list[Piece], processes: int) -> tuple[float, int, float]:
    """PDFs a second once all processes are up, all their bytes, and the CPU seconds of this process."""
    bar, size, began, spent, before = Bar(), 0, 0.0, 0.0, processes * 16
    for done, file in enumerate(draw([*found[:before], *found], processes=processes), start=1):
        if done == before:
            began, spent, size = time.perf_counter(), time.process_time(), 0
        size += len(file.content)
        bar(max(done - before, 0), len(found), f"{max(done - before, 0):,} of {len(found):,}")
    return len(found) / (time.perf_counter() - began), size, time.process_time() - spent


def _piece(number: int) -> Piece:
    lines = tuple(_line(number, position) for position in range(1, 2 + number % 4))
    net = Money.total((one.net for one in lines), "EUR")
    vat = net.share(Decimal("0.25"))
    why = Explanation("tax.domestic", {"country": "SE", "rate_percent": "25"})
    buyer = PartySnapshot(f"Kunde {number} GmbH & Co. KG", "DE", _TOWN, f"DE{100_000_000 + number}")
    document = Document(
        id=uuid5(_ROOT, str(number)), kind="invoice", number=f"2026-R017-{number:06d}", status="issued",
        issued_on=_DAY, due_on=_DAY + timedelta(days=14), issued_at=_AT, reseller_id=_ROOT, customer_id=_ROOT,
        payer_id=_ROOT, bill_to_id=_ROOT, order_id=None, buyer_name=buyer.name, net=net, vat=vat, gross=net + vat,
        paid=Money.zero("EUR"), seller=_SELLER, buyer=buyer, lines=lines,
        taxes=(TaxLine("S", Decimal(25), net, vat, why),), payment=_payment(number),
    )  # fmt: skip
    return Piece(document, _LANGUAGES[number % len(_LANGUAGES)], None)


def _payment(number: int) -> PaymentDetails | None:
    """Two of three ask for money, and have a payment code."""
    if number % 3 == 0:
        return None
    return PaymentDetails(
        f"RF18{number:012d}", "SE4550000000058398257466", "ESSESESS", "Nordbank", _SELLER.name
    )


def _line(number: int, position: int) -> DocumentLine:
    priced = price_line(
        term_price=Money(4_800 + 10 * number + position, "EUR"), term_months=12, months=12,
        quantity=1 + (number + position) % 40, discount_percent=Decimal(number % 25),
    )  # fmt: skip
    start = _DAY + timedelta(days=position)
    sold: dict[str, str | int] = {
        "product": "Lockbox", "plan": "Business", "quantity": priced.quantity, "term_months": 12,
        "from": start.isoformat(), "until": (start + timedelta(days=365)).isoformat(),
    }  # fmt: skip
    return DocumentLine(
        id=uuid5(_ROOT, f"{number} {position}"), position=position, description=Explanation("line.new", sold),
        quantity=priced.quantity, months=12, unit_price=priced.unit_price,
        discount_percent=Decimal(number % 25), net=priced.net, explanation=priced.explanation, offer_id=_ROOT,
        subscription_id=_ROOT, period_start=start, period_end=start + timedelta(days=365), customer_id=_ROOT,
        customer_name="",
    )  # fmt: skip
