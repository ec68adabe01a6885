"""Documents that nobody issued, to be written and drawn: every kind of line, tax and party."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from purveyor.billing.types import Document, DocumentLine, Exchange, PartySnapshot, PaymentDetails, TaxLine
from purveyor.catalog.pricing import price_line
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.ids import new_id
from purveyor.kernel.money import Money
from purveyor.tax.exchange import ExchangeRate

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RESELLER, CUSTOMER = UUID(int=17), UUID(int=18)
STREET = {"line1": "Storgatan 12", "line2": "", "city": "Stockholm", "region": "", "postal_code": "111 22"}
SELLER = PartySnapshot(
    "Nordlicht Distribution AB", "SE", STREET, vat_number="SE556012579001", email="money@nordlicht.example",
    currency="EUR",
)  # fmt: skip
TOWN = {"line1": "Hauptstraße 1", "line2": "Hof", "city": "Berlin", "region": "", "postal_code": "10115"}
GERMAN = PartySnapshot(
    "Amsel & Söhne GmbH", "DE", TOWN, vat_number="DE136695976", email="buero@amsel.example"
)
SWEDE = PartySnapshot("Björk <Data> AB", "SE", STREET, vat_number="SE556677889901")
CONSUMER = PartySnapshot("Chez Zoé", "FR", {**TOWN, "city": "Paris"}, email="zoe@example.fr")
MEXICAN = PartySnapshot(
    "Aceros del Norte", "MX", {**TOWN, "city": "Monterrey"}, vat_number="XAXX010101000", email="a@b.mx"
)
CANARIAN = PartySnapshot(
    "Islas SL", "ES-CN", {**TOWN, "region": "Las Palmas"}, vat_number="ESB12345674", email="i@b.es"
)
GREEK = PartySnapshot("Ελιά ΑΕ", "GR", {**TOWN, "city": "Athina"}, vat_number="EL094259216", email="g@b.gr")
PAYMENT = PaymentDetails(
    reference="RF18539007547034",
    iban="SE4550000000058398257466",
    bic="ESSESESS",
    bank_name="Nordbank",
    beneficiary="Nordlicht Distribution AB",
)
NONE = Decimal(0)


def tax(category: str, rate: Decimal, base: Money, code: str, country: str) -> TaxLine:
    """The tax of a category, computed once on its base."""
    facts: dict[str, str | int] = {"country": country, "rate_percent": str(rate)}
    return TaxLine(category, rate, base, base.share(rate / 100), Explanation(code, facts))


def line(
    position: int = 1,
    *,
    price: Money,
    quantity: int = 5,
    months: int = 12,
    discount: Decimal = NONE,
    place: int = 0,
) -> DocumentLine:
    """A new subscription, priced as the house prices it."""
    priced = price_line(
        term_price=price, term_months=12, months=months, quantity=quantity, discount_percent=discount
    )
    start, end = DAY + timedelta(days=position), DAY + timedelta(days=position + 30 * months)
    sold: dict[str, str | int] = {
        "product": "Lockbox", "plan": "Business", "quantity": quantity, "term_months": 12,
        "from": start.isoformat(), "until": end.isoformat(),
    }  # fmt: skip
    return DocumentLine(
        id=new_id(),
        position=position,
        description=Explanation("line.new" if months == 12 else "line.add_seats", sold),
        quantity=quantity,
        months=months,
        unit_price=priced.unit_price,
        discount_percent=discount,
        net=priced.net,
        explanation=priced.explanation,
        offer_id=UUID(int=3),
        subscription_id=UUID(int=4),
        period_start=start,
        period_end=end,
        customer_id=CUSTOMER,
        customer_name="",
        tax=place,
    )


def paper(lines: tuple[DocumentLine, ...], taxes: tuple[TaxLine, ...], **more: Any) -> Document:
    """An unpaid invoice over these lines and taxes, unless ``more`` says otherwise."""
    currency = lines[0].net.currency
    net = Money.total((one.net for one in lines), currency)
    vat = Money.total((one.amount for one in taxes), currency)
    values: dict[str, Any] = {
        "id": UUID(int=9), "kind": "invoice", "number": "2026-R017-000123", "status": "issued",
        "issued_on": DAY, "due_on": DAY + timedelta(days=14), "issued_at": NOW,
        "reseller_id": RESELLER, "customer_id": CUSTOMER, "payer_id": CUSTOMER, "bill_to_id": CUSTOMER,
        "order_id": None, "net": net, "vat": vat, "gross": net + vat, "paid": Money.zero(currency),
        "seller": SELLER, "buyer": SWEDE, "lines": lines, "taxes": taxes, "payment": PAYMENT,
    }  # fmt: skip
    values |= more
    return Document(**values, buyer_name=values["buyer"].name)


# Who buys, and what tax that makes: (buyer, the taxes that may occur, as category, rate, reason, country).
CASES: dict[str, tuple[PartySnapshot, tuple[tuple[str, str, str, str], ...]]] = {
    "domestic": (SWEDE, (("S", "25", "tax.domestic", "SE"),)),
    "several rates": (
        SWEDE,
        (
            ("S", "25", "tax.domestic", "SE"),
            ("S", "12", "tax.domestic", "SE"),
            ("Z", "0", "tax.domestic", "SE"),
        ),
    ),
    "reverse charge": (GERMAN, (("AE", "0", "tax.reverse_charge", "DE"),)),
    "reverse charge, Greek": (GREEK, (("AE", "0", "tax.reverse_charge", "GR"),)),
    "no VAT number": (CONSUMER, (("S", "20", "tax.destination", "FR"),)),
    "part of a percent": (replace(CONSUMER, country="FI"), (("S", "25.5", "tax.destination", "FI"),)),
    "outside the EU": (MEXICAN, (("O", "0", "tax.outside_scope", "MX"),)),
    "special area": (CANARIAN, (("O", "0", "tax.special_area", "ES"),)),
}


@st.composite
def papers(draw: st.DrawFn, case: str) -> Document:
    """Documents of one case: invoice or credit note, paid or not, any discounts, gathered or not."""
    buyer, kinds = CASES[case]
    currency = draw(st.sampled_from(["EUR", "SEK", "USD", "JPY"]))
    lines = tuple(
        line(
            position,
            price=Money(draw(st.integers(0, 2_000_000)), currency),
            quantity=draw(st.integers(1, 5_000)),
            months=draw(st.integers(1, 12)),
            discount=draw(st.decimals(0, 100, places=2)),
            # Each tax has a line at least: a category without one would be none (BR-S-01 and its like).
            place=position - 1 if position <= len(kinds) else draw(st.integers(0, len(kinds) - 1)),
        )
        for position in range(1, len(kinds) + draw(st.integers(1, 4)))
    )
    if draw(st.booleans()):
        lines = tuple(replace(one, customer_name=f"Kund & {one.position}") for one in lines)
    taxes = tuple(
        tax(
            category,
            Decimal(rate),
            Money.total((one.net for one in lines if one.tax == place), currency),
            code,
            country,
        )
        for place, (category, rate, code, country) in enumerate(kinds)
    )
    kind = draw(st.sampled_from(["invoice", "invoice", "credit_note"]))
    payment = draw(st.sampled_from([None, PAYMENT])) if kind == "invoice" else None
    vat = Money.total((one.amount for one in taxes), currency)
    rate = ExchangeRate(currency, "EUR", draw(st.decimals("0.0001", 1000, places=6)), "ECB", DAY)
    return paper(
        lines,
        taxes,
        buyer=buyer,
        kind=kind,
        payment=payment,
        exchange=None if currency == "EUR" else Exchange.of(rate, vat),
    )
