"""The API object: ninja reads parameters and writes the schema; the door does the rest."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationErrorContext
from ninja.parser import Parser
from ninja.security import HttpBearer

from purveyor.interfaces.api import door
from purveyor.interfaces.api.errors import from_validation
from purveyor.interfaces.api.resources import ROUTERS
from purveyor.kernel.errors import DomainError

VERSION = "1"
_UNUSED = HttpResponse()


class _Key(HttpBearer):
    """Names the scheme in the schema. The door has checked the key before any operation is found."""

    def __call__(self, request: HttpRequest) -> Any:
        return request.call  # type: ignore[attr-defined]  # see door.ApiRequest

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return request.call  # type: ignore[attr-defined]  # as above


class _Parser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return door.parse_body(request)


class PurveyorAPI(NinjaAPI):
    """Refusals leave through the door, so that their transaction is rolled back."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """No operation writes to it: the door makes every answer, so one empty response does for all."""
        return _UNUSED

    def on_exception(self, request: HttpRequest, exc: Any) -> NoReturn:
        raise exc

    def validation_error_from_error_contexts(  # type: ignore[override]  # raised as it is
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> DomainError:
        context = error_contexts[0]
        return from_validation(
            context.pydantic_validation_error.errors(include_url=False, include_input=False),
            str(context.model.__ninja_param_source__),
        )


def build() -> PurveyorAPI:
    """The API with all its resources."""
    api = PurveyorAPI(
        title="Purveyor",
        version=VERSION,
        description="Software resold by the seat. The guide is docs/reference/api.md.",
        openapi_url=None,
        docs_url=None,
        auth=_Key(),
        parser=_Parser(),
        urls_namespace="api",
    )
    for router in ROUTERS:
        api.add_router("", router)
    return api


api = build()
