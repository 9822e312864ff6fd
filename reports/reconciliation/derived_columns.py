"""What the moving columns of sales, purchases, dues and batches should hold, by history alone.

A moving column is a sum of other rows. It is doubted where two sides of history do not agree on
it: what was paid for a customer's sales must leave what the receivables account says is owed, what
batches should hold must be what the log moved, a sale's refunds must be their lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models

from inventory.models import Batch
from ledger import chart
from pos_project.core.db.unique_keys import key_of
from pos_project.core.money import ZERO
from purchasing.models import Purchase, SupplierDue
from reports.reconciliation.rows import amount, exact, rows_of
from reports.reconciliation.scope import Part
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


class _SaleRow(NamedTuple):
    """A row of `_SALES`: what the sale and its due hold, and what was paid and came back."""

    id: int
    status: str
    customer_id: int | None
    total: Any
    advance: Any
    paid: Any
    due: Any
    refunded: Any
    received: Any  # of payments, in less out
    of_refunds: Any
    cancelled: Any  # of the due, by refunds
    of_refund_lines: Any
    due_id: int | None
    due_amount: Any
    due_status: str


class _PurchaseRow(NamedTuple):
    """A row of `_PURCHASES`: what the purchase and its due hold, and what was paid."""

    id: int
    status: str
    supplier_id: int
    total: Any
    advance: Any
    paid: Any
    due: Any
    spent: Any  # of payments, out less in
    reverses_id: int | None
    reversals: int
    invoice_no: str
    invoice_key: Any
    due_id: int | None
    due_amount: Any
    due_status: str


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


Columns = dict[str, tuple[Any, Any]]  # what each column holds, and what it should


@dataclass(frozen=True)
class Wrong:
    """A row whose moving columns should hold other values; `document` is whose they are."""

    model: type[models.Model]
    row_id: int
    document: int
    columns: Columns
    doubt: str | None  # why history does not say what they should hold


def named(ids: Sequence[int]) -> Iterator[Part]:
    for start in range(0, len(ids), AT_ONCE):
        yield Part(f"{{0}} IN ({', '.join(map(str, ids[start : start + AT_ONCE]))})")


def _disagreeing(sql: str, keys: set[int]) -> set[int]:
    """Of these parties or products, those on which the two sides of history do not agree."""
    return {
        key
        for key, told, booked in rows_of(named(sorted(keys)), sql)
        if exact(told) != exact(booked)
    }


def wrong_sales(part: Part) -> Iterator[Wrong]:
    wrong = [
        (row, columns)
        for row in map(_SaleRow._make, rows_of([part], _SALES))
        if any(columns := _of_sale(row))
    ]
    customers = {row.customer_id for row, _ in wrong if row.customer_id is not None}
    doubtful = _disagreeing(_OWED_BY_CUSTOMERS, customers)
    for row, (of_sale, of_due, of_refunds) in wrong:
        due, paid = _after(of_sale, "due_amount", row.due), _after(of_sale, "paid_amount", row.paid)
        doubt = None
        if min(due, paid) < 0 or (due and row.customer_id is None):
            doubt = f"its payments would leave {due} due"
        elif row.customer_id in doubtful:
            doubt = f"the receivables account disagrees about customer {row.customer_id}"
        elif due and row.due_id is None:
            doubt = "it has no row for its due"
        if of_sale:
            yield Wrong(Sale, row.id, row.id, of_sale, doubt)
        if of_due and row.due_id:
            yield Wrong(CustomerDue, row.due_id, row.id, of_due, doubt)
        if of_refunds:
            doubt = None
            after = _after(of_refunds, "refund_amount", row.refunded)
            if after != amount(row.of_refund_lines) or after > amount(row.total):
                doubt = "its refunds are not what their lines are worth"
            yield Wrong(Sale, row.id, row.id, of_refunds, doubt)


def _of_sale(row: _SaleRow) -> tuple[Columns, Columns, Columns]:
    """What is wrong of the sale's paid and due, of its due row, and of what was refunded."""
    of_sale: Columns = {}
    of_due: Columns = {}
    if row.status == Sale.Status.COMPLETED:
        paid = amount(row.advance) + amount(row.received)
        due = amount(row.total) - paid - amount(row.cancelled)
        of_sale = _moved(paid_amount=(amount(row.paid), paid), due_amount=(amount(row.due), due))
        of_due = _of_due(row, due)
    refunded = (amount(row.refunded), amount(row.of_refunds))
    return of_sale, of_due, _moved(refund_amount=refunded)


