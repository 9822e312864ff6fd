"""What there is of a product in each store: for its page, and for whoever is refused in one."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from accounts.stores import STORES, has_several
from inventory.fifo import Demand, InsufficientStock
from inventory.models import Batch
from inventory.transfer_models import Transfer


class StoreStock(NamedTuple):
    store_id: int
    store: str  # its name
    stock: Decimal


def stock_by_store(product_id: int) -> list[StoreStock]:
    """Every open store by its id, and closed ones that have some; nothing with one store, where
    the product's stock says it all. One statement."""
    if not has_several():
        return []
    units = units_by_store([product_id]).get(product_id, {})
    return [
        StoreStock(store.pk, store.name, units.get(store.pk, Decimal(0)))
        for store in sorted(STORES.get().values(), key=lambda store: store.pk)
        if store.closed_at is None or store.pk in units
    ]


def say_where_there_is_some(
    refusal: InsufficientStock, demands: Sequence[Demand], *, store_id: int
) -> InsufficientStock:
    """The refusal, with what other stores have of the goods that are short in this one; as it is
    where there is none, or no other store. `demands` are the lines of which it names some."""
    if not has_several():
        return refusal
    short = {
        position: demand
        for position, demand in enumerate(demands)
        if {f"items[{position}].quantity", "quantity"} & refusal.fields.keys()
    }
    there = _elsewhere({demand.product_id for demand in short.values()}, store_id)
    fields = {name: [*texts] for name, texts in refusal.fields.items()}
    said: dict[str, None] = {}
    for position, demand in short.items():
        if not there[demand.product_id]:
            continue
        told = ", ".join(f"{int(each.stock)} in {each.store}" for each in there[demand.product_id])
        field = f"items[{position}].quantity"
        fields[field if field in fields else "quantity"].append(f"Elsewhere: {told}.")
        said[f"{demand.name}: {told}"] = None
    if not said:
        return refusal
    elsewhere = [
        {"product_id": product_id, "store_id": each.store_id, "stock": int(each.stock)}
        for product_id, stores in there.items()
        for each in stores
    ]
    text = f"{refusal.message} Elsewhere: {'; '.join(said)}."
    return InsufficientStock(text, fields=fields, **refusal.details, elsewhere=elsewhere)


def with_stock(lines: QuerySet[Any]) -> QuerySet[Any]:
    """These lines of transfers by id, with their transfer; `there` is what the sending store has
    of the product now, None without any."""
    held = Batch.objects.filter(
        product_id=OuterRef("product_id"), store_id=OuterRef("transfer__from_store_id"), is_open=1
    )
    units = held.order_by().values("product_id").annotate(units=Sum("remaining")).values("units")
    return lines.select_related("transfer").order_by("id").annotate(there=Subquery(units))


def not_in_stock(line: Any) -> int:
    """Units that were asked for and that the sending store does not have now; 0 once they were
    sent, or are not wanted any more. They may come in before: asking is not refused for them."""
    if line.transfer.status != Transfer.Status.ASKED:
        return 0
    return max(int(line.asked - (line.there or 0)), 0)


def _elsewhere(product_ids: Iterable[int], store_id: int) -> dict[int, list[StoreStock]]:
    """What other stores have of each of these products."""
    units, stores = units_by_store(product_ids), STORES.get()
    return {
        product_id: [
            StoreStock(other, stores[other].name, held)
            for other, held in sorted(units.get(product_id, {}).items())
            if other != store_id
        ]
        for product_id in product_ids
    }


def units_by_store(product_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """By product and store, where there is any."""
    held = Batch.objects.filter(product_id__in=product_ids, is_open=1).order_by()
    found: dict[int, dict[int, Decimal]] = {}
    for product_id, store_id, units in held.values_list("product_id", "store_id").annotate(
        Sum("remaining")
    ):
        found.setdefault(product_id, {})[store_id] = units
    return found
