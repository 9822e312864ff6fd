"""A shop for tests: people, goods and events made through the use cases, and ways to look at them.

Everything here goes the way a till goes, so that what a test starts from has batches, payments
and a journal that agree; `laws.books_agree` says whether they still do.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from accounts.models import Store, User
from catalog.models import Product
from inventory import adjustments, counting, receiving
from inventory.models import Batch, InventoryLog, StockCount
from ledger import due_credits, opening_dues, posting
from ledger.advance_repayments import pay_back_advance
from ledger.chart_models import PaymentMethod
from ledger.dues import DuePayment
from ledger.expenses import Spending, record_expense, reverse_expense
from ledger.journal_models import JournalEntry
from ledger.manual_entries import ManualEntry, post_manual_entry, reverse_manual_entry
from ledger.models import Expense, Payment
from ledger.payment_reversals import reverse_payment
from ledger.payments import METHODS, Tender, TendersOffered
from ledger.period_lock import lock_through
from pos_project.core.days import FIRST_DAY
from pos_project.core.db.idempotency import RequestKey, fingerprint
from pos_project.core.db.transactions import transact
from pos_project.core.errors import DomainError
from pos_project.core.posting_context import PostingContext
from pos_project.core.remembered import Remembered
from purchasing.models import Purchase, Supplier, SupplierDue
from purchasing.receive import Delivery, receive_purchase
from purchasing.receive import Line as DeliveryLine
from purchasing.returns import Return, SentBack, return_goods
from purchasing.reversals import reverse_purchase
from purchasing.supplier_payments import SUPPLIER_DUES, pay_supplier
from sales import checkout, holds
from sales.completion import Sold
from sales.customer_payments import CUSTOMER_DUES, receive_due_payment
from sales.models import Customer, CustomerDue, Refund, Sale, SaleItem
from sales.pricing import Line, Order
from sales.refunds import Claim, Returned, refund

ZERO = Decimal(0)
Amount = Decimal | int | str
# product, units[, unit price]
Wanted = tuple[Product, int] | tuple[Product, int, Amount]


# --- People and things ---


def a_cashier(name: str = "cashier", **fields: Any) -> User:
    """The user of that name, made on first use."""
    email = f"{name}@shop.example"
    known = User.objects.filter(email=email).first()
    if known:
        return known
    return User.objects.create_user(
        name=name, email=email, **{"role": "staff", "password": "a-good-password", **fields}
    )


def a_product(price: Amount = "19.99", **fields: Any) -> Product:
    return baker.make(Product, **{"price": Decimal(price), **fields})


def a_service(price: Amount = "5.00") -> Product:
    """Postage, say: sold, but not kept in stock."""
    return a_product(price, name="Postage", keeps_stock=False)


def a_customer(**fields: Any) -> Customer:
    return baker.make(Customer, **{"name": "Rahim Uddin", **fields})


def a_supplier(**fields: Any) -> Supplier:
    return baker.make(Supplier, **{"name": "Delta Textiles", **fields})


# --- What is laid on the counter ---


def cash(amount: Amount, *, use_advance: bool = False) -> TendersOffered:
    return by_method("cash", amount, use_advance=use_advance)


def by_method(method: str, amount: Amount, *, use_advance: bool = False) -> TendersOffered:
    tenders = (Tender(method, Decimal(amount)),) if Decimal(amount) else ()
    return TendersOffered(tenders, method, use_advance=use_advance)


def on_credit(*, use_advance: bool = False) -> TendersOffered:
    return TendersOffered(use_advance=use_advance)


def split(*, use_advance: bool = False, **amounts: Amount) -> TendersOffered:
    """Several tenders: `split(card=60, cash=40)`."""
    tenders = tuple(Tender(method, Decimal(amount)) for method, amount in amounts.items())
    return TendersOffered(tenders, use_advance=use_advance, split=True)


# --- Events ---


def stock(
    product: Product,
    units: int,
    cost: Amount = "8.50",
    *,
    on: date | None = None,
    supplier: Supplier | None = None,
    offered: TendersOffered | None = None,
) -> Batch:
    """Buy `units` at `cost` each, paid in cash unless `offer` says otherwise; their batch."""
    bought = buy((product, units, cost), on=on, supplier=supplier, offered=offered)
    return Batch.objects.get(purchase_item__purchase=bought)


def for_all(product: Product, units: int, line_total: Amount) -> DeliveryLine:
    """A line of a delivery whose paper says what all of it costs: `for_all(mug, 3, 10)`."""
    return DeliveryLine(product.pk, Decimal(units), None, Decimal(line_total))


def buy(
    *lines: tuple[Product, int, Amount] | DeliveryLine,
    supplier: Supplier | None = None,
    offered: TendersOffered | None = None,
    on: date | None = None,
    invoice: str | None = None,
    key: RequestKey | None = None,
    by: User | None = None,
    **fields: Any,
) -> Purchase:
    delivery = Delivery(
        (supplier or Supplier.objects.first() or a_supplier()).pk,
        [
            line
            if isinstance(line, DeliveryLine)
            else DeliveryLine(line[0].pk, Decimal(line[1]), Decimal(line[2]))
            for line in lines
        ],
        invoice,
        on,
        **fields,
    )
    return receive_purchase(
        delivery,
        cash(delivery.total) if offered is None else offered,
        by=by or a_cashier(),
        key=key,
    )


def opening(product: Product, units: int, cost: Amount) -> Batch:
    """Stock that was there before the books."""
    transact(
        lambda: receiving.receive_opening_stock(
            product,
            quantity=Decimal(units),
            unit_cost=Decimal(cost),
            context=PostingContext.claim(a_cashier()),
        )
    )
    return Batch.objects.latest("id")


def adjust(
    product: Product, change: int, cost: Amount | None = None, **fields: Any
) -> InventoryLog:
    unit_cost = None if cost is None else Decimal(cost)
    adjustment = adjustments.Adjustment(
        product.pk, Decimal(change), unit_cost=unit_cost, **{"reason": "COUNT", **fields}
    )
    return adjustments.adjust(adjustment, by=a_cashier())


def void(entry: InventoryLog) -> InventoryLog:
    return adjustments.void(entry.pk, by=a_cashier())


def an_order(*wanted: Wanted, customer: Customer | None = None, **fields: Any) -> Order:
    lines = [
        Line(product.pk, Decimal(units), Decimal(price[0]) if price else None)
        for product, units, *price in wanted
    ]
    return Order(lines, customer.pk if customer else None, **fields)


def sell(
    *wanted: Wanted,
    offered: TendersOffered | None = None,
    customer: Customer | None = None,
    by: User | None = None,
    at: datetime | None = None,
    key: RequestKey | None = None,
    **fields: Any,
) -> Sold:
    """Sell; paid with more than enough cash unless `offer` says otherwise."""
    order = an_order(*wanted, customer=customer, **fields)
    return checkout.sell(
        order, cash(10**6) if offered is None else offered, by=by or a_cashier(), at=at, key=key
    )


def hold(*wanted: Wanted, customer: Customer | None = None, **fields: Any) -> Sale:
    return holds.hold(an_order(*wanted, customer=customer, **fields), by=a_cashier())


def complete(held: Sale, offered: TendersOffered | None = None, *, by: User | None = None) -> Sold:
    return holds.complete(
        held.pk, cash(10**6) if offered is None else offered, by=by or a_cashier()
    )


def take_back(
    sale: Sale, *returned: Returned, key: RequestKey | None = None, **fields: Any
) -> Refund:
    """Refund those units, or everything that is left when none are named."""
    claim = Claim(sale.pk, returned or None, **fields)
    return refund(claim, by=a_cashier(), key=key)


def units_of(item: SaleItem, units: int, *, restock: bool | None = None) -> Returned:
    return Returned(Decimal(units), sale_item_id=item.pk, restock=restock)


def a_count(*found: tuple[Product, int], **fields: Any) -> StockCount:
    """Shelves counted: so many units of each of these products."""
    shelf = Batch.objects.all().stock([each.pk for each, _ in found], store_id=Store.FIRST_ID)
    counts = [
        counting.Counted(each.pk, shelf.get(each.pk, Decimal(0)), Decimal(units))
        for each, units in found
    ]
    return counting.count_stock(counts, **{"reason": "COUNT", "by": a_cashier(), **fields}).count


def pay_dues(
    customer: Customer,
    amount: Amount,
    method: str = "cash",
    number: str | None = None,
    **fields: Any,
) -> DuePayment:
    tender = Tender(method, Decimal(amount), number)
    return receive_due_payment(customer.pk, tender, **{"by": a_cashier(), **fields})


def pay_the(supplier: Supplier, amount: Amount, method: str = "cash", **fields: Any) -> DuePayment:
    return pay_supplier(
        supplier.pk, Tender(method, Decimal(amount)), **{"by": a_cashier(), **fields}
    )


def an_advance(customer: Customer, amount: Amount) -> None:
    """Leave `amount` with us: what a payment of dues left over."""
    sell((a_service("1.00"), 1), customer=customer, offered=on_credit())
    pay_dues(customer, Decimal(amount) + 1)


def an_advance_to(supplier: Supplier, amount: Amount) -> None:
    buy((a_product(), 1, "1.00"), supplier=supplier, offered=on_credit())
    pay_the(supplier, Decimal(amount) + 1)


def open_due(party: Customer | Supplier, amount: Amount, **fields: Any) -> Any:
    """What was open with them when the books began."""
    book = CUSTOMER_DUES if isinstance(party, Customer) else SUPPLIER_DUES
    return opening_dues.open_due(
        book, opening_dues.OpeningDue(party.pk, Decimal(amount), **fields), by=a_cashier()
    )


def credit(
    party: Customer | Supplier, kind: str, amount: Amount, *, by: User | None = None, **fields: Any
) -> list[due_credits.DueCredit]:
    """Settle what is open with them without money."""
    book = CUSTOMER_DUES if isinstance(party, Customer) else SUPPLIER_DUES
    asked = due_credits.Credit(party.pk, kind, Decimal(amount), "Agreed", **fields)
    return due_credits.credit_dues(book, asked, by=by or a_cashier())


def undo_payment(payment: Payment, **fields: Any) -> list[Payment]:
    return reverse_payment(payment.pk, **{"reason": "Bounced", "by": a_cashier(), **fields})


def pay_back(
    party: Customer | Supplier, amount: Amount, method: str = "cash", **fields: Any
) -> Payment:
    """Give back what a customer, or we to a supplier, paid ahead."""
    book = CUSTOMER_DUES if isinstance(party, Customer) else SUPPLIER_DUES
    return pay_back_advance(
        book, party.pk, Tender(method, Decimal(amount)), **{"by": a_cashier(), **fields}
    )


def retire(method: str) -> None:
    """The shop does not take it any more."""
    PaymentMethod.objects.filter(pk=method).update(is_active=False)
    METHODS.forget()


def undo_purchase(purchase: Purchase, **fields: Any) -> Purchase:
    return reverse_purchase(
        purchase.pk, **{"reason": "Wrong supplier", "by": a_cashier(), **fields}
    )


def send_back(
    purchase: Purchase, *units: int, method: str = "due", by: User | None = None, **fields: Any
) -> Purchase:
    """So many units of each of its lines go back to the supplier, none where 0."""
    items = purchase.items.order_by("id")
    lines = [
        SentBack(item.pk, Decimal(count)) for item, count in zip(items, units, strict=True) if count
    ]
    wanted = Return(purchase.pk, lines, "Broken", method)
    return return_goods(wanted, by=by or a_cashier(), **fields)


def undo_expense(expense: Expense, **fields: Any) -> Expense:
    return reverse_expense(expense.pk, **{"reason": "Private", "by": a_cashier(), **fields})


def undo_entry(entry: JournalEntry, **fields: Any) -> JournalEntry:
    return reverse_manual_entry(entry.pk, **{"reason": "Twice", "by": a_cashier(), **fields})


def post_by_hand(*lines: posting.Line, **fields: Any) -> JournalEntry:
    """A manual entry: `post_by_hand(posting.Line("BANK", debit=…), posting.Line("CASH", …))`."""
    written = ManualEntry(lines, **{"memo": "Banked", **fields})
    return post_manual_entry(written, by=a_cashier())


# --- What to look at ---


def stock_of(product: Product) -> int:
    """Units in stock: what all batches hold."""
    return int(sum((batch.remaining for batch in Batch.objects.filter(product=product)), ZERO))


def shelf(product: Product) -> str:
    """The product's batches, oldest first: `2@8.50 5@9.00`; empty ones show as `0@…`."""
    batches = Batch.objects.filter(product=product).order_by("received_on", "id")
    return " ".join(f"{batch.remaining:.0f}@{batch.unit_cost:.2f}" for batch in batches)


