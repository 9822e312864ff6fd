"""Dashboards of sales and money: summary, trends, methods, tax, profit (contract 20.3–20.4,
20.9–20.11)."""

from typing import Any

from pos_project.core.http.shapes import COUNT, DAY, MONEY, TEXT, NamedPeriod, shape
from pos_project.core.percentages import average, percent, percentage
from pos_project.core.period import Period
from reports.dashboards.api.dashboard import PeriodView, named_period
from reports.dashboards.owed import Owed, owed, owed_by
from reports.dashboards.sales_figures import SalesFigures, net_profit, sales_by, sales_figures
from reports.dashboards.spending import spent
from reports.summaries.buyer_sets import buyers, customers_by_day
from reports.summaries.buyers import BUYERS
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES

FINANCIAL_SUMMARY = shape(
    "FinancialSummary",
    {
        "period": NamedPeriod,
        "revenue": {
            "total_revenue": MONEY,
            "gross_total": MONEY,
            "gross_sales": MONEY,
            "net_sales": MONEY,
            "tax_collected": MONEY,
            "total_discounts": MONEY,
        },
        "payment": {
            "cash_received": MONEY,
            "outstanding_dues": MONEY,
            "collection_rate": TEXT,
        },
        "transactions": {
            "total_count": COUNT,
            "unique_customers": COUNT,
            "avg_transaction_value": MONEY,
        },
        "refunds": {
            "amount": MONEY,
            "count": COUNT,
            "rate": TEXT,
        },
    },
)


class FinancialSummaryView(PeriodView):
    """Revenue, payments, sales and refunds of the period."""

    message = "Financial summary"
    shape = FINANCIAL_SUMMARY

    def data(self, asked: Period) -> dict[str, Any]:
        plans = plan_reading(asked, SALES, BUYERS)
        sold, open_ = sales_figures(plans["sales"]), owed(asked)
        paid = open_.paid_of(sold.gross_total)
        everybody = buyers(plans["buyers"], "customers")
        return {
            "period": named_period(asked),
            "revenue": {
                "total_revenue": sold.total_revenue,
                "gross_total": sold.gross_total,
                "gross_sales": sold.gross_sales,
                "net_sales": sold.net_sales,
                "tax_collected": sold.tax_collected,
                "total_discounts": sold.discount,
            },
            "payment": {
                "cash_received": paid,
                "outstanding_dues": open_.due,
                "collection_rate": percent(paid, sold.gross_total),
            },
            "transactions": {
                "total_count": sold.orders,
                "unique_customers": len(everybody.customers),
                "avg_transaction_value": sold.average_order,
            },
            "refunds": {
                "amount": sold.refund_amount,
                "count": sold.refunds,
                "rate": percent(sold.refunds, sold.orders),
            },
        }


DAILY_TRENDS = shape(
    "DailyTrends",
    {
        "period": NamedPeriod,
        "daily_trends": [
            {
                "date": DAY,
                "transactions": COUNT,
                "gross_sales": MONEY,
                "tax": MONEY,
                "discounts": MONEY,
                "refunds": MONEY,
                "net_revenue": MONEY,
                "cash_received": MONEY,
                "dues": MONEY,
                "unique_customers": COUNT,
            }
        ],
    },
)


class DailyTrendsView(PeriodView):
    """Day by day, oldest first; days without a sale or refund are left out."""

    message = "Daily trends"
    shape = DAILY_TRENDS

    def data(self, asked: Period) -> dict[str, Any]:
        plans = plan_reading(asked, SALES, BUYERS, by_day=True)
        sold = sales_by(plans["sales"], "first_day")
        open_ = owed_by(asked, "first_day")
        customers = customers_by_day(plans["buyers"])
        return {
            "period": named_period(asked),
            "daily_trends": [
                {
                    "date": day.isoformat(),
                    **_trend(sold[day,], open_.get((day,), Owed())),
                    "unique_customers": customers.get(day, 0),
                }
                for (day,) in sorted(sold)
            ],
        }


def _trend(sold: SalesFigures, open_: Owed) -> dict[str, Any]:
    return {
        "transactions": sold.orders,
        "gross_sales": sold.gross_sales,
        "tax": sold.tax_collected,
        "discounts": sold.discount,
        "refunds": sold.refund_amount,
        "net_revenue": sold.total_revenue,
        "cash_received": open_.paid_of(sold.gross_total),
        "dues": open_.due,
    }


