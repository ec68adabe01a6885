"""What tax answers: the decision for two parties, the rates of a day, the evidence behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from django.conf import settings

from purveyor.infra.clock import business_date
from purveyor.kernel.actor import Actor
from purveyor.kernel.explanation import Explanation, Fact
from purveyor.parties.types import Organization, Seller
from purveyor.tax import models
from purveyor.tax.decision import NumberStatus, Proven, TaxDecision, TaxParty, decide
from purveyor.tax.rules.territories import EU_MEMBERS, number_country
from purveyor.tax.types import NOT_CHECKED, CheckFound, NumberCheckRow, NumberState, RateRow

MAX_ROWS = 200
# The rules that ask for the buyer's number: with them the reason names it and what is known of it.
_ON_THE_NUMBER = frozenset(
    {"reverse_charge", "destination", "seller_rate", "domestic_number", "seller_outside_scope"}
)


@lru_cache(maxsize=1)
def _all_rates() -> tuple[RateRow, ...]:
    # Read once a process: only a migration changes them, and a migration comes with new processes.
    return tuple(
        RateRow(row.territory, row.rate_percent, row.valid_from, row.valid_to)
        for row in models.Rate.objects.order_by("territory", "valid_from")
    )


def list_rates(*, on: date | None = None, territory: str | None = None) -> list[RateRow]:
    """Standard rates by territory and day; those of one day, or of one territory (``SE``, ``ES-CN``)."""
    return [
        row
        for row in _all_rates()
        if (on is None or (row.valid_from <= on and (row.valid_to is None or on < row.valid_to)))
        and (territory is None or row.territory == territory)
    ]


def rates_for(on: date) -> dict[str, Decimal]:
    """The standard rate of each territory on a day, in percent, as ``decision.decide`` takes them."""
    return dict(_rates_on(on))


@lru_cache(maxsize=64)
def _rates_on(on: date) -> Mapping[str, Decimal]:
    return {row.territory: row.rate_percent for row in list_rates(on=on)}


def decide_for(
    *,
    seller: Seller | Organization,
    bill_to: Organization,
    on: date,
    number_status: NumberStatus | None = None,
) -> TaxDecision:
    """The VAT of what ``seller`` supplies to the party named on the document, on the day of supply.

    ``bill_to`` is the party that stands on the document and so decides the VAT (rules.md b2).
    ``number_status`` is its number's state now; left out, the state stored with it counts. Whether the seller
    declares in the One Stop Shop is the setting ``OSS_REGISTERED``.

    Raises:
        TaxUndecided: as ``decision.decide``.
    """
    organization = seller.organization if isinstance(seller, Seller) else seller
    status = number_status or bill_to.vat_status
    return decide(
        seller=_party(organization),
        buyer=_party(bill_to),
        number_status=status,
        rates=_rates_on(on),
        oss=bool(settings.OSS_REGISTERED),
    )


def _party(organization: Organization) -> TaxParty:
    return TaxParty(
        country=organization.country,
        postal_code=organization.address.postal_code,
        vat_number=organization.vat_number,
    )


def find_number_check(*, actor: Actor, organization: Organization) -> NumberCheckRow | None:
    """The check on which the state rests of the number that a reseller or customer has now, or None.

    The latest that found this state: while VIES is silent an earlier valid answer may go on serving.
    """
    customer = organization.id if organization.kind == "customer" else None
    rows = models.NumberCheck.objects.filter(
        reseller_id=organization.reseller_id,
        customer_id=customer,
        number=organization.vat_number,
        status=organization.vat_status,
    )
    if actor.scope == "reseller":
        rows = rows.filter(reseller_id=actor.reseller_id)
    elif actor.scope == "customer":
        rows = rows.filter(customer_id=actor.customer_id)
    row = rows.order_by("-checked_at", "-id").first()
    return None if row is None else _check(row)


def list_number_checks(*, actor: Actor, organization: Organization, limit: int = 50) -> list[NumberCheckRow]:
    """All checks of a party's numbers, also earlier ones, newest first; at most 200."""
    customer = organization.id if organization.kind == "customer" else None
    rows = models.NumberCheck.objects.filter(reseller_id=organization.reseller_id, customer_id=customer)
    if actor.scope == "reseller":
        rows = rows.filter(reseller_id=actor.reseller_id)
    elif actor.scope == "customer":
        rows = rows.filter(customer_id=actor.customer_id)
    return [_check(row) for row in rows.order_by("-checked_at", "-id")[: min(limit, MAX_ROWS)]]


