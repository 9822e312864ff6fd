"""What was bought of each product, for the average purchase cost (docs/figures.md)."""

from reports.summaries.builder import DayRows, Events, TableBuilder
from reports.summaries.models import PurchaseSummary

PURCHASES = TableBuilder(
    name="purchases",
    model=PurchaseSummary,
    keys=("product_id",),
    figures={"quantity": "SUM", "subtotal": "SUM"},
    events=(
        Events(
            "FROM purchases u JOIN purchase_items i ON i.purchase_id = u.id"
            " WHERE u.status = 'received' AND {days}",
            DayRows("purchases", "u", "u.status = 'received'"),
            ("i.product_id",),
            {"quantity": "i.quantity", "subtotal": "COALESCE(i.landed_cost, i.subtotal)"},
        ),
    ),
    cumulative=True,
)
