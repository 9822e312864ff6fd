"""What a unit of a product costs: first in, first out, and bought on average (contract 18)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pos_project.core.days import FIRST_DAY
from pos_project.core.money import ZERO
from reports.facts.maker import TableMaker
from reports.facts.purchases import PURCHASES
from reports.facts.raw import exact
from reports.facts.reading import Cover, cover, figures
from reports.facts.sales import PRODUCTS
from reports.percentages import average
from reports.period import Period


@dataclass(frozen=True)
class UnitCost:
    """Per unit, to the cent."""

    fifo: Decimal  # COGS ÷ units of all sales so far; the average purchase if never sold
    bought: Decimal  # average over all purchase lines; zero if never bought


def unit_costs(product_ids: Sequence[int], *, today: date) -> dict[int, UnitCost]:
    """The unit costs of these products, in a constant number of statements."""
    ids = list(product_ids)
    ever = cover(Period(FIRST_DAY, today), PRODUCTS, PURCHASES)
    bought = {
        product_id: average(subtotal, units)
        for product_id, units, subtotal in _sums(PURCHASES, ever, ids)
        if units > 0
    }
    sold = {
        product_id: average(cogs, units - returned)
        for product_id, units, returned, cogs in _sums(
            PRODUCTS.only("quantity", "returned", "cogs"), ever, ids
        )
        if units > returned
    }
    return {
        product_id: UnitCost(
            sold.get(product_id, bought.get(product_id, ZERO)), bought.get(product_id, ZERO)
        )
        for product_id in ids
    }


def _sums(
    maker: TableMaker, ever: Mapping[str, Cover], ids: list[int]
) -> Iterator[tuple[Any, ...]]:
    found = figures(maker, ever[maker.name], by=("product_id",), where={"product_id": ids})
    for (product_id,), row in found.items():
        yield product_id, *(exact(each, 3) for each in row)