def decide_with_proof(
    *,
    actor: Actor,
    seller: Seller,
    bill_to: Organization,
    on: date,
    promised: bool = True,
) -> Proven:
    """The decision of :func:`decide_for` with the evidence it rests on: what a quote shows and an invoice keeps.

    ``promised`` says that the answer may still come: the seller's policy for an unknown number is noted then. Where
    it waited in vain the document is issued as it is, and the policy no longer matters.

    Raises:
        TaxUndecided: as ``decision.decide``.
    """
    decision = decide_for(seller=seller, bill_to=bill_to, on=on)
    row = find_number_check(actor=actor, organization=bill_to) if bill_to.vat_number else None
    check = None
    if row is not None:
        said = row.evidence
        check = CheckFound(
            row.id, row.source, row.checked_at, said.get("consultation", ""), said.get("name_match", "")
        )
    return prove(seller=seller, bill_to=bill_to, decision=decision, check=check, promised=promised)


def prove(
    *,
    seller: Seller,
    bill_to: Organization,
    decision: TaxDecision,
    check: CheckFound | None,
    promised: bool = True,
) -> Proven:
    """The same for one who has read the check on which the number's state rests, if there is one."""
    meanwhile = ""
    if promised and _rests_on_unknown(decision, bill_to):
        meanwhile = seller.vat_unknown
    facts: dict[str, Fact] = dict(decision.reason.facts)
    if bill_to.vat_number and decision.rule in _ON_THE_NUMBER:
        facts["number"] = bill_to.vat_number
        if check is not None:
            facts["number_source"] = check.source
            facts["checked_on"] = business_date(check.checked_at).isoformat()
            if check.consultation:
                facts["consultation"] = check.consultation
        if meanwhile:
            facts["meanwhile"] = meanwhile
    return Proven(
        replace(decision, reason=Explanation(decision.reason.code, facts)),
        _record(decision, bill_to, check, meanwhile),
        meanwhile == "hold_invoice",
    )


def _rests_on_unknown(decision: TaxDecision, bill_to: Organization) -> bool:
    """Whether a clear answer about the number could change the decision."""
    waits = bill_to.vat_status == "unknown" and decision.rule in ("destination", "seller_rate")
    return waits and number_country(bill_to.vat_number) in EU_MEMBERS


def _record(
    decision: TaxDecision, bill_to: Organization, check: CheckFound | None, meanwhile: str
) -> dict[str, Any]:
    """The decision as an invoice keeps it: ``{"rule", "evidence"}`` (api.md, ``tax_decision``).

    The evidence names the number, its status, who said so (``source``) and when, the consultation number and whether
    the names match, and both countries: what an auditor asks for (Reg. 282/2011 art. 18, 24b). Plain JSON.
    """
    evidence: dict[str, Any] = {
        "number": bill_to.vat_number or None,
        "status": bill_to.vat_status,
        "source": None,
        "checked_at": None,
        "country_of_supply": decision.country_of_supply,
        "exemption_code": decision.exemption_code,
        "buyer_country": bill_to.country,
        "buyer_postal_code": bill_to.address.postal_code,
    }
    if bill_to.vat_number:
        evidence["source"] = check.source if check else NOT_CHECKED
        evidence["checked_at"] = check.checked_at.isoformat() if check else None
        evidence["check"] = str(check.id) if check else None
        if check and check.consultation:
            evidence["consultation"] = check.consultation
        if check and check.name_match:
            evidence["name_match"] = check.name_match
    if meanwhile:
        evidence["meanwhile"] = meanwhile
    return {"rule": decision.rule, "evidence": evidence}


def _check(row: models.NumberCheck) -> NumberCheckRow:
    return NumberCheckRow(
        id=row.id,
        reseller_id=row.reseller_id,
        customer_id=row.customer_id,
        number=row.number,
        status=cast(NumberState, row.status),
        source=row.source,
        checked_at=row.checked_at,
        evidence=row.evidence,
    )
