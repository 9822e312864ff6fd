"""`/api/dashboard/inventory/detailed`: the most valuable stock, product by product."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import nsmallest

from rest_framework.request import Request
from rest_framework.serializers import CharField, IntegerField

from inventory.product_figures import SOLD_DAYS
from pos_project.core.days import today
from pos_project.core.db.store_rows import and_reported
from pos_project.core.http.fields import DayField, MoneyField
from pos_project.core.http.figures import (
    CentsField,
    FiguresSerializer,
    FixedText,
    Meta,
    PercentField,
)
from pos_project.core.http.period_query import WholeNumber
from pos_project.core.money import ZERO, amount, divided, money
from reports.dashboards.dashboard import DashboardView
from reports.dashboards.listed_products import ListedProduct, ProductOut, find_products
from reports.dashboards.product_sales import NOTHING, Sold, last_days
from reports.dashboards.stock_now import EMPTY, stock_now
from reports.dashboards.unit_costs import UnitCost, sold_and_costs
from reports.summaries.active_products import KEPT_IN_STOCK
from reports.summaries.raw import as_day, exact, id_list, rows, whole

LIMIT = WholeNumber("limit", default=50, most=500)
HISTORY = 20  # purchase lines shown of a product
NO_SUPPLIER = "Unknown"


@dataclass(frozen=True)
class Bought:
    """A purchase line; or, without a day, none."""

    units: int = 0
    unit_price: Decimal = ZERO
    subtotal: Decimal = ZERO
    invoice_no: str | None = None
    day: date | None = None
    supplier: str = NO_SUPPLIER


@dataclass
class Purchases:
    """All that was ever bought of a product, in units, and its newest lines."""

    units: int = 0
    newest: list[Bought] = field(default_factory=list)

    @property
    def last(self) -> Bought:
        return self.newest[0] if self.newest else Bought()


@dataclass(frozen=True)
class StockedProduct:
    """A product with stock."""

    product: ListedProduct
    worth: Decimal  # at the cost of its batches
    units_sold: int  # in the last 30 days
    cost: UnitCost
    purchases: Purchases

    @property
    def at_average_cost(self) -> int:
        """In cents."""
        return self.product.stock * self.cost.bought

    @property
    def at_retail(self) -> Decimal:
        return money(self.product.stock * self.product.price)

    @property
    def potential_profit(self) -> Decimal:
        return self.at_retail - self.worth

    @property
    def margin_on_average(self) -> Decimal:
        return self.product.price - amount(self.cost.bought)

    @property
    def margin_on_fifo(self) -> Decimal:
        return self.product.price - amount(self.cost.fifo)


@dataclass(frozen=True)
class StockDetails:
    products: list[StockedProduct]

    @property
    def total_items(self) -> int:
        return len(self.products)


class StockDetailsOut(FiguresSerializer):
    class Products(ProductOut):
        class StockInfo(FiguresSerializer):
            current_stock = IntegerField(source="product.stock")
            total_purchased = IntegerField(source="purchases.units")
            units_sold_last_30d = IntegerField(source="units_sold")

        class Pricing(FiguresSerializer):
            class LastPurchase(FiguresSerializer):
                price = MoneyField(source="unit_price")
                quantity = IntegerField(source="units")
                date = DayField(source="day", allow_null=True)
                invoice_no = CharField(allow_null=True)

            current_selling_price = MoneyField(source="product.price")
            avg_purchase_price = CentsField(source="cost.bought")
            fifo_cost_per_unit = CentsField(source="cost.fifo")
            last_purchase = LastPurchase(source="purchases.last")
            margin_per_unit_avg = MoneyField(source="margin_on_average")
            margin_per_unit_fifo = MoneyField(source="margin_on_fifo")

        class Valuation(FiguresSerializer):
            total_purchase_value_avg = CentsField(source="at_average_cost")
            total_purchase_value_fifo = MoneyField(source="worth")
            total_selling_value = MoneyField(source="at_retail")
            potential_profit_fifo = MoneyField(source="potential_profit")
            profit_margin_fifo = PercentField("potential_profit", of="at_retail")

        class PurchaseHistory(FiguresSerializer):
            quantity = IntegerField(source="units")
            unit_price = MoneyField()
            subtotal = MoneyField()
            invoice_no = CharField()
            purchase_date = DayField(source="day")
            supplier_name = CharField(source="supplier")

        category_name = CharField(source="product.category")
        brand_name = CharField(source="product.brand")
        stock_info = StockInfo(source="*")
        pricing = Pricing(source="*")
        valuation = Valuation(source="*")
        purchase_history = PurchaseHistory(source="purchases.newest", many=True)

    note = FixedText("Current stock with FIFO cost and purchase history")
    total_items = IntegerField()
    products = Products(many=True)


class LimitMeta(Meta):
    limit = IntegerField(source="query")


class StockDetailsView(DashboardView):
    """The most valuable stock at today's prices, with its cost and purchase history."""

    message = "Detailed inventory"
    data_serializer = StockDetailsOut
    meta_serializer = LimitMeta
    parameters = (LIMIT.parameter,)

    def parse_query(self, request: Request, **path: str) -> int:
        return LIMIT.parse(request.query_params)

    def read(self, query: int) -> StockDetails:
        return StockDetails(_find_most_valuable(today(), most=query))


