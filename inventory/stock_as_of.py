"""What was in stock at the end of a day, and what it was worth: from the movements alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from inventory.models import InventoryLog
from pos_project.core.money import money, quantity


@dataclass(frozen=True)
class Held:
    """A product's units, and what they cost."""

    product_id: int
    name: str
    sku: str | None
    units: Decimal
    value: Decimal


def held_as_of(day: date, *, store_id: int | None = None) -> list[Held]:
    """Every product that was in stock, by name. One statement.

    Σ movements up to the day: a movement that was dated back shows from its business day on.
    """
    log = InventoryLog.objects.filter(business_date__lte=day)
    if store_id is not None:
        log = log.filter(store_id=store_id)
    rows = (
        log.values_list("product_id", "product__name", "product__sku")
        .annotate(units=Sum("change_qty"), worth=Sum("cost"))
        .order_by("product__name", "product_id")
    )
    held = [
        Held(product_id, name, sku, quantity(units), money(worth))
        for product_id, name, sku, units, worth in rows
    ]
    # Left out here, not in SQL, where SQLite's floats may miss zero by a hair.
    return [each for each in held if each.units or each.value]
