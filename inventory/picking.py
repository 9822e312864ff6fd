"""Taking goods from the shelf: lock what there is, plan what to take."""

from collections.abc import Sequence

from inventory import fifo
from inventory.models import Batch


def pick(demands: Sequence[fifo.Demand], *, store_id: int) -> list[list[fifo.Pick]]:
    """Lock the open batches of the wanted products and plan what each want takes, oldest first.

    Raises fifo.InsufficientStock, naming every short line. From here on nothing is decided: the
    caller only writes.
    """
    goods = {demand.product_id for demand in demands if demand.quantity}
    try:
        return fifo.plan(Batch.objects.all().locked(goods, store_id=store_id), demands)
    except fifo.InsufficientStock:
        # A delivery may have arrived while we waited for a lock: nobody is refused for that.
        return fifo.plan(Batch.objects.all().locked(goods, store_id=store_id), demands)
