"""The dry run: what a run would bill, to the cent, with nothing written and nothing locked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from purveyor.infra import bulk, clock, tx
from purveyor.infra.bulk import Cursor
from purveyor.kernel.actor import system_actor
from purveyor.ledger import queries as ledger
from purveyor.renewals.bulk.plan import Facts, Priced, Verdict, decide_one
from purveyor.renewals.rules.tally import Tally
from purveyor.renewals.runs import RunView, totals_of
from purveyor.subscriptions import bulk as subscriptions
from purveyor.subscriptions.bulk import Lot
from purveyor.subscriptions.types import Subscription

_EVER = datetime(1, 1, 2, tzinfo=UTC)


def foretell(
    *,
    now: datetime,
    until: datetime,
    chunk: int,
    by: str,
    progress: Callable[[int, int, int], None] | None = None,
) -> RunView:
    """What would become of all that is due by ``until``: each subscription's next term, once."""
    tally, balances = Tally(), _Balances()
    with bulk.connected() as connection, connection.cursor() as cursor:
        due = subscriptions.count_due(cursor, until=until)
        since = _EVER
        while lots := subscriptions.next_lots(cursor, since=since, until=until, size=chunk):
            for lot in lots:
                after = UUID(int=0)
                while found := subscriptions.claim(cursor, lot, after=after, limit=chunk, lock=False):
                    _count(cursor, lot, found, tally, balances)
                    after = found[-1].id
                    if progress is not None:
                        progress(tally.done, due, tally.parked)
            since = lots[0].due_at + timedelta(microseconds=1)
        connection.rollback()
    return RunView(
        id=None, until=until, started_at=now, finished_at=now, started_by=by, due=tally.done, billed=tally.billed,
        pending=tally.pending, ended=tally.ended, parked=tally.parked, totals=totals_of(tally.totals_after({})),
    )  # fmt: skip


class _Balances:
    """Prepaid balances, spent in the order of the run; read when they are first asked for."""

    def __init__(self) -> None:
        self._left: dict[tuple[UUID, str], int] = {}

    def pays(self, found: Subscription, priced: Priced) -> bool:
        """Whether the balance was chosen and suffices; then it is spent."""
        if found.renewal_payment_method != "balance":
            return False
        gross = priced.line.net + priced.vat
        key = (priced.owing.payer_id, gross.currency)
        if key not in self._left:
            with tx.enter(system_actor()):
                left = ledger.available(actor=system_actor(), party_id=key[0], currency=key[1])
            self._left[key] = left.amount
        if self._left[key] < gross.amount:
            return False
        self._left[key] -= gross.amount
        return True


def _count(cursor: Cursor, lot: Lot, found: list[Subscription], tally: Tally, balances: _Balances) -> None:
    facts = Facts(cursor, found, clock.business_date(lot.due_at))
    for one in found:
        _add(decide_one(one, facts), tally, balances)


def _add(one: Verdict, tally: Tally, balances: _Balances) -> None:
    if one.outcome == "undecided":
        tally.parked += 1
    elif one.outcome == "end":
        tally.ended += 1
    elif one.priced is not None:
        net, vat = one.priced.line.net, one.priced.vat
        paid = balances.pays(one.subscription, one.priced)
        if one.outcome == "pend" and not paid and (net + vat).amount:
            tally.pending += 1
        else:
            tally.bill(net.currency, net.amount, vat.amount)
