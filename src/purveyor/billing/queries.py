"""Reads of billing: documents for the payer, the operator, and the bill-to where the reseller allowed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from purveyor.billing.models import Document as Row
from purveyor.billing.models import Gathering, Line, Unbilled
from purveyor.billing.rules.gathering import seats_left
from purveyor.billing.rules.status import PAYABLE
from purveyor.billing.types import (
    Account,
    AccountKind,
    AccountRow,
    Document,
    DocumentLine,
    DocumentRow,
    Exchange,
    Kind,
    OpenDocuments,
    PartySnapshot,
    PaymentDetails,
    Status,
    TaxLine,
)
from purveyor.infra import rows as stored
from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.explanation import Explanation
from purveyor.kernel.money import Money

LIMIT_MAX = 200
_LIST_FIELDS = (
    *("id", "kind", "number", "status", "issued_on", "due_on", "reseller_id", "customer_id", "payer_id"),
    *("bill_to_id", "order_id", "buyer", "net", "vat", "gross", "paid", "credited", "answers_id", "currency"),
)


def get_document(*, actor: Actor, document_id: UUID) -> Document:
    """A document with its lines. Two statements.

    Raises: NotFound when there is none that the actor may read.
    """
    if actor.scope == "operator":
        row = next(iter(stored.find(Row, "t.id = %s", (document_id,))), None)
    else:
        row = _visible(actor).filter(id=document_id).first()
    if row is None:
        raise NotFound()
    return _whole(row, stored.find(Line, "t.document_id = %s ORDER BY t.position", (row.id,)))


def get_documents(*, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Document]:
    """Those of the documents that the actor may read, whole. Two statements, however many."""
    lines: dict[UUID, list[Line]] = {}
    for line in Line.objects.filter(document_id__in=ids).order_by("document_id", "position"):
        lines.setdefault(line.document_id, []).append(line)
    return {row.id: _whole(row, lines.get(row.id, [])) for row in _visible(actor).filter(id__in=ids)}


def documents_between(
    *, actor: Actor, first: date, last: date, cursor: tuple[date, UUID] | None = None, limit: int = LIMIT_MAX
) -> list[Document]:
    """Whole documents of any kind that the actor may read, issued from ``first`` to ``last``, both included, oldest
    first, behind ``cursor``. Two statements."""
    rows = _between(actor, first, last)
    if cursor is not None:
        rows = rows.filter(issued_on__gte=cursor[0]).exclude(issued_on=cursor[0], id__lte=cursor[1])
    found = get_documents(actor=actor, ids=list(rows.values_list("id", flat=True)[:limit]))
    return sorted(found.values(), key=lambda one: one.cursor)


def count_between(*, actor: Actor, first: date, last: date) -> int:
    """How many documents :func:`documents_between` gives in all."""
    return _between(actor, first, last).count()


def _between(actor: Actor, first: date, last: date) -> QuerySet[Row]:
    return _visible(actor).filter(issued_on__gte=first, issued_on__lte=last).order_by("issued_on", "id")


def _whole(row: Row, lines: list[Line]) -> Document:
    currency = row.currency
    return Document(
        **_listed(row),
        seller=PartySnapshot.from_json(row.seller),
        buyer=PartySnapshot.from_json(row.buyer),
        lines=tuple(_line(line, currency) for line in lines),
        taxes=tuple(_tax(tax, currency) for tax in row.taxes),
        tax_decision=row.tax_decision,
        payment=None if row.payment is None else PaymentDetails(**row.payment),
        issued_at=row.issued_at,
        reason=row.reason,
        exchange=None if row.exchange is None else Exchange.from_json(row.exchange),
    )


def list_documents(
    *,
    actor: Actor,
    customer_id: UUID | None = None,
    kind: Kind | None = None,
    for_the_books: bool = False,
    status: Status | None = None,
    order_id: UUID | None = None,
    q: str = "",
    only_open: bool = False,
    cursor: tuple[date, UUID] | None = None,
    limit: int = 50,
) -> list[DocumentRow]:
    """Documents that the actor may read, newest first; ``cursor`` is the last row's ``cursor``.

    ``q`` is a part of the number or of the buyer's name; ``only_open`` leaves those that wait for money,
    ``for_the_books`` invoices and credit notes.
    """
    rows = _visible(actor)
    # PostgreSQL has no text with a zero byte, so no number has one either.
    wanted = q.strip().replace("\x00", "")
    if wanted:
        rows = rows.filter(Q(number__icontains=wanted) | Q(buyer__name__icontains=wanted))
    if only_open:
        rows = rows.filter(status__in=sorted(PAYABLE)).exclude(kind="credit_note")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if for_the_books:
        rows = rows.exclude(kind="pro_forma")
    if status is not None:
        rows = rows.filter(status=status)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if cursor is not None:
        rows = rows.filter(issued_on__lte=cursor[0]).filter(
            Q(issued_on__lt=cursor[0]) | Q(issued_on=cursor[0], id__lt=cursor[1])
        )
    rows = rows.only(*_LIST_FIELDS).order_by("-issued_on", "-id")
    return [DocumentRow(**_listed(row)) for row in rows[: min(limit, LIMIT_MAX)]]


def numbers_of(*, actor: Actor, subject_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Id and number of the document of each invoice or order among ``subject_ids``.

    An order has its pro-forma until it has its invoice. One statement.
    """
    if not subject_ids:
        return {}
    rows = _visible(actor).filter(Q(id__in=subject_ids) | Q(order_id__in=subject_ids))
    found: dict[UUID, tuple[UUID, str]] = {}
    # The invoice comes after the pro-forma and takes its place; a credit note takes nobody's.
    for row in rows.order_by("-kind", "issued_on", "id").only("id", "order_id", "number", "kind"):
        found[row.id] = (row.id, row.number)
        if row.order_id is not None and row.kind != "credit_note":
            found[row.order_id] = (row.id, row.number)
    return {key: value for key, value in found.items() if key in subject_ids}


