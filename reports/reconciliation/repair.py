"""Recomputing the derived columns of posted rows, and nothing else.

A derived column is a sum of other rows. What it should hold is said by the check of its invariant
(`Violation.derived`); it is written only where every invariant about it holds afterwards, so two
sides of history have to agree: a customer's sales and the receivables account, a product's batches
and the stock log, a sale's refunds and their lines. Otherwise history itself is broken, no sum of
it can be trusted, and the rows stay as they are. History is never written here.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import itemgetter

from django.db import DataError, IntegrityError, models, transaction

from accounts import audit
from inventory.models import Batch
from pos_project.core.db.transactions import snapshot, transact
from purchasing.models import Purchase, SupplierDue
from reports.reconciliation.checks import dues, payments, purchases, refunds, replay, sales, stock
from reports.reconciliation.checks.tables import unique_keys_fold_their_text
from reports.reconciliation.invariant import Check, Derived, Invariant
from reports.reconciliation.rows import rows_of
from reports.reconciliation.scope import NAMED, Named, Scope, named
from sales.models import CustomerDue, Sale

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """A derived column of one row that was recomputed."""

    table: str
    row_id: int
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}, {self.column}: {self.before} → {self.after}"


@dataclass
class Repaired:
    """What was changed, what the columns had counted that is not there any more (or never was),
    and which rows were left alone and why."""

    changes: list[Change] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class _InDoubt(Exception):
    """History does not say what the columns should hold."""


# What the database, or the code that reads them, makes of columns that cannot be true.
_REFUSED = (_InDoubt, IntegrityError, DataError, ArithmeticError, LookupError, ValueError)


def _side(check: Check, *wanted: Invariant) -> Check:
    """The part of a check that is about these of its invariants."""
    return Check(wanted, lambda scope: (each for each in check.search(scope) if each[0] in wanted))


@dataclass(frozen=True)
class _Matter:
    """Derived columns that stand or fall together, document by document or party by party.

    `recompute` are the checks that yield what the columns should hold, each from what the one
    before it has written; `agree` what has to hold, too, once they are written.
    """

    model: type[models.Model]
    by: str
    recompute: tuple[Check, ...]
    agree: tuple[Check, ...] = ()

    @property
    def table(self) -> str:
        return self.model._meta.db_table


MATTERS = (
    _Matter(
        Sale,
        "customer_id",
        (
            payments.sales_were_paid_by_payments,
            sales.totals_are_paid_due_or_cancelled,
            dues.dues_are_those_of_sales,
        ),
        (dues.debts_are_the_receivables,),
    ),
    _Matter(
        Sale, "id", (refunds.sales_know_their_refunds,), (refunds.refunds_are_worth_their_lines,)
    ),
    _Matter(
        Purchase,
        "supplier_id",
        (
            payments.purchases_were_paid_by_payments,
            purchases.totals_are_lines_and_paid_or_due,
            dues.dues_are_those_of_purchases,
        ),
        (dues.debts_are_the_payables,),
    ),
    _Matter(Purchase, "id", (unique_keys_fold_their_text,)),
    _Matter(
        Batch,
        "product_id",
        (_side(replay.every_movement_once_more, replay.HELD),),
        (
            _side(replay.every_movement_once_more, replay.STOCK),
            stock.remaining_is_within_quantity,
        ),
    ),
)
MODELS: Mapping[str, type[models.Model]] = {
    model._meta.db_table: model for model in (Sale, CustomerDue, Purchase, SupplierDue, Batch)
}
DOCUMENT_OF = {"customer_dues": "sale_id", "supplier_dues": "purchase_id"}
PARTIES = {"customer_id": "customers", "supplier_id": "suppliers", "product_id": "products"}
# What a column counts, where one that says more than history does shows that something is gone.
COUNTED = {
    "sales.paid_amount": "payments of {}",
    "sales.refund_amount": "refunds of {}",
    "purchases.paid_amount": "payments of {}",
    "batches.remaining": "movements of {} units out of it",
}


def repair(scope: Scope | None = None) -> Repaired:
    """Recompute every derived column that is not what its check expects.

    What is wrong is searched without locks, then locked in the order in which every use case locks
    (sales, purchases, dues, batches), looked at again, and written in one transaction; then once
    more, for what a full search left out, until nothing changes. Each row that was changed is in
    the audit. Raises Unavailable when the engine refuses for too long.
    """
    scope = scope or Scope()
    done = Repaired()
    while True:
        with snapshot():
            suspects = [_suspects(matter, scope) for matter in MATTERS]
        round_ = transact(partial(_repair, suspects))
        done.changes += round_.changes
        done.missing += round_.missing
        done.left = round_.left
        if not round_.changes:
            return done


def _suspects(matter: _Matter, scope: Scope) -> list[int]:
    """The documents or batches with a column that is not what its check expects."""
    found: dict[str, set[int]] = {}
    for check in matter.recompute:
        try:
            for derived in _derived(check, scope):
                found.setdefault(derived.table, set()).add(derived.row_id)
        except Exception:  # (the check itself will say so: it is run again afterwards)
            log.exception("nothing is repaired by %s", check.invariants[0].name)
    ids: set[int] = set()
    for table, row_ids in found.items():
        if table == matter.table:
            ids |= row_ids
        elif table in DOCUMENT_OF:
            document = f"SELECT {DOCUMENT_OF[table]} FROM {table} WHERE PART(id)"
            ids |= {row_id for (row_id,) in rows_of(named(sorted(row_ids)), document)}
    return sorted(ids)


def _derived(check: Check, scope: Scope) -> Iterator[Derived]:
    for _, violation in check.search(scope):
        if violation.derived:
            yield violation.derived


def _repair(suspects: Sequence[list[int]]) -> Repaired:
    _lock([ids for _, ids in zip(MATTERS, suspects, strict=True)])
    repaired = Repaired()
    for matter, ids in zip(MATTERS, suspects, strict=True):
        wanted = f"SELECT {matter.by}, id FROM {matter.table} WHERE PART(id)"
        # What belongs to nobody (a walk-in's sale) stands or falls alone.
        groups = sorted(
            (key or 0, 0 if key else row_id, row_id) for key, row_id in rows_of(named(ids), wanted)
        )
        for (key, _), group in groupby(groups, key=itemgetter(0, 1)):
            _settle(matter, _scope_of(matter, key, [row_id for *_, row_id in group]), repaired)
    return repaired


def _scope_of(matter: _Matter, key: int, ids: list[int]) -> Named:
    these = f"IN ({', '.join(map(str, ids))})"
    conditions = {matter.table: f"{{0}} {these}"}
    if matter.model is Sale:
        conditions["refunds"] = f"{{0}} IN (SELECT id FROM refunds WHERE sale_id {these})"
    if matter.by in PARTIES:
        conditions[PARTIES[matter.by]] = f"{{0}} = {key}"
    return Named(rows=conditions)


def _settle(matter: _Matter, scope: Named, repaired: Repaired) -> None:
    """Write what the checks expect; take it back where something is broken all the same."""
    changes: list[Change] = []
    try:
        with transaction.atomic():
            for check in matter.recompute:
                _write(check, scope, changes)
            for check in (*matter.recompute, *matter.agree):
                for _, violation in check.search(scope):
                    raise _InDoubt(f"then {violation}")
    except _REFUSED as doubt:
        repaired.left += [f"{change}: {doubt}" for change in changes]
        return
    repaired.changes += changes
    repaired.missing += [text for change in changes if (text := _missing(change))]


def _write(check: Check, scope: Scope, changes: list[Change]) -> None:
    for derived in list(_derived(check, scope)):
        row = MODELS[derived.table]._default_manager.get(pk=derived.row_id)
        made = [
            Change(derived.table, derived.row_id, column, str(getattr(row, column)), str(value))
            for column, value in derived.values.items()
            if getattr(row, column) != value
        ]
        if not made:  # (two findings of one row expect the same)
            continue
        changes += made
        for change in made:
            setattr(row, change.column, derived.values[change.column])
        row.save(update_fields=[change.column for change in made])
        audit.recomputed(row, {change.column: [change.before, change.after] for change in made})


def _missing(change: Change) -> str | None:
    """What the column had counted that no row tells of."""
    counted = COUNTED.get(f"{change.table}.{change.column}")
    if counted is None:
        return None
    gone = Decimal(change.before) - Decimal(change.after)
    if change.table == "batches":
        gone = -gone
    if gone <= 0:
        return None
    return f"{change.table} {change.row_id}, {change.column} had counted {counted.format(gone)}"


def _lock(suspects: Sequence[list[int]]) -> None:
    """Documents, then dues by id, then batches in the order of FIFO: as every use case does."""
    ids: dict[type[models.Model], set[int]] = {Sale: set(), Purchase: set(), Batch: set()}
    for matter, found in zip(MATTERS, suspects, strict=True):
        ids[matter.model] |= set(found)
    for model, key, wanted in (
        (Sale, "pk", sorted(ids[Sale])),
        (Purchase, "pk", sorted(ids[Purchase])),
        (CustomerDue, "sale_id", sorted(ids[Sale])),
        (SupplierDue, "purchase_id", sorted(ids[Purchase])),
    ):
        for start in range(0, len(wanted), NAMED):
            some = model._default_manager.filter(**{f"{key}__in": wanted[start : start + NAMED]})
            list(some.select_for_update().order_by("pk").values_list("pk"))
    places = "SELECT store_id, product_id, id FROM batches WHERE PART(id)"
    by_product = sorted(rows_of(named(sorted(ids[Batch])), places))
    for (store_id, product_id), group in groupby(by_product, key=itemgetter(0, 1)):
        Batch.objects.locked(
            [product_id], store_id=store_id, first=1, ids=[row_id for *_, row_id in group]
        )
