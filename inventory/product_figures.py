"""What a product's page says beyond the product itself: its stock, its sales, its cost.

For the rows of one page there is one grouped query per figure. The two subqueries are for lists
that are ordered or filtered by a figure, where every product's counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import DecimalField, F, Max, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce

from accounts.models import REORDER_BELOW
from inventory.models import Batch, InventoryLog
from inventory.store_product_models import StoreProduct
from pos_project.core.db.prepared import prepared

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
        dict(_stock_of(ids, store_id)),
        units_sold(ids, store_id=store_id, today=today),
    )


def stock_of(product_ids: Sequence[int], store_id: int) -> QuerySet[Any]:
    """Products and their units in stock, as a query."""
    held = Batch.objects.filter(product_id__in=product_ids, store_id=store_id, is_open=1)
    return held.order_by().values("product_id").annotate(units=Sum("remaining"))


def sold_of(product_ids: Sequence[int], store_id: int, since: date) -> QuerySet[Any]:
    """Products and their units in sales completed since a day, as a query."""
    sales = InventoryLog.objects.filter(
        product_id__in=product_ids,
        store_id=store_id,
        kind=InventoryLog.Kind.SALE,
        business_date__gte=since,
    )
    return sales.order_by().values("product_id").annotate(units=-Sum("change_qty"))


def sold_since(today: date) -> date:
    """The first day of what counts as sold lately."""
    return today - timedelta(days=SOLD_DAYS)


@prepared
def _stock_of(product_ids: Sequence[int], store_id: int) -> QuerySet[Any]:
    return stock_of(product_ids, store_id).values_list("product_id", "units", named=True)


@prepared
def _sold_of(product_ids: Sequence[int], store_id: int, since: date) -> QuerySet[Any]:
    return sold_of(product_ids, store_id, since).values_list("product_id", "units", named=True)


def units_sold_anywhere(product_ids: Iterable[int], *, today: date) -> dict[int, Decimal]:
    """The same as `units_sold`, in all stores together."""
    sold = InventoryLog.objects.filter(
        product_id__in=list(product_ids),
        kind=InventoryLog.Kind.SALE,
        business_date__gte=sold_since(today),
    )
    return dict(sold.order_by().values_list("product_id").annotate(units=-Sum("change_qty")))


def units_sold(product_ids: Iterable[int], *, store_id: int, today: date) -> dict[int, Decimal]:
    """Units in sales completed since the day 30 days before `today`, by product id."""
    return dict(_sold_of(list(product_ids), store_id, sold_since(today)))


def latest_purchase_cost(product_id: int) -> Decimal | None:
    """What a unit cost when the product was last bought; None when it never was."""
    return next(iter(_latest_cost(product_id)), None)


def latest_cost(product_id: int) -> QuerySet[Any]:
    """What a unit cost when the product was last bought, as a query of at most one row."""
    return Batch.objects.all().bought(product_id).values_list("unit_cost", flat=True)[:1]


_latest_cost = prepared(latest_cost)


def cost_of_each() -> Subquery:
    """What a unit cost when a product was last bought, as an expression over a query of them."""
    bought = Batch.objects.filter(
        product_id=OuterRef("pk"),
        origin=Batch.Origin.PURCHASE,
        purchase_item__reversed_by__isnull=True,
    )
    return Subquery(bought.order_by("-id").values("unit_cost")[:1])


def latest_purchase_costs(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """The same of many products in one query; one that was never bought is absent."""
    bought = Batch.objects.all().bought(*product_ids).order_by()
    newest = bought.values("product_id").annotate(newest=Max("id")).values("newest")
    rows: Any = Batch.objects.filter(pk__in=newest)
    return dict(rows.values_list("product_id", "unit_cost"))


def stock_of_each(store_id: int | None) -> Coalesce:
    """A product's units in stock, as an expression over a query of products; None: in all
    stores."""
    open_batches = Batch.objects.filter(product_id=OuterRef("pk"), is_open=1)
    if store_id is not None:
        open_batches = open_batches.filter(store_id=store_id)
    return _sum_or_zero(open_batches, F("remaining"))


def stock_of_each_in_its_store() -> Coalesce:
    """A product's units in stock in a store, as an expression over rows of both."""
    there = Batch.objects.filter(
        product_id=OuterRef("product_id"), store_id=OuterRef("store_id"), is_open=1
    )
    return _sum_or_zero(there, F("remaining"))


def level_of_each(default: int = REORDER_BELOW, *, store_id: int | None = None) -> Coalesce:
    """The units below which a product is short: its level in the store, its own, or the default."""
    return Coalesce(*_in_store_first("reorder_level", store_id), Value(default))


def quantity_of_each(store_id: int | None) -> Coalesce | F:
    """How many units of a product are ordered at a time: in the store, or in any; or nothing."""
    first, *others = _in_store_first("reorder_quantity", store_id)
    return Coalesce(first, *others) if others else F("reorder_quantity")


def _in_store_first(column: str, store_id: int | None) -> list[Combinable]:
    if store_id is None:
        return [F(column)]
    there = StoreProduct.objects.filter(product_id=OuterRef("pk"), store_id=store_id)
    return [Subquery(there.values(column)[:1]), F(column)]


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
    looked_up = f"SELECT sums.sold FROM ({sql}) sums WHERE sums.product_id = products.id"  # noqa: S608  (ours)
    return Coalesce(RawSQL(looked_up, parameters), Value(Decimal(0)), output_field=_UNITS)  # noqa: S611  (ours)


def shelves(*, worth: bool = False, store_id: int | None = None) -> str:
    """SQL of what is on the shelves of a store, or of all: one row per product that has stock, with
    its units and, where asked for, their worth at cost, which is each batch's own, rounded to the
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
    there = "" if store_id is None else f" AND store_id = {int(store_id)}"
    return f"SELECT {shown} FROM batches WHERE is_open = 1{there} GROUP BY product_id"  # noqa: S608  (ours)


def _sales(store_id: int, today: date) -> QuerySet[InventoryLog]:
    return InventoryLog.objects.filter(
        store_id=store_id,
        kind=InventoryLog.Kind.SALE,
        business_date__gte=sold_since(today),
    )


def _sum_or_zero(rows: QuerySet[Any], units: Combinable) -> Coalesce:
    # Grouped by a column that is the same in every row: one sum.
    total = rows.order_by().values("product_id").annotate(total=Sum(units)).values("total")
    return Coalesce(Subquery(total), Value(Decimal(0)), output_field=_UNITS)
