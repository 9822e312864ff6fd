"""What each event of the shop writes: the rows of its document, its stock, its money, its entry.

The same rows as the use cases write (`sales.completion`, `sales.refunds`, `purchasing.receive`,
`ledger.dues`, …), in bulk. Amounts are cents, unit costs hundredths of a cent, moments text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.models import Batch, InventoryLog, InventoryLogBatch
from ledger import chart
from ledger.models import Expense, JournalEntry, JournalLine, Payment
from pos_project.tools.bench.loading import Loader, Table
from pos_project.tools.bench.master_data import store_id
from pos_project.tools.bench.shelf import Lot, Moved
from purchasing.models import Purchase, PurchaseItem, SupplierDue
from sales.models import (
    CustomerDue,
    Refund,
    RefundItem,
    Sale,
    SaleCogs,
    SaleItem,
    SaleItemBatch,
)

# The columns that are written here, in the order of the rows below; the others stay NULL.
SALE_FIELDS = (
    *("store_id", "invoice_no", "customer_id", "user_id", "status", "subtotal", "discount", "tax"),
    *("total_amount", "paid_amount", "due_amount", "refund_amount", "advance_used"),
    *("payment_method", "business_date", "created_at", "completed_at"),
)
ITEM_FIELDS = ("sale_id", "product_id", "product_name", "quantity", "unit_price", "subtotal")
USE_FIELDS = ("sale_item_id", "batch_id", "quantity", "buy_price", "cost", "refund_item_id")
COGS_FIELDS = ("sale_item_id", "quantity", "unit_cost", "total_cost", "refund_item_id")
LOG_FIELDS = (
    *("store_id", "product_id", "kind", "change_qty", "cost", "reason", "reference", "voids_id"),
    *("user_id", "business_date", "created_at"),
)
BATCH_FIELDS = (
    *("store_id", "product_id", "purchase_item_id", "origin", "received_on", "unit_cost"),
    *("quantity", "remaining", "created_at"),
)
PAYMENT_FIELDS = (
    *("store_id", "entry_id", "payment_party", "payment_type", "direction", "amount", "method_id"),
    *("customer_id", "supplier_id", "sale_id", "purchase_id", "refund_id", "reference_no"),
    *("user_id", "business_date", "created_at"),
)
LINE_FIELDS = ("entry_id", "account_id", "debit", "credit", "customer_id", "supplier_id")
PURCHASE_ITEM_FIELDS = (
    *("purchase_id", "product_id", "product_name", "quantity", "cost_price", "subtotal"),
)
ENTRY_FIELDS = (
    *("store_id", "event", "document_id", "reference", "status", "business_date"),
    *("created_by_id", "created_at"),
)
DUE_FIELDS = ("customer_id", "user_id", "due_amount", "status", "created_at")
REFUND_FIELDS = (
    *("sale_id", "store_id", "customer_id", "user_id", "refund_amount", "tax_amount", "paid_out"),
    *("due_reduced", "refund_method", "reason", "business_date", "sale_date", "created_at"),
)
PURCHASE_FIELDS = (
    *("store_id", "supplier_id", "user_id", "status", "invoice_no", "invoice_key"),
    *("purchase_date", "total_amount", "paid_amount", "due_amount", "advance_used"),
    *("payment_method", "business_date", "created_at"),
)
EXPENSE_FIELDS = (
    *("store_id", "title", "amount", "category", "payment_method_id", "created_by_id"),
    *("business_date", "created_at"),
)

Line = tuple[str, int, int, int | None, int | None]  # account, debit, credit, customer, supplier


class _Cents(dict[int, str]):
    """Amounts as text. Most come up again and again."""

    def __missing__(self, cents: int) -> str:
        whole, sign = abs(cents), "-" if cents < 0 else ""
        self[cents] = text = f"{sign}{whole // 100}.{whole % 100:02}"
        return text


class _UnitCosts(dict[int, str]):
    def __missing__(self, cost: int) -> str:
        self[cost] = text = f"{cost // 10_000}.{cost % 10_000:04}"
        return text


CENTS, UNIT_COSTS = _Cents(), _UnitCosts()


@dataclass(slots=True)
class PostingContext:
    """Who did it, on which business day, when."""

    user_id: int
    day: str
    at: str


@dataclass(slots=True, eq=False)
class Document:
    """A sale or purchase whose moving columns go on moving."""

    id: int
    number: str
    party_id: int | None
    day: str
    due_id: int
    context: PostingContext
    paid: int
    due: int
    refunded: int = 0


class Books:
    """All tables of events, and what belongs together in them."""

    def __init__(self, loader: Loader) -> None:
        table = loader.table
        # In the order in which they are written: lines before their document is posted.
        self.sales = table(Sale, SALE_FIELDS, posted="completed")
        self.items = table(SaleItem, ITEM_FIELDS)
        self.uses = table(SaleItemBatch, USE_FIELDS)
        self.costs = table(SaleCogs, COGS_FIELDS)
        self.refunds = table(Refund, REFUND_FIELDS)
        self.refund_items = table(
            RefundItem, ("refund_id", "sale_item_id", "quantity", "amount", "restocked")
        )
        self.purchases = table(Purchase, PURCHASE_FIELDS, posted="received")
        self.purchase_items = table(PurchaseItem, PURCHASE_ITEM_FIELDS)
        self.log = table(InventoryLog, LOG_FIELDS)
        self.log_batches = table(InventoryLogBatch, ("log_id", "batch_id", "quantity", "cost"))
        self.batches = table(Batch, BATCH_FIELDS)
        self.expenses = table(Expense, EXPENSE_FIELDS)
        self.entries = table(JournalEntry, ENTRY_FIELDS, posted="posted")
        self.lines = table(JournalLine, LINE_FIELDS)
        self.payments = table(Payment, PAYMENT_FIELDS)
        self.customer_dues = table(CustomerDue, ("sale_id", *DUE_FIELDS, "sale_date"))
        self.supplier_dues = table(
            SupplierDue,
            ("purchase_id", "supplier_id", *DUE_FIELDS[1:]),
        )
        self.store_id = store_id()

    def post(
        self,
        event: str,
        lines: Iterable[Line],
        context: PostingContext,
        *,
        document_id: int | None = None,
        reference: str | None = None,
    ) -> int:
        """One entry; zero lines are left out."""
        entry_id = next(self.entries.ids)
        self.entries.rows.append(
            (
                *(entry_id, self.store_id, event, document_id, reference, "draft", context.day),
                *(context.user_id, context.at),
            )
        )
        rows, ids = self.lines.rows, self.lines.ids
        for account, debit, credit, customer_id, supplier_id in lines:
            if debit or credit:
                rows.append(
                    (
                        *(next(ids), entry_id, account, CENTS[debit], CENTS[credit]),
                        *(customer_id, supplier_id),
                    )
                )
        return entry_id

    def pay(
        self,
        payment_type: str,
        direction: str,
        method: str,
        amount: int,
        entry_id: int,
        context: PostingContext,
        *,
        reference: str | None = None,
        **about: int | None,
    ) -> None:
        """One payment row; `about` names the party and the document."""
        get = about.get
        party = "supplier" if get("supplier_id") else "customer"
        self.payments.rows.append(
            (
                *(next(self.payments.ids), self.store_id, entry_id, party, payment_type),
                *(direction, CENTS[amount], method, get("customer_id"), get("supplier_id")),
                *(get("sale_id"), get("purchase_id"), get("refund_id"), reference),
                *(context.user_id, context.day, context.at),
            )
        )

    def move(
        self,
        kind: str,
        product_id: int,
        units: int,
        cost: int,
        context: PostingContext,
        *,
        reference: str | None = None,
        voids_id: int | None = None,
    ) -> int:
        """One log row; its id."""
        log_id = next(self.log.ids)
        self.log.rows.append(
            (
                *(log_id, self.store_id, product_id, kind, units, CENTS[cost], kind.upper()),
                *(reference, voids_id, context.user_id, context.day, context.at),
            )
        )
        return log_id

    def move_by_hand(self, log_id: int, moved: Sequence[Moved]) -> None:
        """Which batches an opening, adjustment or void moved (the signs of a sale turned)."""
        for each in moved:
            self.log_batches.rows.append(
                (
                    *(next(self.log_batches.ids), log_id, each.lot.id),
                    *(-each.units, CENTS[-each.cost]),
                )
            )

    def use(
        self, item_id: int, moved: Sequence[Moved], *, refund_item_id: int | None = None
    ) -> int:
        """What a sale line took from batches or gave back, and its cost row; the cost."""
        units = cost = 0
        rows, ids = self.uses.rows, self.uses.ids
        for each in moved:
            units += each.units
            cost += each.cost
            rows.append(
                (
                    *(next(ids), item_id, each.lot.id, each.units),
                    *(UNIT_COSTS[each.lot.unit_cost], CENTS[each.cost], refund_item_id),
                )
            )
        of_one, size = abs(cost) * 100, abs(units)
        self.costs.rows.append(
            (
                *(next(self.costs.ids), item_id, units),
                *(UNIT_COSTS[(2 * of_one + size) // (2 * size)], CENTS[cost], refund_item_id),
            )
        )
        return cost

    def owe(self, table: Table, document: Document, *, sale_date: bool) -> None:
        """The due row of a document, as it stands in the end."""
        context = document.context
        row: tuple[Any, ...] = (
            *(document.due_id, document.id, document.party_id, context.user_id),
            *(CENTS[document.due], "open" if document.due else "paid", context.at),
        )
        table.rows.append((*row, document.day) if sale_date else row)

    def shelve(self, lots: Iterable[Lot]) -> None:
        """The batches, with what is left in them in the end."""
        self.batches.rows += [
            (
                *(lot.id, self.store_id, lot.product_id, lot.purchase_item_id, lot.origin),
                *(lot.received_on, UNIT_COSTS[lot.unit_cost], lot.quantity, lot.remaining),
                lot.created_at,
            )
            for lot in lots
        ]


def tender_account(method: str) -> str:
    """The account of one of the methods that every shop starts with."""
    return {code: account for code, _, account in chart.PAYMENT_METHODS}[method]
