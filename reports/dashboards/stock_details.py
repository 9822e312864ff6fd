"""The most valuable stock, product by product: what it cost, what it would bring, who sold it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from inventory.product_figures import SOLD_DAYS, shelves
from pos_project.core.money import amount, money
from reports.dashboards.movement import last_days
from reports.dashboards.product_sales import units_sold
from reports.dashboards.unit_costs import UnitCost, sold_and_costs
from reports.summaries.active_products import KEPT_IN_STOCK, NO_BRAND, NO_CATEGORY
from reports.summaries.raw import as_day, exact, rows

HISTORY = 20  # purchase lines shown of a product
NO_SUPPLIER = "Unknown"


@dataclass(frozen=True)
class Bought:
    """A purchase line."""

    units: int
    unit_price: Decimal
    subtotal: Decimal
    invoice_no: str
    day: date
    supplier: str


@dataclass
class Purchases:
    """All that was ever bought of a product, in units, and its newest lines."""

    units: int = 0
    newest: list[Bought] = field(default_factory=list)


@dataclass(frozen=True)
class StockedProduct:
    """A product with stock."""

    id: int
    name: str
    sku: str
    price: Decimal
    category: str
    brand: str
    units: int
    worth: Decimal  # at the cost of its batches
    units_sold: int  # in the last 30 days
    cost: UnitCost
    purchases: Purchases

    @property
    def at_average_cost(self) -> Decimal:
        return amount(self.units * self.cost.bought)

    @property
    def at_retail(self) -> Decimal:
        return money(self.units * self.price)

    @property
    def potential_profit(self) -> Decimal:
        return self.at_retail - self.worth


def most_valuable(today: date, *, most: int) -> list[StockedProduct]:
    """Active products with stock, the largest stock × price first."""
    found = list(
        rows(
            f"""
            SELECT p.id, p.name, p.sku, p.price, c.name, b.name, top.units, top.worth
            FROM (
                SELECT p.id, shelf.units, shelf.worth, ROUND(shelf.units * p.price, 2) AS retail
                FROM ({shelves(worth=True)}) shelf JOIN products p ON p.id = shelf.product_id
                WHERE {KEPT_IN_STOCK}
                ORDER BY retail DESC, p.id LIMIT %(most)s
            ) top
            JOIN products p ON p.id = top.id
            LEFT JOIN categories c ON c.id = p.category_id
            LEFT JOIN brands b ON b.id = p.brand_id
            ORDER BY top.retail DESC, p.id
            """,  # noqa: S608  (our own names)
            {"most": most},
        )
    )
    ids = [row[0] for row in found]
    sums, costs = sold_and_costs(last_days(today, SOLD_DAYS), today=today)
    sold, purchases = units_sold(sums), _purchases(ids)
    return [
        StockedProduct(
            product_id,
            name,
            sku,
            exact(price, 2),
            category or NO_CATEGORY,
            brand or NO_BRAND,
            int(units),
            exact(worth, 2),
            sold.get(product_id, 0),
            costs[product_id],
            purchases.get(product_id, Purchases()),
        )
        for product_id, name, sku, price, category, brand, units, worth in found
    ]


def _purchases(ids: Sequence[int]) -> dict[int, Purchases]:
    """What was bought of each, and its newest lines, in one statement.

    A purchase that was reversed is none.
    """
    found: dict[int, Purchases] = {}
    marks = ", ".join(map(str, ids)) or "NULL"
    for product_id, ever, units, unit_price, subtotal, invoice, day, supplier in rows(
        f"""
        SELECT line.product_id, line.ever, i.quantity, i.cost_price, i.subtotal,
            line.invoice_no, line.purchase_date, s.name
        FROM (
            SELECT i.id, i.product_id, u.invoice_no, u.purchase_date, u.supplier_id,
                SUM(i.quantity) OVER (PARTITION BY i.product_id) AS ever,
                ROW_NUMBER() OVER (
                    PARTITION BY i.product_id ORDER BY u.purchase_date DESC, i.id DESC
                ) AS place
            FROM purchase_items i JOIN purchases u ON u.id = i.purchase_id
            WHERE i.product_id IN ({marks}) AND u.reverses_id IS NULL AND u.id NOT IN (
                SELECT reverses_id FROM purchases WHERE reverses_id IS NOT NULL
            )
        ) line
        JOIN purchase_items i ON i.id = line.id
        LEFT JOIN suppliers s ON s.id = line.supplier_id
        WHERE line.place <= {HISTORY}
        ORDER BY line.product_id, line.place
        """,  # noqa: S608  (ids and a number of ours)
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