PAYMENT_BREAKDOWN = shape(
    "PaymentBreakdown",
    {
        "period": NamedPeriod,
        "payment_methods": [
            {
                "method": TEXT,
                "transaction_count": COUNT,
                "total_amount": MONEY,
                "paid_amount": MONEY,
                "due_amount": MONEY,
                "avg_transaction_value": MONEY,
                "percentage_of_revenue": TEXT,
            }
        ],
        "summary": {
            "total_revenue": MONEY,
            "methods_used": COUNT,
        },
    },
)


class PaymentBreakdownView(PeriodView):
    """By the payment method of the sale, largest revenue first; only methods that occur."""

    message = "Payment breakdown"
    shape = PAYMENT_BREAKDOWN

    def data(self, asked: Period) -> dict[str, Any]:
        sold = sales_by(plan_reading(asked, SALES)["sales"], "method")
        open_ = owed_by(asked, "method")
        revenue = sum(sold.values(), SalesFigures()).total_revenue
        ranked = sorted(sold, key=lambda key: (-sold[key].total_revenue, key))
        return {
            "period": named_period(asked),
            "payment_methods": [
                {
                    "method": key[0],
                    "transaction_count": sold[key].orders,
                    "total_amount": sold[key].total_revenue,
                    "paid_amount": open_.get(key, Owed()).paid_of(sold[key].gross_total),
                    "due_amount": open_.get(key, Owed()).due,
                    "avg_transaction_value": sold[key].average_order,
                    "percentage_of_revenue": percentage(sold[key].total_revenue, revenue),
                }
                for key in ranked
            ],
            "summary": {"total_revenue": revenue, "methods_used": len(ranked)},
        }


TAX_SUMMARY = shape(
    "TaxSummary",
    {
        "period": NamedPeriod,
        "tax_summary": {
            "total_transactions": COUNT,
            "gross_sales": MONEY,
            "total_tax_collected": MONEY,
            "total_revenue": MONEY,
            "avg_tax_per_transaction": MONEY,
            "effective_tax_rate": TEXT,
        },
    },
)


class TaxSummaryView(PeriodView):
    """Tax collected, less the tax within refunds."""

    message = "Tax summary"
    shape = TAX_SUMMARY

    def data(self, asked: Period) -> dict[str, Any]:
        sold = sales_figures(plan_reading(asked, SALES)["sales"])
        return {
            "period": named_period(asked),
            "tax_summary": {
                "total_transactions": sold.orders,
                "gross_sales": sold.gross_sales,
                "total_tax_collected": sold.tax_collected,
                "total_revenue": sold.total_revenue,
                "avg_tax_per_transaction": average(sold.tax_collected, sold.orders),
                "effective_tax_rate": percent(sold.tax_collected, sold.gross_sales),
            },
        }


PROFIT_LOSS = shape(
    "ProfitLoss",
    {
        "period": NamedPeriod,
        "revenue": {
            "gross_revenue": MONEY,
            "discounts": MONEY,
            "refunds": MONEY,
            "net_revenue": MONEY,
            "tax_collected": MONEY,
            "total_sales": COUNT,
        },
        "cost_of_goods": {
            "total_cogs": MONEY,
        },
        "expenses": {
            "total_expenses": MONEY,
            "expense_count": COUNT,
        },
        "profit": {
            "gross_profit": MONEY,
            "net_profit": MONEY,
            "profit_margin": TEXT,
            "status": TEXT,
        },
    },
)


class ProfitLossView(PeriodView):
    """Net sales less cost of goods sold less expenses."""

    message = "Profit and loss"
    shape = PROFIT_LOSS

    def data(self, asked: Period) -> dict[str, Any]:
        sold, spendings = sales_figures(plan_reading(asked, SALES)["sales"]), spent(asked)
        profit = net_profit(sold.gross_profit, spendings.total)
        return {
            "period": named_period(asked),
            "revenue": {
                "gross_revenue": sold.gross_sales,
                "discounts": sold.discount,
                "refunds": sold.net_refunds,
                "net_revenue": sold.net_sales,
                "tax_collected": sold.tax_collected,
                "total_sales": sold.orders,
            },
            "cost_of_goods": {"total_cogs": sold.cogs},
            "expenses": {
                "total_expenses": spendings.total,
                "expense_count": spendings.count,
            },
            "profit": {
                "gross_profit": sold.gross_profit,
                "net_profit": profit,
                "profit_margin": percent(profit, sold.net_sales),
                "status": "Profit" if profit >= 0 else "Loss",
            },
        }
