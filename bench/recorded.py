"""Records the SQL of a call, so that the bare view and pgbench run the same statements and not a copy of them.

One call is made in a transaction that is rolled back. Of its statements those of authentication, idempotency,
isolation and events are left out; the activity rows stay. What belongs to the one target of that call becomes a
hole: ``«s»`` the subscription's number, ``«c»`` the customer's, ``«m»`` the member's, and ``«k»`` a number
that no other call has, ``«z»`` whose replay it is. Ids end in such a number (see ids.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.test import Client

from bench import ids, load
from purveyor.infra import flush
from purveyor.kernel.ids import new_id, show

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LEFT_OUT = (
    "app_enter_by_key", "app_look", "INSERT INTO infra_idempotencyrecord", "set_config(",
    "procrastinate_", "SAVEPOINT",
)  # fmt: skip
_SLOT = 4
_ARRAYS = {UUID: "uuid[]", str: "text[]", int: "bigint[]"}


@dataclass(frozen=True)
class Statement:
    """SQL with `%s` for each of its values, which are texts (holes and all) or None."""

    sql: str
    values: tuple[str | None, ...]


@dataclass
class Job:
    """A call: its bare statements, and how many the whole call took."""

    statements: list[Statement] = field(default_factory=list)
    count: int = 0


class Recorder:
    """Makes the calls as the largest reseller's API key, in one transaction that leaves nothing behind."""

    def __init__(self, key: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {key}"})
        self.customer = 1
        self.subscription = 1
        self._since = ids.of(1, 0)
        self._holes: dict[str, str] = {}
        self._fresh = 0

    def record(self) -> dict[str, Job]:
        """The jobs by name: assign, quote, order, list."""
        subscription = show("sub", ids.of(ids.SUBSCRIPTION, self.subscription))
        customer = show("cus", ids.of(ids.CUSTOMER, self.customer))
        self._since = new_id()
        self._holes = {
            ids.text(ids.SUBSCRIPTION, self.subscription): ids.prefix(ids.SUBSCRIPTION) + "«s»",
            ids.text(ids.CUSTOMER, self.customer): ids.prefix(ids.CUSTOMER) + "«c»",
            load.member_id(self.customer, _SLOT): ids.prefix(ids.MEMBER) + "«m»",
        }
        line = {"type": "add_seats", "subscription": subscription, "quantity": 1}
        with transaction.atomic():
            jobs = {
                "assign": self._job(
                    lambda: self._post(
                        f"/subscriptions/{subscription}/assignments",
                        {"email": load.email_of(self.customer, _SLOT)},
                    )
                )[0]
            }
            # The first one fills what a process keeps in memory (tax rates).
            self._post("/quotes", {"customer": customer, "lines": [line]})
            jobs["quote"], quote = self._job(
                lambda: self._post("/quotes", {"customer": customer, "lines": [line]})
            )
            jobs["order"] = self._job(
                lambda: self._post("/orders", {"quote": quote["id"], "payment_method": "balance"})
            )[0]
            jobs["list"] = self._job(lambda: self._get("/subscriptions"))[0]
            transaction.set_rollback(True)
        return jobs

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = self.client.post(
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers={"idempotency-key": str(new_id())},
        )
        assert response.status_code == 201, response.content
        return response.json()

    def _get(self, path: str) -> Any:
        response = self.client.get(f"/api/v1{path}")
        assert response.status_code == 200, response.content
        return response.json()

    def _job(self, call: Callable[[], Any]) -> tuple[Job, Any]:
        with statements() as seen:
            answer = call()
        job = Job(count=len(seen))
        for sql, values in seen:
            bare = self._bare(sql, values)
            if bare is not None:
                job.statements.append(self._template(*bare))
        return job, answer

    @staticmethod
    def _bare(sql: str, values: Any) -> tuple[str, Any] | None:
        # The statement that writes activity also writes events and defers their job: of it the activity stays.
        if "INSERT INTO infra_activity" not in sql:
            return None if any(word in sql for word in _LEFT_OUT) else (sql, values)
        rows = next(value for value in values if '"actor_name"' in value)
        return flush._ACTIVITY.strip().removeprefix("a AS (").removesuffix(")"), [rows]

    def _template(self, sql: str, values: Any) -> Statement:
        if isinstance(values, dict):
            names = re.findall(r"%\((\w+)\)s", sql)
            sql, values = re.sub(r"%\(\w+\)s", "%s", sql), [values[name] for name in names]
        pieces = sql.split("%s")
        texts: list[str | None] = []
        typed = pieces[0]
        for value, piece in zip(values or (), pieces[1:], strict=True):
            text, kind = _as_text(value)
            texts.append(None if text is None else self._with_holes(text))
            typed += ("%s" if piece.startswith("::") or not kind else f"%s::{kind}") + piece
        return Statement(typed, tuple(texts))

    def _with_holes(self, text: str) -> str:
        email = load.email_of(self.customer, _SLOT)
        return _UUID.sub(self._hole, text).replace(email, "m«slot»@c«number».example")

    def _hole(self, found: re.Match[str]) -> str:
        known = self._holes.get(found[0])
        if known is None and UUID(found[0]) > self._since and not found[0].startswith(ids.prefix(1)[:13]):
            # Made by the call itself: each replay makes its own.
            self._fresh += 1
            known = self._holes[found[0]] = f"{ids.prefix(1)[:14]}7«z»{self._fresh:02x}-8000-«k»"
        return known or found[0]


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Gathers what Django's connection executes, but for the frame that a test puts around it."""
    seen: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def _as_text(value: Any) -> tuple[str | None, str]:
    """A value as PostgreSQL reads it, and its type there."""
    if isinstance(value, list | tuple):
        inner = [str(one) for one in value]
        kind = _ARRAYS.get(type(value[0]) if value else str, "text[]")
        return "{" + ",".join(json.dumps(one) for one in inner) + "}", kind
    for types, kind in _KINDS:
        if isinstance(value, types):
            return str(value), kind
    if value is None:
        return None, ""
    return json.dumps(value.obj, ensure_ascii=False, default=str), "jsonb"


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, ""),
    (bool, "boolean"),
    (int, "bigint"),
    (Decimal, "numeric"),
    (UUID, "uuid"),
    (datetime, "timestamptz"),
    (date, "date"),
)


def save(jobs: dict[str, Job], path: Path) -> None:
    """For the processes of the bare view."""
    plain = {name: [[one.sql, one.values] for one in job.statements] for name, job in jobs.items()}
    path.write_text(json.dumps(plain))
