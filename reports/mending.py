"""Recomputing the moving columns of posted rows, and nothing else.

A moving column is a sum of other rows, so it can be made anew from them. It is only when two sides
of history agree on what it should be: what was paid for a customer's sales must leave what the
receivables account says is owed, what batches should hold must be what the log moved, a sale's
refunds must be their lines. Where they do not agree, history itself is broken, no sum of it can be
trusted, and the row is left as it is. History is never written here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models

from accounts import audit
from inventory.models import Batch
from ledger import chart
from pos_project.core.keys import key_of
from pos_project.core.money import ZERO
from pos_project.core.transactions import snapshot, transact
from purchasing.models import Purchase, SupplierDue
from reports.laws.reading import amount, exact, rows, rows_of
from reports.laws.scope import Part, Scope
from sales.models import CustomerDue, Sale

_SALES = """
    SELECT s.id, s.status, s.customer_id, s.total_amount, s.advance_used, s.paid_amount,
        s.due_amount, s.refund_amount,
        (SELECT SUM(CASE WHEN p.direction = 'in' THEN p.amount ELSE -p.amount END) FROM payments p
            WHERE p.sale_id = s.id AND p.payment_type IN ('payment', 'due_payment')),
        (SELECT SUM(r.refund_amount) FROM refunds r WHERE r.sale_id = s.id),
        (SELECT SUM(r.due_reduced) FROM refunds r WHERE r.sale_id = s.id),
        (SELECT SUM(i.amount) FROM refunds r JOIN refund_items i ON i.refund_id = r.id
            WHERE r.sale_id = s.id),
        d.id, d.due_amount, d.status
    FROM sales s LEFT JOIN customer_dues d ON d.sale_id = s.id
    WHERE {s.id in part} ORDER BY s.id
"""
_PURCHASES = """
    SELECT x.id, x.status, x.supplier_id, x.total_amount, x.advance_used, x.paid_amount,
        x.due_amount,
        (SELECT SUM(CASE WHEN p.direction = 'out' THEN p.amount ELSE -p.amount END) FROM payments p
            WHERE p.purchase_id = x.id AND p.payment_type IN ('payment', 'due_payment')),
        x.reverses_id,
        (SELECT COUNT(*) FROM purchases r WHERE r.reverses_id = x.id),
        x.invoice_no, x.invoice_key, d.id, d.due_amount, d.status
    FROM purchases x LEFT JOIN supplier_dues d ON d.purchase_id = x.id
    WHERE {x.id in part} ORDER BY x.id
"""
_BATCHES = """
    SELECT b.id, b.product_id, b.store_id, b.quantity, b.remaining,
        (SELECT SUM(u.quantity) FROM sale_item_batches u WHERE u.batch_id = b.id),
        (SELECT SUM(m.quantity) FROM inventory_log_batches m JOIN inventory_log l ON l.id = m.log_id
            WHERE m.batch_id = b.id
            AND (m.quantity < 0 OR l.kind NOT IN ('opening', 'adjustment')))
    FROM batches b WHERE {b.id in part} ORDER BY b.id
"""


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
_OWED = """
    SELECT party, SUM(told), SUM(booked) FROM (
        SELECT x.{party}_id AS party, x.total_amount - x.advance_used AS told, 0 AS booked
        FROM {documents} x WHERE x.status = '{counts}' AND {{x.{party}_id in part}}
        UNION ALL
        SELECT x.{party}_id, CASE WHEN p.direction = '{direction}' THEN -p.amount ELSE p.amount END,
            0
        FROM {documents} x JOIN payments p ON p.{document}_id = x.id
        WHERE x.status = '{counts}' AND p.payment_type IN ('payment', 'due_payment')
            AND {{x.{party}_id in part}}
        UNION ALL
        SELECT x.customer_id, -r.due_reduced, 0 FROM sales x JOIN refunds r ON r.sale_id = x.id
        WHERE '{documents}' = 'sales' AND {{x.customer_id in part}}
        UNION ALL
        SELECT {party}_id, 0, {sign}(debit - credit) FROM journal_lines
        WHERE account_id = '{account}' AND {{{party}_id in part}}
    ) sides GROUP BY party