def entry(event: str, document: Model | None = None) -> dict[str, Decimal]:
    """The lines of the newest entry of that event: account → debit (+) or credit (−)."""
    entries = JournalEntry.objects.filter(event=event).order_by("-id")
    if document is not None:
        entries = entries.filter(document_id=document.pk)
    newest = entries.first()
    lines: dict[str, Decimal] = defaultdict(Decimal)
    for line in newest.lines.order_by("id") if newest else ():
        lines[line.account_id] += line.debit - line.credit
    return dict(lines)


def debt_of(customer: Customer) -> Decimal:
    return sum((due.due_amount for due in CustomerDue.objects.filter(customer=customer)), ZERO)


def owed_to(supplier: Supplier) -> Decimal:
    return sum((due.due_amount for due in SupplierDue.objects.filter(supplier=supplier)), ZERO)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    return {
        model._meta.db_table: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.managed
    }


@contextmanager
def refused(error: type[DomainError], *fields: str) -> Iterator[Any]:
    """What happens inside is refused with `error`, naming `fields`, and nothing is written."""
    a_cashier()
    before = everything()
    with pytest.raises(error) as caught:
        yield caught
    assert type(caught.value) is error, caught.value
    if fields:
        assert set(caught.value.fields) == set(fields)
    assert everything() == before


