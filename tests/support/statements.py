"""Bank statements as a bank would send them, for tests and the bench: CAMT.053 in two versions, and MT940."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

ACCOUNT = "SE4550000000058398257466"


@dataclass(frozen=True)
class Line:
    """One entry: cents, above zero for money that came. ``parts`` makes several transactions of it. ``code`` is
    "ACMT.MDOP.CHRG", or for MT940 a type of three letters."""

    amount: int
    ref: str
    rf: str = ""
    text: str = ""
    name: str = "Somebody"
    iban: str = "DE89370400440532013000"
    end_to_end: str = ""
    value_date: str = "2026-03-10"
    reversal: bool = False
    status: str = "BOOK"
    parts: tuple[tuple[int, str], ...] = ()
    code: str = ""


def camt(
    lines: Sequence[Line],
    *,
    opening: int = 0,
    closing: int | None = None,
    version: str = "08",
    sequence: int = 1,
    account: str = ACCOUNT,
    day: str = "2026-03-10",
    id: str = "",
    currency: str = "EUR",
) -> bytes:
    """A CAMT.053 file with one statement; it adds up unless ``closing`` says something else."""
    booked = sum(line.amount for line in lines if line.status == "BOOK")
    end = opening + booked if closing is None else closing
    entries = "".join(_entry(line, version, currency) for line in lines)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M</MsgId><CreDtTm>{day}T20:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{id or f'STMT-{sequence}'}</Id><ElctrncSeqNb>{sequence}</ElctrncSeqNb>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>"
        f"{_balance('OPBD', opening, day, currency)}{_balance('CLBD', end, day, currency)}{entries}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, cents: int, day: str, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(cents, currency)}{_side(cents)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _amount(cents: int, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{Decimal(abs(cents)) / 100:.2f}</Amt>'


def _side(cents: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd>"


def _entry(line: Line, version: str, currency: str) -> str:
    status = line.status if version == "02" else f"<Cd>{line.status}</Cd>"
    reversal = "<RvslInd>true</RvslInd>" if line.reversal else ""
    parts = line.parts or ((line.amount, line.rf),)
    details = "".join(
        _details(line, amount, rf, version, currency, many=len(parts) > 1) for amount, rf in parts
    )
    kind = ""
    if line.code:
        domain, family, sub = line.code.split(".")
        inner = f"<Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly>"
        kind = f"<BkTxCd><Domn><Cd>{domain}</Cd>{inner}</Domn></BkTxCd>"
    return (
        f"<Ntry>{_amount(line.amount, currency)}{_side(line.amount)}{reversal}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>{line.value_date}</Dt></BookgDt><ValDt><Dt>{line.value_date}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(line.ref)}</AcctSvcrRef>{kind}<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def _details(line: Line, amount: int, rf: str, version: str, currency: str, *, many: bool) -> str:
    name = escape(line.name)
    party = f"<Nm>{name}</Nm>" if version == "02" else f"<Pty><Nm>{name}</Nm></Pty>"
    who = "Dbtr" if line.amount > 0 else "Cdtr"
    account = f"<{who}Acct><Id><IBAN>{line.iban}</IBAN></Id></{who}Acct>" if line.iban else ""
    own = f"{_amount(amount, currency)}{_side(amount)}" if many else ""
    strd = f"<Strd><CdtrRefInf><Ref>{rf}</Ref></CdtrRefInf></Strd>" if rf else ""
    text = f"<Ustrd>{escape(line.text)}</Ustrd>" if line.text else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{escape(line.end_to_end or 'NOTPROVIDED')}</EndToEndId></Refs>{own}"
        f"<RltdPties><{who}>{party}</{who}>{account}</RltdPties><RmtInf>{text}{strd}</RmtInf></TxDtls>"
    )


def mt940(lines: Sequence[Line], *, opening: int = 0, closing: int | None = None, sequence: int = 1) -> bytes:
    """The same as MT940, with ``:86:`` in its structured form, broken after 27 characters as banks do."""
    end = opening + sum(line.amount for line in lines) if closing is None else closing
    rows = [
        ":20:STARTUMSE",
        f":25:{ACCOUNT}",
        f":28C:{sequence:05d}/001",
        f":60F:{_mt_balance(opening)}",
    ]
    for line in lines:
        mark = ("C" if line.amount > 0 else "D") if not line.reversal else ("RC" if line.amount < 0 else "RD")
        day = line.value_date.replace("-", "")[2:]
        rows.append(f":61:{day}{day[2:]}{mark}{_comma(line.amount)}N{line.code or 'TRF'}NONREF//{line.ref}")
        text = " ".join(filter(None, [line.rf, line.text]))
        pieces = [text[start : start + 27] for start in range(0, len(text), 27)][:10]
        said = "".join(f"?{20 + index}{piece}" for index, piece in enumerate(pieces))
        rows.append(f":86:166?00TRANSFER{said}?31{line.iban}?32{line.name[:27]}")
    rows += [f":62F:{_mt_balance(end)}", "-", ""]
    return "\r\n".join(rows).encode()


def _mt_balance(cents: int) -> str:
    return f"{'C' if cents >= 0 else 'D'}260310EUR{_comma(cents)}"


def _comma(cents: int) -> str:
    return f"{Decimal(abs(cents)) / 100:.2f}".replace(".", ",")
