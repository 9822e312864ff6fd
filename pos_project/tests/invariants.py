"""The laws of the books, said in plain Python over every row: the tests' own second opinion."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from inventory.fifo import value
from inventory.models import Batch, InventoryLog, InventoryLogBatch
from ledger.chart_models import PaymentMethod
from ledger.journal_models import JournalEntry, JournalLine
from ledger.models import DueCredit, Expense, Payment
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

ZERO = Decimal(0)


def balance(account: str, **party: Any) -> Decimal:
    """Σ debits − Σ credits of an account, of one party if named."""
    lines = JournalLine.objects.filter(account_id=account, **party)
    return sum((line.debit - line.credit for line in lines), ZERO)


def books_agree() -> None:
    """Assert what must hold after every commit: stock, costs, dues, money and the journal agree."""
    _stock_agrees()
    _sales_agree()
    _purchases_agree()
    _dues_agree()
    _journal_balances()
    _accounts_agree()


def _sums(rows: Iterable[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    """Σ amount by key, without the keys that come to nothing."""
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for key, amount in rows:
        sums[key] += amount
    return {key: amount for key, amount in sums.items() if amount}


def _stock_agrees() -> None:
    batches = list(Batch.objects.all())
    log = list(InventoryLog.objects.all())
    held = _sums([((batch.store_id, batch.product_id), batch.remaining) for batch in batches])
    logged = _sums([((row.store_id, row.product_id), row.change_qty) for row in log])
    assert held == logged, "stock is the sum of its movements"

    worth = _sums(
        [(batch.product_id, value(batch.remaining, batch.unit_cost)) for batch in batches]
    )
    costs = _sums([(row.product_id, row.cost) for row in log])
    assert worth == costs, "what stock is worth is the sum of its movements' costs"

    taken = _sums(SaleItemBatch.objects.values_list("batch_id", "quantity"))
    moved = _sums(InventoryLogBatch.objects.values_list("batch_id", "quantity"))
    for batch in batches:
        # The first movement of a batch that no purchase brought is its own creation.
        created = batch.quantity if batch.origin == Batch.Origin.PURCHASE else ZERO
        left = created - taken.get(batch.pk, ZERO) + moved.get(batch.pk, ZERO)
        assert batch.remaining == left, f"{batch} holds what its movements left"
        assert batch.is_open == (batch.remaining > 0)
    for row in SaleItemBatch.objects.select_related("batch"):
        assert row.buy_price == row.batch.unit_cost


def _moved(payments: Iterable[Payment], key: str, *, way: str) -> dict[Any, Decimal]:
    """Σ payments by key, those that went the other way below zero."""
    return _sums(
        (getattr(row, key), row.amount if row.direction == way else -row.amount) for row in payments
    )


def _sales_agree() -> None:
    of_sales = Payment.objects.exclude(payment_type="refund").filter(sale__isnull=False)
    credits = DueCredit.objects.filter(sale__isnull=False).values_list("sale_id", "amount")
    paid = _sums([*_moved(of_sales, "sale_id", way="in").items(), *credits])
    refunds = list(Refund.objects.all())
    refunded = _sums([(row.sale_id, row.refund_amount) for row in refunds])
    cancelled = _sums([(row.sale_id, row.due_reduced) for row in refunds])
    taxes = _sums([(row.sale_id, row.tax_amount) for row in refunds])
    subtotals = _sums(SaleItem.objects.values_list("sale_id", "subtotal"))
    for sale in Sale.objects.all():
        assert sale.status != Sale.Status.DRAFT
        if sale.status != Sale.Status.OPENING:  # a due from before the books has no lines
            assert sale.subtotal == subtotals.get(sale.pk, ZERO)
        assert sale.total_amount == sale.subtotal + sale.tax - sale.discount
        reduced = cancelled.get(sale.pk, ZERO)
        assert sale.total_amount == sale.paid_amount + sale.due_amount + reduced
        assert sale.refund_amount == refunded.get(sale.pk, ZERO)
        assert taxes.get(sale.pk, ZERO) <= sale.tax
        assert sale.paid_amount - sale.advance_used == paid.get(sale.pk, ZERO)
    _lines_agree()


def _lines_agree() -> None:
    uses = _sums(SaleItemBatch.objects.values_list("sale_item_id", "quantity"))
    costs = _sums(SaleItemBatch.objects.values_list("sale_item_id", "cost"))
    cogs = _sums(SaleCogs.objects.values_list("sale_item_id", "total_cost"))
    returned = _sums(RefundItem.objects.values_list("sale_item_id", "quantity"))
    restocked = _sums(
        RefundItem.objects.filter(restocked=True).values_list("sale_item_id", "quantity")
    )
    assert costs == cogs, "what a line cost is what its batches cost"
    for item in SaleItem.objects.select_related("sale", "product"):
        assert returned.get(item.pk, ZERO) <= item.quantity
        if item.sale.status == Sale.Status.COMPLETED and item.product.keeps_stock:
            left = item.quantity - restocked.get(item.pk, ZERO)
        else:
            left = ZERO
        assert uses.get(item.pk, ZERO) == left, f"{item} took what it sold and did not get back"


def _purchases_agree() -> None:
    subtotals = _sums(PurchaseItem.objects.values_list("purchase_id", "subtotal"))
    of_purchases = Payment.objects.filter(purchase__isnull=False)
    credits = DueCredit.objects.filter(purchase__isnull=False).values_list("purchase_id", "amount")
    returned = Purchase.objects.filter(returns__isnull=False)
    cancelled = returned.values_list("returns_id", "due_reduced")
    paid = _sums([*_moved(of_purchases, "purchase_id", way="out").items(), *credits, *cancelled])
    reversed_by = {row.reverses_id: row for row in Purchase.objects.filter(reverses__isnull=False)}
    for purchase in Purchase.objects.all():
        assert purchase.status != Purchase.Status.DRAFT
        if purchase.status != Purchase.Status.OPENING:
            added = (purchase.freight, purchase.tax, purchase.rounding)
            told = subtotals.get(purchase.pk, ZERO) - (purchase.discount or ZERO)
            assert purchase.total_amount == told + sum(each or ZERO for each in added)
        assert purchase.total_amount == purchase.paid_amount + purchase.due_amount
        opposite = reversed_by.get(purchase.pk)
        if opposite:
            assert opposite.total_amount == -purchase.total_amount
            assert opposite.advance_used == -purchase.advance_used
            assert purchase.due_amount == opposite.due_amount == 0
            assert paid.get(purchase.pk, ZERO) + paid.get(opposite.pk, ZERO) == 0
        elif purchase.returns_id is not None:
            money_back = -paid.get(purchase.pk, ZERO)
            settled = purchase.due_reduced - purchase.advance_used + money_back
            assert settled == -purchase.total_amount
        elif purchase.reverses_id is None:
            assert purchase.paid_amount - purchase.advance_used == paid.get(purchase.pk, ZERO)


def _dues_agree() -> None:
    owed = _sums(CustomerDue.objects.values_list("sale_id", "due_amount"))
    count = Sale.objects.filter(status__in=(Sale.Status.COMPLETED, Sale.Status.OPENING))
    assert owed == _sums(count.values_list("id", "due_amount"))
    payable = _sums(SupplierDue.objects.values_list("purchase_id", "due_amount"))
    assert payable == _sums(Purchase.objects.values_list("id", "due_amount"))


def _journal_balances() -> None:
    lines = JournalLine.objects.values_list("entry_id", "debit", "credit")
    assert not _sums([(entry_id, debit - credit) for entry_id, debit, credit in lines])
    assert not JournalEntry.objects.exclude(status=JournalEntry.Status.POSTED).exists()
    for each in JournalEntry.objects.select_related("reverses"):
        assert each.lines.count() >= 2, each
        if each.reverses:
            assert _sides(each) == {key: -side for key, side in _sides(each.reverses).items()}


def _sides(entry: JournalEntry) -> dict[Any, Decimal]:
    return _sums(
        ((line.account_id, line.customer_id, line.supplier_id), line.debit - line.credit)
        for line in entry.lines.all()
    )


def _lines_of(account: str, party: str) -> dict[Any, Decimal]:
    rows = JournalLine.objects.filter(account_id=account).values_list(party, "debit", "credit")
    return _sums([(key, debit - credit) for key, debit, credit in rows])


def _accounts_agree() -> None:
    assert _lines_of("RECEIVABLES", "customer_id") == _sums(
        CustomerDue.objects.values_list("customer_id", "due_amount")
    )
    payables = _sums(SupplierDue.objects.values_list("supplier_id", "due_amount"))
    assert _lines_of("PAYABLES", "supplier_id") == {key: -due for key, due in payables.items()}

    stock_value = sum((value(b.remaining, b.unit_cost) for b in Batch.objects.all()), ZERO)
    assert balance("INVENTORY") == stock_value

    money = _sums(
        [
            (method, amount if direction == "in" else -amount)
            for method, direction, amount in Payment.objects.values_list(
                "method_id", "direction", "amount"
            )
        ]
        + [
            (method, -amount)
            for method, amount in Expense.objects.values_list("payment_method_id", "amount")
        ]
        + [
            (method.code, line.debit - line.credit)
            for method in PaymentMethod.objects.all()
            for line in JournalLine.objects.filter(
                account_id=method.account_id,
                entry__event__in=(
                    "manual",
                    "opening_balance",
                    "cash_count",
                    "cash_movement",
                    "shift",
                ),
            )
        ]
    )
    for method in PaymentMethod.objects.all():
        assert balance(method.account_id) == money.get(method.code, ZERO), method

    advances = Payment.objects.filter(payment_type="advance")
    given = _moved(advances.filter(customer__isnull=False), "customer_id", way="in")
    used = _sums(
        Sale.objects.filter(customer__isnull=False).values_list("customer_id", "advance_used")
    )
    left = _sums([*given.items(), *((key, -amount) for key, amount in used.items())])
    credit = _lines_of("CUSTOMER_ADVANCES", "customer_id")
    assert {key: -amount for key, amount in credit.items()} == left

    given = _moved(advances.filter(supplier__isnull=False), "supplier_id", way="out")
    used = _sums(Purchase.objects.values_list("supplier_id", "advance_used"))
    left = _sums([*given.items(), *((key, -amount) for key, amount in used.items())])
    assert _lines_of("SUPPLIER_ADVANCES", "supplier_id") == left


@pytest.fixture
def the_books_agree(db: None) -> Iterator[None]:
    """After the test, the laws hold: `pytestmark = pytest.mark.usefixtures("the_books_agree")`."""
    yield
    books_agree()
