"""Put an offer on sale."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from purveyor.catalog import models, queries
from purveyor.catalog.commands._desk import put_on_record, unique_code
from purveyor.catalog.events import OfferCreated
from purveyor.catalog.rules.fields import check_days, check_months, clean_code
from purveyor.catalog.types import Offer, Terms
from purveyor.infra.clock import business_date
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import Invalid, NotFound
from purveyor.kernel.ids import new_id, show
from purveyor.parties.authority import require

_STANDARD_TERMS = Terms()


@command
def create_offer(
    *,
    actor: Actor,
    now: datetime,
    plan_id: UUID,
    code: str,
    term_months: int,
    billing_months: int | None = None,
    terms: Terms = _STANDARD_TERMS,
    available_from: date | None = None,
    available_to: date | None = None,
) -> Offer:
    """Put a plan on sale for a term of months, under these terms. Operator only.

    ``billing_months`` (default: the whole term at once) divides the term. ``available_from`` defaults to
    today; ``available_to`` is the first day on which it is no longer sold. Term and terms never change
    afterwards, because running subscriptions rely on them: withdraw the offer and open another.

    Raises: Forbidden, Invalid (also ``not_in_force`` for a rule that nothing acts on yet), NotFound (plan),
        CodeTaken.
    Emits: offer.created.
    """
    require(actor, "operate")
    billing = term_months if billing_months is None else billing_months
    wanted = clean_code(code)
    check_months(term_months=term_months, billing_months=billing)
    _check_in_force(term_months, billing)
    start = available_from or business_date(now)
    check_days(start, available_to, field="available_to")
    if not models.Plan.objects.filter(id=plan_id).exists():
        raise NotFound(field="plan")
    new = new_id()
    with unique_code(wanted):
        models.Offer.objects.create(
            id=new,
            code=wanted,
            plan_id=plan_id,
            term_months=term_months,
            billing_months=billing,
            terms=terms.as_json(),
            available_from=start,
            available_to=available_to,
        )
    end = available_to.isoformat() if available_to else None
    put_on_record(
        actor,
        now,
        OfferCreated(offer=show("off", new), code=wanted, available_from=start.isoformat(), available_to=end),
        subject_kind="offer",
        subject_id=new,
        facts={"code": wanted, "term_months": term_months, "terms": terms.as_json()},
    )
    return queries.get_offer(offer_ref=new)


def _check_in_force(term_months: int, billing_months: int) -> None:
    """No offer promises what the renewal does not do: a term is billed as a whole."""
    if billing_months != term_months:
        raise Invalid(field="billing_months", reason="not_in_force")
