"""Goods arrive from a supplier: stock in, paid now or owed, booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import chain, count
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from catalog.models import Product
from inventory import receiving
from ledger import advances, chart, parties, payments, posting
from ledger.journal_models import JournalEntry
from ledger.models import Payment
from pos_project.core.days import business_day
from pos_project.core.db.idempotency import RequestKey, kept_answer_first, once
from pos_project.core.db.prepared import prepared
from pos_project.core.db.rows import insert, insert_rows, set_drafts
from pos_project.core.db.transactions import names_what_is_gone
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, Invalid
from pos_project.core.money import MAX_AMOUNT, ZERO, money, total
from pos_project.core.posting_context import Actor, PostingContext, require_not_ahead
from purchasing.landed_costs import Landed, landed
from purchasing.models import Purchase, PurchaseItem, SupplierDue
from purchasing.supplier_payments import SUPPLIER_DUES

ITEM_FIELDS = (
    *("purchase_id", "product_id", "product_name", "quantity", "cost_price", "subtotal"),
    "landed_cost",
)
MOST_ROUNDING = Decimal("9.99")  # either way; more is a discount, or a slip


@dataclass(frozen=True)
class Line:
    """So many units at a cost each, or all of them for `line_total` (3 pieces for 10.00)."""

    product_id: int
    quantity: Decimal
    cost_price: Decimal | None  # per unit, 2 decimals
    line_total: Decimal | None = None

    @property
    def subtotal(self) -> Decimal:
        if self.line_total is not None:
            return self.line_total
        assert self.cost_price is not None
        return money(self.quantity * self.cost_price)

    @property
    def price(self) -> Decimal:
        """Per unit, to the cent."""
        if self.line_total is not None:
            return money(self.line_total / self.quantity)
        assert self.cost_price is not None
        return self.cost_price


@dataclass(frozen=True)
class Delivery:
    """What a supplier delivered, as their paper says. No date means today.

    Discount and freight are part of what the goods cost; tax is not, the state gives it back.
    """

    supplier_id: int
    lines: Sequence[Line]
    invoice_no: str | None = None
    purchase_date: date | None = None
    note: str | None = None
    total_amount: Decimal | None = None  # as the client computed it, to be checked
    discount: Decimal | None = None
    freight: Decimal | None = None
    tax: Decimal | None = None
    rounding: Decimal | None = None  # what the total is rounded by, up or (below zero) down

    @cached_property
    def subtotal(self) -> Decimal:
        return total(line.subtotal for line in self.lines)

    @cached_property
    def total(self) -> Decimal:
        added = (self.freight or ZERO) + (self.tax or ZERO) + (self.rounding or ZERO)
        return self.subtotal - (self.discount or ZERO) + added

    @cached_property
    def has_terms(self) -> bool:
        """Whether the paper says more than units × cost each."""
        told = (self.discount, self.freight, self.tax, self.rounding)
        return any(said is not None for said in told) or any(
            line.line_total is not None for line in self.lines
        )

    @cached_property
    def landed(self) -> list[Landed]:
        """What the goods of each line cost."""
        if not self.has_terms:
            return [Landed(line.price, line.subtotal) for line in self.lines]
        return landed(
            [(line.quantity, line.subtotal) for line in self.lines],
            (self.freight or ZERO) - (self.discount or ZERO),
        )


def receive_purchase(
    delivery: Delivery,
    offered: payments.TendersOffered,
    *,
    by: Actor,
    at: datetime | None = None,
    key: RequestKey | None = None,
) -> Purchase:
    """Receive a delivery: a batch per line, payment rows, the rest owed, the journal.

    Amounts in shop currency. Raises Invalid (unknown supplier or product, a total that does not
    match, more paid than the total) or Conflict (invoice number known); nothing is written then.
    """
    with kept_answer_first(key):
        require_not_ahead(delivery.purchase_date, field="purchase_date")
        supplier_name = parties.name_of(SUPPLIER_DUES, delivery.supplier_id)
        products = _check(delivery, offered)
    return once(key, lambda: _receive(delivery, offered, supplier_name, products, by, at))


@prepared
def _products_to_buy(ids: Sequence[int]) -> QuerySet[Any]:
    known = Product.objects.listed().filter(pk__in=ids)
    return known.values_list("pk", "name", "keeps_stock", named=True)


def _check(delivery: Delivery, offered: payments.TendersOffered) -> dict[int, Any]:
    """The products by id, with name and `keeps_stock`."""
    demanded = sorted({line.product_id for line in delivery.lines})
    products = {product.pk: product for product in _products_to_buy(demanded)}
    fields = {}
    for position, line in enumerate(delivery.lines):
        product = products.get(line.product_id)
        if product is None:
            fields[f"items[{position}].product_id"] = ["Unknown product."]
        elif not product.keeps_stock:
            fields[f"items[{position}].product_id"] = ["A service keeps no stock."]
    if fields:
        raise Invalid("Some products cannot be received.", fields=fields)
    if max(delivery.total, delivery.subtotal) > MAX_AMOUNT:
        text = f"More than {MAX_AMOUNT} in one purchase."
        raise Invalid(f"items: {text}", fields={"items": [text]})
    _check_terms(delivery)
    if delivery.total_amount is not None and delivery.total_amount != delivery.total:
        text = f"The lines add up to {delivery.total}."
        raise Invalid(f"total_amount: {text}", fields={"total_amount": [text]})
    if total(tender.amount for tender in offered.tenders) > delivery.total:
        field = "payments" if offered.split else "paid_amount"
        text = f"More than the total of {delivery.total}."
        raise Invalid(f"{field}: {text}", fields={field: [text]})
    return products


def _check_terms(delivery: Delivery) -> None:
    wrong = {}
    for field in ("discount", "freight", "tax"):
        said = getattr(delivery, field)
        if said is not None and not 0 <= said <= MAX_AMOUNT:
            wrong[field] = [f"Between 0 and {MAX_AMOUNT}."]
    if (delivery.discount or ZERO) > delivery.subtotal:
        wrong["discount"] = [f"More than the {delivery.subtotal} of the lines."]
    if abs(delivery.rounding or ZERO) > MOST_ROUNDING:
        wrong["rounding"] = [f"Between -{MOST_ROUNDING} and {MOST_ROUNDING}."]
    elif delivery.rounding and delivery.total < 0 and not wrong:
        wrong["rounding"] = [f"More than the total of {delivery.total - delivery.rounding}."]
    if wrong:
        [name, [text]] = next(iter(wrong.items()))
        raise Invalid(f"{name}: {text}", fields=wrong)


def _receive(
    delivery: Delivery,
    offered: payments.TendersOffered,
    supplier_name: str,
    products: dict[int, Any],
    by: Actor,
    at: datetime | None,
) -> Purchase:
    context = PostingContext.claim(by, at, day=delivery.purchase_date)
    settlement = advances.settle(SUPPLIER_DUES, delivery.supplier_id, delivery.total, offered)
    if settlement.change:
        field = "payments" if offered.split else "paid_amount"
        text = f"More than the open {delivery.total - settlement.advance}."
        raise Invalid(f"{field}: {text}", fields={field: [text]})
    purchase = _insert(delivery, supplier_name, settlement, context)
    number = delivery.invoice_no or free_number(purchase)
    costs = delivery.landed
    item_ids = insert_rows(
        PurchaseItem,
        ITEM_FIELDS,
        [
            (
                purchase.pk,
                line.product_id,
                products[line.product_id].name,
                line.quantity,
                line.price,
                line.subtotal,
                cost.worth if delivery.has_terms else None,
            )
            for line, cost in zip(delivery.lines, costs, strict=True)
        ],
    )
    worth = receiving.receive_purchased(
        [
            receiving.Goods(line.product_id, line.quantity, cost.unit_cost, item_id)
            for line, cost, item_id in zip(delivery.lines, costs, item_ids, strict=True)
        ],
        reference=number,
        received_on=min(purchase.purchase_date, business_day(context.at)),
        context=context,
    )
    assert delivery.has_terms or worth == purchase.total_amount, (worth, purchase.total_amount)
    _book(purchase, settlement, number, worth, context)
    set_drafts(
        Purchase,
        [purchase.pk],
        status=Purchase.Status.RECEIVED,
        invoice_no=number,
        invoice_key=key_of(number),
    )
    purchase.status, purchase.invoice_no = Purchase.Status.RECEIVED, number
    return purchase


def _insert(
    delivery: Delivery,
    supplier_name: str,
    settlement: payments.Settlement,
    context: PostingContext,
) -> Purchase:
    purchase = Purchase(
        store_id=context.store_id,
        supplier_id=delivery.supplier_id,
        supplier_name=supplier_name,
        user_id=context.user_id,
        status=Purchase.Status.DRAFT,
        invoice_no=delivery.invoice_no,
        invoice_key=key_of(delivery.invoice_no),
        purchase_date=delivery.purchase_date or context.business_date,
        total_amount=delivery.total,
        paid_amount=settlement.paid,
        due_amount=settlement.due,
        advance_used=settlement.advance,
        payment_method=settlement.method,
        discount=delivery.discount,
        freight=delivery.freight,
        tax=delivery.tax,
        rounding=delivery.rounding,
        note=delivery.note,
        business_date=context.business_date,
        created_at=context.at,
        entered_at=context.entered_at,
    )
    try:
        insert(purchase)
    except IntegrityError as error:
        if delivery.invoice_no is None or names_what_is_gone(error):
            raise
        text = "This supplier's invoice number is already entered."
        raise Conflict(text, fields={"invoice_no": [text]}) from error
    return purchase


def rounded(by: Decimal) -> posting.Line:
    """The line for what a total is more (+) or less than its goods and its tax."""
    return posting.Line(chart.ROUNDING, debit=max(by, ZERO), credit=max(-by, ZERO))


@prepared
def _papers_of(supplier_id: int, invoice_key: str) -> QuerySet[Any]:
    known = Purchase.objects.filter(supplier_id=supplier_id, invoice_key=invoice_key)
    return known.values_list("pk", flat=True)


def free_number(purchase: Purchase) -> str:
    """`PUR-000042`; with a suffix in the odd case that the supplier's own papers use it."""
    number = f"PUR-{purchase.pk:06}"
    candidates = chain([number], (f"{number}-{suffix}" for suffix in count(2)))
    # Each is looked up by itself: what begins like it would be looked for in all their papers.
    return next(
        each for each in candidates if not _papers_of(purchase.supplier_id, str(key_of(each)))
    )


