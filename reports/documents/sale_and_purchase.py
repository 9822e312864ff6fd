"""The papers of a sale and of a purchase."""

from collections.abc import Sequence

from django.utils import timezone

from ledger.models import Payment
from pos_project.core.errors import NotFound
from purchasing.models import Purchase
from reports.documents.document import (
    Column,
    Paper,
    Shop,
    Size,
    Sum,
    Table,
    amount,
    deducted,
    units,
)
from sales.models import Refund, Sale
from sales.sale_lines import sale_lines

WALK_IN = "Walk-in Customer"


def receipt(sale_id: int) -> Paper:
    """The till's receipt of a completed sale, 80 mm wide. Raises NotFound."""
    return _of_sale(sale_id, "Receipt", Size.ROLL)


def invoice(sale_id: int) -> Paper:
    """The invoice of a completed sale, A4. Raises NotFound."""
    return _of_sale(sale_id, "Invoice", Size.A4)


def _of_sale(sale_id: int, title: str, size: Size) -> Paper:
    sale = Sale.objects.completed().select_related("store", "customer", "user")
    sold = sale.filter(pk=sale_id).first()
    if sold is None or sold.completed_at is None:
        raise NotFound("Sale not found")
    shop = Shop.of(sold.store)
    sign = shop.currency_sign
    lines = list(sale_lines().filter(sale=sold).order_by("id"))
    paid = list(
        Payment.objects.filter(sale=sold)
        .exclude(payment_type=Payment.Type.REFUND)
        .select_related("method")
        .order_by("id")
    )
    back = list(Refund.objects.filter(sale=sold).order_by("id"))
    customer = sold.customer
    facts = [
        ("Date", timezone.localtime(sold.completed_at).strftime("%d-%m-%Y %I:%M %p")),
        ("Customer", customer.name if customer else WALK_IN),
    ]
    if customer and customer.phone:
        facts.append(("Phone", customer.phone))
    facts.append(("Served by", sold.user.name))
    goods = [
        (
            line.product_name,
            units(line.quantity),
            amount(line.unit_price),
            amount(line.subtotal),
        )
        for line in lines
    ]
    sums = [Sum("Subtotal", amount(sold.subtotal))]
    if sold.discount:
        sums.append(Sum("Discount", deducted(sold.discount)))
    if sold.tax:
        sums.append(Sum("Tax", amount(sold.tax)))
    sums.append(Sum("Total", amount(sold.total_amount, sign=sign), is_total=True))
    if sold.advance_used:
        sums.append(Sum("Paid ahead", amount(sold.advance_used)))
    sums += [Sum(f"Paid, {payment.method.name}", _signed(payment)) for payment in paid]
    sums += [Sum(f"Refund {refund.pk}", deducted(refund.refund_amount)) for refund in back]
    if sold.due_amount:
        sums.append(Sum("Still due", amount(sold.due_amount)))
    return Paper(
        title,
        str(sold.invoice_no),
        shop,
        facts,
        [Table(_COLUMNS[size], goods, sums)],
        size,
        notes=[sold.note] if sold.note and size is Size.A4 else (),
        code=sold.invoice_no,
    )


def purchase_order(purchase_id: int) -> Paper:
    """What was ordered and received from a supplier, A4. Raises NotFound."""
    purchase = (
        Purchase.objects.exclude(status=Purchase.Status.DRAFT)
        .select_related("store", "supplier", "user")
        .filter(pk=purchase_id)
        .first()
    )
    if purchase is None:
        raise NotFound("Purchase not found")
    shop = Shop.of(purchase.store)
    supplier = purchase.supplier
    contact = (
        ("Phone", supplier.phone),
        ("E-mail", supplier.email),
        ("Received by", purchase.user.name),
    )
    goods = [
        (
            item.product_name,
            units(item.quantity),
            amount(item.cost_price),
            amount(item.subtotal),
        )
        for item in purchase.items.order_by("id")
    ]
    sums = [
        Sum("Total", amount(purchase.total_amount, sign=shop.currency_sign), is_total=True),
        Sum("Paid", amount(purchase.paid_amount)),
        Sum("Still due", amount(purchase.due_amount)),
    ]
    return Paper(
        "Purchase order",
        str(purchase.invoice_no),
        shop,
        [
            ("Date", purchase.purchase_date.strftime("%d-%m-%Y")),
            ("Supplier", supplier.name),
            *((label, value) for label, value in contact if value),
        ],
        [Table(_COLUMNS[Size.A4], goods, sums)],
        notes=[purchase.note] if purchase.note else (),
        code=purchase.invoice_no,
    )


def _signed(payment: Payment) -> str:
    is_in = payment.direction == Payment.Direction.IN
    return amount(payment.amount) if is_in else deducted(payment.amount)


_COLUMNS: dict[Size, Sequence[Column]] = {
    Size.A4: (
        Column("Item", 5),
        Column("Units", 1, is_number=True),
        Column("Price", 1.5, is_number=True),
        Column("Amount", 1.8, is_number=True),
    ),
    Size.ROLL: (
        Column("Item", 3),
        Column("×", 0.8, is_number=True),
        Column("Price", 1.4, is_number=True),
        Column("Amount", 1.7, is_number=True),
    ),
}