def has_overdue(*, actor: Actor, customer_id: UUID, reseller_id: UUID, subscription_id: UUID) -> bool:
    """Whether an invoice of the customer, or a gathered one of its reseller, with a line for the subscription is
    overdue."""
    overdue = _visible(actor).filter(customer_id__in=[customer_id, reseller_id], status="overdue")
    return overdue.filter(line__customer_id=customer_id, line__subscription_id=subscription_id).exists()


def list_overdue_of(*, actor: Actor, subscription_id: UUID) -> set[UUID]:
    """The overdue invoices that have a line for the subscription."""
    overdue = _visible(actor).filter(status="overdue", line__subscription_id=subscription_id)
    return set(overdue.values_list("id", flat=True))


def count_open(
    *, actor: Actor, customer_id: UUID | None = None, payer_id: UUID | None = None
) -> OpenDocuments:
    """How many invoices wait for the actor's own money (the operator: for anybody's), and how much."""
    rows = _visible(actor).filter(kind="invoice", status__in=sorted(PAYABLE))
    if actor.scope != "operator":
        rows = rows.filter(Q(payer_id=_own(actor)))
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if payer_id is not None:
        rows = rows.filter(payer_id=payer_id)
    found = list(
        rows.order_by()
        .values("currency")
        .annotate(
            count=Count("id"),
            late=Count("id", filter=Q(status="overdue")),
            gross=Sum("gross"),
            paid=Sum(F("paid") + F("credited")),
        )
        .order_by("currency")
    )
    return OpenDocuments(
        count=sum(row["count"] for row in found),
        overdue=sum(row["late"] for row in found),
        totals=tuple(Money(int(row["gross"] - row["paid"]), row["currency"]) for row in found),
    )


def list_accounts(*, actor: Actor, reseller_id: UUID | None) -> list[Account]:
    """What a reseller has on account, one a currency; its own to read, and the operator's (None: of all)."""
    waiting = Unbilled.objects.filter(gathering_id=OuterRef("id"), closed_at=None, held_id__isnull=False)
    held = waiting.order_by().values("gathering_id").annotate(net=Sum("net")).values("net")
    rows = Gathering.objects.filter(**_account_scope(actor, reseller_id)).annotate(held=Subquery(held))
    rows = rows.order_by("reseller_id", "currency")
    return [
        Account(
            row.reseller_id,
            Money(row.net, row.currency),
            None if row.cap is None else Money(row.cap, row.currency),
            row.due_at,
            Money(int(row.held or 0), row.currency),
        )
        for row in rows
    ]


def _account_scope(actor: Actor, reseller_id: UUID | None) -> dict[str, UUID]:
    if actor.scope == "operator":
        return {} if reseller_id is None else {"reseller_id": reseller_id}
    if actor.scope == "customer" or actor.reseller_id is None or reseller_id != actor.reseller_id:
        raise NotFound(kind="reseller")
    return {"reseller_id": actor.reseller_id}


def list_on_account(
    *,
    actor: Actor,
    reseller_id: UUID | None,
    customer_id: UUID | None = None,
    subscription_id: UUID | None = None,
) -> list[AccountRow]:
    """The open lines on account, by customer, then as they came; reach as of :func:`list_accounts`. One statement."""
    rows = Unbilled.objects.filter(closed_at=None, **_account_scope(actor, reseller_id))
    if customer_id is None:
        customer_id = actor.customer_id
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if subscription_id is not None:
        rows = rows.filter(subscription_id=subscription_id)
    found = [account_row(row) for row in rows.order_by("put_at", "id")]
    return sorted(found, key=lambda row: (row.customer_name.casefold(), row.customer_id))


