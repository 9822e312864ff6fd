"""How the active products did in a period: the best and the worst of them, and their categories.

One statement reads a row of whole numbers per active product, and Python picks from them: each
list in SQL would sum up the period anew. Amounts are in cents until they are shown.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from typing import Any, NamedTuple

from inventory.figures import shelves
from pos_project.core.money import CENT, money
from reports.active_products import ACTIVE, NO_BRAND, NO_CATEGORY
from reports.category_sales import sales_by_category
from reports.facts.raw import rows
from reports.facts.reading import cover
from reports.facts.sales import PRODUCTS, SALES
from reports.figures import sales_figures
from reports.percentages import average
from reports.period import Period
from reports.product_sales import REVENUE, UNITS, sold_products

ROWS = 10  # of each list
FEW_UNITS = 2  # who sold no more is among the bottom sellers
LOW_MARGIN_BELOW = Decimal("0.20")


class Sold(NamedTuple):
    """What a product did in the period. Amounts are in cents."""

    id: int
    name: str
    category_id: int  # 0: none
    price: int
    stock: int
    lines: int
    sales: int
    units: int
    revenue: int
    cogs: int

    @property
    def profit(self) -> int:
        return self.revenue - self.cogs

    @property
    def margin(self) -> float:
        """To put products in order; as a percentage it is computed exactly."""
        return self.profit / self.revenue if self.revenue else 0.0

    @property
    def has_low_margin(self) -> bool:
        return self.units > 0 and (
            not self.revenue or Decimal(self.profit) / self.revenue < LOW_MARGIN_BELOW
        )

    @property
    def unit_cost(self) -> Decimal:
        """COGS of the period ÷ its units."""
        return average(amount(self.cogs), self.units) if self.units > 0 else money(0)


@dataclass
class Category:
    """What the active products of a category did together. Amounts are in cents."""

    name: str
    products: int = 0
    units: int = 0
    revenue: int = 0
    profit: int = 0
    stock: int = 0
    prices: int = 0
    sales: int = 0  # different ones

    @property
    def average_price(self) -> Decimal:
        return average(amount(self.prices), self.products)


@dataclass(frozen=True)
class Described:
    """What a shown product is called."""

    sku: str
    image: str | None  # its picture's storage key
    category: str
    brand: str
    ever_sold: bool


@dataclass(frozen=True)
class ProductAnalysis:
    """Every list with its products in order; `described` has all of them."""

    overall: Category
    products_sold: int
    transactions: int
    top_sellers: list[Sold]
    bottom_sellers: list[Sold]
    most_profitable: list[Sold]
    lowest_margin: list[Sold]
    categories: list[Category]
    described: dict[int, Described]


def amount(cents: int) -> Decimal:
    """Cents as money."""
    return cents * CENT


def analyse(period: Period) -> ProductAnalysis:
    """Active products only; archived and inactive ones are left out everywhere."""
    products = _sold(period)
    top = _first(products, lambda each: (-each.units, -each.revenue), lambda each: each.lines > 0)
    bottom = _first(
        products,
        lambda each: (each.units, each.name.casefold()),
        lambda each: each.units <= FEW_UNITS,
    )
    profitable = _first(products, lambda each: (-each.profit,), lambda each: each.profit > 0)
    lowest = _first(products, lambda each: (each.margin,), lambda each: each.has_low_margin)
    return ProductAnalysis(
        overall=_together("", products),
        products_sold=sum(1 for each in products if each.lines > 0),
        transactions=sales_figures(cover(period, SALES)[SALES.name]).orders,
        top_sellers=top,
        bottom_sellers=bottom,
        most_profitable=profitable,
        lowest_margin=lowest,
        categories=_categories(products, period),
        described=_described({each.id for each in (*top, *bottom, *profitable, *lowest)}),
    )


def _sold(period: Period) -> list[Sold]:
    sold = sold_products(period, *PRODUCTS.figures)

    def whole(what: str) -> str:
        return f"CAST(ROUND(COALESCE({what}, 0)) AS SIGNED INTEGER)"

    found = rows(
        f"""
        SELECT p.id, p.name, COALESCE(p.category_id, 0), {whole("p.price * 100")},
            {whole("shelf.units")}, {whole("sold.line_count")}, {whole("sold.sale_count")},
            {whole(UNITS)}, {whole(f"{REVENUE} * 100")}, {whole("sold.cogs * 100")}
        FROM products p
        LEFT JOIN ({sold.sql}) sold ON sold.product_id = p.id
        LEFT JOIN ({shelves()}) shelf ON shelf.product_id = p.id
        WHERE {ACTIVE}
        """,  # noqa: S608  (our own names)
        sold.parameters,
    )
    return [Sold._make(row) for row in found]


def _first(
    products: Iterable[Sold],
    order: Callable[[Sold], tuple[Any, ...]],
    which: Callable[[Sold], bool],
) -> list[Sold]:
    # The id breaks ties: the same question, the same answer.
    return nsmallest(ROWS, filter(which, products), key=lambda each: (*order(each), each.id))


def _together(name: str, products: Sequence[Sold]) -> Category:
    return Category(
        name,
        len(products),
        sum(each.units for each in products),
        sum(each.revenue for each in products),
        sum(each.profit for each in products),
        sum(each.stock for each in products),
        sum(each.price for each in products),
    )


def _categories(products: Iterable[Sold], period: Period) -> list[Category]:
    by_category: dict[int, list[Sold]] = {}
    for each in products:
        by_category.setdefault(each.category_id, []).append(each)
    names = dict(rows("SELECT id, name FROM categories", {}))
    sales = sales_by_category(period)
    found = []
    for category_id, of_category in by_category.items():
        category = _together(names.get(category_id, NO_CATEGORY), of_category)
        category.sales = sales.get(category_id, 0)
        found.append(category)
    return sorted(found, key=lambda each: (-each.revenue, each.name))


def _described(product_ids: Iterable[int]) -> dict[int, Described]:
    marks = ", ".join(map(str, sorted(product_ids))) or "NULL"
    return {
        product_id: Described(
            sku, image, category or NO_CATEGORY, brand or NO_BRAND, bool(ever_sold)
        )
        for product_id, sku, image, category, brand, ever_sold in rows(
            f"""
            SELECT p.id, p.sku, p.image_public_id, c.name, b.name, EXISTS (
                SELECT 1 FROM sale_items i JOIN sales s ON s.id = i.sale_id
                WHERE i.product_id = p.id AND s.status = 'completed'
            )
            FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            LEFT JOIN brands b ON b.id = p.brand_id
            WHERE p.id IN ({marks})
            """,  # noqa: S608  (ids)
            {},
        )
    }
