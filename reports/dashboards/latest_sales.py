"""The newest sales of a period, found without sorting it."""

from django.db.models import QuerySet

from pos_project.core.period import Period
from sales.models import Sale


def latest_sales(sales: "QuerySet[Sale]", period: Period, *, most: int) -> list[Sale]:
    """The newest of these completed sales, with their customer and seller."""
    of_period = sales.filter(business_date__range=(period.first, period.last))
    # The newest are on the last days that have so many: only these days' sales are sorted.
    newest = of_period.order_by("-business_date").values_list("business_date", flat=True)
    since = newest[most - 1 : most].first() or period.first
    return list(
        of_period.filter(business_date__gte=since)
        .select_related("customer", "user")
        .order_by("-completed_at", "-id")[:most]
    )
