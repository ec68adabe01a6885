"""One bank statement of ten thousand entries: read, stored, matched, booked, all at once.

`python -m bench bank`. Each entry pays one open invoice by its reference; a tenth pays a part, a tenth too much, a
tenth says nothing and waits for a person.
"""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from bench import house, renewal_data, world
from bench.report import table
from purveyor.infra import tx
from purveyor.interfaces.cli.progress import say, step
from purveyor.kernel.actor import system_actor

# What the issue asks for.
SECONDS_MAX, ENTRIES = 10.0, 10_000
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
    "<BkToCstmrStmt><GrpHdr><MsgId>B</MsgId><CreDtTm>2027-02-10T20:00:00</CreDtTm></GrpHdr><Stmt><Id>BENCH</Id>"
    "<ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id></Acct>"
)


def run(home: Path) -> int:
    """Measure, print, and put the figures into `bench.json` beside what is there."""
    count = int(os.environ.get("BENCH_ENTRIES", ENTRIES))
    made = world.build()
    with step(f"Making {count:,} open invoices"):
        owed = _invoices(made, count)
    content = _statement(owed)
    result = _measure(content, len(owed))
    say(_text(result, len(content)))
    path = home / "bench.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    found["bank"] = result
    found.setdefault("machine", house.machine())
    path.write_text(json.dumps(found, indent=1) + "\n")
    wrong = result["wrong"]
    say("WRONG: the books or the number of entries do not add up." if wrong else f"Written to {path}.")
    return 1 if wrong else 0


def _invoices(made: world.World, count: int) -> list[tuple[str, int]]:
    """References and open amounts of so many invoices: renewals that nobody has paid yet."""
    from purveyor.renewals.commands import run_renewals

    with house.connected() as connection:
        renewal_data.fill(connection, made, count, first=0)
    until = renewal_data.boundary(1)
    run_renewals(actor=system_actor(), now=until, until=until)
    with house.connected() as connection:
        rows = connection.execute(
            "SELECT reference, amount - paid FROM payments_payable WHERE status = 'open' AND reference IS NOT NULL"
            " ORDER BY id LIMIT %s",
            (count,),
        ).fetchall()
    return [(row[0], row[1]) for row in rows]


def _statement(owed: list[tuple[str, int]]) -> bytes:
    """A CAMT.053 file that names each of them: seven in ten whole, one a part, one too much, one not at all."""
    entries, total = [], 0
    for number, (reference, amount) in enumerate(owed):
        kind = number % 10
        paid = amount // 2 if kind == 7 else amount + 500 if kind == 8 else amount
        text = "thank you" if kind == 9 else reference
        total += paid
        entries.append(
            f'<Ntry><Amt Ccy="EUR">{_major(paid)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
            "<BookgDt><Dt>2027-02-10</Dt></BookgDt><ValDt><Dt>2027-02-10</Dt></ValDt>"
            f"<AcctSvcrRef>BENCH{number:08d}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId>"
            f"</Refs><RltdPties><Dbtr><Pty><Nm>Kunde {number}</Nm></Pty></Dbtr></RltdPties>"
            f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    balances = (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_major(amount)}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2027-02-10</Dt></Dt></Bal>"
        for code, amount in (("OPBD", 0), ("CLBD", total))
    )
    return (_HEAD + "".join(balances) + "".join(entries) + "</Stmt></BkToCstmrStmt></Document>").encode()


def _major(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def _measure(content: bytes, count: int) -> dict[str, Any]:
    """One call, as the API makes it: one transaction, and the answer when all of it is stored."""
    from purveyor.payments.commands import bank as acts
    from purveyor.sales.books import verify

    actor = system_actor()
    with tx.enter(actor):
        backend = psutil.Process(tx.fetch("SELECT pg_backend_pid()", ())[0][0])
    with step(f"A statement of {count:,} entries"):
        began, python, before = time.monotonic(), time.process_time(), backend.cpu_times()
        with tx.enter(actor) as now:
            at = max(now, renewal_data.boundary(1) + timedelta(days=10))
            acts.import_statement(actor=actor, now=at, content=content, match=True)
            matched = time.monotonic()
        ended, python = time.monotonic(), time.process_time() - python
        after = backend.cpu_times()
        with tx.enter(actor) as now:
            (again,) = acts.import_statement(actor=actor, now=now, content=content)
    with house.connected() as connection:
        statuses: dict[str, int] = dict(
            connection.execute("SELECT status, count(*) FROM payments_bankentry GROUP BY 1").fetchall()
        )
    expected = {"open": count // 10, "partial": count // 10, "matched": count - 2 * (count // 10)}
    return {
        "entries": count,
        "seconds": round(ended - began, 2),
        "read_and_booked_s": round(matched - began, 2),
        "announced_and_committed_s": round(ended - matched, 2),
        "python_s": round(python, 2),
        "postgresql_s": round(after.user + after.system - before.user - before.system, 2),
        "us_an_entry": round(1e6 * (ended - began) / max(count, 1)),
        "statuses": statuses,
        "wrong": statuses != expected or not again.duplicate or bool(verify()),
    }


def _text(result: dict[str, Any], size: int) -> str:
    rows: list[tuple[str, ...]] = [
        (name, f"{result[key]:,.2f} s")
        for name, key in (
            ("read, matched, booked", "read_and_booked_s"),
            ("announced and committed", "announced_and_committed_s"),
            ("together", "seconds"),
            ("CPU of Python", "python_s"),
            ("CPU of PostgreSQL", "postgresql_s"),
        )
    ]
    rows.append(("an entry", f"{result['us_an_entry']:,} us"))
    goal = "reached" if result["seconds"] < SECONDS_MAX else "NOT reached"
    head = f"{result['entries']:,} entries, {size / 1e6:.1f} MB; asked for: {SECONDS_MAX:.0f} s ({goal})"
    return f"{head}\n{table(('part', 'time'), rows)}"
