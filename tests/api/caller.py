"""Calls the API as another program would, and holds every answer to the published schema."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from pydantic import TypeAdapter

from purveyor.interfaces.api import documents

BASE = "/api/v1"


class Answer:
    """What came back."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers = response.headers
        self.raw: bytes = response.content
        self.type: str = response.headers.get("Content-Type", "")

    @property
    def body(self) -> Any:
        """The JSON."""
        return json.loads(self.raw)

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    def refused(self, status: int, code: str) -> dict[str, Any]:
        """The facts of a refusal, which must be this one, as a problem document."""
        assert (self.status, self.type) == (status, "application/problem+json"), self.raw
        problem = self.body
        documents.Problem.model_validate(problem)
        assert problem["code"] == code, problem
        assert problem["status"] == status
        assert problem["detail"]
        facts: dict[str, Any] = problem["facts"]
        return facts

    def ok(self, shape: Any = None, status: int = 200) -> Any:
        """The body of an answer with this status; checked against ``shape`` if given."""
        assert self.status == status, (self.status, self.raw)
        if status == 204:
            assert self.raw == b""
            return None
        assert self.type == "application/json"
        if shape is not None:
            check(shape, self.body)
        return self.body


def check(shape: Any, body: Any) -> None:
    """Exactly the fields of ``shape``: a field that is answered but not described is a defect too."""
    parsed = TypeAdapter(shape).validate_python(body, strict=True)
    again = TypeAdapter(shape).dump_python(parsed, exclude_unset=True)
    assert again == body, set(map(str, _paths(body))) ^ set(map(str, _paths(again)))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [p for key, one in value.items() for p in _paths(one, (*path, key))]
    if isinstance(value, list):
        return [p for index, one in enumerate(value) for p in _paths(one, (*path, index))]
    return [path]


class Caller:
    """One key and one language."""

    def __init__(self, key: str | None, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Answer:
        """Any call; ``key`` is the Idempotency-Key."""
        sent = dict(self.headers)
        if key is not None:
            sent["Idempotency-Key"] = key
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        return Answer(self.client.generic(method, BASE + path, data, content_type=content_type, headers=sent))

    def get(self, path: str) -> Answer:
        """Read."""
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        """Create or cost."""
        return self.call("POST", path, body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Answer:
        """Change."""
        return self.call("PATCH", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> Answer:
        """Set as a whole."""
        return self.call("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """Remove."""
        return self.call("DELETE", path, **more)