"""
_OWED_BY_CUSTOMERS = _OWED.format(
    party="customer",
    documents="sales",
    document="sale",
    counts="completed",
    direction="in",
    account=chart.RECEIVABLES,
    sign="",
)
_OWED_TO_SUPPLIERS = _OWED.format(
    party="supplier",
    documents="purchases",
    document="purchase",
    counts="received",
    direction="out",
    account=chart.PAYABLES,
    sign="-",
)
_HELD = """
    SELECT product_id, SUM(told), SUM(logged) FROM (
        SELECT b.product_id, b.quantity AS told, 0 AS logged FROM batches b
        WHERE {b.product_id in part}
        UNION ALL
        SELECT b.product_id, -u.quantity, 0
        FROM batches b JOIN sale_item_batches u ON u.batch_id = b.id WHERE {b.product_id in part}
        UNION ALL
        SELECT b.product_id, m.quantity, 0
        FROM batches b JOIN inventory_log_batches m ON m.batch_id = b.id
        JOIN inventory_log l ON l.id = m.log_id
        WHERE {b.product_id in part}
            AND (m.quantity < 0 OR l.kind NOT IN ('opening', 'adjustment'))
        UNION ALL
        SELECT product_id, 0, change_qty FROM inventory_log WHERE {product_id in part}
    ) sides GROUP BY product_id
"""
AT_ONCE = 500  # rows named in one statement


@dataclass(frozen=True)
class _Wrong:
    """A row whose moving columns should hold other values; `document` is whose they are."""

    model: type[models.Model]
    row_id: int
    document: int
    columns: dict[str, tuple[Any, Any]]  # what each holds, and what it should
    doubt: str | None  # why history does not say what they should hold


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
            for table, search in _SEARCHES.items()
        }
    return transact(lambda: _mend(suspects))


def _mend(suspects: dict[str, list[int]]) -> Mended:
    _lock(suspects)
    mended = Mended()
    for table, search in _SEARCHES.items():
        for part in _named(suspects[table]):
            for wrong in search(part):
                _settle(wrong, mended)
    return mended


def _settle(wrong: _Wrong, mended: Mended) -> None:
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
        for part in _named(suspects["batches"])
        for place in rows(
            part.within("SELECT product_id, store_id, id FROM batches WHERE {id in part}")
        )
    ]
    by_product = sorted(places, key=lambda place: (place[1], place[0]))
    for (store_id, product_id), group in groupby(
        by_product, key=lambda place: (place[1], place[0])
    ):
        Batch.objects.locked([product_id], store_id=store_id, ids=[row_id for *_, row_id in group])


def _named(ids: Sequence[int]) -> Iterator[Part]:
    for start in range(0, len(ids), AT_ONCE):
        yield Part(f"{{0}} IN ({', '.join(map(str, ids[start : start + AT_ONCE]))})")


def _disagreeing(sql: str, keys: set[int]) -> set[int]:
    """Of these parties or products, those on which the two sides of history do not agree."""
    return {
        key
        for key, told, booked in rows_of(_named(sorted(keys)), sql)
        if exact(told) != exact(booked)
    }


def _wrong_sales(part: Part) -> Iterator[_Wrong]:
    wrong = [(row, columns) for row in rows_of([part], _SALES) if (columns := _of_sale(row))]
    customers = {row[2] for row, _ in wrong if row[2] is not None}
    doubtful = _disagreeing(_OWED_BY_CUSTOMERS, customers)
    for row, (of_sale, of_due, refunded) in wrong:
        sale_id, _, customer_id, total, *_ = row
        due = of_sale.get("due_amount", (None, amount(row[6])))[1]
        paid = of_sale.get("paid_amount", (None, amount(row[5])))[1]
        doubt = None
        if min(due, paid) < 0 or (due and customer_id is None):
            doubt = f"its payments would leave {due} due"
        elif customer_id in doubtful:
            doubt = f"the receivables account disagrees about customer {customer_id}"
        elif due and row[12] is None:
            doubt = "it has no row for its due"
        if of_sale:
            yield _Wrong(Sale, sale_id, sale_id, of_sale, doubt)
        if of_due:
            yield _Wrong(CustomerDue, row[12], sale_id, of_due, doubt)
        if refunded:
            doubt = None
            after = refunded["refund_amount"][1]
            if after != amount(row[11]) or after > amount(total):
                doubt = "its refunds are not what their lines are worth"
            yield _Wrong(Sale, sale_id, sale_id, refunded, doubt)


_Columns = dict[str, tuple[Any, Any]]


def _of_sale(row: tuple[Any, ...]) -> tuple[_Columns, _Columns, _Columns] | None:
    """What is wrong of the sale's paid and due, of its due row, and of what was refunded."""
    (_, status, _, total, advance, paid, due, refund, received, refunded, cancelled, _) = row[:12]
    of_sale: _Columns = {}
    of_due: _Columns = {}
    if status == Sale.Status.COMPLETED:
        paid_now = amount(advance) + amount(received)
        due_now = amount(total) - paid_now - amount(cancelled)
        of_sale = _moved(paid_amount=(amount(paid), paid_now), due_amount=(amount(due), due_now))
        if row[12] is not None:
            of_due = _due_row(row[13], row[14], due_now)
    of_refunds = _moved(refund_amount=(amount(refund), amount(refunded)))
    return (of_sale, of_due, of_refunds) if of_sale or of_due or of_refunds else None


