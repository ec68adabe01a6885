"""The bank in the demo world: a statement with all that may become of an entry, a mandate, a file of direct debits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID
from xml.sax.saxutils import escape

from purveyor.billing import queries as billing
from purveyor.infra import tx
from purveyor.infra.clock import business_date
from purveyor.interfaces.cli import demo_cast as cast
from purveyor.interfaces.cli.demo_money import LINDNER_IBAN
from purveyor.interfaces.cli.demo_story import Step, Story
from purveyor.kernel.money import Money
from purveyor.payments import queries as payments
from purveyor.payments.commands import bank
from purveyor.payments.types import Payable

_ADLER = ("Adler IT Systemhaus GmbH", "DE89370400440532013000")
_SOL = ("Sol y Nube Servicios SL", "ES9121000418450200051332")
_OPENING = 1_845_210


@dataclass(frozen=True)
class Entry:
    """One entry of a statement; cents, below zero for money that left."""

    amount: int
    who: tuple[str, str]
    text: str = ""
    reference: str = ""
    # The bank's own word for what it is (ISO 20022: domain, family, subfamily).
    code: tuple[str, str, str] = ("PMNT", "RCDT", "ESCT")


def chapters(story: Story) -> Iterator[Step]:
    """Every step, in any order."""
    for days, key, offer, quantity in (
        # Paid by a transfer each, by one for all three, and with too much.
        (12, "huertadelmar", "lockbox-business-12m", 3),
        (11, "praxisseidel", "lockbox-business-1m", 2),
        (10, "moreaufils", "sealedmail-eco-12m", 4),
        (10, "atelierblanc", "lockbox-business-1m", 3),
        (10, "brightwater", "sealedmail-pro-1m", 2),
        (8, "caldasystems", "sealedmail-eco-1m", 5),
    ):
        bought = partial(story.buy, key, offer, quantity, pay="bank_transfer")
        yield story.before(days, 10), "by transfer", bought
    yield story.before(3, 7), "a bank statement", partial(_import, story)
    yield from _collected(story)


def _collected(story: Story) -> Iterator[Step]:
    """Lindner lets itself be debited: its own monthly renewal goes into yesterday's file."""
    name = "lindnerpartner:sealedmail-eco-1m"
    buy = partial(story.buy, "lindnerpartner", "sealedmail-eco-1m", 3, pay="bank_transfer", itself=True)
    yield story.before(45), "a plan for the interns", buy
    yield story.before(44), "money for it", partial(story.receive, name)
    yield story.before(43), "a mandate", partial(_mandate, story)
    yield story.before(1, 15), "a file of direct debits", partial(_collect, story)


def _mandate(story: Story, now: datetime) -> None:
    bank.enter_mandate(
        actor=story.houses.customer_admin("lindnerpartner"), now=now,
        payer_id=story.houses.customers["lindnerpartner"].id, iban=LINDNER_IBAN, name="Lindner & Partner",
        signed_on=business_date(now),
    )  # fmt: skip


def _collect(story: Story, now: datetime) -> None:
    bank.make_collections(actor=story.houses.operator_actor, now=now)


def _import(story: Story, now: datetime) -> None:
    """The bank's file of the day before; what it says is matched before the next step."""
    day = business_date(now) - timedelta(days=1)
    bank.import_statement(
        actor=story.houses.operator_actor,
        now=now,
        content=camt(_entries(story), day=day, sequence=day.timetuple().tm_yday),
    )


def _entries(story: Story) -> list[Entry]:
    owed = {name: _owed(story, name) for name in (*_SINGLE, *_TOGETHER, _OVERPAID, *_ELSEWHERE)}
    together = [owed[name] for name in _TOGETHER]
    several = " ".join(payable.reference or "" for payable in together)
    deposit = story.deposits["adlerit"]
    entries = [
        *(Entry(owed[name].open.amount, who, reference=owed[name].reference or "") for name, who in _SINGLE.items()),
        Entry(deposit.open.amount, _ADLER, "Guthaben", deposit.reference or ""),
        Entry(sum(payable.open.amount for payable in together), _ADLER, f"Sammelzahlung {several}"),
        Entry(owed[_OVERPAID].open.amount + 5_000, _ADLER, reference=owed[_OVERPAID].reference or ""),
        # What a person must look at: no reference, orders of two payers, nothing at all; and a fee.
        Entry(owed[_ELSEWHERE[0]].open.amount, ("Gutshof Keller", "AT611904300234573201"), "Lockbox"),
        Entry(
            sum(owed[name].open.amount for name in _ELSEWHERE[1:]), ("Treuhand Müller", "DE75512108001245126199"),
            " und ".join(owed[name].reference or "" for name in _ELSEWHERE[1:]),
        ),
        Entry(7_500, _ADLER, "Kulanz lt. Telefonat"),
        Entry(-1_490, ("Skandinaviska Enskilda Banken", ""), "Account fee", code=("ACMT", "MDOP", "CHRG")),
    ]  # fmt: skip
    return [*entries, *_of_invoices(story)]


