"""How the active products did in a period: the best and the worst of them, and their categories.

One statement reads a row of whole numbers per active product, and Python picks from them, with
what was sold of each beside it: each list in SQL would sort every product once more. Amounts are
in cents until they are shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from typing import Any, NamedTuple

from inventory.product_figures import shelves
from pos_project.core.money import amount, money
from pos_project.core.percentages import average
from pos_project.core.period import Period
from reports.dashboards.category_sales import sales_by_category
from reports.dashboards.product_sales import NOTHING, sold_products
from reports.summaries.active_products import ACTIVE, NO_BRAND, NO_CATEGORY
from reports.summaries.categories import CATEGORIES
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.raw import rows, whole
from reports.summaries.sale_sums import PRODUCTS, SALES
from reports.summaries.sums import figures

ROWS = 10  # of each list
FEW_UNITS = 2  # who sold no more is among the bottom sellers
LOW_MARGIN_BELOW = 20  # percent


# A row of every active product as it was read: the fields of `Analysed`, which the shown become.
Row = tuple[Any, ...]


class Analysed(NamedTuple):
    """What a product did in the period. Amounts are in cents."""

    id: int
    name: str
    category_id: int  # 0: none
    price: int
    stock: int
    sales: int  # different ones
    units: int
    revenue: int
    cogs: int

    @property
    def profit(self) -> int:
        return self.revenue - self.cogs

    @property
    def unit_cost(self) -> Decimal:
        """COGS of the period ÷ its units."""
        return average(amount(self.cogs), self.units) if self.units > 0 else money(0)


CATEGORY_AT, SALES_AT, UNITS_AT, REVENUE_AT, COGS_AT = (
    Analysed._fields.index(name) for name in ("category_id", "sales", "units", "revenue", "cogs")
)


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
    top_sellers: list[Analysed]
    bottom_sellers: list[Analysed]
    most_profitable: list[Analysed]
    lowest_margin: list[Analysed]
    categories: list[Category]
    described: dict[int, Described]


def analyse(period: Period) -> ProductAnalysis:
    """Active products only; archived and inactive ones are left out everywhere."""
    plans = plan_reading(period, PRODUCTS, SALES, CATEGORIES)
    products = _sold(plans[PRODUCTS.name])
    top, bottom, profitable, lowest = _lists(products)
    now = {row[0]: row[CATEGORY_AT] for row in products}
    categories = _categories(products, sales_by_category(plans[CATEGORIES.name], period, now))
    return ProductAnalysis(
        overall=_overall(categories),
        products_sold=sum(row[SALES_AT] > 0 for row in products),
        transactions=_transactions(plans[SALES.name]),
        top_sellers=top,
        bottom_sellers=bottom,
        most_profitable=profitable,
        lowest_margin=lowest,
        categories=categories,
        described=_described({each.id for each in (*top, *bottom, *profitable, *lowest)}),
    )


def _transactions(plan: ReadPlan) -> int:
    """All sales of the period, whatever was sold."""
    [(orders,)] = figures(SALES.only("orders"), plan).values()
    return int(orders or 0)


def _sold(plan: ReadPlan) -> list[Row]:
    [sums] = sold_products(plan)
    found = rows(
        f"""
        SELECT p.id, p.name, COALESCE(p.category_id, 0), {whole("p.price * 100")},
            {whole("COALESCE(shelf.units, 0)")}
        FROM products p LEFT JOIN ({shelves()}) shelf ON shelf.product_id = p.id
        WHERE {ACTIVE}
        """,  # noqa: S608  (our own names)
        {},
    )
    products: list[Row] = []
    for row in found:
        _, sales, quantity, subtotal, returned, returned_value, cogs = sums.get(row[0], NOTHING)
        units, revenue = (quantity - returned) // 1000, subtotal - returned_value
        products.append((*row, sales, units, revenue, cogs))
    return products


def _lists(products: Sequence[Row]) -> list[list[Analysed]]:
    """The top sellers, the bottom sellers, the most profitable, those with the lowest margin."""
    sold = [row for row in products if row[SALES_AT] > 0]
    fewest = [row for row in products if row[UNITS_AT] <= FEW_UNITS]
    profitable = [row for row in products if row[REVENUE_AT] > row[COGS_AT]]
    low = [
        row
        for row in products
        if row[UNITS_AT] > 0 and _is_low(row[REVENUE_AT] - row[COGS_AT], row[REVENUE_AT])
    ]
    return [
        _first(sold, lambda row: -row[UNITS_AT], lambda row: (-row[REVENUE_AT], row[0])),
        _first(fewest, lambda row: row[UNITS_AT], lambda row: (row[1].casefold(), row[0])),
        _first(profitable, lambda row: row[COGS_AT] - row[REVENUE_AT], lambda row: row[0]),
        _first(low, _margin, lambda row: row[0]),
    ]


def _first(
    products: Sequence[Row], place: Callable[[Row], float], ties: Callable[[Row], Any]
) -> list[Analysed]:
    """The few with the smallest `place`. What breaks ties is asked only of those at the edge."""
    places = list(map(place, products))
    last = max(nsmallest(ROWS, places), default=0)
    few = [(at, ties(row), row) for at, row in zip(places, products, strict=True) if at <= last]
    return [Analysed._make(row) for _, _, row in nsmallest(ROWS, few)]


def _margin(product: Row) -> float:
    """To put products in order; as a percentage the margin is computed exactly."""
    revenue = product[REVENUE_AT]
    return (revenue - product[COGS_AT]) / revenue if revenue else 0.0


def _is_low(profit: int, revenue: int) -> bool:
    """Whether the margin is low, as it is shown: 0 without revenue, and a loss on revenue below
    zero, when dearer goods came back, is a margin above zero."""
    if revenue < 0:
        profit, revenue = -profit, -revenue
    return not revenue or 100 * profit < LOW_MARGIN_BELOW * revenue


def _together(name: str, products: Iterable[Row]) -> Category:
    count, units, revenue, cogs, stock, prices = 0, 0, 0, 0, 0, 0
    for _, _, _, price, on_shelf, _, sold, of_product, cost in products:
        count += 1
        units += sold
        revenue += of_product
        cogs += cost
        stock += on_shelf
        prices += price
    return Category(name, count, units, revenue, revenue - cogs, stock, prices)


def _overall(categories: Iterable[Category]) -> Category:
    """All of them together; a sale may be in several, so theirs are not added up."""
    overall = Category("")
    for each in categories:
        overall.products += each.products
        overall.units += each.units
        overall.revenue += each.revenue
        overall.profit += each.profit
        overall.stock += each.stock
        overall.prices += each.prices
    return overall


def _categories(products: Iterable[Row], sales: Mapping[int, int]) -> list[Category]:
    by_category: dict[int, list[Row]] = {}
    for row in products:
        by_category.setdefault(row[CATEGORY_AT], []).append(row)
    names = dict(rows("SELECT id, name FROM categories", {}))
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
