"""What a unit of a product costs: first in, first out, and bought on average (contract 18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from pos_project.core.days import FIRST_DAY
from pos_project.core.money import ZERO, money
from purchasing.models import PurchaseItem
from reports.facts.raw import exact
from reports.facts.reading import cover, figures
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
    bought = _bought(ids)
    sold = _sold(ids, today)
    return {
        product_id: UnitCost(
            sold.get(product_id, bought.get(product_id, ZERO)), bought.get(product_id, ZERO)
        )
        for product_id in ids
    }


def _bought(ids: list[int]) -> dict[int, Decimal]:
    lines = PurchaseItem.objects.filter(product_id__in=ids).order_by().values_list("product_id")
    return {
        product_id: average(money(subtotal), units)
        for product_id, subtotal, units in lines.annotate(Sum("subtotal"), Sum("quantity"))
    }


def _sold(ids: list[int], today: date) -> dict[int, Decimal]:
    """Of what was ever sold and has not all come back."""
    ever = cover(Period(FIRST_DAY, today), PRODUCTS)[PRODUCTS.name]
    costs = {}
    for (product_id,), row in figures(
        PRODUCTS, ever, by=("product_id",), where={"product_id": ids}
    ).items():
        of = dict(zip(PRODUCTS.figures, row, strict=True))
        units = exact(of["quantity"], 3) - exact(of["returned"], 3)
        if units > 0:
            costs[product_id] = average(exact(of["cogs"], 2), units)
    return costs
