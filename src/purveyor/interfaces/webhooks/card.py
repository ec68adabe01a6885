"""``POST /webhooks/card``: notices of the card provider."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from purveyor.infra import tx
from purveyor.kernel.actor import system_actor
from purveyor.payments.commands.cards import store_notice
from purveyor.payments.ports import Adapters, NoticeForged

logger = logging.getLogger(__name__)
BODY_MAX = 512 * 1024


@csrf_exempt
@require_POST
def card(request: HttpRequest) -> HttpResponse:
    """Keep a notice and say so; 400 for what the provider did not sign, or signed more than five minutes ago.

    The time of the signature is the real one, whatever the test clock says.
    """
    try:
        body = request.read(BODY_MAX + 1)
        if len(body) > BODY_MAX:
            return _refused("too_large")
        notice = Adapters.cards.read_notice(body=body, signature=request.headers.get("Stripe-Signature", ""))
    except (NoticeForged, OSError, RawPostDataException) as error:
        logger.info("a card notice was refused: %s", error)
        return _refused("signature")
    system = system_actor()
    with tx.enter(system) as now:
        is_new = store_notice(actor=system, now=now, notice=notice)
    return JsonResponse({"received": True, "new": is_new})


def _refused(reason: str) -> HttpResponse:
    return JsonResponse({"received": False, "reason": reason}, status=400)
