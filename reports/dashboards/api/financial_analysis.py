"""Everything about money on one page (contract 20.18)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rest_framework.request import Request

from ledger.payments import ON_CREDIT
from pos_project.core.days import today
from pos_project.core.http.period_query import FROM, TO, clamped, period_of, whole_number
from pos_project.core.http.shapes import (
    COUNT,
    DAY,
    MOMENT,
    MONEY,
    TEXT,
    CountedPeriod,
    list_of,
    shape,
)
from pos_project.core.money import ZERO
from pos_project.core.percentages import average, percent, percentage
from pos_project.core.period import Period
from reports.dashboards.api.dashboard import DashboardView, counted_period
from reports.dashboards.owed import Owed, Receivables, owed, receivables
from reports.dashboards.sales_figures import SalesFigures, net_profit, sales_by
from reports.dashboards.spending import Spent, spent
from reports.dashboards.valuation import products_kept_in_stock, worth_of_all
from reports.summaries.buyer_sets import buyers
from reports.summaries.buyers import BUYERS, Buyers
from reports.summaries.plan import plan_reading
from reports.summaries.sale_sums import SALES

METHODS = ("cash", "card", "bkash", "nagad", ON_CREDIT)
DAYS = {"default": 30, "least": 1, "most": 365}
METHOD = {"amount": MONEY, "transactions": COUNT, "avg_transaction": MONEY}

FINANCIAL_ANALYSIS = shape(
    "FinancialAnalysis",
    {
        "period": CountedPeriod,
        "revenue_analysis": {
            "total_revenue": MONEY,
            "gross_total": MONEY,
            "refund_amount": MONEY,
            "total_transactions": COUNT,
            "avg_transaction_value": MONEY,
            "min_transaction_value": MONEY,
            "max_transaction_value": MONEY,
            "transaction_value_stddev": MONEY,
            "unique_customers": COUNT,
            "avg_revenue_per_customer": MONEY,
            "cash_collection_rate": TEXT,
            "total_due_amount": MONEY,
        },
        "gross_profit_analysis": {
            "gross_sales": MONEY,
            "net_sales": MONEY,
            "total_cogs": MONEY,
            "gross_profit": MONEY,
            "gross_profit_margin": TEXT,
            "num_products_sold": COUNT,
            "total_units_sold": COUNT,
            "avg_selling_price_per_unit": MONEY,
            "avg_cogs_per_unit": MONEY,
        },
        "operating_expenses": {
            "total_expenses": MONEY,
            "expense_categories": COUNT,
            "categories_list": list_of(TEXT),
            "max_single_expense": MONEY,
            "salary_expenses": MONEY,
            "utility_expenses": MONEY,
            "rent_expenses": MONEY,
            "other_expenses": MONEY,
            "expense_breakdown": {
                "salary_percent": TEXT,
                "utilities_percent": TEXT,
                "rent_percent": TEXT,
                "other_percent": TEXT,
            },
        },
        "profitability_metrics": {
            "gross_profit": MONEY,
            "gross_margin_percent": TEXT,
            "total_operating_expenses": MONEY,
            "net_profit": MONEY,
            "net_profit_margin_percent": TEXT,
            "operating_expense_ratio": TEXT,
        },
        "receivables_analysis": {
            "cash_collected": MONEY,
            "outstanding_receivables": MONEY,
            "partial_payments": MONEY,
            "customers_with_outstanding": COUNT,
            "avg_outstanding_per_transaction": MONEY,
            "days_since_oldest_due": COUNT,
            "overdue_count_30days": COUNT,
            "collection_efficiency": TEXT,
        },
        "payment_methods": dict.fromkeys(METHODS, METHOD),
        "tax_analysis": {
            "total_tax_collected": MONEY,
            "taxable_sales": MONEY,
            "effective_tax_rate": TEXT,
            "taxable_transactions": COUNT,
        },
        "inventory_valuation": {
            "total_inventory_units": COUNT,
            "total_sku_count": COUNT,
            "inventory_value_at_retail": MONEY,
            "inventory_value_at_cost": MONEY,
            "inventory_markup_percent": TEXT,
        },
        "daily_averages": {
            "avg_daily_revenue": MONEY,
            "avg_daily_units_sold": MONEY,
            "business_days": COUNT,
            "avg_revenue_per_staff": MONEY,
        },
    },
)
META = shape(
    "FinancialAnalysisMeta",
    {"timestamp": MOMENT, "userId": COUNT, "dateRange": {"startDate": DAY, "endDate": DAY}},
)


@dataclass(frozen=True)
class Read:
    """What the sections are computed from, read once."""

    sold: SalesFigures
    by_method: dict[str, SalesFigures]
    sellers: int
    bought: Buyers
    open_: Owed
    receivables: Receivables
    spent: Spent

    @property
    def paid(self) -> Decimal:
        return self.open_.paid_of(self.sold.gross_total)

    @property
    def net_profit(self) -> Decimal:
        return net_profit(self.sold.gross_profit, self.spent.total)


class FinancialAnalysisView(DashboardView):
    """Revenue, profit, expenses, receivables, methods, tax and stock value.

    `days` is how far before its end the period begins when `fromDate` is not given.
    """

    message = "Financial analysis"
    shape = FINANCIAL_ANALYSIS
    meta_shape = META
    parameters = (FROM, TO, whole_number("days", **DAYS))

    def asked(self, request: Request, **path: str) -> Period:
        days = clamped(request.query_params, "days", **DAYS)
        return period_of(request.query_params, days=days)

    def data(self, asked: Period) -> dict[str, Any]:
        read = _read(asked)
        return {
            "period": counted_period(asked),
            "revenue_analysis": _revenue(read),
            "gross_profit_analysis": _gross_profit(read),
            "operating_expenses": _expenses(read.spent),
            "profitability_metrics": _profitability(read),
            "receivables_analysis": _receivables(read),
            "payment_methods": {
                method: _method(read.by_method.get(method, SalesFigures())) for method in METHODS
            },
            "tax_analysis": _tax(read.sold),
            "inventory_valuation": _inventory(),
            "daily_averages": _daily(read),
        }

    def meta(self, request: Request, asked: Period) -> dict[str, Any]:
        ends = {"startDate": asked.first.isoformat(), "endDate": asked.last.isoformat()}
        return {**super().meta(request, asked), "dateRange": ends}


def _read(period: Period) -> Read:
    plans = plan_reading(period, SALES, BUYERS)
    by_method: dict[str, SalesFigures] = {}
    sellers = set()
    for (method, seller_id), sold in sales_by(plans["sales"], "method", "seller_id").items():
        by_method[method] = by_method.get(method, SalesFigures()) + sold
        if sold.orders:
            sellers.add(seller_id)
    return Read(
        sum(by_method.values(), SalesFigures()),
        by_method,
        len(sellers),
        buyers(plans["buyers"], "customers", "products", "days"),
        owed(period),
        receivables(period, today=today()),
        spent(period),
    )


def _revenue(read: Read) -> dict[str, Any]:
    sold = read.sold
    customers = len(read.bought.customers)
    return {
        "total_revenue": sold.total_revenue,
        "gross_total": sold.gross_total,
        "refund_amount": sold.refund_amount,
        "total_transactions": sold.orders,
        "avg_transaction_value": sold.average_order,
        "min_transaction_value": sold.smallest or ZERO,
        "max_transaction_value": sold.largest or ZERO,
        "transaction_value_stddev": sold.deviation,
        "unique_customers": customers,
        "avg_revenue_per_customer": average(sold.customer_revenue, customers),
        "cash_collection_rate": percent(
            sold.gross_total - read.receivables.total, sold.gross_total
        ),
        "total_due_amount": read.open_.due,
    }


def _gross_profit(read: Read) -> dict[str, Any]:
    sold = read.sold
    return {
        "gross_sales": sold.gross_sales,
        "net_sales": sold.net_sales,
        "total_cogs": sold.cogs,
        "gross_profit": sold.gross_profit,
        "gross_profit_margin": percent(sold.gross_profit, sold.net_sales),
        "num_products_sold": len(read.bought.products),
        "total_units_sold": int(sold.units),
        "avg_selling_price_per_unit": average(sold.product_revenue, sold.units),
        "avg_cogs_per_unit": average(sold.cogs, sold.units),
    }


def _expenses(spendings: Spent) -> dict[str, Any]:
    total = spendings.total
    salary, utilities, rent = (
        spendings.of(category) for category in ("salary", "utilities", "rent")
    )
    return {
        "total_expenses": total,
        "expense_categories": len(spendings.categories),
        "categories_list": spendings.categories,
        "max_single_expense": spendings.largest,
        "salary_expenses": salary,
        "utility_expenses": utilities,
        "rent_expenses": rent,
        "other_expenses": spendings.other,
        "expense_breakdown": {
            "salary_percent": percentage(salary, total),
            "utilities_percent": percentage(utilities, total),
            "rent_percent": percentage(rent, total),
            "other_percent": percentage(spendings.other, total),
        },
    }


def _profitability(read: Read) -> dict[str, Any]:
    sold = read.sold
    return {
        "gross_profit": sold.gross_profit,
        "gross_margin_percent": percent(sold.gross_profit, sold.net_sales),
        "total_operating_expenses": read.spent.total,
        "net_profit": read.net_profit,
        "net_profit_margin_percent": percent(read.net_profit, sold.net_sales),
        "operating_expense_ratio": percentage(read.spent.total, sold.net_sales),
    }


def _receivables(read: Read) -> dict[str, Any]:
    found, gross = read.receivables, read.sold.gross_total
    return {
        "cash_collected": read.paid,
        "outstanding_receivables": found.due,
        "partial_payments": found.partly_paid_total,
        "customers_with_outstanding": found.customers,
        "avg_outstanding_per_transaction": average(found.due, found.sales),
        "days_since_oldest_due": (today() - found.oldest).days if found.oldest else 0,
        "overdue_count_30days": found.overdue,
        "collection_efficiency": percentage(read.paid, gross) if read.sold.orders else "100.00",
    }


def _method(sold: SalesFigures) -> dict[str, Any]:
    return {
        "amount": sold.total_revenue,
        "transactions": sold.orders,
        "avg_transaction": sold.average_order,
    }


def _tax(sold: SalesFigures) -> dict[str, Any]:
    return {
        "total_tax_collected": sold.tax_collected,
        "taxable_sales": sold.gross_sales,
        "effective_tax_rate": percent(sold.tax_collected, sold.gross_sales),
        "taxable_transactions": sold.orders,
    }


def _inventory() -> dict[str, Any]:
    worth = worth_of_all()
    return {
        "total_inventory_units": worth.units,
        "total_sku_count": products_kept_in_stock(),
        "inventory_value_at_retail": worth.at_retail,
        "inventory_value_at_cost": worth.at_cost,
        "inventory_markup_percent": percent(worth.at_retail - worth.at_cost, worth.at_retail),
    }


def _daily(read: Read) -> dict[str, Any]:
    sold, days = read.sold, len(read.bought.days)
    return {
        "avg_daily_revenue": average(sold.total_revenue, days),
        "avg_daily_units_sold": average(sold.units, days),
        "business_days": days,
        "avg_revenue_per_staff": average(sold.total_revenue, read.sellers),
    }
