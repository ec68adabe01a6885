"""Writes one chunk: each room its own tables, in an order that locks the counters of the numbers last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from purveyor.billing import bulk as billing
from purveyor.infra import bulk
from purveyor.infra.bulk import NULL, Announcements, Cursor, Scope, json_field
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id, new_id_texts
from purveyor.ledger import bulk as ledger
from purveyor.ledger import legs as movements
from purveyor.parties.types import Seller
from purveyor.payments import bulk as payments
from purveyor.renewals import events
from purveyor.renewals.bulk.plan import Priced, Verdict, snapshot
from purveyor.subscriptions import bulk as subscriptions
from purveyor.subscriptions.types import Subscription

_RENEWAL = (
    "id, reseller_id, customer_id, payer_id, subscription_id, offer_id, period_start, status, reason, prepay,"
    " quantity, currency, net, vat, pro_forma_id, invoice_id, payable_id, order_id, cut_off_at, due_at, opened_at,"
    " rolled_at, paid_at, on_time"
)


def write(
    cursor: Cursor, actor: Actor, verdicts: Sequence[Verdict], *, due_at: datetime, today: date
) -> None:
    """Write what the plain ones of ``verdicts`` come to, as ``renew_term`` would, as of their common due instant."""
    said = Announcements(actor)
    at = due_at.isoformat()
    ended = [one for one in verdicts if one.priced is None]
    lines = _end(cursor, ended, said, due_at, at)
    billed, gathered = _split(cursor, [one for one in verdicts if one.priced is not None], due_at)
    if billed or gathered:
        lines += _go_on(cursor, billed, gathered, said, at, today)
    bulk.copy(cursor, "renewals_renewal", _RENEWAL, lines)
    said.write(cursor)


def _split(
    cursor: Cursor, going_on: Sequence[Verdict], due_at: datetime
) -> tuple[list[Verdict], list[tuple[Verdict, str]]]:
    """Who is invoiced now, and who goes on which account: what is beyond an account's cap is invoiced (decision 14)."""
    wishing: dict[billing.AccountKey, list[Verdict]] = {}
    for one in going_on:
        if one.outcome == "gather":
            wishing.setdefault((one.subscription.reseller_id, one.subscription.currency), []).append(one)
    if not wishing:
        return list(going_on), []
    claimed = billing.claim_accounts(
        cursor,
        {key: [one.priced.line.net.amount for one in of if one.priced] for key, of in wishing.items()},
        now=due_at,
    )
    accounts: dict[UUID, str] = {}
    for key, of in wishing.items():
        account, fits = claimed[key]
        accounts |= {one.subscription.id: account for one, is_in in zip(of, fits, strict=True) if is_in}
    return (
        [one for one in going_on if one.subscription.id not in accounts],
        [(one, accounts[one.subscription.id]) for one in going_on if one.subscription.id in accounts],
    )


def _scope(found: Subscription) -> Scope:
    return Scope.of(found.reseller_id, found.customer_id, found.payer_id)


def _end(
    cursor: Cursor, ended: Sequence[Verdict], said: Announcements, due_at: datetime, at: str
) -> list[str]:
    rows = [
        subscriptions.Ended(
            one.subscription, _scope(one.subscription), str(one.subscription.id), due_at, at, one.reason
        )
        for one in ended
    ]
    subscriptions.end(cursor, rows)
    lines = []
    for row in rows:
        subscriptions.announce_ended(row, said)
        found = row.subscription
        lines.append(
            f"{found.renewal_id or new_id()}\t{row.scope.line}\t{row.id}\t{found.renews_to}\t{found.period_end}\tended"
            f"\t\tf\t{found.renews_with}\t{found.currency}\t0\t0\t{NULL}\t{NULL}\t{NULL}\t{NULL}\t{NULL}\t{NULL}"
            f"\t{at}\t{at}\t{NULL}\t{NULL}"
        )
    return lines


def _go_on(
    cursor: Cursor,
    billed: Sequence[Verdict],
    gathered: Sequence[tuple[Verdict, str]],
    said: Announcements,
    at: str,
    today: date,
) -> list[str]:
    references = payments.references(cursor, len(billed)) if billed else []
    rolled, bills, owed, postings = _rows(billed, references, at, today)
    on_account = [_on_account(one, account, at) for one, account in gathered]
    subscriptions.roll(cursor, [*rolled, *(row for row, _ in on_account)])
    lines = _gather(cursor, gathered, on_account, said, at)
    if not billed:
        return lines
    payables = payments.open_payables(cursor, owed, references)
    ledger.post(cursor, postings)
    # What stands so far is checked now, and not while the counters' rows are locked.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    codes = {
        one.subscription.reseller_id: one.priced.trade.profile.code
        for one in billed
        if one.priced is not None
    }
    issued = billing.take_numbers(cursor, bills, today=today, codes=codes)
    billing.write_documents(cursor, bills, issued, year=today.year)
    billing.write_lines(cursor, bills)
    for row, bill, number, payable in zip(rolled, bills, issued, payables, strict=True):
        subscriptions.announce_rolled(row, said)
        billing.announce_issued(bill, number, said)
        _announce(row, bill, number, said)
        lines.append(_pending(row, bill.offer, bill.net, bill.vat, bill.id, payable))
    return lines


