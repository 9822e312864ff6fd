"""What a unit of a product costs: first in, first out, and bought on average (docs/figures.md)."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pos_project.core.days import FIRST_DAY
from pos_project.core.money import divided
from pos_project.core.period import Period
from reports.dashboards.product_sales import NOTHING, Sold, sold_products
from reports.summaries.plan import plan_reading
from reports.summaries.purchase_sums import PURCHASES
from reports.summaries.sale_sums import PRODUCTS
from reports.summaries.sums import Sums, sums_by_key


class UnitCost(NamedTuple):
    """Per unit, in cents."""

    fifo: int  # COGS ÷ units of all sales so far; the average purchase if never sold
    bought: int  # average over all purchase lines; zero if never bought


@dataclass(frozen=True)
class UnitCosts:
    """The unit cost of every product."""

    sold: Sums
    bought: Sums

    def __getitem__(self, product_id: int) -> UnitCost:
        sold = Sold._make(self.sold.get(product_id, NOTHING))
        thousandths, cents = self.bought.get(product_id, (0, 0))
        bought = divided(1000 * cents, thousandths) if thousandths > 0 else 0
        left = sold.quantity - sold.returned
        return UnitCost(divided(1000 * sold.cogs, left) if left > 0 else bought, bought)


def sold_and_costs(period: Period, *, today: date) -> tuple[Sums, UnitCosts]:
    """What was sold in the period, and the unit costs: both read what was sold today."""
    plans = plan_reading(period, PRODUCTS)
    ever = plan_reading(Period(FIRST_DAY, today), PRODUCTS, PURCHASES)
    sold, sold_ever = sold_products(plans[PRODUCTS.name], ever[PRODUCTS.name])
    [bought_ever] = sums_by_key(PURCHASES, ever[PURCHASES.name])
    return sold, UnitCosts(sold_ever, bought_ever)
