"""What a unit of a product costs: first in, first out, and bought on average (contract 18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pos_project.core.days import FIRST_DAY
from pos_project.core.money import ZERO, amount
from reports.facts.purchases import PURCHASES
from reports.facts.reading import cover
from reports.facts.remembered import sums_by_key
from reports.facts.sales import PRODUCTS
from reports.percentages import average
from reports.period import Period
from reports.product_sales import NOTHING, Sold, sold_products


@dataclass(frozen=True)
class UnitCost:
    """Per unit, to the cent."""

    fifo: Decimal  # COGS ÷ units of all sales so far; the average purchase if never sold
    bought: Decimal  # average over all purchase lines; zero if never bought


def unit_costs(product_ids: Iterable[int], *, today: date) -> dict[int, UnitCost]:
    """The unit costs of these products, in a constant number of statements."""
    ever = cover(Period(FIRST_DAY, today), PRODUCTS, PURCHASES)
    sold = sold_products(ever[PRODUCTS.name])
    bought = sums_by_key(PURCHASES, ever[PURCHASES.name])
    return {
        product_id: _unit_cost(sold.get(product_id, NOTHING), *bought.get(product_id, (0, 0)))
        for product_id in product_ids
    }


def _unit_cost(sold: Sold, thousandths: int, cents: int) -> UnitCost:
    bought = average(amount(cents), Decimal(thousandths) / 1000) if thousandths > 0 else ZERO
    left = sold.quantity - sold.returned
    fifo = average(amount(sold.cogs), Decimal(left) / 1000) if left > 0 else bought
    return UnitCost(fifo, bought)
