"""Open a vendor."""

from __future__ import annotations

from datetime import datetime

from purveyor.catalog import models
from purveyor.catalog.commands._desk import put_on_record, unique_code
from purveyor.catalog.events import VendorCreated
from purveyor.catalog.rules.fields import clean_code, clean_name
from purveyor.catalog.types import Vendor
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.ids import new_id
from purveyor.kernel.names import sort_key
from purveyor.parties.authority import require


@command
def create_vendor(*, actor: Actor, now: datetime, code: str, name: str) -> Vendor:
    """Open a vendor, whose products are sold. Operator only.

    Raises: Forbidden, Invalid, CodeTaken.  Emits: vendor.created.
    """
    require(actor, "operate")
    vendor = Vendor(new_id(), clean_code(code), clean_name(name))
    with unique_code(vendor.code):
        models.Vendor.objects.create(
            id=vendor.id, code=vendor.code, name=vendor.name, sort_key=sort_key(vendor.name)
        )
    put_on_record(
        actor,
        now,
        VendorCreated(vendor=vendor.code, name=vendor.name),
        subject_kind="vendor",
        subject_id=vendor.id,
        facts={"code": vendor.code, "name": vendor.name},
    )
    return vendor
