"""Recomputing the moving columns of posted rows, and nothing else.

A moving column is a sum of other rows, so it can be made anew from them, but only when two sides of
history agree on what it should be (`moving_columns`). Where they do not agree, history itself is
broken, no sum of it can be trusted, and the row is left as it is. History is never written here.
"""

from dataclasses import dataclass, field
from itertools import groupby

from accounts import audit
from inventory.models import Batch
from pos_project.core.db.transactions import snapshot, transact
from purchasing.models import Purchase, SupplierDue
from reports.reconciliation.derived_columns import AT_ONCE, SEARCHES, Wrong, named
from reports.reconciliation.rows import rows
from reports.reconciliation.scope import Scope
from sales.models import CustomerDue, Sale


@dataclass(frozen=True)
class Change:
    """A moving column of one row that was recomputed."""

    table: str
    row_id: int
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}, {self.column}: {self.before} → {self.after}"


@dataclass
class Mended:
    """What was changed, and which rows were left alone and why."""

    changes: list[Change] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


# What history says is owed in all, document by document, and what the control account says.


def mend(scope: Scope | None = None) -> Mended:
    """Recompute every moving column that is not what history says, in one transaction.

    What is wrong is searched without locks, then locked in the order in which every use case locks
    (sales, purchases, dues, batches), looked at again, and written. Each row that was changed is
    in the audit. Raises Unavailable when the engine refuses for too long.
    """
    scope = scope or Scope()
    with snapshot():
        suspects = {
            table: sorted({wrong.document for part in scope.parts(table) for wrong in search(part)})
            for table, search in SEARCHES.items()
        }
    return transact(lambda: _mend(suspects))


def _mend(suspects: dict[str, list[int]]) -> Mended:
    _lock(suspects)
    mended = Mended()
    for table, search in SEARCHES.items():
        for part in named(suspects[table]):
            for wrong in search(part):
                _settle(wrong, mended)
    return mended


def _settle(wrong: Wrong, mended: Mended) -> None:
    table = wrong.model._meta.db_table
    changes = [
        Change(table, wrong.row_id, column, str(before), str(after))
        for column, (before, after) in wrong.columns.items()
    ]
    if wrong.doubt:
        mended.left += [f"{change}: {wrong.doubt}" for change in changes]
        return
    row = wrong.model._default_manager.get(pk=wrong.row_id)
    for column, (_, after) in wrong.columns.items():
        setattr(row, column, after)
    row.save(update_fields=list(wrong.columns))
    audit.recomputed(row, {change.column: [change.before, change.after] for change in changes})
    mended.changes += changes


def _lock(suspects: dict[str, list[int]]) -> None:
    """Documents, then dues by id, then batches in the order of FIFO: as every use case does."""
    sales, purchases = suspects["sales"], suspects["purchases"]
    for model, key, ids in (
        (Sale, "pk", sales),
        (Purchase, "pk", purchases),
        (CustomerDue, "sale_id", sales),
        (SupplierDue, "purchase_id", purchases),
    ):
        for start in range(0, len(ids), AT_ONCE):
            found = model._default_manager.filter(**{f"{key}__in": ids[start : start + AT_ONCE]})
            list(found.select_for_update().order_by("pk").values_list("pk"))
    places = [
        place
        for part in named(suspects["batches"])
        for place in rows(
            part.within("SELECT product_id, store_id, id FROM batches WHERE {id in part}")
        )
    ]
    by_product = sorted(places, key=lambda place: (place[1], place[0]))
    for (store_id, product_id), group in groupby(
        by_product, key=lambda place: (place[1], place[0])
    ):
        Batch.objects.locked(
            [product_id], store_id=store_id, first=1, ids=[row_id for *_, row_id in group]
        )
