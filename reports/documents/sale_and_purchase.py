"""The documents of a sale and of a purchase."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils import timezone

from ledger.chart_models import PaymentMethod
from ledger.models import Payment
from pos_project.core.errors import NotFound
from pos_project.core.money import ZERO
from purchasing.models import Purchase
from reports.documents.document import (
    Column,
    Document,
    Letterhead,
    Row,
    Size,
    Sum,
    Table,
    day,
    rate,
)
from sales.models import Refund, RefundItem, Sale
from sales.sale_lines import sale_lines

WALK_IN = "Walk-in Customer"


def receipt(sale_id: int) -> Document:
    """The till's receipt of a completed sale, 80 mm wide. Raises NotFound."""
    return _of_sale(sale_id, "Receipt", Size.ROLL)


def invoice(sale_id: int) -> Document:
    """The invoice of a completed sale, A4. Raises NotFound."""
    return _of_sale(sale_id, "Invoice", Size.A4)


def _of_sale(sale_id: int, title: str, size: Size) -> Document:
    completed = Sale.objects.completed().select_related("store", "customer", "user")
    sale = completed.filter(pk=sale_id).first()
    if sale is None or sale.completed_at is None:
        raise NotFound("Sale not found")
    customer, shop = sale.customer, Letterhead.of(sale.store)
    if sale.currency_sign is not None:  # the one of then
        shop = replace(shop, currency_sign=sale.currency_sign)
    lines = sale_lines().filter(sale=sale).order_by("id")
    rows = [
        Row([line.product_name, line.quantity, line.unit_price, line.subtotal]) for line in lines
    ]
    return Document(
        title,
        str(sale.invoice_no),
        shop,
        [
            ("Date", timezone.localtime(sale.completed_at).strftime("%d-%m-%Y %I:%M %p")),
            ("Customer", sale.customer_name or (customer.name if customer else WALK_IN)),
            *([("Phone", customer.phone)] if customer and customer.phone else ()),
            ("Served by", sale.user.name),
        ],
        [Table(_COLUMNS[size], rows, [*_charged(sale), *_settled(sale)])],
        size,
        notes=[sale.note] if sale.note and size is Size.A4 else (),
        code=sale.invoice_no,
    )


def credit_note(refund_id: int) -> Document:
    """What came back of a sale and what was given for it, A4. Raises NotFound."""
    made = Refund.objects.select_related("sale", "store", "customer", "user")
    refund = made.filter(pk=refund_id).first()
    if refund is None:
        raise NotFound("Refund not found")
    sale, shop = refund.sale, Letterhead.of(refund.store)
    if sale.currency_sign is not None:
        shop = replace(shop, currency_sign=sale.currency_sign)
    customer = sale.customer_name or (refund.customer.name if refund.customer else WALK_IN)
    items = RefundItem.objects.filter(refund=refund).select_related("sale_item").order_by("id")
    rows = [Row([item.sale_item.product_name, item.quantity, item.amount]) for item in items]
    method = PaymentMethod.objects.filter(code=refund.refund_method).first()
    sums = [Sum("Total", refund.refund_amount, is_total=True), Sum("Tax in it", refund.tax_amount)]
    if refund.due_reduced:
        sums.append(Sum("Taken off what was due", refund.due_reduced))
    if refund.paid_out:
        sums.append(
            Sum(f"Paid out, {method.name if method else refund.refund_method}", refund.paid_out)
        )
    return Document(
        "Credit note",
        f"{sale.invoice_no}-R{refund.pk}",
        shop,
        [
            ("Date", timezone.localtime(refund.created_at).strftime("%d-%m-%Y %I:%M %p")),
            ("Customer", customer),
            ("For invoice", str(sale.invoice_no)),
            *([("Reason", refund.reason)] if refund.reason else ()),
            ("Made by", refund.user.name),
        ],
        [Table(_CREDITED, rows, sums)],
        Size.A4,
    )