def _gather(
    cursor: Cursor,
    gathered: Sequence[tuple[Verdict, str]],
    on_account: Sequence[tuple[subscriptions.Rolled, billing.OnAccount]],
    said: Announcements,
    at: str,
) -> list[str]:
    billing.put_on_account(cursor, [line for _, line in on_account])
    lines = []
    for (one, _), (row, line) in zip(gathered, on_account, strict=True):
        assert one.priced is not None
        subscriptions.announce_rolled(row, said)
        said.emit(
            events.RenewalGathered(row.id, row.term.start.isoformat(), row.term.end.isoformat()),
            at=at, subject=row.id, scope=row.scope, to_payer=True,
        )  # fmt: skip
        said.record(
            "renewal.gathered", at=at, subject=row.id, scope=row.scope, to_payer=True, quantity=row.quantity
        )
        lines.append(_pending(row, line.offer, line.net, one.priced.vat.amount, NULL, NULL))
    return lines


def _pending(
    row: subscriptions.Rolled, offer: str, net: int, vat: int, invoice_id: str, payable_id: str
) -> str:
    """The renewal of a term that went on and is not paid yet."""
    return (
        f"{row.subscription.renewal_id}\t{row.scope.line}\t{row.id}\t{offer}\t{row.term.start}\tpending\t\tf"
        f"\t{row.quantity}\t{row.price.currency}\t{net}\t{vat}\t{NULL}\t{invoice_id}\t{payable_id}\t{NULL}\t{NULL}"
        f"\t{NULL}\t{row.at}\t{row.at}\t{NULL}\t{NULL}"
    )


def _on_account(one: Verdict, account: str, at: str) -> tuple[subscriptions.Rolled, billing.OnAccount]:
    priced = one.priced
    assert priced is not None
    row, line = _rolled(one, priced, at), priced.line
    return row, billing.OnAccount(
        account=account, scope=row.scope, at=at, offer=str(priced.offer.id), subscription=row.id,
        customer_name=priced.trade.customer.name, currency=line.net.currency, description=priced.description,
        quantity=line.quantity, months=line.months, unit_price=line.unit_price.amount,
        discount_percent=str(line.discount_percent), net=line.net.amount, explanation=priced.explanation,
        period_start=row.term.start, period_end=row.term.end,
    )  # fmt: skip


def _rolled(one: Verdict, priced: Priced, at: str) -> subscriptions.Rolled:
    found = one.subscription
    return subscriptions.Rolled(
        found, _scope(found), str(found.id), at, priced.period, priced.line.quantity, priced.price,
        priced.price_list,
    )  # fmt: skip


def _announce(
    row: subscriptions.Rolled, bill: billing.Bill, issued: billing.Issued, said: Announcements
) -> None:
    said.emit(
        events.RenewalInvoiced(
            row.id, bill.id, row.term.start.isoformat(), row.term.end.isoformat(), paid=False
        ),
        at=row.at, subject=row.id, scope=row.scope, to_payer=True,
    )  # fmt: skip
    said.record(
        "renewal.invoiced", at=row.at, subject=row.id, scope=row.scope, to_payer=True,
        invoice=issued.number, quantity=row.quantity,
    )  # fmt: skip


def _rows(
    billed: Sequence[Verdict], references: Sequence[str], at: str, today: date
) -> tuple[list[subscriptions.Rolled], list[billing.Bill], list[payments.Owed], list[ledger.Posting]]:
    rolled, bills, owed, postings = [], [], [], []
    seller: tuple[str, str] | None = None
    booked_on = today.isoformat()
    for one, id, reference in zip(billed, new_id_texts(len(billed)), references, strict=True):
        priced = one.priced
        assert priced is not None
        row = _rolled(one, priced, at)
        if seller is None:
            # There is one operator.
            seller = (snapshot(priced.trade.seller.organization), _account(priced.trade.seller))
        rolled.append(row)
        bills.append(_bill_of(id, row, priced, seller, reference))
        owed.append(payments.Owed(row.scope, id, priced.line.net + priced.vat, at))
        postings.append(
            ledger.Posting(
                row.scope, at, booked_on, "renewal", f"renewal:{row.id}:{priced.period.start}",
                movements.sale(payer_id=row.scope.payer_id, net=priced.line.net, vat=priced.vat),
            )
        )  # fmt: skip
    return rolled, bills, owed, postings


def _account(seller: Seller) -> str:
    """The rest of the payment details, after the reference."""
    details = {
        "iban": seller.iban,
        "bic": seller.bic,
        "bank_name": seller.bank_name,
        "beneficiary": seller.organization.name,
    }
    return json_field(details)[1:]


def _bill_of(
    id: str, row: subscriptions.Rolled, priced: Priced, seller: tuple[str, str], reference: str
) -> billing.Bill:
    line = priced.line
    bill_to = priced.owing.bill_to_id
    scope = row.scope
    return billing.Bill(
        id=id, scope=scope, bill_to=scope.customer if bill_to == scope.customer_id else str(bill_to), at=row.at,
        due_days=priced.offer.terms.invoice_due_days, currency=line.net.currency, seller=seller[0],
        buyer=priced.buyer, taxes=priced.taxes, tax_decision=priced.tax_decision,
        payment=f'{{"reference": "{reference}", {seller[1]}', net=line.net.amount, vat=priced.vat.amount,
        bill_to_may_read=priced.trade.profile.documents_to_bill_to, offer=str(priced.offer.id),
        subscription=row.id, description=priced.description, quantity=line.quantity, months=line.months,
        unit_price=line.unit_price.amount, discount_percent=str(line.discount_percent),
        explanation=priced.explanation, period_start=row.term.start, period_end=row.term.end,
        exchange=priced.exchange or NULL,
    )  # fmt: skip