def _find_most_valuable(today: date, *, most: int) -> list[StockedProduct]:
    """Active products with stock, the largest stock × price first."""
    stock = stock_now()
    prices = rows(
        f"SELECT p.id, {whole('p.price * 100')} FROM products p WHERE {KEPT_IN_STOCK}",
        {},
    )
    first = nsmallest(
        most,
        [
            (-divided(units * price, 1000), product_id)
            for product_id, price in prices
            if (units := stock.get(product_id, EMPTY).units) > 0
        ],
    )
    ids = [product_id for _, product_id in first]
    products = find_products(ids, stock={each: stock[each].units // 1000 for each in ids})
    sums, costs = sold_and_costs(last_days(today, SOLD_DAYS), today=today)
    purchases = _find_purchases(ids)
    return [
        StockedProduct(
            products[product_id],
            amount(stock[product_id].worth),
            Sold._make(sums.get(product_id, NOTHING)).units,
            costs[product_id],
            purchases.get(product_id, Purchases()),
        )
        for product_id in ids
    ]


def _find_purchases(ids: Sequence[int]) -> dict[int, Purchases]:
    """What was bought of each, and its newest lines, in one statement.

    A purchase that was reversed is none; what went back is counted off.
    """
    found: dict[int, Purchases] = {}
    for product_id, ever, units, unit_price, subtotal, invoice, day, supplier in rows(
        f"""
        SELECT line.product_id, line.ever, i.quantity, i.cost_price, i.subtotal,
            line.invoice_no, line.purchase_date, s.name
        FROM (
            SELECT i.id, i.product_id, i.returns_id, u.invoice_no, u.purchase_date, u.supplier_id,
                SUM(i.quantity) OVER (PARTITION BY i.product_id) AS ever,
                ROW_NUMBER() OVER (
                    PARTITION BY i.product_id
                    ORDER BY i.returns_id IS NOT NULL, u.purchase_date DESC, i.id DESC
                ) AS place
            FROM purchase_items i JOIN purchases u ON u.id = i.purchase_id
            WHERE i.product_id IN ({id_list(ids)}) AND u.reverses_id IS NULL
                {and_reported("u.store_id")}
                AND u.id NOT IN (
                    SELECT reverses_id FROM purchases WHERE reverses_id IS NOT NULL
                )
        ) line
        JOIN purchase_items i ON i.id = line.id
        LEFT JOIN suppliers s ON s.id = line.supplier_id
        WHERE line.place <= {HISTORY} AND line.returns_id IS NULL
        ORDER BY line.product_id, line.place
        """,
        {},
    ):
        of_product = found.setdefault(product_id, Purchases(int(ever)))
        of_product.newest.append(
            Bought(
                int(units),
                exact(unit_price, 2),
                exact(subtotal, 2),
                invoice,
                as_day(day),
                supplier or NO_SUPPLIER,
            )
        )
    return found
