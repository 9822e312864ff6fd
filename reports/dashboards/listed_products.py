"""What lists say of the products on them, looked up for these few once they are chosen."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from rest_framework.serializers import CharField, IntegerField

from accounts.stores import whose_levels
from pos_project.core.db.store_rows import REPORTED_STORE, and_reported
from pos_project.core.http.figures import FiguresSerializer
from reports.summaries.active_products import NO_BRAND, NO_CATEGORY
from reports.summaries.raw import exact, id_list, rows

# Of a few products `p`; over every product join `shelves()` instead.
_STOCK = "(SELECT SUM(b.remaining) FROM batches b WHERE b.product_id = p.id AND b.is_open = 1{})"


class ListedProduct(NamedTuple):
    id: int
    name: str
    sku: str
    price: Decimal
    category: str
    brand: str
    stock: int  # units, in the store that is reported or in all
    reorder_level: int | None  # in the store that is reported, else its own


class ProductOut(FiguresSerializer):
    """Which product a row is about."""

    product_id = IntegerField(source="product.id")
    product_name = CharField(source="product.name")
    sku = CharField(source="product.sku")


def level_in_store(column: str = "reorder_level") -> tuple[str, str]:
    """SQL of what the store that is reported says of products `p`, and the join that it needs;
    nothing where several are reported."""
    store_id = whose_levels(REPORTED_STORE.get())
    if store_id is None:
        return "NULL", ""
    here = f"here.product_id = p.id AND here.store_id = {int(store_id)}"
    return f"here.{column}", f" LEFT JOIN store_products here ON {here}"


def find_products(
    ids: Iterable[int], *, stock: Mapping[int, int] | None = None
) -> dict[int, ListedProduct]:
    """These products by id, in one statement. Their stock is read with them unless it is known."""
    level, joined = level_in_store()
    found = rows(
        f"""
        SELECT p.id, p.name, p.sku, p.price, c.name, b.name, COALESCE({level}, p.reorder_level),
            {_STOCK.format(and_reported("b.store_id")) if stock is None else "NULL"}
        FROM products p{joined}
        LEFT JOIN categories c ON c.id = p.category_id
        LEFT JOIN brands b ON b.id = p.brand_id
        WHERE p.id IN ({id_list(ids)})
        """,
        {},
    )
    return {
        product_id: ListedProduct(
            product_id,
            name,
            sku,
            exact(price, 2),
            category or NO_CATEGORY,
            brand or NO_BRAND,
            int(units or 0) if stock is None else stock[product_id],
            level,
        )
        for product_id, name, sku, price, category, brand, level, units in found
    }
