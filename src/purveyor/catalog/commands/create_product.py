"""Open a product."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.catalog import models
from purveyor.catalog.commands._desk import put_on_record, unique_code
from purveyor.catalog.events import ProductCreated
from purveyor.catalog.rules.fields import clean_code, clean_name
from purveyor.catalog.types import Product
from purveyor.infra.commands import command
from purveyor.kernel.actor import Actor
from purveyor.kernel.errors import NotFound
from purveyor.kernel.ids import new_id
from purveyor.kernel.names import sort_key
from purveyor.parties.authority import require


@command
def create_product(*, actor: Actor, now: datetime, vendor_id: UUID, code: str, name: str) -> Product:
    """Open a product of a vendor. Operator only.

    Raises: Forbidden, Invalid, NotFound (vendor), CodeTaken.  Emits: product.created.
    """
    require(actor, "operate")
    product = Product(new_id(), vendor_id, clean_code(code), clean_name(name))
    if not models.Vendor.objects.filter(id=vendor_id).exists():
        raise NotFound(field="vendor")
    with unique_code(product.code):
        models.Product.objects.create(
            id=product.id,
            vendor_id=vendor_id,
            code=product.code,
            name=product.name,
            sort_key=sort_key(product.name),
        )
    put_on_record(
        actor,
        now,
        ProductCreated(product=product.code, name=product.name),
        subject_kind="product",
        subject_id=product.id,
        facts={"code": product.code, "name": product.name},
    )
    return product
