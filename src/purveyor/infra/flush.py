"""Writes what a transaction announces, in one statement, as its last act.

One round trip for any number of events, deliveries, activity rows, the stored answer, and the one deferred
job for all deliveries (procrastinate's own function, in the same transaction).
"""

from __future__ import annotations

import json
from typing import Any

from django.db import IntegrityError

from purveyor.infra import registry, tx
from purveyor.infra.errors import InProgress

_EVENTS = """
e AS (
  INSERT INTO infra_event (id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload)
  SELECT id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload
  FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS (id uuid, kind text, at timestamptz, subject_id uuid,
       reseller_id uuid, customer_id uuid, payer_id uuid, payload jsonb)) WITH ORDINALITY
       AS r(id, kind, at, subject_id, reseller_id, customer_id, payer_id, payload, n)
  ORDER BY n RETURNING seq, kind)"""
_DELIVERIES = """
d AS (
  INSERT INTO infra_delivery (event_id, handler, attempts, parked)
  SELECT e.seq, r.handler, 0, false
  FROM e JOIN jsonb_to_recordset(%s::jsonb) AS r(kind text, handler text) ON r.kind = e.kind
  ORDER BY e.seq RETURNING id)"""
_ACTIVITY = """
a AS (
  INSERT INTO infra_activity (id, at, actor_id, actor_name, organization_id, role, via, ip, acting_on, kind,
                              subject_kind, subject_id, facts, reseller_id, customer_id, payer_id)
  SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, at timestamptz, actor_id uuid, actor_name text,
       organization_id uuid, role text, via text, ip text, acting_on uuid, kind text, subject_kind text,
       subject_id uuid, facts jsonb, reseller_id uuid, customer_id uuid, payer_id uuid))"""
_ANSWER = """
k AS (
  INSERT INTO infra_idempotencyrecord (id, organization_id, key, fingerprint, status, answer, created_at)
  SELECT * FROM jsonb_to_record(%s::jsonb) AS r(id uuid, organization_id uuid, key text, fingerprint text,
       status int, answer jsonb, created_at timestamptz))"""

# What `defer` of the task in jobs.py would ask in a statement of its own: a sixth of the cost of giving a seat.
DELIVER_TASK = "purveyor.deliver"
DELIVER_QUEUE = "events"
DEFER = f"""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('{DELIVER_QUEUE}', '{DELIVER_TASK}', 0, NULL, NULL,
       jsonb_build_object('deliveries', jsonb_agg(id ORDER BY id)), NULL)::procrastinate_job_to_defer_v1]) FROM d"""


def write(state: tx.Current) -> None:
    """Insert everything gathered in ``state`` and defer the delivery job if anything is owed."""
    if not (state.events or state.activity or state.answer):
        return
    parts: list[str] = []
    params: list[str] = []
    deliveries = [
        {"kind": kind, "handler": name}
        for kind in dict.fromkeys(event["kind"] for event in state.events)
        for name in registry.subscribers(kind)
    ]
    if state.events:
        parts.append(_EVENTS)
        params.append(_json(state.events))
    if deliveries:
        parts.append(_DELIVERIES)
        params.append(_json(deliveries))
    if state.activity:
        parts.append(_ACTIVITY)
        params.append(_json(state.activity))
    if state.answer:
        parts.append(_ANSWER)
        params.append(_json(state.answer))
    tail = DEFER if deliveries else "SELECT NULL"
    try:
        tx.execute("WITH " + ",".join(parts) + " " + tail, params)
    except IntegrityError as error:
        if "infra_idempotency_once" in str(error):
            # The same call ended between our look and our lock; this one is undone.
            raise InProgress() from error
        raise
    state.events, state.activity, state.answer = [], [], None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
