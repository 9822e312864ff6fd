"""Selling a cart. Read it from top to bottom: this is what happens when somebody pays.

Before the transaction: read the products and price the order. Inside it: lock the batches and
plan what to take (nothing is decided after that), then write everything, each kind of row in one
statement, however many lines the sale has.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts import staff_rules
from accounts.stores import STORES
from catalog.models import Product, TaxRate
from catalog.tax_rates import RATES, Rate
from inventory import fifo
from inventory.picking import pick
from ledger import advances, parties, payments
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.prepared import prepared
from pos_project.core.db.rows import insert, insert_rows
from pos_project.core.errors import Invalid
from pos_project.core.money import ZERO
from pos_project.core.posting_context import Actor, PostingContext
from sales.completion import Sold, deliver
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Sale, SaleItem
from sales.pricing import Order, PricedLine, PricedOrder, price
from sales.staff_limits import order_breaches

ITEM_FIELDS = ("sale_id", "product_id", "product_name", "quantity", "unit_price", "subtotal")


@prepared
def products_to_sell(ids: Sequence[int]) -> QuerySet[Any]:
    """What a sale needs to know of these products."""
    known = Product.objects.listed().filter(pk__in=ids)
    return known.values_list("pk", "name", "price", "status", "keeps_stock", named=True)


def sell(
    order: Order,
    offered: payments.TendersOffered,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
    approval: staff_rules.Approval | None = None,
) -> Sold:
    """Sell the order: stock out first in, first out; paid, owed or both; booked.

    Amounts in shop currency. Raises Invalid (unknown or inactive product, unknown customer, sums
    that do not match, a walk-in who does not pay in full) or fifo.InsufficientStock, naming the
    lines, and NeedsApproval for what staff may not give off; nothing is written then.
    """
    with staff_rules.refusals_kept(by, Sale), kept_answer_first(key):
        priced = read_and_price(order)
        require_customer_for_advance(priced.customer_id, offered)
        breaches = order_breaches(priced, staff_rules.rules_for(by))
        staff_rules.require_allowed(breaches, approval)

    def sold() -> Sold:
        done = sell_priced(priced, offered, PostingContext.claim(by, at))
        staff_rules.keep_approved(breaches, approval, done.sale, by=by)
        return done

    return once(key, sold)


def sell_priced(
    order: PricedOrder, offered: payments.TendersOffered, context: PostingContext
) -> Sold:
    """The transaction of a checkout; the caller has opened it and asked whether it is allowed."""
    settlement = settle(order.total, order.customer_id, offered)
    picks = pick(demand_of(order.lines), store_id=context.store_id)
    sale = insert_draft(order, context, settlement=settlement)
    item_ids = insert_items(sale, order.lines)
    return deliver(sale, order.lines, item_ids, picks, settlement, context)


def read_and_price(order: Order) -> PricedOrder:
    """Look up what the order names and price it. Raises Invalid, naming what is unknown."""
    demanded = sorted({line.product_id for line in order.lines})
    products = {product.pk: product for product in products_to_sell(demanded)}
    fields = {}
    for position, line in enumerate(order.lines):
        product = products.get(line.product_id)
        if product is None:
            fields[f"items[{position}].product_id"] = ["Unknown product."]
        elif product.status != "active":
            fields[f"items[{position}].product_id"] = [f"{product.name} is not sold now."]
    if fields:
        raise Invalid("Some products cannot be sold.", fields=fields)
    customer_name = None
    if order.customer_id is not None:
        customer_name = parties.name_of(CUSTOMER_DUES, order.customer_id)
    rate = None if order.tax_rate_id is None else _named_rate(order, order.tax_rate_id)
    return price(
        order,
        products,
        rate=rate,
        rates=RATES.get() if order.tax else (),
        customer_name=customer_name,
    )


def _named_rate(order: Order, rate_id: int) -> Rate:
    if order.tax:
        raise Invalid("Send tax or tax_rate_id.", fields={"tax": ["Not with tax_rate_id."]})
    rates = TaxRate.objects.filter(pk=rate_id)
    row = rates.values_list("id", "name", "rate").first()
    if row is None:
        raise Invalid("Unknown tax rate.", fields={"tax_rate_id": ["Unknown tax rate."]})
    return Rate(*row)


def require_customer_for_advance(customer_id: int | None, offered: payments.TendersOffered) -> None:
    """Raise Invalid when a walk-in wants to use an advance."""
    if offered.use_advance and customer_id is None:
        text = "A walk-in has no advance."
        raise Invalid(f"use_advance: {text}", fields={"use_advance": [text]})


def settle(
    amount: Decimal, customer_id: int | None, offered: payments.TendersOffered
) -> payments.Settlement:
    """How the total is covered. Locks the customer when an advance is decided on.

    Raises Invalid when a walk-in would owe something.
    """
    settlement = advances.settle(CUSTOMER_DUES, customer_id, amount, offered)
    if settlement.due and customer_id is None:
        field = "payments" if offered.split else "paid_amount"
        text = "A sale without a customer is paid in full."
        raise Invalid(text, fields={field: [text]})
    return settlement


def demand_of(lines: Sequence[PricedLine]) -> list[fifo.Demand]:
    """What the lines want of stock. A service wants nothing but keeps its place, so that an error
    names the right line."""
    return [
        fifo.Demand(
            line.product_id, line.product_name, line.quantity if line.keeps_stock else Decimal(0)
        )
        for line in lines
    ]


def insert_draft(
    order: PricedOrder, context: PostingContext, *, settlement: payments.Settlement | None = None
) -> Sale:
    """The sale's row, still without number and day. Unsettled, all of it is due."""
    unpaid = payments.Settlement((), ZERO, ZERO, order.total, ZERO, "")
    covered = settlement or unpaid
    sale = Sale(
        store_id=context.store_id,
        customer_id=order.customer_id,
        user_id=context.user_id,
        status=Sale.Status.DRAFT,
        subtotal=order.subtotal,
        discount=order.discount,
        tax=order.tax,
        total_amount=order.total,
        paid_amount=covered.paid,
        due_amount=covered.due,
        refund_amount=ZERO,
        advance_used=covered.advance,
        payment_method=covered.method or None,
        note=order.note,
        tax_rate_id=order.tax_rate.id if order.tax_rate else None,
        tax_rate_name=order.tax_rate.name if order.tax_rate else None,
        tax_percent=order.tax_rate.percent if order.tax_rate else None,
        customer_name=order.customer_name,
        currency_sign=STORES.get()[context.store_id].currency_sign,
        tendered_amount=covered.tendered,
        change_amount=covered.change,
        created_at=context.at,
    )
    insert(sale)
    return sale


def insert_items(sale: Sale, lines: Sequence[PricedLine]) -> Sequence[int]:
    return insert_rows(
        SaleItem,
        ITEM_FIELDS,
        [
            (
                sale.pk,
                line.product_id,
                line.product_name,
                line.quantity,
                line.unit_price,
                line.subtotal,
            )
            for line in lines
        ],
    )
