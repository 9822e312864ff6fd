"""Writing down what moved: one log row per movement, and what the batches hold afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.fifo import Pick
from inventory.models import Batch, InventoryLog, InventoryLogBatch
from pos_project.core.db.rows import insert_rows, set_by_id
from pos_project.core.posting_context import PostingContext

LOG_FIELDS = (
    "store_id",
    "product_id",
    "kind",
    "change_qty",
    "cost",
    "reason",
    "reference",
    "note",
    "voids_id",
    "user_id",
    "business_date",
    "created_at",
)


@dataclass(frozen=True)
class Movement:
    """Units of a product that came (+) or went (−), and how the value of its stock changed."""

    product_id: int
    change: Decimal
    cost: Decimal


def log(
    movements: Sequence[Movement],
    *,
    kind: str,
    context: PostingContext,
    reason: str | None = None,
    reference: str | None = None,
    note: str | None = None,
    voids_id: int | None = None,
) -> Sequence[int]:
    """Write one log row per movement in one statement, and return their ids."""
    return insert_rows(
        InventoryLog,
        LOG_FIELDS,
        [
            (
                context.store_id,
                movement.product_id,
                kind,
                movement.change,
                movement.cost,
                reason or kind.upper(),
                reference,
                note,
                voids_id,
                context.user_id,
                context.business_date,
                context.at,
            )
            for movement in movements
        ],
    )


def log_batches(rows: Sequence[tuple[int, int, Decimal, Decimal]]) -> None:
    """Note which batches log rows moved by hand: (log id, batch id, ± units, ± cost)."""
    insert_rows(InventoryLogBatch, ("log_id", "batch_id", "quantity", "cost"), rows)


def write_remaining(picks: Iterable[Pick]) -> None:
    """Set what the picked batches hold now, in one statement. The caller holds their locks."""
    left = {pick.batch_id: (pick.left,) for pick in picks}  # the last pick of a batch counts
    set_by_id(Batch, ("remaining",), left)
