"""How stock moved, by product: what was there at the end of any day."""

from reports.summaries.builder import DayRows, Events, TableBuilder
from reports.summaries.models import StockSummary

MOVEMENTS = DayRows("inventory_log", "m")

STOCK = TableBuilder(
    name="stock",
    model=StockSummary,
    keys=("store_id", "product_id"),
    figures={"units": "SUM", "cost": "SUM"},
    events=(
        Events(
            "FROM inventory_log m WHERE {days}",
            MOVEMENTS,
            ("m.store_id", "m.product_id"),
            {"units": "m.change_qty", "cost": "m.cost"},
        ),
    ),
    cumulative=True,
)
