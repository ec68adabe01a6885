"""All documents of a period as one file: asked for, watched, fetched."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from purveyor.billing import batches
from purveyor.billing.commands.batches import ask_batch
from purveyor.interfaces.console.desk import Desk, page
from purveyor.interfaces.console.forms.vat import PeriodForm
from purveyor.interfaces.documents import zips
from purveyor.kernel.errors import NotFound


@page("documents")
def listing(desk: Desk) -> HttpResponse:
    """Which days; and what was asked for before."""
    form = PeriodForm(desk.request.POST if desk.posted else {}, today=desk.today)
    if desk.posted and form.is_valid():
        done = desk.submit(form, lambda: _ask(desk, form))
        if done is not None:
            return done
    context = {
        "form": form,
        "rows": [(one, desk.url("batch", batch_id=one.id)) for one in batches.list_batches(actor=desk.actor)],
        "billing_url": desk.url("billing"),
    }
    return desk.render("console/billing/batches.html", context, status=422 if form.errors else 200)


@page("documents")
def detail(desk: Desk, batch_id: UUID) -> HttpResponse:
    """How far it is, and the file once it is there."""
    found = batches.get_batch(actor=desk.actor, batch_id=batch_id)
    is_there = found.status == "finished" and zips.path_of(found.id).exists()
    context = {
        "batch": found,
        "going": found.goes_on,
        "zip_url": desk.url("batch_zip", batch_id=found.id) if is_there else "",
        "gone": found.status == "finished" and not is_there,
        "batches_url": desk.url("batches"),
    }
    return desk.render("console/billing/batch.html", context)


@page("documents")
def file(desk: Desk, batch_id: UUID) -> HttpResponseBase:
    """The file itself. What is not finished, or was deleted since, is not there."""
    found = batches.get_batch(actor=desk.actor, batch_id=batch_id)
    path = zips.path_of(found.id)
    if found.status != "finished" or not path.exists():
        raise NotFound(kind="batch")
    name = f"documents-{found.first.isoformat()}-{found.last.isoformat()}.zip"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


def _ask(desk: Desk, form: PeriodForm) -> str:
    data = form.cleaned_data
    made = ask_batch(actor=desk.actor, now=desk.now, first=data["since"], last=data["until"])
    transaction.on_commit(lambda: zips.start(made.id))
    return desk.url("batch", batch_id=made.id)