def wrong_purchases(part: Part) -> Iterator[Wrong]:
    wrong = [
        (row, columns)
        for row in map(_PurchaseRow._make, rows_of([part], _PURCHASES))
        if any(columns := _of_purchase(row))
    ]
    doubtful = _disagreeing(_OWED_TO_SUPPLIERS, {row.supplier_id for row, _ in wrong})
    for row, (of_purchase, of_due, of_key) in wrong:
        due = _after(of_purchase, "due_amount", row.due)
        doubt = None
        if due < 0:
            doubt = f"its payments would leave {due} due"
        elif row.supplier_id in doubtful:
            doubt = f"the payables account disagrees about supplier {row.supplier_id}"
        elif due and row.due_id is None:
            doubt = "it has no row for its due"
        if of_purchase:
            yield Wrong(Purchase, row.id, row.id, of_purchase, doubt)
        if of_due and row.due_id:
            yield Wrong(SupplierDue, row.due_id, row.id, of_due, doubt)
        if of_key:
            key = of_key["invoice_key"][1]
            others = Purchase.objects.filter(supplier_id=row.supplier_id, invoice_key=key)
            taken = key is not None and others.exclude(pk=row.id).exists()
            doubt = "another purchase of the supplier has that number" if taken else None
            yield Wrong(Purchase, row.id, row.id, of_key, doubt)


def _of_purchase(row: _PurchaseRow) -> tuple[Columns, Columns, Columns]:
    """What is wrong of the purchase's paid and due, of its due row, and of its number's key."""
    of_purchase: Columns = {}
    of_due: Columns = {}
    if row.status == Purchase.Status.RECEIVED:
        # What a reversed purchase still owed is settled against its reversal.
        undone = row.reverses_id is not None or row.reversals
        paid = amount(row.total) if undone else amount(row.advance) + amount(row.spent)
        due = amount(row.total) - paid
        paid_and_due = {
            "paid_amount": (amount(row.paid), paid),
            "due_amount": (amount(row.due), due),
        }
        of_purchase, of_due = _moved(**paid_and_due), _of_due(row, due)
    to_key = Purchase._meta.get_field("invoice_key").get_prep_value
    key = None if row.reversals else to_key(key_of(row.invoice_no))
    return of_purchase, of_due, _moved(invoice_key=(row.invoice_key, key))


def wrong_batches(part: Part) -> Iterator[Wrong]:
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
        yield Wrong(Batch, batch_id, batch_id, columns, doubt)


def _moved(**columns: tuple[Any, Any]) -> Columns:
    """Those that are not what they should be."""
    return {name: pair for name, pair in columns.items() if pair[0] != pair[1]}


def _of_due(row: _SaleRow | _PurchaseRow, due: Decimal) -> Columns:
    """What is wrong of the document's due row, if it has one."""
    if row.due_id is None:
        return {}
    status = "open" if due > ZERO else "paid"
    return _moved(due_amount=(amount(row.due_amount), due), status=(row.due_status, status))


def _after(columns: Columns, column: str, held: Any) -> Decimal:
    """What a column should hold; if nothing is wrong with it, what it holds."""
    return columns[column][1] if column in columns else amount(held)


SEARCHES = {"sales": wrong_sales, "purchases": wrong_purchases, "batches": wrong_batches}
