"""When each customer last bought: the order of the list of customers."""

from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from pos_project.core.db.followed import LOOK_BACK, MOST_NEW, Followed, Ranking, UpToDate
from pos_project.core.db.prepared import prepared
from sales.models import Sale

_SHOWN = ("id", "created_at", "customer_id", "status", "completed_at")


def _rows() -> QuerySet[Any]:
    return Sale.objects.order_by("id").values_list(*_SHOWN, named=True)


class LastPurchases(Followed):
    """When a customer's latest completed sale was completed. Held sales are waited for."""

    since = prepared(lambda row_id: _rows().filter(pk__gte=row_id)[:MOST_NEW])
    named = prepared(lambda ids: _rows().filter(pk__in=ids))
    between = prepared(lambda first, last: _rows().filter(pk__range=(first, last)))
    latest = prepared(
        lambda: Sale.objects.order_by("-id").values_list("id", "created_at", named=True)[:LOOK_BACK]
    )

    def read_all(self) -> None:
        bought = Sale.objects.completed().filter(customer__isnull=False).order_by()
        last = bought.values_list("customer_id").annotate(Max("completed_at"))
        self.ranking: Ranking = Ranking(dict(last))
        held = Sale.objects.filter(status=Sale.Status.PENDING)
        self.wait_for(held.values_list("pk", flat=True))

    def take(self, row: Any) -> bool:
        if row.status == Sale.Status.COMPLETED and row.customer_id is not None:
            known: datetime | None = self.ranking.figures.get(row.customer_id)
            if known is None or known < row.completed_at:
                self.ranking.put(row.customer_id, row.completed_at)
        return bool(row.status not in (Sale.Status.DRAFT, Sale.Status.PENDING))


LAST_PURCHASES = UpToDate(LastPurchases)
