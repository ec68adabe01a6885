"""Refusals of the edge itself; all others come from the rooms."""

from __future__ import annotations

from typing import Any

from pydantic_core import ErrorDetails

from purveyor.kernel.errors import DomainError, Invalid


class UnknownField(DomainError):
    """A field or query parameter that is not part of the contract. Facts: ``field``."""

    code = "unknown_field"


class MethodNotAllowed(DomainError):
    """The path exists, but not for this method. Facts: ``method``, ``allowed``."""

    code = "method_not_allowed"
    status = 405


class UnsupportedMediaType(DomainError):
    """The body is not ``application/json``. Facts: ``content_type``."""

    code = "unsupported_media_type"
    status = 415


class TooLarge(DomainError):
    """The body is larger than ``limit`` bytes."""

    code = "too_large"
    status = 413


class Unavailable(DomainError):
    """The database did not answer in time: the same call may be made again."""

    code = "unavailable"
    status = 503


class InternalError(DomainError):
    """A fault of ours. Facts: ``incident``, under which it is in the log."""

    code = "internal_error"
    status = 500


# What pydantic says, in the words of the contract.
_REASONS = {
    "missing": "required",
    "int_type": "not_an_integer",
    "int_parsing": "not_an_integer",
    "int_from_float": "not_an_integer",
    "string_type": "not_a_text",
    "string_unicode": "not_a_text",
    "bool_type": "not_a_boolean",
    "bool_parsing": "not_a_boolean",
    "list_type": "not_a_list",
    "dict_type": "not_an_object",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "string_too_short": "required",
    "string_too_long": "too_long",
    "too_short": "required",
    "too_long": "too_many",
    "literal_error": "choice",
    "union_tag_invalid": "choice",
    "union_tag_not_found": "required",
}
_TAGS = frozenset({"new", "add_seats", "change_plan"})


def from_validation(details: list[ErrorDetails], source: str) -> DomainError:
    """The refusal behind pydantic's findings in a ``source`` (body, query): the first, with all in ``errors``."""
    found = [_finding(detail, source) for detail in details]
    facts: dict[str, Any] = {"errors": found} if len(found) > 1 else {}
    for one in found:
        if one["reason"] == "unknown_field":
            return UnknownField(field=one["field"], **facts)
    return Invalid(**found[0], **facts)


def _finding(detail: ErrorDetails, source: str) -> dict[str, Any]:
    kind = detail["type"]
    path = [str(part) for part in detail["loc"]]
    # The first part is the name of the view's argument; a line's type is no field of its own.
    path = path[1:] if source == "body" else path
    field = ".".join(part for part in path if part not in _TAGS) or source
    if kind == "extra_forbidden":
        return {"field": field, "reason": "unknown_field"}
    context = detail.get("ctx", {})
    finding: dict[str, Any] = {"field": field, "reason": _REASONS.get(kind, "invalid")}
    if kind == "value_error":
        finding["reason"] = str(context.get("error", "invalid"))
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        finding["field"] = f"{field}.type"
    for bound in ("ge", "le", "max_length"):
        if bound in context:
            finding[bound] = context[bound]
    return finding
