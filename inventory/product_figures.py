"""What a product's page says beyond the product itself: its stock, its sales, its cost.

For the rows of one page there is one grouped query per figure. The two subqueries are for lists
that are ordered or filtered by a figure, where every product's counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import DecimalField, F, Max, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce

from inventory.models import Batch, InventoryLog

SOLD_DAYS = 30
_UNITS = DecimalField(max_digits=12, decimal_places=3)


@dataclass(frozen=True)
class Figures:
    """Units in one store: what is there now, and what was sold in the last 30 days."""

    stock: dict[int, Decimal]
    sold: dict[int, Decimal]


def of_products(product_ids: Iterable[int], *, store_id: int, today: date) -> Figures:
    """The figures of these products, two queries however many they are; 0 is absent."""
    ids = list(product_ids)
    return Figures(
        Batch.objects.all().stock(ids, store_id=store_id),
        units_sold(ids, store_id=store_id, today=today),
    )


def units_sold(product_ids: Iterable[int], *, store_id: int, today: date) -> dict[int, Decimal]:
    """Units in sales completed since the day 30 days before `today`, by product id."""
    sales = _sales(store_id, today).filter(product_id__in=list(product_ids))
    rows = sales.values_list("product_id").annotate(units=Sum("change_qty")).order_by()
    return {product_id: -units for product_id, units in rows}


def latest_purchase_cost(product_id: int) -> Decimal | None:
    """What a unit cost when the product was last bought; None when it never was."""
    return Batch.objects.all().bought(product_id).values_list("unit_cost", flat=True).first()


def latest_purchase_costs(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """The same of many products in one query; one that was never bought is absent."""
    bought = Batch.objects.all().bought(*product_ids).order_by()
    newest = bought.values("product_id").annotate(newest=Max("id")).values("newest")
    rows: Any = Batch.objects.filter(pk__in=newest)
    return dict(rows.values_list("product_id", "unit_cost"))


def stock_of_each(store_id: int) -> Coalesce:
    """A product's units in stock, as an expression over a query of products."""
    open_batches = Batch.objects.filter(product_id=OuterRef("pk"), store_id=store_id, is_open=1)
    return _sum_or_zero(open_batches, F("remaining"))


def sold_of_each(store_id: int, today: date) -> Coalesce:
    """A product's units sold in the last 30 days, as an expression over a query of products."""
    if connection.vendor != "mysql":
        theirs = _sales(store_id, today).filter(product_id=OuterRef("pk"))
        return _sum_or_zero(theirs, -F("change_qty"))
    # All products' sums are made once, then looked up. Product by product, MariaDB reads all that
    # ever happened to it: an index serves its equals or its range of days, not both. The SQL is
    # the ORM's own, in ours.
    sums = _sales(store_id, today).order_by().values("product_id").annotate(sold=-Sum("change_qty"))
    sql, parameters = sums.query.sql_with_params()
    looked_up = f"SELECT sums.sold FROM ({sql}) sums WHERE sums.product_id = products.id"  # noqa: S608
    return Coalesce(RawSQL(looked_up, parameters), Value(Decimal(0)), output_field=_UNITS)  # noqa: S611


def shelves(*, worth: bool = False) -> str:
    """SQL of what is on the shelves of all stores: one row per product that has stock, with its
    units and, where asked for, their worth at cost, which is each batch's own, rounded to the
    cent (ADR 2)."""
    shown = "product_id, ROUND(SUM(remaining), 3) AS units"
    if worth:
        # Whole numbers on SQLite: its decimals are floats, which would miss half a cent.
        of_batch = (
            "(CAST(ROUND(remaining * 1000) AS INTEGER) * CAST(ROUND(unit_cost * 10000) AS INTEGER)"
            " + 50000) / 100000 / 100.0"
            if connection.vendor == "sqlite"
            else "ROUND(remaining * unit_cost, 2)"
        )
        shown += f", ROUND(SUM({of_batch}), 2) AS worth"
    return f"SELECT {shown} FROM batches WHERE is_open = 1 GROUP BY product_id"  # noqa: S608  (ours)


def _sales(store_id: int, today: date) -> QuerySet[InventoryLog]:
    return InventoryLog.objects.filter(
        store_id=store_id,
        kind=InventoryLog.Kind.SALE,
        business_date__gte=today - timedelta(days=SOLD_DAYS),
    )


def _sum_or_zero(rows: QuerySet[Any], units: Combinable) -> Coalesce:
    # Grouped by a column that is the same in every row: one sum.
    total = rows.order_by().values("product_id").annotate(total=Sum(units)).values("total")
    return Coalesce(Subquery(total), Value(Decimal(0)), output_field=_UNITS)
