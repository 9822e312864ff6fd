"""What was in stock at the end of a day, and what it was worth: from the movements alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Product
from pos_project.core.money import amount
from pos_project.core.period import Period
from reports.statements.account_movements import BEGINNING
from reports.summaries.plan import plan_reading
from reports.summaries.stock_sums import STOCK
from reports.summaries.sums import sums_by_key


@dataclass(frozen=True)
class Held:
    """A product's units, and what they cost."""

    product_id: int
    name: str
    sku: str | None
    units: Decimal
    value: Decimal


def held_as_of(day: date, *, store_id: int | None = None) -> list[Held]:
    """Every product that was in stock, by name.

    Σ movements up to the day: a movement that was dated back shows from its business day on.
    """
    period = Period(BEGINNING, day)
    where = () if store_id is None else (("store_id", store_id),)
    plan = plan_reading(period, STOCK)[STOCK.name]
    [sums] = sums_by_key(STOCK, plan, by="product_id", where=where)
    products = Product.objects.order_by("search_text", "id").values_list("id", "name", "sku")
    return [
        Held(product_id, name, sku, Decimal(units).scaleb(-3), amount(cost))
        for product_id, name, sku in products
        for units, cost in [sums.get(product_id, (0, 0))]
        if units or cost
    ]
