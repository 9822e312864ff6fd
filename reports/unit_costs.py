"""What a unit of a product costs: first in, first out, and bought on average (contract 18)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from pos_project.core.days import FIRST_DAY
from pos_project.core.money import divided
from reports.facts.purchases import PURCHASES
from reports.facts.reading import cover
from reports.facts.remembered import sums_by_key
from reports.facts.sales import PRODUCTS
from reports.period import Period
from reports.product_sales import NOTHING, Sold, sold_products


class UnitCost(NamedTuple):
    """Per unit, in cents."""

    fifo: int  # COGS ÷ units of all sales so far; the average purchase if never sold
    bought: int  # average over all purchase lines; zero if never bought


def unit_costs(product_ids: Iterable[int], *, today: date) -> dict[int, UnitCost]:
    """The unit costs of these products, in a constant number of statements."""
    ever = cover(Period(FIRST_DAY, today), PRODUCTS, PURCHASES)
    sold = sold_products(ever[PRODUCTS.name])
    bought = sums_by_key(PURCHASES, ever[PURCHASES.name])
    return {
        pk: _unit_cost(Sold._make(sold.get(pk, NOTHING)), *bought.get(pk, (0, 0)))
        for pk in product_ids
    }


def _unit_cost(sold: Sold, thousandths: int, cents: int) -> UnitCost:
    bought = divided(1000 * cents, thousandths) if thousandths > 0 else 0
    left = sold.quantity - sold.returned
    return UnitCost(divided(1000 * sold.cogs, left) if left > 0 else bought, bought)
