"""Free seats of a month that goes on are told of once, and again when that is news."""

from __future__ import annotations

from purveyor.kernel.ids import read
from tests.scenarios.stage import MONTH, new, open_stage
from tests.support.filled import everything


def test_free_seats_of_a_month_are_told_when_they_are_news(db: object) -> None:
    stage = open_stage("2026-01-15T09:00:00+00:00")
    stage.pay_in(100_000)
    month = stage.buy(stage.customer("Neu GmbH", "DE"), new(4, MONTH))["subscriptions"][0]
    stage.reseller.patch(f"/subscriptions/{month}", {"renewal_payment_method": "balance"}).ok()

    def free() -> list[int]:
        rows = everything(
            "SELECT facts->>'free' FROM renewals_notice WHERE subscription_id = %s AND kind = 'unused'"
            " ORDER BY noticed_on",
            read("sub", month),
        )
        return [int(row[0]) for row in rows]

    def invite(email: str) -> None:
        stage.reseller.post(f"/subscriptions/{month}/assignments", {"email": email}).ok(status=201)

    # The month ends on the 15th; what is told is told on the 8th.
    stage.move("2026-02-08T04:59:00Z")
    assert free() == []
    stage.move("2026-04-18T09:00:00Z")
    assert free() == [3]
    # Two are taken: another number.
    stage.move("2026-05-05T09:00:00Z")
    invite("a@neu.example")
    invite("b@neu.example")
    stage.move("2026-05-09T09:00:00Z")
    assert free() == [3, 2]
    # The invitations expire, and the seats are free again; then silence.
    stage.move("2026-07-09T09:00:00Z")
    assert free() == [3, 2, 3]
    # Somebody is invited: as many can be dropped as before, but it was news.
    stage.move("2026-08-05T09:00:00Z")
    invite("c@neu.example")
    stage.move("2026-08-09T09:00:00Z")
    assert free() == [3, 2, 3, 3]
