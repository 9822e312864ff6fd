"""`/api/dashboard/product-analysis`: the best and the worst of the active products, and their
categories.

One statement reads a row of whole numbers per active product, and Python picks from them, with
what was sold of each beside it: each list in SQL would sort every product once more. Amounts are
in cents until they are shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest
from typing import Any, NamedTuple

from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField

from pos_project.core.db.store_rows import and_reported
from pos_project.core.http.fields import MoneyField
from pos_project.core.http.figures import (
    CentsField,
    FiguresSerializer,
    FixedText,
    Meta,
    PercentField,
)
from pos_project.core.http.period_query import FROM, TO, period_of
from pos_project.core.images.pictures import image_url
from pos_project.core.money import amount, divided, money
from pos_project.core.percentages import average
from pos_project.core.period import Period
from reports.dashboards.category_sales import sales_by_category
from reports.dashboards.dashboard import DAYS, DashboardView, NamedPeriod
from reports.dashboards.product_sales import NOTHING, sold_products
from reports.dashboards.stock_now import EMPTY, stock_now
from reports.summaries.active_products import ACTIVE, NO_BRAND, NO_CATEGORY
from reports.summaries.categories import CATEGORIES
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.raw import id_list, rows, whole
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

    @property
    def average_sale(self) -> Decimal:
        return average(amount(self.revenue), self.sales)


@dataclass(frozen=True)
class Names:
    """What a listed product is called."""

    sku: str
    image: str | None  # the address of its picture
    category: str
    brand: str
    ever_sold: bool


@dataclass(frozen=True)
class Listed:
    product: Analysed
    names: Names

    @property
    def why_so_few(self) -> str:
        if not self.names.ever_sold:
            return "Never sold"
        return "Very low sales" if self.product.sales else "No sales in this period"


@dataclass(frozen=True)
class ProductAnalysis:
    period: Period
    overall: Category
    products_sold: int
    top_sellers: list[Listed]
    bottom_sellers: list[Listed]
    most_profitable: list[Listed]
    lowest_margin: list[Listed]
    categories: list[Category]

    @property
    def products_unsold(self) -> int:
        return self.overall.products - self.products_sold


class ProductAnalysisOut(FiguresSerializer):
    class OverviewMetrics(FiguresSerializer):
        total_active_products = IntegerField(source="overall.products")
        products_sold = IntegerField()
        products_unsold = IntegerField()
        sell_through_rate = PercentField("products_sold", of="overall.products")
        total_units_sold = IntegerField(source="overall.units")
        total_revenue = CentsField(source="overall.revenue")
        avg_transaction_value = MoneyField(source="overall.average_sale")
        avg_product_price = MoneyField(source="overall.average_price")
        total_inventory_units = IntegerField(source="overall.stock")
        total_transactions = IntegerField(source="overall.sales")

    class Listed(FiguresSerializer):
        product_id = IntegerField(source="product.id")
        product_name = CharField(source="product.name")
        sku = CharField(source="names.sku")
        image = CharField(source="names.image", allow_null=True)
        category = CharField(source="names.category")
        units_sold = IntegerField(source="product.units")
        total_revenue = CentsField(source="product.revenue")
        current_stock = IntegerField(source="product.stock")

    class Earner(Listed):
        note = FixedText("FIFO cost")
        gross_profit = CentsField(source="product.profit")
        profit_margin = PercentField("product.profit", of="product.revenue")

    class TopSellers(Earner):
        brand = CharField(source="names.brand")
        current_price = CentsField(source="product.price")
        avg_cost = MoneyField(source="product.unit_cost")
        transaction_count = IntegerField(source="product.sales")

    class BottomSellers(Listed):
        note = CharField(source="why_so_few")
        brand = CharField(source="names.brand")
        current_price = CentsField(source="product.price")
        transaction_count = IntegerField(source="product.sales")

    class HighestProfitProducts(Earner):
        total_cost = CentsField(source="product.cogs")

    class LowestMarginProducts(HighestProfitProducts):
        selling_price = CentsField(source="product.price")
        current_list_price = CentsField(source="product.price")
        avg_cost = MoneyField(source="product.unit_cost")
        recommendation = FixedText("Consider a higher price or a cheaper source")

    class CategoryPerformance(FiguresSerializer):
        category_name = CharField(source="name")
        total_products = IntegerField(source="products")
        total_units_sold = IntegerField(source="units")
        total_revenue = CentsField(source="revenue")
        transaction_count = IntegerField(source="sales")
        avg_price = MoneyField(source="average_price")
        avg_revenue_per_transaction = MoneyField(source="average_sale")
        total_stock = IntegerField(source="stock")
        total_profit = CentsField(source="profit")
        profit_margin = PercentField("profit", of="revenue")
        avg_profit_margin = PercentField("profit", of="revenue")

    period = NamedPeriod()
    overview_metrics = OverviewMetrics(source="*")
    top_sellers = TopSellers(many=True)
    bottom_sellers = BottomSellers(many=True)
    highest_profit_products = HighestProfitProducts(source="most_profitable", many=True)
    lowest_margin_products = LowestMarginProducts(source="lowest_margin", many=True)
    category_performance = CategoryPerformance(source="categories", many=True)


@dataclass(frozen=True)
class PeriodAndDays:
    period: Period
    days: int  # echoed


class PeriodDaysMeta(Meta):
    period_days = IntegerField(source="query.days")


class ProductAnalysisView(DashboardView):
    """The best and worst sellers and earners of the period, and its categories. Active products
    only."""

    message = "Product analysis"
    data_serializer = ProductAnalysisOut
    meta_serializer = PeriodDaysMeta
    parameters = (FROM, TO, DAYS.parameter)

    def parse_query(self, request: Request, **path: str) -> PeriodAndDays:
        query = request.query_params
        return PeriodAndDays(period_of(query), DAYS.parse(query))

    def read(self, query: PeriodAndDays) -> ProductAnalysis:
        period = query.period
        plans = plan_reading(period, PRODUCTS, SALES, CATEGORIES)
        products = _read_products(plans[PRODUCTS.name])
        now = {row[0]: row[CATEGORY_AT] for row in products}
        categories = _categories(products, sales_by_category(plans[CATEGORIES.name], period, now))
        lists = _lists(products)
        names = _find_names({each.id for few in lists for each in few}, self.request)
        top, bottom, profitable, low = (
            [Listed(each, names[each.id]) for each in few] for few in lists
        )
        return ProductAnalysis(
            period=period,
            overall=_overall(categories, _count_sales(plans[SALES.name])),
            products_sold=sum(row[SALES_AT] > 0 for row in products),
            top_sellers=top,
            bottom_sellers=bottom,
            most_profitable=profitable,
            lowest_margin=low,
            categories=categories,
        )


def _count_sales(plan: ReadPlan) -> int:
    """All sales of the period, whatever was sold."""
    [(orders,)] = figures(SALES.only("orders"), plan).values()
    return int(orders or 0)


def _read_products(plan: ReadPlan) -> list[Row]:
    [sums] = sold_products(plan)
    stock = stock_now()
    found = rows(
        f"""
        SELECT p.id, p.name, COALESCE(p.category_id, 0), {whole("p.price * 100")}
        FROM products p WHERE {ACTIVE}
        """,
        {},
    )
    products: list[Row] = []
    for row in found:
        _, sales, quantity, subtotal, returned, returned_value, cogs = sums.get(row[0], NOTHING)
        units, revenue = (quantity - returned) // 1000, subtotal - returned_value
        on_shelf = divided(stock.get(row[0], EMPTY).units, 1000)
        products.append((*row, on_shelf, sales, units, revenue, cogs))
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


def _overall(categories: Iterable[Category], sales: int) -> Category:
    """All of them together, in `sales`; one may be in several, so theirs are not added up."""
    overall = Category("", sales=sales)
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


def _find_names(product_ids: Iterable[int], request: Request) -> dict[int, Names]:
    return {
        product_id: Names(
            sku,
            image_url(image, request),
            category or NO_CATEGORY,
            brand or NO_BRAND,
            bool(ever_sold),
        )
        for product_id, sku, image, category, brand, ever_sold in rows(
            f"""
            SELECT p.id, p.sku, p.image_public_id, c.name, b.name, EXISTS (
                SELECT 1 FROM sale_items i JOIN sales s ON s.id = i.sale_id
                WHERE i.product_id = p.id AND s.status = 'completed'{and_reported("s.store_id")}
            )
            FROM products p
            LEFT JOIN categories c ON c.id = p.category_id
            LEFT JOIN brands b ON b.id = p.brand_id
            WHERE p.id IN ({id_list(sorted(product_ids))})
            """,
            {},
        )
    }