def statements(action: Callable[[], Any]) -> list[str]:
    """The SQL that `action` sends, BEGIN and COMMIT included."""
    for each in Remembered.everything:  # as in a shop that has been open for a while
        each.get()
    with CaptureQueriesContext(connection) as captured:
        action()
    return [query["sql"] for query in captured.captured_queries]


def many_products(count: int) -> list[Product]:
    """So many products, made in one go."""
    first = Product.objects.count()
    Product.objects.bulk_create(
        Product(name=f"Good {n}", sku=f"G-{n}", sku_key=f"g-{n}", price=Decimal("2.50"))
        for n in range(first, first + count)
    )
    return list(Product.objects.order_by("-id")[:count])


def a_key(
    name: str = "till-1-receipt-1", *, asks: str = "a sale", by: User | None = None
) -> RequestKey:
    """The key of a request; its answer names the id of the result, or of the first of several."""

    def answer(result: Any) -> tuple[int, str]:
        row = result[0] if isinstance(result, list) else getattr(result, "sale", result)
        return 201, json.dumps({"id": row.pk})

    return RequestKey(
        (by or a_cashier()).pk,
        name,
        fingerprint("POST", "/api/anything", {"asks": asks}),
        answer,
    )


def a_days_corrections() -> None:
    """One of each correction: an expense, a payment of dues, a purchase, an entry by hand."""
    karim, cup = a_customer(name="Karim"), a_product("3.00")
    undo_expense(record_expense(Spending("Lamp", Decimal(7)), by=a_cashier()))
    sell((a_service("9.00"), 1), customer=karim, offered=on_credit())
    pay_dues(karim, 12)
    undo_payment(Payment.objects.filter(customer=karim).latest("id"))
    undo_purchase(buy((cup, 4, "1.50"), offered=cash(2), invoice="PO-9"))
    by_hand = post_by_hand(
        posting.Line("BANK", debit=Decimal(5)), posting.Line("CASH", credit=Decimal(5))
    )
    undo_entry(by_hand)