_SINGLE = {
    "huertadelmar:lockbox-business-12m": _SOL,
    "praxisseidel:lockbox-business-1m": _ADLER,
}
_TOGETHER = (
    "moreaufils:sealedmail-eco-12m",
    "atelierblanc:lockbox-business-1m",
    "brightwater:sealedmail-pro-1m",
)
_OVERPAID = "caldasystems:sealedmail-eco-1m"
_ELSEWHERE = (
    "gutshofkeller:lockbox-business-12m",
    "osterlenform:sealedmail-pro-1m",
    "officinaverdi:m365-business-standard-12m",
)


def _of_invoices(story: Story) -> Iterator[Entry]:
    """A part of the month's one invoice, and an overdue one less what somebody's bank kept of it."""
    operator = story.houses.operator_actor
    with tx.enter(operator):
        waiting = payments.list_open_payables(actor=operator, limit=200)
        numbers = billing.numbers_of(actor=operator, subject_ids=[payable.subject_id for payable in waiting])
    invoices = [payable for payable in waiting if payable.subject_kind == "invoice"]
    gathered = _of(invoices, story.houses.resellers["solynube"].id)
    if gathered is not None:
        yield Entry(gathered.open.amount // 2, _SOL, "Primera mitad", gathered.reference or "")
    overdue = _of(invoices, story.houses.customers["wagnerbau"].id)
    if overdue is not None:
        number = numbers[overdue.subject_id][1]
        yield Entry(
            overdue.open.amount - 450, ("Wagner Bau GmbH", "DE02120300000000202051"), f"Rechnung {number}"
        )


def _of(payables: Sequence[Payable], customer_id: UUID) -> Payable | None:
    """The newest of them that is for this customer; what is for many bears the reseller in its place."""
    return next((one for one in payables if one.customer_id == customer_id), None)


def _owed(story: Story, name: str) -> Payable:
    operator = story.houses.operator_actor
    with tx.enter(operator):
        found = payments.find_payable_for(
            actor=operator, subject_kind="order", subject_id=story.orders[name].id
        )
    assert found is not None  # ordered by transfer a few days before
    return found


def camt(entries: Sequence[Entry], *, day: date, sequence: int) -> bytes:
    """A bank's file over one day (CAMT.053.001.08) that adds up."""
    closing = _OPENING + sum(one.amount for one in entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>DEMO-{day}</MsgId><CreDtTm>{day}T21:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{day:%Y}-{sequence:03d}</Id><ElctrncSeqNb>{sequence}</ElctrncSeqNb>"
        f"<Acct><Id><IBAN>{cast.OPERATOR_IBAN}</IBAN></Id></Acct>"
        f"{_balance('OPBD', _OPENING, day)}{_balance('CLBD', closing, day)}"
        f"{''.join(_entry(one, position, day) for position, one in enumerate(entries, start=1))}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, cents: int, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(cents)}<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _amount(cents: int) -> str:
    side = "CRDT" if cents >= 0 else "DBIT"
    return f'<Amt Ccy="EUR">{Money(abs(cents), "EUR").decimal()}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _entry(one: Entry, position: int, day: date) -> str:
    side = "Dbtr" if one.amount > 0 else "Cdtr"
    name, iban = one.who
    account = f"<{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct>" if iban else ""
    reference = f"<Strd><CdtrRefInf><Ref>{one.reference}</Ref></CdtrRefInf></Strd>" if one.reference else ""
    text = f"<Ustrd>{escape(one.text)}</Ustrd>" if one.text else ""
    domain, family, subfamily = one.code
    return (
        f"<Ntry>{_amount(one.amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>{day:%Y%m%d}{position:04d}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{subfamily}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        "<NtryDtls><TxDtls>"
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<RltdPties><{side}><Pty><Nm>{escape(name)}</Nm></Pty></{side}>{account}</RltdPties>"
        f"<RmtInf>{text}{reference}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )
