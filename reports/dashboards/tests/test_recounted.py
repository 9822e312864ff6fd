"""Every figure of sales and money, recounted in plain Python over whatever was traded."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import pstdev
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import Phase, given
from hypothesis import strategies as st

from accounts.models import User
from conftest import signed_in
from ledger.models import Payment
from pos_project.core.days import local_iso
from pos_project.tests.examples import examples
from pos_project.tests.invariants import books_agree
from reports.reconciliation.reconcile import CHECKS, examine
from reports.summaries.building import CATCHING_UP
from reports.tests.recount import Recount, expenses_of, over, share, total
from reports.tests.trader import DAYS, SALES, Trader, happenings, on
from sales.models import Customer

pytestmark = pytest.mark.django_db

RANGES = st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 60)), min_size=2, max_size=4)


@pytest.fixture
def trader(db: None) -> Trader:
    return Trader(units=300)


class Asked:
    """One range, asked of the API and recounted."""

    def __init__(self, user: User, first: date, last: date) -> None:
        self.user, self.first, self.last = user, first, last
        self.all = Recount.of(first, last)

    def data(self, path: str) -> Any:
        query = {"fromDate": self.first.isoformat(), "toDate": self.last.isoformat()}
        answer = signed_in(self.user).get(f"/api/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]


@examples(8, phases=[Phase.generate])  # the shop lives on from one example to the next
@given(
    happened=happenings(*SALES, "collect", "spend", "buy", *DAYS),
    ranges=RANGES,
    on_the_way=st.booleans(),
)
def test_whatever_was_traded_every_figure_is_what_the_rows_say(
    trader: Trader, admin: User, happened: Any, ranges: Any, on_the_way: bool
) -> None:
    trader.trade(happened)
    with on(trader.day):
        for back, length in ranges:
            if on_the_way:
                CATCHING_UP.forget()
            last = trader.day - timedelta(days=back)
            asked = Asked(admin, last - timedelta(days=length), last)
            for check in RECOUNTED:
                check(asked)
    books_agree()
    broken = [str(verdict) for verdict in examine(CHECKS) if not verdict.holds]
    assert broken == []


def _summary(asked: Asked) -> None:
    figures, data = asked.all, asked.data("dashboard/financial-summary")
    assert data["revenue"] == {
        "total_revenue": number(figures.revenue),
        "gross_total": number(figures.gross),
        "gross_sales": number(figures.sum("subtotal")),
        "net_sales": number(figures.net_sales),
        "tax_collected": number(figures.tax),
        "total_discounts": number(figures.sum("discount")),
    }
    assert data["payment"] == {
        "cash_received": number(figures.sum("paid_amount")),
        "outstanding_dues": number(figures.sum("due_amount")),
        "collection_rate": share(figures.sum("paid_amount"), figures.gross) + "%",
    }
    assert data["transactions"] == {
        "total_count": len(figures.sales),
        "unique_customers": len(figures.customers),
        "avg_transaction_value": number(figures.average),
    }
    assert data["refunds"] == {
        "amount": number(figures.refunded),
        "count": len(figures.refunds),
        "rate": share(len(figures.refunds), len(figures.sales)) + "%",
    }


def _trends(asked: Asked) -> None:
    data = asked.data("dashboard/daily-trends")
    expected = []
    for day in asked.all.days():
        of_day = asked.all.where(lambda sale: True, day)
        expected.append(
            {
                "date": day.isoformat(),
                "transactions": len(of_day.sales),
                "gross_sales": number(of_day.sum("subtotal")),
                "tax": number(of_day.tax),
                "discounts": number(of_day.sum("discount")),
                "refunds": number(of_day.refunded),
                "net_revenue": number(of_day.revenue),
                "cash_received": number(of_day.sum("paid_amount")),
                "dues": number(of_day.sum("due_amount")),
                "unique_customers": len(of_day.customers),
            }
        )
    assert data["daily_trends"] == expected


def _methods(asked: Asked) -> None:
    data = asked.data("dashboard/payment-breakdown")
    every = {sale.payment_method for sale in asked.all.sales}
    every |= {refund.sale.payment_method for refund in asked.all.refunds}
    expected = []
    for method in every:
        of_method = asked.all.where(lambda sale, method=method: sale.payment_method == method)
        expected.append(
            {
                "method": method,
                "transaction_count": len(of_method.sales),
                "total_amount": number(of_method.revenue),
                "paid_amount": number(of_method.sum("paid_amount")),
                "due_amount": number(of_method.sum("due_amount")),
                "avg_transaction_value": number(of_method.average),
                "percentage_of_revenue": share(of_method.revenue, asked.all.revenue),
            }
        )
    expected.sort(key=lambda row: (-row["total_amount"], row["method"]))
    assert data["payment_methods"] == expected
    assert data["summary"] == {
        "total_revenue": number(asked.all.revenue),
        "methods_used": len(expected),
    }


def _tax(asked: Asked) -> None:
    figures = asked.all
    assert asked.data("dashboard/tax-summary")["tax_summary"] == {
        "total_transactions": len(figures.sales),
        "gross_sales": number(figures.sum("subtotal")),
        "total_tax_collected": number(figures.tax),
        "total_revenue": number(figures.revenue),
        "avg_tax_per_transaction": number(over(figures.tax, len(figures.sales))),
        "effective_tax_rate": share(figures.tax, figures.sum("subtotal")) + "%",
    }


def _profit(asked: Asked) -> None:
    figures, expenses = asked.all, expenses_of(asked.first, asked.last)
    spent = total(expense.amount for expense in expenses)
    gross_profit = figures.net_sales - figures.cogs
    data = asked.data("dashboard/profit-loss")
    assert data["revenue"] == {
        "gross_revenue": number(figures.sum("subtotal")),
        "discounts": number(figures.sum("discount")),
        "refunds": number(figures.refunded - figures.refunded_tax),
        "net_revenue": number(figures.net_sales),
        "tax_collected": number(figures.tax),
        "total_sales": len(figures.sales),
    }
    assert data["cost_of_goods"] == {"total_cogs": number(figures.cogs)}
    assert data["expenses"] == {
        "total_expenses": number(spent),
        "expense_count": len(expenses),
    }
    assert data["profit"] == {
        "gross_profit": number(gross_profit),
        "net_profit": number(gross_profit - spent),
        "profit_margin": share(gross_profit - spent, figures.net_sales) + "%",
        "status": "Profit" if gross_profit >= spent else "Loss",
    }


def _staff(asked: Asked) -> None:
    data = asked.data("dashboard/staff-performance")
    rows = {row["staff_id"]: row for row in data["staff_performance"]}
    assert set(rows) == set(User.objects.values_list("id", flat=True))
    revenues = [row["total_revenue"] for row in data["staff_performance"]]
    assert revenues == sorted(revenues, reverse=True)
    for user in User.objects.all():
        of_seller = asked.all.where(lambda sale, user=user: sale.user_id == user.pk)
        assert rows[user.pk] == {
            "staff_id": user.pk,
            "staff_name": user.name,
            "total_sales": len(of_seller.sales),
            "total_revenue": number(of_seller.revenue),
            "gross_sales": number(of_seller.sum("subtotal")),
            "total_discounts": number(of_seller.sum("discount")),
            "tax_collected": number(of_seller.tax),
            "cash_collected": number(of_seller.sum("paid_amount")),
            "dues_created": number(of_seller.sum("due_amount")),
            "unique_customers": len(of_seller.customers),
            "avg_sale_value": number(of_seller.average),
            "working_days": len({sale.business_date for sale in of_seller.sales}),
        }


def _performance(asked: Asked) -> None:
    for user in User.objects.filter(name__startswith="seller"):
        mine = asked.all.where(lambda sale, user=user: sale.user_id == user.pk)
        data = asked.data(f"users/{user.pk}/performance")
        assert data["summary"] == {
            "orders": len(mine.sales),
            "totalAmount": number(mine.revenue),
            "totalPaid": number(mine.sum("paid_amount")),
            "totalDue": number(mine.sum("due_amount")),
            "avgOrderValue": number(mine.average),
            "uniqueCustomers": len(mine.customers),
            "itemsSold": mine.units,
        }
        by_day = {day: mine.where(lambda sale: True, day) for day in mine.days()}
        assert data["byDay"] == [
            {
                "day": day.isoformat(),
                "orders": len(by_day[day].sales),
                "revenue": number(by_day[day].revenue),
                "paid": number(by_day[day].sum("paid_amount")),
                "due": number(by_day[day].sum("due_amount")),
            }
            for day in sorted(by_day, reverse=True)
        ]
        assert {
            row["payment_method"]: row["orders"] for row in data["byPaymentMethod"]
        }.items() >= {
            method: sum(sale.payment_method == method for sale in mine.sales)
            for method in {sale.payment_method for sale in mine.sales}
        }.items()


def _main(asked: Asked) -> None:
    figures, data = asked.all, asked.data("dashboard/main")
    now = timezone.localdate()
    today = Recount.of(now, now)
    cash = Payment.objects.filter(
        business_date=now, method="cash", direction="in", payment_party="customer"
    )
    metrics = data["key_metrics"]
    assert metrics == {
        "total_revenue": number(figures.revenue),
        "gross_total": number(figures.gross),
        "refund_amount": number(figures.refunded),
        "total_outstanding": number(figures.sum("due_amount")),
        "total_customers": Customer.objects.count(),
        "active_customers": len(figures.customers),
        "total_transactions": len(figures.sales),
        "critical_alerts": metrics["critical_alerts"],
        "today_cash": number(total(payment.amount for payment in cash)),
        "today_credit": number(today.sum("due_amount")),
        "today_profit": number(today.net_sales - today.cogs),
    }
    newest = sorted(figures.sales, key=lambda sale: (sale.completed_at, sale.pk), reverse=True)
    assert data["recent_transactions"] == [
        {
            "transaction_id": sale.invoice_no,
            "sale_id": sale.pk,
            "customer_name": sale.customer.name if sale.customer else "Walk-in Customer",
            "amount": number(sale.total_amount),
            "total_amount": number(sale.total_amount),
            "paid_amount": number(sale.paid_amount),
            "due_amount": number(sale.due_amount),
            "status": "Paid" if not sale.due_amount else "Partial" if sale.paid_amount else "Due",
            "date": local_iso(sale.completed_at),
            "transaction_date": local_iso(sale.completed_at),
        }
        for sale in newest[:10]
    ]
    best = defaultdict(Decimal)
    for customer_id in figures.customers:
        mine = figures.where(lambda sale, whose=customer_id: sale.customer_id == whose)
        best[customer_id] = mine.revenue
    ranked = sorted(best, key=lambda customer_id: (-best[customer_id], customer_id))[:5]
    assert [row["customer_id"] for row in data["top_customers"]] == ranked
    assert [row["total_revenue"] for row in data["top_customers"]] == [
        number(best[customer_id]) for customer_id in ranked
    ]


def _analysis(asked: Asked) -> None:
    figures, data = asked.all, asked.data("dashboard/financial-analysis")
    expenses = expenses_of(asked.first, asked.last)
    totals = [sale.total_amount for sale in figures.sales]
    unpaid = [sale for sale in figures.sales if sale.due_amount]
    of_customers = figures.where(lambda sale: sale.customer_id is not None)
    now = timezone.localdate()
    assert data["revenue_analysis"] == {
        "total_revenue": number(figures.revenue),
        "gross_total": number(figures.gross),
        "refund_amount": number(figures.refunded),
        "total_transactions": len(totals),
        "avg_transaction_value": number(figures.average),
        "min_transaction_value": number(min(totals, default=Decimal(0))),
        "max_transaction_value": number(max(totals, default=Decimal(0))),
        "transaction_value_stddev": pytest.approx(
            float(pstdev(totals)) if totals else 0, abs=0.0051
        ),
        "unique_customers": len(figures.customers),
        "avg_revenue_per_customer": number(over(of_customers.revenue, len(figures.customers))),
        "cash_collection_rate": share(
            figures.gross - total(sale.total_amount for sale in unpaid), figures.gross
        )
        + "%",
        "total_due_amount": number(figures.sum("due_amount")),
    }
    sold_products = {item.product_id for item in figures.lines()}
    product_revenue = total(item.subtotal for item in figures.lines()) - total(
        line.quantity * line.sale_item.unit_price for line in figures.back()
    )
    gross_profit = figures.net_sales - figures.cogs
    assert data["gross_profit_analysis"] == {
        "gross_sales": number(figures.sum("subtotal")),
        "net_sales": number(figures.net_sales),
        "total_cogs": number(figures.cogs),
        "gross_profit": number(gross_profit),
        "gross_profit_margin": share(gross_profit, figures.net_sales) + "%",
        "num_products_sold": len(sold_products),
        "total_units_sold": figures.units,
        "avg_selling_price_per_unit": number(over(product_revenue, figures.units)),
        "avg_cogs_per_unit": number(over(figures.cogs, figures.units)),
    }
    spent = total(expense.amount for expense in expenses)
    by_category: dict[str, Decimal] = defaultdict(Decimal)
    for expense in expenses:
        by_category[(expense.category or "").lower()] += expense.amount
    other = spent - sum(by_category[name] for name in ("salary", "utilities", "rent"))
    data["operating_expenses"].pop("categories_list")
    assert data["operating_expenses"] == {
        "total_expenses": number(spent),
        "expense_categories": len(
            {name for name, amount in by_category.items() if name and amount}
        ),
        "max_single_expense": number(max((each.amount for each in expenses), default=Decimal(0))),
        "salary_expenses": number(by_category["salary"]),
        "utility_expenses": number(by_category["utilities"]),
        "rent_expenses": number(by_category["rent"]),
        "other_expenses": number(other),
        "expense_breakdown": {
            "salary_percent": share(by_category["salary"], spent),
            "utilities_percent": share(by_category["utilities"], spent),
            "rent_percent": share(by_category["rent"], spent),
            "other_percent": share(other, spent),
        },
    }
    paid = figures.sum("paid_amount")
    ages = [(now - sale.business_date).days for sale in unpaid]
    assert data["receivables_analysis"] == {
        "cash_collected": number(paid),
        "outstanding_receivables": number(figures.sum("due_amount")),
        "partial_payments": number(
            total(sale.total_amount for sale in unpaid if sale.paid_amount > 0)
        ),
        "customers_with_outstanding": len({sale.customer_id for sale in unpaid}),
        "avg_outstanding_per_transaction": number(over(figures.sum("due_amount"), len(unpaid))),
        "days_since_oldest_due": max(ages, default=0),
        "overdue_count_30days": sum(age > 30 for age in ages),
        "collection_efficiency": share(paid, figures.gross) if totals else "100.00",
    }
    days = len({sale.business_date for sale in figures.sales})
    assert data["daily_averages"] == {
        "avg_daily_revenue": number(over(figures.revenue, days)),
        "avg_daily_units_sold": number(over(figures.units, days)),
        "business_days": days,
        "avg_revenue_per_staff": number(
            over(figures.revenue, len({sale.user_id for sale in figures.sales}))
        ),
    }


def number(amount: Decimal) -> float:
    """As the wire shows it."""
    return float(amount)


RECOUNTED = (_summary, _trends, _methods, _tax, _profit, _staff, _performance, _main, _analysis)
