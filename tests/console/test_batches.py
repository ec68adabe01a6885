"""All documents of a period as one file: asked for on a page, drawn elsewhere, fetched by whom they are for."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from purveyor.billing import batches
from purveyor.billing.commands.batches import ask_batch
from purveyor.infra import clock, tx
from purveyor.infra.roles import DatabaseUrls
from purveyor.interfaces.cli import documents as cli
from purveyor.interfaces.documents import zips
from purveyor.kernel.ids import read
from purveyor.parties import commands as parties
from purveyor.parties.types import Organization
from purveyor.sales import commands as sales
from purveyor.sales.types import LineWish
from tests.support.counter import Browser, actor_on, text_of
from tests.support.houses import Houses, given
from tests.support.shop import Shop


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[UUID]:
    """The files whose drawing was begun; nothing draws them but the test."""
    begun: list[UUID] = []
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(zips, "start", begun.append)
    return begun


@pytest.fixture
def customer(shop: Shop) -> Organization:
    found = parties.create_customer(
        actor=Houses.reseller(shop.houses.first), now=clock.now(), given=given("Zip GmbH", "DE")
    )
    for quantity in (1, 2):
        wish = LineWish(type="new", offer="lockbox-business-12m", quantity=quantity)
        actor = actor_on(shop, found)
        quote = sales.make_quote(actor=actor, now=clock.now(), customer_id=found.id, lines=[wish])
        sales.accept_quote(actor=actor, now=clock.now(), quote_id=quote.id, payment_method="bank_transfer")
    return found


def test_asked_for_drawn_and_fetched(
    shop: Shop, customer: Organization, started: list[UUID], tmp_path: Path
) -> None:
    mine = Browser(shop.houses.first, "admin")
    page = f"{mine.root}documents"
    assert "one zip file" in text_of(mine.get(page))
    today = clock.business_date(clock.now()).isoformat()
    answer = mine.post(page, {"since": "2020-01-01", "until": "2020-01-31"})
    assert answer.status_code == 422
    assert "Nothing was issued" in text_of(answer)
    answer = mine.post(page, {"since": today, "until": today})
    assert answer.status_code == 302
    batch = answer["Location"]
    (batch_id,) = started
    assert read("bat", batch.rsplit("/", 1)[-1]) == batch_id
    assert "0 of 2 done" in text_of(mine.get(batch))
    assert mine.get(f"{batch}/documents.zip").status_code == 404

    zips.write(batch_id, processes=1)
    assert "2 of 2 done" in text_of(mine.get(batch))
    fetched = mine.get(f"{batch}/documents.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content))) as archive:
        names = archive.namelist()
        assert len(names) == 2
        assert all(archive.read(name).startswith(b"%PDF-1.7") for name in names)
    assert "2" in text_of(mine.get(page))

    other = Browser(shop.houses.second, "admin")
    theirs = batch.replace(mine.root, other.root)
    for url in (theirs, f"{theirs}/documents.zip"):
        assert other.get(url).status_code == 404
    zips.path_of(batch_id).unlink()
    assert "was deleted meanwhile" in text_of(mine.get(batch))


def test_the_process_that_draws(
    shop: Shop, customer: Organization, started: list[UUID], tmp_path: Path, urls: DatabaseUrls
) -> None:
    """With helpers of its own, in nothing but the environment that it is given."""
    operator = shop.houses.operator
    today = clock.business_date(clock.now())
    made = ask_batch(actor=operator, now=clock.now(), first=today, last=today)
    subprocess.run(
        [sys.executable, "-m", "purveyor.interfaces.documents.drawer", str(made.id)],
        check=True,
        timeout=120,
        env=os.environ | urls.environment() | {"PURVEYOR_HOME": str(tmp_path), "PURVEYOR_SANDBOX": "1"},
    )
    with tx.enter(operator):
        found = batches.get_batch(actor=operator, batch_id=made.id)
    assert (found.status, found.done) == ("finished", found.total)
    with zipfile.ZipFile(zips.path_of(made.id)) as archive:
        assert len(archive.namelist()) == found.total


def test_the_command_line_writes_a_folder(
    shop: Shop,
    customer: Organization,
    started: list[UUID],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    cli.add_options(parser)
    today = clock.business_date(clock.now()).isoformat()
    out = tmp_path / "pdfs"
    options = parser.parse_args(["--from", today, "--until", today, "--out", str(out), "--processes", "1"])
    assert cli.run(options) == 0
    made = sorted(out.iterdir())
    assert made
    assert all(one.read_bytes().startswith(b"%PDF") for one in made)
    assert f"{len(made)} documents are in" in capsys.readouterr().out
