"""The histories again, in plain Python over every row: a second opinion on lists and summaries."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from ledger.models import Payment
from pos_project.core.days import business_day, local_iso
from purchasing.models import Purchase, PurchaseItem
from sales.models import Refund, RefundItem, Sale, SaleItem

Row = dict[str, Any]
KINDS_OF_PAYMENT = {"payment": "Payment", "advance": "Payment", "due_payment": "DuePayment"}


@dataclass(frozen=True)
class Asked:
    """A question to a history: `mine` says which rows it is about."""

    mine: Callable[[Any], bool]
    first: date | None = None
    last: date | None = None
    kind: str | None = None

    def during(self, moment: datetime) -> bool:
        return self.includes(business_day(moment))

    def includes(self, day: date) -> bool:
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


# --- Transactions ---


def of_customers(asked: Asked, *, word: str = "Purchased") -> list[Row]:
    """Sales, payments and refunds; `word` for a sale."""
    rows = [(_sale(sale, word), sale, 0) for sale in Sale.objects.all()]
    rows += _payments(KINDS_OF_PAYMENT)
    rows += [(_refund(refund), refund, 4) for refund in Refund.objects.all()]
    return _chosen(rows, asked)


def of_suppliers(asked: Asked) -> list[Row]:
    rows = [(_purchase(purchase), purchase, 0) for purchase in Purchase.objects.all()]
    rows += _payments({**KINDS_OF_PAYMENT, "advance": "Advance"})
    return _chosen(rows, asked)


def counts(rows: Iterable[Row], words: Iterable[str]) -> Row:
    """What a summary says of these rows."""
    found = [row["type"] for row in rows]
    return {
        "total_transactions": len(found),
        **{f"{word.lower()}_count": found.count(word) for word in words},
    }


def _chosen(rows: list[tuple[Row, Any, int]], asked: Asked) -> list[Row]:
    kept = [
        (row, event, place)
        for row, event, place in rows
        if asked.mine(event)
        and asked.during(event.created_at)
        and asked.kind in (None, row["type"])
    ]
    kept.sort(key=lambda each: (each[1].created_at, -each[2], each[1].pk), reverse=True)
    return [row for row, _, _ in kept]


def _payments(kinds: dict[str, str]) -> list[tuple[Row, Any, int]]:
    places = {"payment": 1, "advance": 2, "due_payment": 3}
    return [
        (_payment(payment, kinds[payment.payment_type]), payment, places[payment.payment_type])
        for payment in Payment.objects.all()
        if payment.payment_type != "refund"
    ]


def _sale(sale: Any, word: str) -> Row:
    return {
        **_common(sale, word, sale.status, sale.total_amount),
        "reference": sale.invoice_no,
        "paid": float(sale.paid_amount),
        "due": float(sale.due_amount),
        "direction": None,
        "method": sale.payment_method,
    }


def _refund(refund: Any) -> Row:
    return {
        **_common(refund, "Refund", "refund", refund.refund_amount),
        "reference": refund.sale.invoice_no,
        "paid": float(refund.paid_out),
        "due": None,
        "method": refund.refund_method,
        "direction": "out",
    }


def _purchase(purchase: Any) -> Row:
    return {
        **_common(purchase, "Purchase", "purchase", purchase.total_amount),
        "reference": purchase.invoice_no,
        "paid": float(purchase.paid_amount),
        "due": float(purchase.due_amount),
        "direction": None,
        "method": purchase.payment_method,
    }


def _payment(payment: Any, word: str) -> Row:
    document = payment.sale or payment.purchase
    return {
        **_common(payment, word, payment.payment_type, payment.amount),
        "reference": document.invoice_no if document else None,
        "paid": float(payment.amount),
        "due": None,
        "method": payment.method_id,
        "direction": payment.direction,
    }


def _common(event: Any, word: str, status: str, amount: Any) -> Row:
    return {
        "ref_id": event.pk,
        "type": word,
        "status": status,
        "amount": float(amount),
        "user_id": event.user_id,
        "created_at": local_iso(event.created_at),
    }


# --- Products ---


def kept_products(asked: Asked) -> list[Row]:
    """What was bought and not brought back, most units first; `mine` is asked about sales."""
    lines = [
        item
        for item in SaleItem.objects.select_related("sale")
        if item.sale.status == "completed"
        and asked.mine(item.sale)
        and asked.during(item.sale.created_at)
    ]
    back: dict[int, Any] = defaultdict(int)
    for returned in RefundItem.objects.all():
        back[returned.sale_item_id] += returned.quantity
    return _by_product(
        lines,
        lambda item: item.sale_id,
        lambda item: item.quantity - back[item.pk],
        lambda item: item.subtotal - back[item.pk] * item.unit_price,
    )


def supplied_products(asked: Asked) -> list[Row]:
    """What was supplied; a purchase that was undone, and what undid it, count as nothing."""
    undone = set(Purchase.objects.exclude(reverses=None).values_list("reverses_id", flat=True))
    lines = [
        item
        for item in PurchaseItem.objects.select_related("purchase")
        if asked.mine(item.purchase)
        and asked.includes(item.purchase.purchase_date)
        and item.purchase.reverses_id is None
        and item.purchase_id not in undone
    ]
    return _by_product(
        lines,
        lambda item: item.purchase_id,
        lambda item: item.quantity,
        lambda item: item.subtotal,
    )


def totals(products: Iterable[Row], times: int) -> list[Any]:
    """What the summary says of these products: times, products, units, amount."""
    rows = list(products)
    amount = round(sum(row["total_amount"] for row in rows), 2)
    return [times, len(rows), sum(row["total_quantity"] for row in rows), amount]


def _by_product(
    lines: list[Any],
    document: Callable[[Any], int],
    units: Callable[[Any], Any],
    amount: Callable[[Any], Any],
) -> list[Row]:
    of_product: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        of_product[line.product_id].append(line)
    rows = [
        {
            "product_id": product_id,
            "documents": {document(line) for line in own},
            "total_quantity": int(sum(units(line) for line in own)),
            "total_amount": float(sum(amount(line) for line in own)),
        }
        for product_id, own in of_product.items()
    ]
    rows.sort(key=lambda row: (row["total_quantity"], row["product_id"]), reverse=True)
    return [row for row in rows if row["total_quantity"] > 0]


def of(party: Model, name: str, *, by: int | None = None) -> Callable[[Any], bool]:
    """Rows of a customer, supplier or user; only those `by` one user, if given."""
    return lambda event: (
        getattr(event, f"{name}_id", None) == party.pk and by in (None, event.user_id)
    )