def a_debt_written_off() -> None:
    """One unit of what a customer owes."""
    owing = a_customer(name="Karim")
    sell((a_service("3.00"), 1), customer=owing, offered=on_credit())
    credit(owing, "bad_debt", 1)


def a_days_work() -> None:
    """A little of everything: after it every table of the books has rows."""
    shirt, rahim, delta = a_product(), a_customer(), a_supplier()
    an_advance(rahim, 10)
    an_advance_to(delta, 10)
    opening(shirt, 5, "8.00")
    buy((shirt, 10, "8.50"), supplier=delta, offered=cash(50, use_advance=True), invoice="PO-1")
    buy((shirt, 1, "8.50"), supplier=delta, invoice="PO-2")
    sold = sell((shirt, 7), customer=rahim, offered=cash(30, use_advance=True), tax=Decimal(2)).sale
    take_back(sold, units_of(sold.items.get(), 1))
    sell((shirt, 1))
    void(adjust(shirt, -2))
    adjust(shirt, 1, "8.00")
    pay_dues(rahim, 20)
    hold((shirt, 1), customer=rahim)
    record_expense(Spending("Tea", Decimal(12)), by=a_cashier(), key=a_key())
    lock_through(FIRST_DAY, reason="Before we opened", by=a_cashier(), role="manager")
