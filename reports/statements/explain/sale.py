"""A sale: its total, tax, cost, profit and what is still owed, down to batches and papers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, Sum

from ledger.journal_models import JournalEntry, JournalLine
from ledger.models import Payment
from pos_project.core.errors import NotFound
from pos_project.core.money import ZERO, money, total
from reports.statements.explain.journal import entries_as_nodes
from reports.statements.explain.node import Explanation, Node, explained, units_text
from reports.statements.explain.origin import columns, origin_of
from sales.models import Refund, Sale, SaleCogs, SaleItem, SaleItemBatch


def explain_sale(sale_id: int) -> Explanation:
    """Raises NotFound. The number of statements is the same for every sale."""
    sale = Sale.objects.select_related("customer").filter(pk=sale_id).first()
    if sale is None:
        raise NotFound("Sale not found")
    items = list(sale.items.order_by("id"))
    refunds = list(Refund.objects.filter(sale=sale).order_by("id"))
    payments = list(_payments(sale))
    cost = _cost(sale, items)
    figures = [_total(sale, items), _tax(sale, refunds), cost, _profit(sale, refunds, cost)]
    if sale.status == Sale.Status.COMPLETED:
        figures.append(_due(sale, refunds, payments))
    figures.append(_journal(sale, refunds, payments))
    return Explanation(
        f"Sale {sale.pk} ({sale.invoice_no or sale.status})",
        {
            "sale_id": sale.pk,
            "invoice_no": sale.invoice_no,
            "status": sale.status,
            "customer_id": sale.customer_id,
            "customer": sale.customer.name if sale.customer else None,
            "date": sale.business_date.isoformat() if sale.business_date else None,
        },
        tuple(figures),
    )


def _payments(sale: Sale) -> Iterable[Payment]:
    kinds = (Payment.Type.PAYMENT, Payment.Type.DUE_PAYMENT)
    return Payment.objects.filter(sale=sale, payment_type__in=kinds).order_by("id")


def _total(sale: Sale, items: Sequence[SaleItem]) -> Node:
    lines = [
        Node(
            f"{units_text(item.quantity)} × {item.product_name} at {item.unit_price}",
            item.subtotal,
            about={"sale_item_id": item.pk, "product_id": item.product_id},
        )
        for item in items
    ]
    around = [Node("Discount", -sale.discount)] if sale.discount else []
    around += [Node("Tax", sale.tax)] if sale.tax else []
    return explained("Total", sale.total_amount, [*lines, *around])


def _tax(sale: Sale, refunds: Sequence[Refund]) -> Node:
    given_back = [
        Node(
            f"Given back by refund {refund.pk}", -refund.tax_amount, about={"refund_id": refund.pk}
        )
        for refund in refunds
        if refund.tax_amount
    ]
    kept = sale.tax - total(refund.tax_amount for refund in refunds)
    return explained("Tax kept", kept, [Node("Tax of the sale", sale.tax), *given_back])


def _cost(sale: Sale, items: Sequence[SaleItem]) -> Node:
    """Each line's cost as booked, and behind it the batches that it took from and gave back to."""
    uses: dict[int, list[Node]] = defaultdict(list)
    rows = SaleItemBatch.objects.filter(sale_item__sale=sale).order_by("id")
    taken = ("sale_item_id", "quantity", "buy_price", "cost", "refund_item__refund_id")
    for row in rows.values(*taken, *columns("batch__")):
        where, about = origin_of(row, "batch__")
        refund_id = row["refund_item__refund_id"]
        back = f" (back by refund {refund_id})" if refund_id else ""
        uses[row["sale_item_id"]].append(
            Node(
                f"{units_text(row['quantity'])} × {row['buy_price']:.4f}, {where}{back}",
                row["cost"],
                about={**about, "units": row["quantity"], "refund_id": refund_id},
            )
        )
    booked = dict(
        SaleCogs.objects.filter(sale_item__sale=sale)
        .values_list("sale_item_id")
        .annotate(cost=Sum("total_cost"))
        .order_by()
    )
    lines = [
        explained(
            f"{units_text(item.quantity)} × {item.product_name}",
            money(booked[item.pk]),
            uses[item.pk],
            about={"sale_item_id": item.pk, "product_id": item.product_id},
        )
        for item in items
        if item.pk in booked
    ]
    return explained("Cost of goods", money(sum(booked.values(), ZERO)), lines)


def _profit(sale: Sale, refunds: Sequence[Refund], cost: Node) -> Node:
    if sale.status != Sale.Status.COMPLETED:
        return Node("Gross profit", ZERO)
    parts = [Node("Lines", sale.subtotal), Node("Discount", -sale.discount)]
    parts += [
        Node(
            f"Refund {refund.pk} without its tax",
            refund.tax_amount - refund.refund_amount,
            about={"refund_id": refund.pk},
        )
        for refund in refunds
    ]
    parts.append(Node("Cost of goods", -cost.amount))
    return Node("Gross profit", total(part.amount for part in parts), tuple(parts))


def _due(sale: Sale, refunds: Sequence[Refund], payments: Sequence[Payment]) -> Node:
    parts = [Node("Total", sale.total_amount)]
    if sale.advance_used:
        parts.append(Node("Paid from the customer's advance", -sale.advance_used))
    parts += [payment_node(payment, lowers=Payment.Direction.IN) for payment in payments]
    parts += [
        Node(
            f"Cancelled by refund {refund.pk}",
            -refund.due_reduced,
            about={"refund_id": refund.pk},
        )
        for refund in refunds
        if refund.due_reduced
    ]
    return explained("Still due", sale.due_amount, parts)


def payment_node(payment: Payment, *, lowers: str) -> Node:
    """A payment and what it did to what is owed."""
    sign = -1 if payment.direction == lowers else 1
    return Node(
        f"Payment {payment.pk} of {payment.business_date}, {payment.method_id}",
        Decimal(sign * payment.amount),
        about={"payment_id": payment.pk, "entry_id": payment.entry_id},
    )


def _journal(sale: Sale, refunds: Sequence[Refund], payments: Sequence[Payment]) -> Node:
    """Every entry that the sale had a part in; each comes to nothing."""
    theirs: Any = (
        Q(event=JournalEntry.Event.SALE, document_id=sale.pk)
        | Q(event=JournalEntry.Event.REFUND, document_id__in=[refund.pk for refund in refunds])
        | Q(pk__in={payment.entry_id for payment in payments})
    )
    lines = JournalLine.objects.select_related("account").order_by("id")
    entries = (
        JournalEntry.objects.filter(theirs)
        .order_by("id")
        .prefetch_related(Prefetch("lines", lines))
    )
    return explained("Journal entries (debit +, credit −)", ZERO, entries_as_nodes(entries))