def seats_to_take_back(*, actor: Actor, reseller_id: UUID, subscription_id: UUID) -> int:
    """How many seats were added to a subscription and are still on account. None for whom it does not concern, and
    none of a month that is over, though its invoice is held."""
    if actor.scope == "customer":
        return 0
    rows = list_on_account(actor=actor, reseller_id=reseller_id, subscription_id=subscription_id)
    return seats_left([row for row in rows if not row.is_held])


def billed_on(*, actor: Actor, reseller_id: UUID, order_id: UUID) -> date | None:
    """The day on which an order's lines on account are billed; None where none of them is open any more, or their
    invoice is held."""
    scope = _account_scope(actor, reseller_id)
    rows = Unbilled.objects.filter(order_id=order_id, closed_at=None, held_id=None, **scope)
    found = rows.values_list("gathering__due_at", flat=True).first()
    return None if found is None else business_date(found)


def account_row(row: Unbilled) -> AccountRow:
    """The frozen row behind a row on account."""
    return AccountRow(
        id=row.id,
        kind=cast(AccountKind, row.kind),
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        subscription_id=row.subscription_id,
        offer_id=row.offer_id,
        order_id=row.order_id,
        description=Explanation.from_json(row.description),
        quantity=row.quantity,
        months=row.months,
        unit_price=Money(row.unit_price, row.currency),
        discount_percent=Decimal(f"{row.discount_percent.normalize():f}"),
        net=Money(row.net, row.currency),
        explanation=tuple(Explanation.from_json(part) for part in row.explanation),
        period_start=row.period_start,
        period_end=row.period_end,
        put_at=row.put_at,
        counters=row.counters_id,
        is_held=row.held_id is not None,
    )


def list_billed(*, actor: Actor, document_id: UUID) -> list[AccountRow]:
    """The rows of an account that a document billed, without those that were taken back; the operator's jobs' to
    read."""
    rows = Unbilled.objects.filter(document_id=document_id, **_account_scope(actor, None))
    return [account_row(row) for row in rows.exclude(kind="take_back").order_by("put_at", "id")]


def _own(actor: Actor) -> UUID | None:
    return actor.reseller_id if actor.scope == "reseller" else actor.customer_id


def _visible(actor: Actor) -> QuerySet[Row]:
    """Documents of the actor's scope that it pays, or is named on and may read (rules.md b2)."""
    rows = Row.objects.all()
    if actor.scope == "operator":
        return rows
    own = _own(actor)
    rows = rows.filter(Q(payer_id=own) | Q(bill_to_id=own, bill_to_may_read=True))
    if actor.scope == "reseller":
        return rows.filter(Q(reseller_id=actor.reseller_id))
    return rows.filter(customer_id=actor.customer_id)


def _listed(row: Row) -> dict[str, Any]:
    currency = row.currency
    return {
        "id": row.id,
        "kind": cast(Kind, row.kind),
        "number": row.number,
        "status": cast(Status, row.status),
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "reseller_id": row.reseller_id,
        "customer_id": row.customer_id,
        "payer_id": row.payer_id,
        "bill_to_id": row.bill_to_id,
        "order_id": row.order_id,
        "buyer_name": row.buyer["name"],
        "net": Money(row.net, currency),
        "vat": Money(row.vat, currency),
        "gross": Money(row.gross, currency),
        "paid": Money(row.paid, currency),
        "credited": Money(row.credited, currency),
        "answers_id": row.answers_id,
    }


def _line(line: Line, currency: str) -> DocumentLine:
    return DocumentLine(
        id=line.id,
        position=line.position,
        description=Explanation.from_json(line.description),
        quantity=line.quantity,
        months=line.months,
        unit_price=Money(line.unit_price, currency),
        discount_percent=Decimal(f"{line.discount_percent.normalize():f}"),
        net=Money(line.net, currency),
        explanation=tuple(Explanation.from_json(part) for part in line.explanation),
        offer_id=line.offer_id,
        subscription_id=line.subscription_id,
        period_start=line.period_start,
        period_end=line.period_end,
        customer_id=line.customer_id,
        customer_name=line.customer_name,
        tax=line.tax,
        answers_id=line.answers_id,
    )


def _tax(data: Mapping[str, Any], currency: str) -> TaxLine:
    return TaxLine(
        category=data["category"],
        rate_percent=Decimal(data["rate_percent"]),
        base=Money(data["base"], currency),
        amount=Money(data["amount"], currency),
        reason=Explanation.from_json(data["reason"]),
    )
