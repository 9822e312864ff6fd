"""How fast products sell: units a day over the last days, fast to not at all."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from reports.active_products import KEPT_IN_STOCK, NO_CATEGORY
from reports.facts.raw import exact, rows
from reports.percentages import average
from reports.period import Period
from reports.product_sales import OF_REVENUE, OF_UNITS, REVENUE, STOCK, UNITS, sold_products

FAST, MODERATE, SLOW, NONE = "fast_moving", "moderate_moving", "slow_moving", "no_movement"
# Units a day from which a pace is reached; what sold less than the last has sold nothing.
PACES = ((FAST, 5), (MODERATE, 1), (SLOW, 0))


@dataclass(frozen=True)
class Mover:
    """A product and what was sold of it, in so many days."""

    id: int
    name: str
    sku: str
    price: Decimal
    category: str
    stock: int
    units_sold: int
    revenue: Decimal
    days: int

    @property
    def units_a_day(self) -> Decimal:
        return average(self.units_sold, self.days)

    @property
    def days_of_stock(self) -> int | None:
        """How long the stock lasts at this pace; None for what does not sell."""
        return days_left(self.stock, self.units_sold, self.days) if self.units_sold > 0 else None


@dataclass
class AtPace:
    """How many products sell at a pace, and those of them that sold the most."""

    count: int = 0
    products: list[Mover] = field(default_factory=list)


def last_days(today: date, days: int) -> Period:
    """The last so many days up to now, as everywhere: the day that many days ago is one of them."""
    return Period(today - timedelta(days=days), today)


def days_left(stock: int, units_sold: int, days: int) -> int:
    """Stock ÷ units per day, to the nearest day."""
    return int((Decimal(stock) * days / units_sold).quantize(Decimal(1), ROUND_HALF_UP))


def movement(today: date, *, days: int, most: int) -> dict[str, AtPace]:
    """Active products by pace: all counted, and at most so many of each, most units first."""
    sold = sold_products(last_days(today, days), *OF_UNITS, *OF_REVENUE)
    whens = " ".join(
        f"WHEN units >= {units} * %(days)s THEN '{pace}'"
        if units
        else f"WHEN units > 0 THEN '{pace}'"
        for pace, units in PACES
    )
    found = {pace: AtPace() for pace in (*(pace for pace, _ in PACES), NONE)}
    sql = f"""
        SELECT shown.pace, shown.pace_count, shown.units, shown.revenue,
            p.id, p.name, p.sku, p.price, c.name, {STOCK}
        FROM (
            SELECT id, units, revenue, pace, COUNT(*) OVER (PARTITION BY pace) AS pace_count,
                ROW_NUMBER() OVER (PARTITION BY pace ORDER BY units DESC, id) AS place
            FROM (
                SELECT id, units, revenue, CASE {whens} ELSE '{NONE}' END AS pace FROM (
                    SELECT p.id, COALESCE({UNITS}, 0) AS units, COALESCE({REVENUE}, 0) AS revenue
                    FROM products p LEFT JOIN ({sold.sql}) sold ON sold.product_id = p.id
                    WHERE {KEPT_IN_STOCK}
                ) each_product
            ) paced
        ) shown
        JOIN products p ON p.id = shown.id
        LEFT JOIN categories c ON c.id = p.category_id
        WHERE shown.place <= %(most)s
        ORDER BY shown.pace, shown.place
    """  # noqa: S608  (our own names and numbers)
    parameters = {**sold.parameters, "days": days, "most": most}
    for pace, count, units, revenue, product_id, name, sku, price, category, stock in rows(
        sql, parameters
    ):
        found[pace].count = count
        found[pace].products.append(
            Mover(
                product_id,
                name,
                sku,
                exact(price, 2),
                category or NO_CATEGORY,
                int(stock),
                int(units),
                exact(revenue, 2),
                days,
            )
        )
    return found
