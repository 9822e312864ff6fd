"""What is on the shelves now, of the store that is reported or of all, product by product.

Σ over the open batches when a process first reads it; from then on that and what moved since. So a
reader does not go through every batch again, however many there are (ADR 49).
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from inventory.product_figures import shelves
from pos_project.core.days import FIRST_DAY, today
from pos_project.core.db.store_rows import REPORTED_STORE
from pos_project.core.period import Period
from reports.summaries.builder import Which
from reports.summaries.plan import plan_reading
from reports.summaries.raw import as_day, rows, whole
from reports.summaries.so_far import NewRows, so_far
from reports.summaries.stock_sums import MOVEMENTS, STOCK

ROW_BYTES = 200


class Shelf(NamedTuple):
    """What there is of a product."""

    units: int  # thousandths
    worth: int  # cents, at the cost of its batches


EMPTY = Shelf(0, 0)
Shelves = Mapping[int, Shelf]


def stock_now() -> Shelves:
    """By product id; one that has no stock is absent, or has none of both."""
    # What moved on a built day gives that day another version: the plan tells all but the live
    # days, whose rows are told apart.
    plan = plan_reading(Period(FIRST_DAY, _last_day()), STOCK)[STOCK.name]
    return so_far(
        ("stock", plan),
        plan.live,
        (MOVEMENTS,),
        _read,
        _moved,
        bytes_of=lambda found: len(found) * ROW_BYTES,
    )


def _last_day() -> date:
    """Today; or a later day, on which something moved before the clock was set back."""
    [(last,)] = rows("SELECT MAX(business_date) FROM inventory_log", {})
    return today() if last is None else max(today(), as_day(last))


def _read(which: Which) -> Shelves:
    source = shelves(worth=True, store_id=REPORTED_STORE.get())
    if isinstance(which, NewRows):
        source = f"""
            SELECT m.product_id, SUM(m.change_qty) AS units, SUM(m.cost) AS worth
            FROM inventory_log m WHERE {which.on(MOVEMENTS.day)} GROUP BY m.product_id
        """
    found = rows(
        f"SELECT product_id, {whole('units * 1000')}, {whole('worth * 100')} FROM ({source}) sums",
        {},
    )
    return {product_id: Shelf(units, worth) for product_id, units, worth in found}


def _moved(before: Shelves, since: Shelves) -> Shelves:
    moved = {}
    for product_id, (units, worth) in since.items():
        had = before.get(product_id, EMPTY)
        moved[product_id] = Shelf(had.units + units, had.worth + worth)
    return {**before, **moved}
