"""Who calls, and the schema of everything else."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Router

from purveyor.interfaces.api import answers, documents
from purveyor.interfaces.api.door import ApiRequest, reading
from purveyor.parties import queries as parties

router = Router(tags=["key"])


@router.get("/me", response=documents.Me, summary="Whose key this is")
@reading
def get_me(request: ApiRequest) -> Any:
    actor = request.call.actor
    own = parties.get_organization(actor=actor, organization_id=actor.organization_id)
    return {
        "organization": {"id": own.public_id, "kind": own.kind, "name": own.name},
        "role": actor.role,
        "sandbox": bool(settings.SANDBOX),
    }


@router.get("/openapi.json", include_in_schema=False)
@reading
def get_schema(request: ApiRequest) -> HttpResponse:
    return answers.text(_schema())


@cache
def _schema() -> str:
    from purveyor.interfaces.api import schema  # it reads the finished API

    return schema.text()
