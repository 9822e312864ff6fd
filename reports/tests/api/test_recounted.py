"""Every figure of sales and money, recounted in plain Python over whatever was traded."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from conftest import signed_in
from pos_project.tests.laws import books_agree
from reports.facts.freezing import CATCHING_UP
from reports.reconcile import CHECKS, examine
from reports.tests.recount import Recount, expenses_of, over, share, total
from reports.tests.trading import STEPS, Trader

pytestmark = pytest.mark.django_db

RANGES = st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 60)), min_size=2, max_size=4)


@pytest.fixture
def trader(db: None) -> Trader:
    return Trader()


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


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, ranges=RANGES, on_the_way=st.booleans())
def test_whatever_was_traded_every_figure_is_what_the_rows_say(
    trader: Trader, admin: User, steps: Any, ranges: Any, on_the_way: bool
) -> None:
    trader.trade(steps)
    with time_machine.travel(trader.noon, tick=False):
        for back, length in ranges:
            if on_the_way:
                CATCHING_UP.forget()
            last = trader.today - timedelta(days=back)
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


def number(amount: Decimal) -> float:
    """As the wire shows it."""
    return float(amount)


RECOUNTED = (_summary, _trends, _methods, _tax, _profit, _staff, _performance)
