"""Accepting or refusing the price of a coming renewal."""

from __future__ import annotations

from typing import Any

from ninja import Router

from purveyor.interfaces.api.consent import PriceConsent, PriceConsentIn, price_consent
from purveyor.interfaces.api.door import ApiRequest, path_id, writing
from purveyor.interfaces.api.resources import _reach
from purveyor.renewals import price_change
from purveyor.renewals.commands import answer_price

router = Router(tags=["renewals"])


@router.post(
    "/renewals/{id}/price-consent", response=PriceConsent, summary="Accept or refuse the price of a renewal"
)
@writing()
def answer(request: ApiRequest, id: str, body: PriceConsentIn) -> Any:
    actor = request.call.actor
    _reach.see(actor)
    subscription_id = price_change.get_subscription_id(
        actor=actor, renewal_id=path_id("ren", id, kind="renewal")
    )
    return price_consent(
        answer_price(actor=actor, now=request.call.now, subscription_id=subscription_id, accept=body.accept)
    )
