"""The newest sales of a period, found without sorting it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from pos_project.core.db.store_rows import reported
from pos_project.core.period import Period
from reports.summaries.builder import Which
from reports.summaries.day_sets import Days
from reports.summaries.raw import rows
from reports.summaries.sale_sums import COMPLETED_SALES, SALE_DAY, SOLD
from reports.summaries.so_far import so_far
from sales.models import Sale

Newest = Sequence[tuple[Any, int]]  # when, and the sale's id; the newest first
ROW_BYTES = 200


def latest_sales(period: Period, *, most: int, to_customers: bool = False) -> list[Sale]:
    """The newest completed sales, with their customer and seller; walk-ins' too, unless only
    those `to_customers` are asked for."""
    of_whom = Q(customer__isnull=False) if to_customers else Q()
    sales = Sale.objects.completed().filter(of_whom)
    of_period = sales.filter(reported(), business_date__range=(period.first, period.last))
    # The newest are on the last days that have so many: only these days' sales are sorted.
    newest = of_period.order_by("-business_date").values_list("business_date", flat=True)
    since = newest[most - 1 : most].first() or period.first
    ids = [pk for _, pk in _newest(Days.between(since, period.last), most, to_customers)]
    found = sales.select_related("customer", "user").in_bulk(ids)
    return [found[pk] for pk in ids]


def _newest(days: Days, most: int, to_customers: bool) -> Newest:
    of_whom = " AND s.customer_id IS NOT NULL" if to_customers else ""

    def read(which: Which) -> Newest:
        found = rows(
            f"SELECT s.completed_at, s.id {SOLD.format(days=which.on(SALE_DAY))}{of_whom}"
            " ORDER BY s.completed_at DESC, s.id DESC LIMIT %(most)s",
            {"most": most, **which.parameters()},
        )
        return list(found)

    def add(mine: Newest, theirs: Newest) -> Newest:
        return sorted((*mine, *theirs), reverse=True)[:most]

    return so_far(
        ("newest", most, to_customers),
        days,
        (COMPLETED_SALES,),
        read,
        add,
        bytes_of=lambda found: len(found) * ROW_BYTES,
    )
