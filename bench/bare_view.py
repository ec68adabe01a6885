"""What the product is measured against: a Django that only runs the recorded SQL, without any of our code.

No authentication, no idempotency, no isolation (it connects as `purveyor_run`), no events, no middleware, no
rules: one view, one transaction. Served by gunicorn with the product's settings of database and workers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

# A path's last three numbers: subscription, customer, and one that no other call has.
Fill = Callable[[int, int, int], list[str | None]]
_SLOT = 3
JOBS: dict[str, list[tuple[str, Fill]]] = {}


def _filler(values: list[str | None]) -> Fill:
    """Puts a call's numbers into the values; those without holes are used as they are."""
    with_holes = [at for at, value in enumerate(values) if value is not None and "«" in value]

    def fill(subscription: int, customer: int, k: int) -> list[str | None]:
        numbers = {
            "«s»": f"{subscription:012x}",
            "«c»": f"{customer:012x}",
            "«m»": f"{customer * 8 + _SLOT:012x}",
            "«k»": f"{k:012x}",
            "«z»": "b",
            "«slot»": str(_SLOT),
            "«number»": str(customer),
        }
        filled = list(values)
        for at in with_holes:
            text = filled[at] or ""
            for hole, number in numbers.items():
                text = text.replace(hole, number)
            filled[at] = text
        return filled

    return fill


def _jobs() -> dict[str, list[tuple[str, Fill]]]:
    recorded = json.loads(Path(os.environ["BENCH_RECORDED"]).read_text())
    return {name: [(sql, _filler(values)) for sql, values in job] for name, job in recorded.items()}


def run(request: HttpRequest, job: str, subscription: int, customer: int, k: int) -> HttpResponse:
    """Run one job's statements in a transaction."""
    if request.body:
        json.loads(request.body)
    rows: list[Any] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, fill in JOBS[job]:
            cursor.execute(sql, fill(subscription, customer, k))
            if cursor.description:
                rows = cursor.fetchall()
    return JsonResponse({"data": [list(row) for row in rows]})


urlpatterns = [path("<str:job>/<int:subscription>/<int:customer>/<int:k>", run)]

if not settings.configured:
    from purveyor.config.settings import database

    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        INSTALLED_APPS=[],
        DATABASES={"default": database(os.environ["DATABASE_RUN_URL"])},
        USE_TZ=True,
        SECRET_KEY="bare",  # noqa: S106  (signs nothing)
        LOGGING_CONFIG=None,
    )
    django.setup()
    JOBS.update(_jobs())
    application = get_wsgi_application()
