"""The second half of every sale, checked out at once or held before: everything is decided, and
now it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.stores import number_of_sale
from inventory import fifo, movements
from inventory.models import InventoryLog
from ledger import chart, payments, posting
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from pos_project.core import metrics
from pos_project.core.db.rows import insert_rows, set_drafts
from pos_project.core.money import unit_cost
from pos_project.core.posting_context import PostingContext
from sales.models import CustomerDue, Sale, SaleCogs, SaleItemBatch
from sales.pricing import PricedLine

USE_FIELDS = ("sale_item_id", "batch_id", "quantity", "buy_price", "cost", "refund_item_id")
DUE_FIELDS = (
    "sale_id",
    "customer_id",
    "user_id",
    "due_amount",
    "status",
    "sale_date",
    "created_at",
)
COGS_FIELDS = ("sale_item_id", "quantity", "unit_cost", "total_cost", "refund_item_id")


@dataclass(frozen=True)
class Sold:
    """A completed sale, and the change to give back."""

    sale: Sale
    change: Decimal

    @property
    def commit_probe(self) -> Sale:
        """The row that tells whether all of it was saved."""
        return self.sale


def deliver(
    sale: Sale,
    lines: Sequence[PricedLine],
    item_ids: Sequence[int],
    picks: Sequence[Sequence[fifo.Pick]],
    settlement: payments.Settlement,
    context: PostingContext,
) -> Sold:
    """Write what the sale took, cost and owes, post it, and complete it."""
    number = sale.invoice_no or number_of_sale(sale.store_id, sale.pk)
    cost = _write_stock(lines, item_ids, picks, number, context)
    if settlement.due:
        assert sale.customer_id is not None, sale  # a walk-in who owes was refused
        insert_rows(
            CustomerDue,
            DUE_FIELDS,
            [
                (
                    sale.pk,
                    sale.customer_id,
                    context.user_id,
                    settlement.due,
                    CustomerDue.Status.OPEN,
                    context.business_date,
                    context.at,
                )
            ],
        )
    entry_id = posting.post(
        JournalEntry.Event.SALE,
        _journal(sale, settlement, cost),
        context=context,
        document_id=sale.pk,
        reference=number,
    )
    payments.record(
        [
            payments.PaymentLine(
                Payment.Type.PAYMENT,
                Payment.Direction.IN,
                tender,
                customer_id=sale.customer_id,
                sale_id=sale.pk,
                reference=number,
            )
            for tender in settlement.tenders
        ],
        entry_id=entry_id,
        context=context,
    )
    transaction.on_commit(metrics.SALES.inc, robust=True)
    return Sold(_complete(sale, number, settlement, context), settlement.change)


def _write_stock(
    lines: Sequence[PricedLine],
    item_ids: Sequence[int],
    picks: Sequence[Sequence[fifo.Pick]],
    number: str,
    context: PostingContext,
) -> Decimal:
    """Uses, costs, log and remainders, one statement each; returns what the goods cost."""
    sold = [
        (line, item_id, taken)
        for line, item_id, taken in zip(lines, item_ids, picks, strict=True)
        if taken
    ]
    if not sold:
        return fifo.cost_of(())
    insert_rows(
        SaleItemBatch,
        USE_FIELDS,
        [
            (item_id, pick.batch_id, pick.quantity, pick.unit_cost, pick.cost, None)
            for _, item_id, taken in sold
            for pick in taken
        ],
    )
    costs = [fifo.cost_of(taken) for _, _, taken in sold]
    insert_rows(
        SaleCogs,
        COGS_FIELDS,
        [
            (item_id, line.quantity, unit_cost(cost / line.quantity), cost, None)
            for (line, item_id, _), cost in zip(sold, costs, strict=True)
        ],
    )
    movements.log(
        [
            movements.Movement(line.product_id, -line.quantity, -cost)
            for (line, _, _), cost in zip(sold, costs, strict=True)
        ],
        kind=InventoryLog.Kind.SALE,
        reference=number,
        context=context,
    )
    movements.write_remaining(pick for _, _, taken in sold for pick in taken)
    return sum(costs, fifo.cost_of(()))


def _journal(sale: Sale, settlement: payments.Settlement, cost: Decimal) -> list[posting.Line]:
    customer_id = sale.customer_id
    return [
        *(
            posting.Line(payments.account_of(tender.method), debit=tender.amount)
            for tender in settlement.tenders
        ),
        posting.Line(chart.CUSTOMER_ADVANCES, debit=settlement.advance, customer_id=customer_id),
        posting.Line(chart.RECEIVABLES, debit=settlement.due, customer_id=customer_id),
        posting.Line(chart.DISCOUNTS_GIVEN, debit=sale.discount),
        posting.Line(chart.SALES, credit=sale.subtotal),
        posting.Line(chart.TAX_PAYABLE, credit=sale.tax),
        posting.Line(chart.COST_OF_GOODS_SOLD, debit=cost),
        posting.Line(chart.INVENTORY, credit=cost),
    ]


def _complete(
    sale: Sale, number: str, settlement: payments.Settlement, context: PostingContext
) -> Sale:
    changes = {
        "status": Sale.Status.COMPLETED,
        "invoice_no": number,
        "business_date": context.business_date,
        "completed_at": context.at,
        "paid_amount": settlement.paid,
        "due_amount": settlement.due,
        "advance_used": settlement.advance,
        "payment_method": settlement.method,
        "tendered_amount": settlement.tendered,
        "change_amount": settlement.change,
    }
    set_drafts(Sale, [sale.pk], **changes)
    for name, value in changes.items():
        setattr(sale, name, value)
    return sale
