"""What sold lately, product by product: the order in which a till shows its products."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from inventory import product_figures
from inventory.models import InventoryLog
from pos_project.core.days import today
from pos_project.core.db.followed import LOOK_BACK, MOST_NEW, Followed, Ranking, UpToDate
from pos_project.core.db.prepared import prepared
from pos_project.core.db.transactions import is_in_transaction
from pos_project.core.money import quantity

_SHOWN = ("id", "created_at", "store_id", "product_id", "kind", "change_qty", "business_date")


def _rows() -> QuerySet[Any]:
    return InventoryLog.objects.order_by("id").values_list(*_SHOWN, named=True)


class UnitsSold(Followed):
    """Units in sales completed since `product_figures.sold_since(today)`, by store and product."""

    since = prepared(lambda row_id: _rows().filter(pk__gte=row_id)[:MOST_NEW])
    named = prepared(lambda ids: _rows().filter(pk__in=ids))
    between = prepared(lambda first, last: _rows().filter(pk__range=(first, last)))
    latest = prepared(
        lambda: InventoryLog.objects.order_by("-id").values_list("id", "created_at", named=True)[
            :LOOK_BACK
        ]
    )

    def read_all(self) -> None:
        self.first_day = product_figures.sold_since(today())
        sold: dict[int, dict[int, Decimal]] = defaultdict(dict)
        sales = InventoryLog.objects.filter(
            kind=InventoryLog.Kind.SALE, business_date__gte=self.first_day
        )
        sums = sales.order_by().values_list("store_id", "product_id").annotate(Sum("change_qty"))
        for store_id, product_id, units in sums:
            sold[store_id][product_id] = -quantity(units)
        self._stores: dict[int, Ranking] = defaultdict(lambda: Ranking({}))
        self._stores.update((store_id, Ranking(units)) for store_id, units in sold.items())

    def take(self, row: Any) -> bool:
        if row.kind == InventoryLog.Kind.SALE and row.business_date >= self.first_day:
            ranking = self._stores[row.store_id]
            units = ranking.figures.get(row.product_id, Decimal(0)) - row.change_qty
            ranking.put(row.product_id, units)
        return True

    def in_store(self, store_id: int) -> Ranking:
        """The best sellers of a store. Look at it under `lock`."""
        return self._stores[store_id]

    def of(self, product_ids: Sequence[int], *, store_id: int) -> dict[int, Decimal]:
        """Units of these products; those that did not sell are absent."""
        with self.lock:
            known = self._stores[store_id].figures
            return {each: known[each] for each in product_ids if each in known}


UNITS_SOLD = UpToDate(UnitsSold, key=today)


def units_sold(product_ids: Sequence[int], *, store_id: int) -> dict[int, Decimal]:
    """Units of these products that a store sold lately; those that did not sell are absent."""
    if is_in_transaction():  # what may be rolled back is nothing to remember
        return product_figures.units_sold(product_ids, store_id=store_id, today=today())
    return UNITS_SOLD.get().of(product_ids, store_id=store_id)
