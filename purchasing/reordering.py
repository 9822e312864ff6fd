"""What should be bought again: goods of which less is there than their reorder level, by supplier.

Nothing is kept and nothing is booked: it is read off the stock, as it is now.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import F

from accounts.models import Store
from accounts.stores import whose_levels
from catalog.models import Product
from inventory import product_figures
from pos_project.core.days import today
from pos_project.core.money import money

NO_SUPPLIER = 0  # no supplier has this id


@dataclass(frozen=True)
class ToReorder:
    """A product that is short: what there is, below what it is short, what it sold in 30 days, and
    how many units are suggested. `cost` is what a unit cost the last time; None if never bought."""

    product_id: int
    name: str
    sku: str
    supplier_id: int
    supplier_name: str
    stock: Decimal
    level: int
    sold: Decimal
    units: Decimal
    cost: Decimal | None

    @property
    def amount(self) -> Decimal | None:
        return None if self.cost is None else money(self.units * self.cost)


def suggested(
    stock: Decimal, *, level: int, quantity: int | None, sold: Decimal = Decimal(0)
) -> Decimal:
    """How many units to order, where fewer than `level` are there. Pure.

    As often the quantity that is ordered at a time as it takes to reach the level; without one,
    what is missing to the level or, if that is more, to what 30 days sold.
    """
    missing = level - stock
    if quantity is None:
        return max(missing, sold - stock).to_integral_value(ROUND_CEILING)
    return quantity * (missing / quantity).to_integral_value(ROUND_CEILING)


def to_reorder(
    shop: Store, *, store_id: int | None = None, supplier_id: int | None = None
) -> list[ToReorder]:
    """Active goods below their level in the store, else their own, else the shop's: by supplier,
    then by name. `store_id` None counts the stock of all stores, and only their own levels;
    `supplier_id` 0 is those without one. Three statements."""
    leveled = whose_levels(store_id)
    products = (
        Product.objects.sellable()
        .filter(keeps_stock=True)
        .annotate(
            level=product_figures.level_of_each(shop.reorder_level, store_id=leveled),
            stock=product_figures.stock_of_each(store_id),
            at_a_time=product_figures.quantity_of_each(leveled),
            supplier_name=F("preferred_supplier__name"),
        )
        .filter(stock__lt=F("level"))
    )
    if supplier_id is not None:
        products = products.filter(preferred_supplier=supplier_id or None)
    columns = ("id", "name", "sku", "preferred_supplier_id", "supplier_name", "stock", "level")
    rows: list[Any] = list(
        products.order_by("search_text", "id").values_list(*columns, "at_a_time", named=True)
    )
    ids = [row.id for row in rows]
    costs = product_figures.latest_purchase_costs(ids)
    sold = (
        product_figures.units_sold_anywhere(ids, today=today())
        if store_id is None
        else product_figures.units_sold(ids, store_id=store_id, today=today())
    )
    found = [
        ToReorder(
            row.id,
            row.name,
            row.sku,
            row.preferred_supplier_id or NO_SUPPLIER,
            row.supplier_name or "",
            row.stock,
            row.level,
            sold.get(row.id, Decimal(0)),
            suggested(
                row.stock,
                level=row.level,
                quantity=row.at_a_time or shop.reorder_quantity,
                sold=sold.get(row.id, Decimal(0)),
            ),
            costs.get(row.id),
        )
        for row in rows
    ]
    return sorted(found, key=_by_supplier)


def _by_supplier(row: ToReorder) -> tuple[bool, str, int]:
    """Those without a supplier come last; else as they were."""
    return row.supplier_id == NO_SUPPLIER, row.supplier_name.casefold(), row.supplier_id
