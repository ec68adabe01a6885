"""The OpenAPI document: served at /api/v1/openapi.json and kept in docs/reference/openapi.json.

``python -m purveyor.interfaces.api.schema`` writes the file; a test compares the two.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

FILE = Path("docs/reference/openapi.json")
_REFUSED = {
    "401": "No key, or one that is not valid",
    "403": "It may be seen, but not this done",
    "404": "It does not exist, or may not be seen",
    "409": "Not now: `facts` say why",
    "413": "The body is larger than `facts.limit` bytes",
    "415": "The body is not `application/json`",
    "422": "The input makes no sense: `facts.field` names it",
    "500": "A fault of ours, in the log under `facts.incident`",
    "503": "The database did not answer: make the same call again",
}
_OF_BODIES = frozenset({"413", "415"})
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "Same key and body: the first answer again. Same key, other body: 422.",
}


def document() -> dict[str, Any]:
    """The whole schema, with what is the same everywhere added to each operation."""
    from purveyor.interfaces.api.app import api
    from purveyor.interfaces.api.documents import Problem

    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    components = dict(found["components"])
    components["schemas"] = dict(components["schemas"]) | {"Problem": Problem.model_json_schema()}
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    components["responses"] = {
        f"Refused{status}": {
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, text in _REFUSED.items()
    }
    found["components"] = components
    found["security"] = [{"key": []}]
    for path in found["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def _complete(method: str, operation: dict[str, Any]) -> None:
    operation.pop("security", None)
    operation["operationId"] = operation["operationId"].rpartition("resources_")[2]
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    with_body = "requestBody" in operation
    for status in _REFUSED:
        if status in _OF_BODIES and not with_body:
            continue
        responses[status] = {"$ref": f"#/components/responses/Refused{status}"}
    operation["responses"] = responses
    if method != "get" and "clock" not in operation["operationId"]:
        operation["parameters"] = [*operation.get("parameters", []), _KEY]


def text() -> str:
    """The document as it is served and kept."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write the file, from the repository's root."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
    os.environ.setdefault("PURVEYOR_SANDBOX", "1")
    import django

    django.setup()
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")


if __name__ == "__main__":
    main()
