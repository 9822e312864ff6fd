"""What the shop should look at first: debts that are very late, and empty shelves."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import REORDER_BELOW
from pos_project.core.db.store_rows import and_reported_sale
from pos_project.core.money import ZERO
from reports.dashboards.listed_products import ListedProduct
from reports.dashboards.stock_levels import Level, at_levels
from reports.summaries.raw import as_day, exact, rows

OVERDUE_AFTER_DAYS = 180
OUT_OF_STOCK = Level("out_of_stock", most=0)


@dataclass(frozen=True)
class CriticalAlert:
    """One alert of the main dashboard, of a customer or of a product."""

    alert_type: str
    severity: str
    customer_id: int | None = None
    customer_name: str | None = None
    days_overdue: int = 0
    amount_due: Decimal = ZERO
    product_id: int | None = None
    product_name: str | None = None
    current_stock: int = 0
    reorder_level: int = 0

    @property
    def alert_id(self) -> str:
        return f"{self.alert_type}-{self.customer_id or self.product_id}"


@dataclass(frozen=True)
class CriticalAlerts:
    """How many there are in all, and the first few of each kind."""

    count: int
    first: list[CriticalAlert]


def low_stock(reorder_below: int = REORDER_BELOW) -> Level:
    """Something is there, but less than the product's level, or than this where it has none."""
    return Level("low_stock", least=1, most=reorder_below - 1, is_short=True)


def find_critical_alerts(today: date, *, most: int = 5) -> CriticalAlerts:
    """Overdue customers, then what is out of stock, then what is low: at most so many of each."""
    overdue_count, overdue = _find_overdue_customers(today, most=most)
    out, low = at_levels((OUT_OF_STOCK, low_stock()), most=most)
    return CriticalAlerts(
        overdue_count + out.count + low.count,
        [
            *overdue,
            *(_alert_of_product(OUT_OF_STOCK.name, "critical", each) for each in out.products),
            *(_low(each) for each in low.products),
        ],
    )


def _find_overdue_customers(today: date, *, most: int) -> tuple[int, list[CriticalAlert]]:
    """How many customers have a due from a sale more than 180 days old, and the oldest of them.

    What they owe is all that is open, whatever its age.
    """
    theirs = and_reported_sale("d.sale_id")
    # The old dues are few and lie together in their index; only the shown customers' others are
    # looked up.
    found = list(
        rows(
            f"""
            SELECT late.customer_id, late.oldest, late.customer_count, c.name,
                (SELECT SUM(d.due_amount) FROM customer_dues d
                    WHERE d.customer_id = late.customer_id AND d.status = 'open'{theirs}
                ) AS amount_due
            FROM (
                SELECT customer_id, MIN(sale_date) AS oldest, COUNT(*) OVER () AS customer_count
                FROM customer_dues d
                WHERE d.status = 'open' AND d.sale_date < %(limit)s{theirs}
                GROUP BY customer_id
                ORDER BY oldest, customer_id LIMIT %(most)s
            ) late
            JOIN customers c ON c.id = late.customer_id
            ORDER BY late.oldest, late.customer_id
            """,
            {"limit": today - timedelta(days=OVERDUE_AFTER_DAYS), "most": most},
        )
    )
    count = found[0][2] if found else 0
    return count, [
        CriticalAlert(
            "overdue_customer",
            "critical",
            customer_id=customer_id,
            customer_name=name,
            days_overdue=(today - as_day(oldest)).days,
            amount_due=exact(due, 2),
        )
        for customer_id, oldest, _, name, due in found
    ]


def _low(product: ListedProduct) -> CriticalAlert:
    level = REORDER_BELOW if product.reorder_level is None else product.reorder_level
    return _alert_of_product("low_stock", "high", product, level)


def _alert_of_product(
    kind: str, severity: str, product: ListedProduct, reorder_level: int = 0
) -> CriticalAlert:
    return CriticalAlert(
        kind,
        severity,
        product_id=product.id,
        product_name=product.name,
        current_stock=product.stock,
        reorder_level=reorder_level,
    )