def _book(
    purchase: Purchase,
    settlement: payments.Settlement,
    number: str,
    worth: Decimal,
    context: PostingContext,
) -> None:
    supplier_id = purchase.supplier_id
    if settlement.due:
        insert_rows(
            SupplierDue,
            ("purchase_id", "supplier_id", "user_id", "due_amount", "status", "created_at"),
            [
                (
                    purchase.pk,
                    supplier_id,
                    context.user_id,
                    settlement.due,
                    SupplierDue.Status.OPEN,
                    context.at,
                )
            ],
        )
    entry_id = posting.post(
        JournalEntry.Event.PURCHASE,
        [
            posting.Line(chart.INVENTORY, debit=worth),
            posting.Line(chart.INPUT_TAX, debit=purchase.tax or ZERO),
            rounded(purchase.total_amount - worth - (purchase.tax or ZERO)),
            *(
                posting.Line(payments.account_of(tender.method), credit=tender.amount)
                for tender in settlement.tenders
            ),
            posting.Line(
                chart.SUPPLIER_ADVANCES, credit=settlement.advance, supplier_id=supplier_id
            ),
            posting.Line(chart.PAYABLES, credit=settlement.due, supplier_id=supplier_id),
        ],
        context=context,
        document_id=purchase.pk,
        reference=number,
    )
    payments.record(
        [
            payments.PaymentLine(
                Payment.Type.PAYMENT,
                Payment.Direction.OUT,
                tender,
                party=Payment.Party.SUPPLIER,
                supplier_id=supplier_id,
                purchase_id=purchase.pk,
                reference=number,
            )
            for tender in settlement.tenders
        ],
        entry_id=entry_id,
        context=context,
    )
