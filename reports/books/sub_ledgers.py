"""What accounts must come to by what stands behind them: documents, payments and open dues.

The journal is asked for nothing that a document says, so a program that adds up the journal and
compares it with these finds an entry that is missing, or one that says another thing.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, QuerySet, Sum, When

from ledger import chart
from ledger.journal_models import JournalEntry, JournalLine
from ledger.models import Expense, Payment
from pos_project.core.money import ZERO, money
from purchasing.models import Purchase, SupplierDue
from sales.models import CustomerDue, Refund, Sale, SaleCogs

Event = JournalEntry.Event
BY_DOCUMENTS = (
    *(Event.SALE, Event.REFUND, Event.PURCHASE, Event.EXPENSE),
    *(Event.CUSTOMER_PAYMENT, Event.SUPPLIER_PAYMENT),
)


def expected_balances(last: date, *, is_all: bool) -> dict[str, Decimal]:
    """Debits less credits by account up to a business day, of the accounts that documents explain.

    Open dues are known of now alone: the accounts of dues are told where `is_all`.
    """
    sales = _upto(Sale.objects.completed(), last)
    refunds = _upto(Refund.objects.all(), last)
    costs = SaleCogs.objects.filter(sale_item__sale__status=Sale.Status.COMPLETED)
    sold_at = costs.filter(refund_item=None, sale_item__sale__business_date__lte=last)
    came_back_at = costs.filter(refund_item__refund__business_date__lte=last)
    found = {
        chart.SALES: -_sum(sales, "subtotal"),
        chart.DISCOUNTS_GIVEN: _sum(sales, "discount"),
        chart.TAX_PAYABLE: _sum(refunds, "tax_amount") - _sum(sales, "tax"),
        chart.SALES_RETURNS: _sum(refunds, "refund_amount") - _sum(refunds, "tax_amount"),
        chart.COST_OF_GOODS_SOLD: _sum(sold_at, "total_cost") + _sum(came_back_at, "total_cost"),
    }
    found |= _tenders(last)
    _add(found, _without_document(last, found))
    if is_all:
        found[chart.RECEIVABLES] = _sum(CustomerDue.objects.all(), "due_amount")
        found[chart.PAYABLES] = -_sum(SupplierDue.objects.all(), "due_amount")
    received = Purchase.objects.filter(status=Purchase.Status.RECEIVED)
    advances = _upto(Payment.objects.filter(payment_type=Payment.Type.ADVANCE), last)
    of_suppliers = advances.filter(payment_party=Payment.Party.SUPPLIER)
    of_customers = advances.filter(payment_party=Payment.Party.CUSTOMER)
    used = _sum(_upto(received, last), "advance_used")
    found[chart.SUPPLIER_ADVANCES] = -_sum(of_suppliers, _signed("amount")) - used
    used = _sum(sales, "advance_used")
    found[chart.CUSTOMER_ADVANCES] = used - _sum(of_customers, _signed("amount"))
    return found


def _tenders(last: date) -> dict[str, Decimal]:
    """The accounts of the payment methods: payments in less out, less expenses."""
    found: dict[str, Decimal] = {}
    paid = _upto(Payment.objects.all(), last).values_list("method__account_id")
    _add(found, paid.annotate(sum=Sum(_signed("amount"))).order_by())
    spent = _upto(Expense.objects.all(), last).values_list("payment_method__account_id")
    _add(found, spent.annotate(sum=Sum(-F("amount"))).order_by())
    return found


def _without_document(last: date, accounts: Iterable[str]) -> list[tuple[str, Decimal]]:
    """What entries that no such document made moved on these accounts."""
    lines = JournalLine.objects.filter(entry__business_date__lte=last, account__in=list(accounts))
    others = lines.exclude(entry__event__in=BY_DOCUMENTS).values_list("account_id")
    return list(others.annotate(sum=Sum(F("debit") - F("credit"))).order_by())


def _add(found: dict[str, Decimal], sums: Iterable[tuple[Any, ...]]) -> None:
    for account, amount in sums:
        found[account] = found.get(account, ZERO) + money(Decimal(amount))


def _signed(column: str) -> Any:
    """An account's debit: money in is one of the tender's account, money out its opposite."""
    return Case(When(direction=Payment.Direction.IN, then=F(column)), default=-F(column))


def _upto(rows: QuerySet[Any], last: date) -> QuerySet[Any]:
    return rows.filter(business_date__lte=last)


def _sum(rows: QuerySet[Any], of: Any) -> Decimal:
    return money(Decimal(rows.aggregate(sum=Sum(of))["sum"] or 0))
