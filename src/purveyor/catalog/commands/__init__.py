"""What the operator's desk writes in the catalog."""

from purveyor.catalog.commands.create_offer import create_offer
from purveyor.catalog.commands.create_plan import create_plan
from purveyor.catalog.commands.create_price_list import create_price_list
from purveyor.catalog.commands.create_product import create_product
from purveyor.catalog.commands.create_vendor import create_vendor
from purveyor.catalog.commands.set_discount import set_discount
from purveyor.catalog.commands.set_price import set_price
from purveyor.catalog.commands.withdraw_offer import withdraw_offer

__all__ = [
    "create_offer",
    "create_plan",
    "create_price_list",
    "create_product",
    "create_vendor",
    "set_discount",
    "set_price",
    "withdraw_offer",
]
