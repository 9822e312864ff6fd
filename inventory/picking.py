"""Taking goods from the shelf: lock what is needed, plan what to take."""

from collections.abc import Callable, Iterable, Sequence

from inventory import fifo, shelf
from inventory.models import Batch
from inventory.shelf import ALL, FEW, MANY, ShelfBatch
from inventory.store_stock import say_where_there_is_some

Look = Callable[[Iterable[int], int], list[ShelfBatch]]  # products, and how many batches of each


def pick(demands: Sequence[fifo.Demand], *, store_id: int) -> list[list[fifo.Pick]]:
    """Lock the oldest batches of the wanted products and plan what each demand takes of them.

    Raises fifo.InsufficientStock, naming every short line. From here on nothing is decided: the
    caller only writes.
    """
    return _planned(
        demands,
        lambda products, first: Batch.objects.all().locked(
            products, store_id=store_id, first=first
        ),
        store_id=store_id,
    )


def preview(demands: Sequence[fifo.Demand], *, store_id: int) -> list[list[fifo.Pick]]:
    """What `pick` would take now. Nothing is locked, so it may be gone a moment later."""
    return _planned(
        demands,
        lambda products, first: shelf.oldest(sorted(products), store_id=store_id, first=first),
        store_id=store_id,
    )


def _planned(demands: Sequence[fifo.Demand], look: Look, *, store_id: int) -> list[list[fifo.Pick]]:
    """Look at a few batches of each product; at more of those that are short; at last at all.

    Nobody is refused before all of them were seen, and a delivery that arrived while a lock was
    waited for is seen by then, too.
    """
    short = {demand.product_id for demand in demands if demand.quantity}
    seen: dict[int, list[ShelfBatch]] = {}
    for first in (FEW, MANY, ALL):
        if not short:
            break
        seen.update({product_id: [] for product_id in short})
        for batch in look(short, first):
            seen[batch.product_id].append(batch)
        short = set(fifo.short(seen, demands))
    try:
        return fifo.plan([batch for batches in seen.values() for batch in batches], demands)
    except fifo.InsufficientStock as refusal:
        raise say_where_there_is_some(refusal, demands, store_id=store_id) from None
