"""What a filled world has about VAT numbers: one that VIES answered about, and an invoice that is held."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from purveyor.billing import commands as billing
from purveyor.billing import queries as documents
from purveyor.billing.types import DocumentDraft, DraftLine
from purveyor.billing.types_held import Booking, Why
from purveyor.infra import clock, tx
from purveyor.kernel.actor import system_actor
from purveyor.kernel.money import Money
from purveyor.parties.types import Organization
from purveyor.tax.commands import record_number_check, upload_exchange_rates
from purveyor.tax.rate_file import RateInput
from purveyor.tax.types import VIES, NumberResult


def answered(party: Organization) -> None:
    """VIES said that the number of the party is valid; when to ask next is noted."""
    number = party.vat_number or "DE136695976"
    with tx.enter(system_actor()):
        record_number_check(
            actor=system_actor(),
            now=clock.now(),
            country=party.country,
            number=number,
            reseller_id=party.reseller_id or party.id,
            customer_id=party.id if party.kind == "customer" else None,
            found=NumberResult("valid", number, {"source": VIES, "number": number}),
        )


def held(invoice_id: UUID) -> UUID:
    """The same once more, as if no rate of the day were known: it waits, and asks for nothing."""
    actor = system_actor()
    with tx.enter(actor):
        one = documents.get_document(actor=actor, document_id=invoice_id)
        line = one.lines[0]
        made = billing.issue_or_hold(
            actor=actor,
            now=clock.now(),
            draft=DocumentDraft(
                reseller_id=one.reseller_id,
                customer_id=one.customer_id,
                payer_id=one.payer_id,
                bill_to_id=one.bill_to_id,
                seller=one.seller,
                buyer=one.buyer,
                lines=(
                    DraftLine(
                        line.description,
                        line.quantity,
                        line.months,
                        line.unit_price,
                        line.discount_percent,
                        one.net,
                    ),
                ),
                taxes=one.taxes,
                tax_decision=one.tax_decision,
                net=one.net,
                vat=one.vat,
                gross=one.gross,
                paid=Money.zero(one.gross.currency),
            ),
            why=Why("rate_missing"),
            subject_kind="order",
            subject_id=one.order_id or one.id,
            booking=Booking("sale", f"held-again:{one.id}"),
        )
    return made.id


def rates(now: datetime) -> None:
    """An exchange rate that everybody may read."""
    given = [RateInput("USD", Decimal("0.873"), clock.business_date(now), "Test bank")]
    upload_exchange_rates(actor=system_actor(), now=now, rates=given)