def _wrong_purchases(part: Part) -> Iterator[_Wrong]:
    wrong = []
    for row in rows_of([part], _PURCHASES):
        (_, status, _, total, advance, paid, due, received, reverses, reversals, text, key) = row[
            :12
        ]
        undone = reverses is not None or reversals
        of_purchase: _Columns = {}
        of_due: _Columns = {}
        if status == Purchase.Status.RECEIVED:
            # What a reversed purchase still owed is settled against its reversal.
            paid_now = amount(total) if undone else amount(advance) + amount(received)
            due_now = amount(total) - paid_now
            of_purchase = _moved(
                paid_amount=(amount(paid), paid_now), due_amount=(amount(due), due_now)
            )
            if row[12] is not None:
                of_due = _due_row(row[13], row[14], due_now)
        field_ = Purchase._meta.get_field("invoice_key")
        expected = None if reversals else field_.get_prep_value(key_of(text))
        of_key = _moved(invoice_key=(key, expected))
        if of_purchase or of_due or of_key:
            wrong.append((row, of_purchase, of_due, of_key))
    doubtful = _disagreeing(_OWED_TO_SUPPLIERS, {row[2] for row, *_ in wrong})
    for row, of_purchase, of_due, of_key in wrong:
        purchase_id, supplier_id = row[0], row[2]
        due = of_purchase.get("due_amount", (None, amount(row[6])))[1]
        doubt = None
        if due < 0:
            doubt = f"its payments would leave {due} due"
        elif supplier_id in doubtful:
            doubt = f"the payables account disagrees about supplier {supplier_id}"
        elif due and row[12] is None:
            doubt = "it has no row for its due"
        if of_purchase:
            yield _Wrong(Purchase, purchase_id, purchase_id, of_purchase, doubt)
        if of_due:
            yield _Wrong(SupplierDue, row[12], purchase_id, of_due, doubt)
        if of_key:
            expected = of_key["invoice_key"][1]
            others = Purchase.objects.filter(supplier_id=supplier_id, invoice_key=expected)
            taken = expected is not None and others.exclude(pk=purchase_id).exists()
            doubt = "another purchase of the supplier has that number" if taken else None
            yield _Wrong(Purchase, purchase_id, purchase_id, of_key, doubt)


def _wrong_batches(part: Part) -> Iterator[_Wrong]:
    wrong = []
    for batch_id, product_id, _, quantity, remaining, used, moved in rows_of([part], _BATCHES):
        after = exact(quantity) - exact(used) + exact(moved)
        columns = _moved(remaining=(exact(remaining), after))
        if columns:
            wrong.append((batch_id, product_id, exact(quantity), after, columns))
    doubtful = _disagreeing(_HELD, {product_id for _, product_id, *_ in wrong})
    for batch_id, product_id, quantity, after, columns in wrong:
        doubt = None
        if not 0 <= after <= quantity:
            doubt = f"its movements would leave {after} of {quantity}"
        elif product_id in doubtful:
            doubt = f"the stock log disagrees about product {product_id}"
        yield _Wrong(Batch, batch_id, batch_id, columns, doubt)


def _moved(**columns: tuple[Any, Any]) -> _Columns:
    """Those that are not what they should be."""
    return {name: pair for name, pair in columns.items() if pair[0] != pair[1]}


def _due_row(owed: Any, status: str, due: Decimal) -> _Columns:
    return _moved(due_amount=(amount(owed), due), status=(status, "open" if due > ZERO else "paid"))


_SEARCHES = {"sales": _wrong_sales, "purchases": _wrong_purchases, "batches": _wrong_batches}
