"""In how many different sales of a period each category was sold, by today's categories.

Counted by labels (`summaries.categories`), then set right for products whose label is out of date:
of the sales that had one of these, the labels' categories are taken off and today's put in.
"""

from collections.abc import Mapping

from pos_project.core.db.store_rows import and_reported
from pos_project.core.period import Period
from reports.summaries.active_products import ACTIVE
from reports.summaries.categories import CATEGORIES, CATEGORY_NOW, labels_now, moved
from reports.summaries.plan import ReadPlan
from reports.summaries.raw import rows
from reports.summaries.sums import figures


def sales_by_category(plan: ReadPlan, period: Period, now: Mapping[int, int]) -> dict[int, int]:
    """Sales with a line of an active product, by category id (0: none); a constant number of
    statements. `now` is today's category of every active product."""
    labels = labels_now()
    counted = figures(CATEGORIES, plan, by=("category_id",), given=labels)
    counts = {category_id: int(row[0]) for (category_id,), row in counted.items()}
    for category_id, change in _made_up_for(moved(labels, now), period):
        counts[category_id] = counts.get(category_id, 0) + int(change)
    return counts


def _made_up_for(product_ids: list[int], period: Period) -> list[tuple[int, int]]:
    marks = ", ".join(map(str, product_ids)) or "NULL"
    touched = f"""
        SELECT DISTINCT s.id FROM sale_items i JOIN sales s ON s.id = i.sale_id
        WHERE i.product_id IN ({marks}) AND s.status = 'completed'
            AND s.business_date BETWEEN %(first)s AND %(last)s{and_reported("s.store_id")}
    """
    found = rows(
        f"""
        SELECT category_id, SUM(sale_change) FROM (
            SELECT DISTINCT i.sale_id, l.category_id, -1 AS sale_change
            FROM ({touched}) t JOIN sale_items i ON i.sale_id = t.id
            JOIN fact_labels l ON l.product_id = i.product_id
            UNION ALL
            SELECT DISTINCT i.sale_id, {CATEGORY_NOW}, 1
            FROM ({touched}) t JOIN sale_items i ON i.sale_id = t.id
            JOIN products p ON p.id = i.product_id WHERE {ACTIVE}
        ) changes GROUP BY category_id
        """,
        {"first": period.first, "last": period.last},
    )
    return [(category_id, change) for category_id, change in found]