def _charged(sale: Sale) -> Iterator[Sum]:
    """From the lines to the total."""
    yield Sum("Subtotal", sale.subtotal)
    if sale.discount:
        yield Sum("Discount", -sale.discount)
    if sale.tax:
        yield Sum(_tax_label(sale), sale.tax)
    yield Sum("Total", sale.total_amount, is_total=True)


def _tax_label(sale: Sale) -> str:
    """`Tax, VAT (15 %)`; many a rate says its percentage in its name."""
    name, percent = sale.tax_rate_name, sale.tax_percent
    if not name or percent is None:
        return "Tax"
    return f"Tax, {name if f'{percent.normalize():f}' in name else rate(name, percent)}"


def _settled(sale: Sale) -> Iterator[Sum]:
    """From the total to what is still due: what was paid, and what refunds cancelled of the due or
    paid out."""
    if sale.advance_used:
        yield Sum("Paid from deposit", sale.advance_used)
    methods = {}
    for payment in Payment.objects.filter(sale=sale).select_related("method").order_by("id"):
        methods[payment.method_id] = payment.method_name or payment.method.name
        if payment.payment_type != Payment.Type.REFUND:
            is_in = payment.direction == Payment.Direction.IN
            amount = payment.amount if is_in else -payment.amount
            yield Sum(f"Paid, {methods[payment.method_id]}", amount)
    if sale.change_amount and sale.tendered_amount:
        yield Sum("Tendered", sale.tendered_amount)
        yield Sum("Change", sale.change_amount)
    refunds = Refund.objects.filter(sale=sale).order_by("id")
    for refund in refunds:
        yield Sum(f"Refund {refund.pk}", -refund.refund_amount)
        if refund.due_reduced:
            yield Sum("of it due cancelled", -refund.due_reduced)
        if refund.paid_out:
            yield Sum(f"of it paid out, {methods[refund.refund_method]}", -refund.paid_out)
    if sale.due_amount or refunds:
        yield Sum("Still due", sale.due_amount)


def goods_received_note(purchase_id: int) -> Document:
    """What came from a supplier, A4. Raises NotFound."""
    completed = Purchase.objects.filter(status=Purchase.Status.RECEIVED)
    purchase = completed.select_related("store", "supplier", "user").filter(pk=purchase_id).first()
    if purchase is None:
        raise NotFound("Purchase not found")
    supplier = purchase.supplier
    facts = (
        ("Date", day(purchase.purchase_date)),
        ("Supplier", purchase.supplier_name or supplier.name),
        ("Phone", supplier.phone),
        ("E-mail", supplier.email),
        ("Received by", purchase.user.name),
    )
    rows = [
        Row([item.product_name, item.quantity, item.cost_price, item.subtotal])
        for item in purchase.items.order_by("id")
    ]
    said = (
        ("Discount", -(purchase.discount or ZERO)),
        ("Freight", purchase.freight),
        ("Tax", purchase.tax),
        ("Rounding", purchase.rounding),
    )
    sums = [
        *(Sum(label, amount) for label, amount in said if amount),
        Sum("Total", purchase.total_amount, is_total=True),
        Sum("Paid", purchase.paid_amount),
        Sum("Still due", purchase.due_amount),
    ]
    return Document(
        "Goods returned note" if purchase.returns_id else "Goods received note",
        str(purchase.invoice_no),
        Letterhead.of(purchase.store),
        [(label, value) for label, value in facts if value],
        [Table(_COLUMNS[Size.A4], rows, sums)],
        notes=[purchase.note] if purchase.note else (),
        code=purchase.invoice_no,
        name=f"purchase-order-{purchase.invoice_no}",  # as its link is called
    )


_CREDITED = (
    Column("What came back", width=5),
    Column("Units", "count", 1),
    Column("Amount, tax in it", "money", 2),
)
_COLUMNS: dict[Size, Sequence[Column]] = {
    Size.A4: (
        Column("Item", width=5),
        Column("Units", "count", 1),
        Column("Price", "money", 1.5),
        Column("Amount", "money", 1.8),
    ),
    Size.ROLL: (
        Column("Item", width=3),
        Column("×", "count", 0.8),
        Column("Price", "money", 1.4),
        Column("Amount", "money", 1.7),
    ),
}
