"""A small shop trades for a week, through the use cases only: every one of them at least once.

For tests that want books with something of everything in them. `trade()` returns the rows that a
test may want to point at.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import Brand, Category, Product, TaxRate
from inventory.adjustments import Adjustment, adjust, void
from inventory.models import InventoryLog
from inventory.receiving import receive_opening_stock
from ledger import closing
from ledger.advance_repayments import pay_back_advance
from ledger.expenses import Spending, record_expense, reverse_expense
from ledger.manual_entries import (
    ManualEntry,
    open_balances,
    post_manual_entry,
    reverse_manual_entry,
)
from ledger.models import Expense, JournalEntry, Payment, PeriodLock
from ledger.payment_reversals import reverse_payment
from ledger.payments import Tender, TendersOffered
from ledger.period_lock import lock_through
from ledger.posting import Line as Side
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.db.transactions import transact
from pos_project.core.posting_context import PostingContext
from purchasing.models import Purchase, Supplier
from purchasing.receive import Delivery, receive_purchase
from purchasing.receive import Line as BoughtLine
from purchasing.reversals import reverse_purchase
from purchasing.supplier_payments import pay_supplier
from sales import carts, holds
from sales.checkout import sell
from sales.customer_payments import CUSTOMER_DUES, receive_due_payment
from sales.models import Customer, Refund, Sale
from sales.pricing import Line, Order
from sales.refunds import Claim, Returned, refund

CREDIT = TendersOffered()


@dataclass
class Week:
    """What was traded."""

    cashier: User
    customer: Customer
    supplier: Supplier
    tea: Product
    rice: Product
    sugar: Product
    postage: Product
    owed_purchase: Purchase
    advance_purchase: Purchase
    cash_sale: Sale
    split_sale: Sale
    credit_sale: Sale
    advance_sale: Sale
    paid_later_sale: Sale
    held_sale: Sale
    cancelled_sale: Sale
    completed_hold: Sale
    part_refund: Refund
    full_refund: Refund
    due_refund: Refund
    increase: InventoryLog
    decrease: InventoryLog
    void: InventoryLog
    expense: Expense
    undone_expense: Expense
    undone_purchase: Purchase
    undone_payment: Payment
    by_hand: JournalEntry
    undone_by_hand: JournalEntry
    lock: PeriodLock
    sale_after_lock: Sale


def d(text: str) -> Decimal:
    return Decimal(text)


def cash(amount: str) -> TendersOffered:
    return TendersOffered((Tender("cash", d(amount)),), method="cash")


def line(product: Product, quantity: str, unit_price: str | None = None) -> Line:
    return Line(product.pk, d(quantity), d(unit_price) if unit_price else None)


def bought(
    week_supplier: Supplier,
    *lines: tuple[Product, str, str],
    invoice_no: str | None = None,
    day: date | None = None,
) -> Delivery:
    return Delivery(
        week_supplier.pk,
        [BoughtLine(product.pk, d(quantity), d(cost)) for product, quantity, cost in lines],
        invoice_no=invoice_no,
        purchase_date=day,
    )


def some_request(by: User, key: str) -> RequestKey:
    return RequestKey(by.pk, key, "0" * 64, lambda result: (201, "{}"))


def trade() -> Week:
    """Trade for a week. Nothing needs to exist but the first store and the chart of accounts."""
    by = User.objects.create_user(
        name="Asha", email="Asha@Shop.example", username="asha", role="staff", password="a-till-key"
    )
    brand = Brand.objects.create(name="Ispahani")
    category = Category.objects.create(name="Groceries")
    rate = TaxRate.objects.create(name="VAT", rate=d("7.50"))
    customer = Customer.objects.create(name="Rahim")
    other_customer = Customer.objects.create(name="Karim")
    supplier = Supplier.objects.create(name="Wholesale")
    other_supplier = Supplier.objects.create(name="Farmers")
    tea = Product.objects.create(
        name="Tea", sku="TEA-1", price=d("9.99"), brand=brand, category=category
    )
    rice = Product.objects.create(name="Rice", sku="RICE-1", price=d("3.35"))
    sugar = Product.objects.create(name="Sugar", sku="SUGAR-1", price=d("2.00"))
    postage = Product.objects.create(name="Postage", sku="POST", price=d("4.50"), keeps_stock=False)
    retired = Product.objects.create(name="Old tea", sku="TEA-0", price=d("1.00"))
    retired.archive(keys=("sku_key",))

    _opening_stock(by, sugar)
    last_week, yesterday = today() - timedelta(days=6), today() - timedelta(days=1)
    # Paid at once; owed; paid by what was paid ahead.
    receive_purchase(
        bought(
            supplier, (tea, "10", "5.01"), (rice, "20", "1.10"), invoice_no="W-1", day=last_week
        ),
        TendersOffered((Tender("cash", d("72.10")),), method="cash"),
        by=by,
    )
    owed = receive_purchase(
        bought(supplier, (tea, "8", "5.55"), (tea, "4", "5.60"), day=yesterday), CREDIT, by=by
    )
    pay_supplier(supplier.pk, Tender("bkash", d("20.00"), "TX9"), by=by)
    pay_supplier(supplier.pk, Tender("cash", d("60.00")), note="and something ahead", by=by)
    by_advance = receive_purchase(
        bought(supplier, (rice, "30", "1.20"), (sugar, "5", "0.95")),
        TendersOffered((Tender("card", d("1.00")),), method="card", use_advance=True),
        by=by,
    )
    still_owed = receive_purchase(
        bought(other_supplier, (sugar, "7", "1.00")),
        TendersOffered((Tender("cash", d("2.00")), Tender("nagad", d("1.00"))), split=True),
        by=by,
        key=some_request(by, "a-delivery"),
    )

    cash_sale = sell(Order([line(tea, "3"), line(rice, "2")]), cash("50"), by=by).sale
    split_sale = sell(
        Order(
            [line(tea, "9"), line(tea, "2", "8.00"), line(postage, "1"), line(rice, "7")],
            customer_id=customer.pk,
            discount=d("3.33"),
            tax_rate_id=rate.pk,
        ),
        TendersOffered(
            (Tender("card", d("60.00"), "SLIP 7"), Tender("cash", d("100.00"))), split=True
        ),
        by=by,
        key=some_request(by, "a-sale"),
    ).sale
    credit_sale = sell(
        Order([line(rice, "12"), line(sugar, "3")], customer_id=customer.pk, tax=d("1.01")),
        CREDIT,
        by=by,
    ).sale
    paid_later = sell(
        Order([line(sugar, "4"), line(tea, "1")], customer_id=other_customer.pk), cash("5"), by=by
    ).sale
    receive_due_payment(other_customer.pk, Tender("cash", d("4.00")), by=by)
    receive_due_payment(other_customer.pk, Tender("bkash", d("24.00")), note="rest", by=by)
    advance_sale = sell(
        Order([line(sugar, "6"), line(postage, "2")], customer_id=other_customer.pk),
        TendersOffered((Tender("nagad", d("1.50")),), method="nagad", use_advance=True),
        by=by,
    ).sale
    receive_due_payment(customer.pk, Tender("cash", d("10.00")), by=by)
    sell(Order([line(postage, "1", "0.00")]), cash("0"), by=by)  # given away: no entry at all

    held = holds.hold(Order([line(rice, "2")], customer_id=customer.pk), by=by)
    cancelled = holds.hold(Order([line(tea, "1")]), by=by)
    holds.cancel(cancelled.pk)
    to_complete = holds.hold(Order([line(rice, "4"), line(postage, "1")]), by=by)
    completed = holds.complete(to_complete.pk, cash("100"), by=by).sale
    carts.add(by, sugar.pk, d("2"))
    carts.check_out(Order([]), cash("10"), by=by)

    part = refund(
        Claim(split_sale.pk, [Returned(d("4"), product_id=tea.pk)], reason="dented"), by=by
    )
    refund(
        Claim(
            split_sale.pk,
            [Returned(d("2"), product_id=rice.pk), Returned(d("3"), product_id=tea.pk)],
            method="card",
            restock=False,
        ),
        by=by,
    )
    refund(Claim(split_sale.pk), by=by)
    full = refund(Claim(cash_sale.pk, method="bkash"), by=by)
    of_due = refund(Claim(credit_sale.pk, [Returned(d("10"), product_id=rice.pk)]), by=by)
    sell(Order([line(tea, "5"), line(rice, "9")]), cash("200"), by=by)  # what came back, first

    increase = adjust(Adjustment(sugar.pk, d("3"), reason="COUNT", unit_cost=d("0.3333")), by=by)
    undone = adjust(Adjustment(rice.pk, d("5"), unit_cost=d("1.0050")), by=by)
    void(undone.pk, by=by)
    decrease = adjust(Adjustment(sugar.pk, d("-6"), reason="SPOILED"), by=by)
    lost = adjust(Adjustment(tea.pk, d("-2")), by=by)
    voided = void(lost.pk, by=by)
    sell(Order([line(sugar, "4")]), cash("20"), by=by)

    expense = record_expense(Spending("Rent", d("25.50"), category="rent"), by=by)
    record_expense(Spending("Bulbs", d("3.10"), payment_method="card"), by=by)

    while (open_day := closing.next_day()) and open_day < today():
        closing.seal(open_day, now=timezone.now() + timedelta(minutes=10))

    assert still_owed.due_amount == d("4.00")
    corrections = _corrections(by, supplier, tea, rice)
    return Week(
        cashier=by,
        customer=customer,
        supplier=supplier,
        tea=tea,
        rice=rice,
        sugar=sugar,
        postage=postage,
        owed_purchase=owed,
        advance_purchase=by_advance,
        cash_sale=cash_sale,
        split_sale=split_sale,
        credit_sale=credit_sale,
        advance_sale=advance_sale,
        paid_later_sale=paid_later,
        held_sale=held,
        cancelled_sale=cancelled,
        completed_hold=completed,
        part_refund=part,
        full_refund=full,
        due_refund=of_due,
        increase=increase,
        decrease=decrease,
        void=voided,
        expense=expense,
        **corrections,
    )


def _corrections(by: User, supplier: Supplier, tea: Product, rice: Product) -> dict[str, Any]:
    """What was entered wrongly, and taken back; what only an accountant knows."""
    debtor = Customer.objects.create(name="Salma")
    private = record_expense(Spending("Shoes", d("40.00")), by=by)
    misread = receive_purchase(
        bought(supplier, (tea, "3", "5.25"), (rice, "7", "1.15"), invoice_no="W-9"),
        TendersOffered((Tender("bkash", d("9.00")),), method="bkash"),
        by=by,
    )
    sell(Order([line(tea, "1")], customer_id=debtor.pk), CREDIT, by=by)
    receive_due_payment(debtor.pk, Tender("card", d("12.00")), by=by)
    bounced = Payment.objects.filter(customer=debtor, payment_type="due_payment").latest("id")
    wrong = ManualEntry(
        [Side("BANK", debit=d("30.00")), Side("CASH", credit=d("30.00"))], "To the bank"
    )
    posted = post_manual_entry(wrong, by=by)
    expense = reverse_expense(private.pk, reason="Private", by=by)
    purchase = reverse_purchase(misread.pk, reason="Misread", by=by)
    [payment, *_] = reverse_payment(bounced.pk, reason="Bounced", by=by)
    undone = reverse_manual_entry(posted.pk, reason="Not banked", by=by)
    open_balances(ManualEntry([Side("NAGAD", debit=d("15.00"))]), by=by)
    receive_due_payment(debtor.pk, Tender("cash", d("11.00")), by=by)
    pay_back_advance(CUSTOMER_DUES, debtor.pk, Tender("cash", d("0.50")), by=by)
    # The past is locked; what comes in late counts today.
    locked = lock_through(today() - timedelta(days=2), reason="Reported", by=by, role="manager")
    late = sell(Order([line(rice, "1")]), cash("5"), by=by).sale
    return {
        "lock": locked,
        "sale_after_lock": late,
        "undone_expense": expense,
        "undone_purchase": purchase,
        "undone_payment": payment,
        "by_hand": posted,
        "undone_by_hand": undone,
    }


def _opening_stock(by: User, product: Product) -> None:
    context = PostingContext.of(by, timezone.now())
    transact(
        lambda: receive_opening_stock(
            product, quantity=d("15"), unit_cost=d("0.9050"), context=context
        )
    )
