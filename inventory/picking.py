"""Taking goods from the shelf: lock what there is, plan what to take."""

from collections.abc import Sequence

from inventory import fifo
from inventory.models import Batch


def pick(wants: Sequence[fifo.Want], *, store_id: int) -> list[list[fifo.Pick]]:
    """Lock the open batches of the wanted products and plan what each want takes, oldest first.

    Raises fifo.InsufficientStock, naming every short line. From here on nothing is decided: the
    caller only writes.
    """
    goods = {want.product_id for want in wants if want.quantity}
    try:
        return fifo.plan(Batch.objects.all().locked(goods, store_id=store_id), wants)
    except fifo.InsufficientStock:
        # A delivery may have arrived while we waited for a lock: nobody is refused for that.
        return fifo.plan(Batch.objects.all().locked(goods, store_id=store_id), wants)
