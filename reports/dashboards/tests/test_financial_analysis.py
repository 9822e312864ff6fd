"""Everything about money on one page: the worked example, to the field."""

from reports.tests.worked_dataset import PERIOD

FINANCIAL_ANALYSIS = {
    "period": {"from_date": "2026-02-01", "to_date": "2026-02-08", "days": 8},
    "revenue_analysis": {
        "total_revenue": 280.49,
        "gross_total": 300.48,
        "refund_amount": 19.99,
        "total_transactions": 3,
        "avg_transaction_value": 93.5,
        "min_transaction_value": 39.98,
        "max_transaction_value": 200.5,
        "transaction_value_stddev": 71.42,
        "unique_customers": 1,
        "avg_revenue_per_customer": 220.49,
        "cash_collection_rate": "33.27%",
        "total_due_amount": 120.5,
    },
    "gross_profit_analysis": {
        "gross_sales": 300.57,
        "net_sales": 280.49,
        "total_cogs": 149,
        "gross_profit": 131.49,
        "gross_profit_margin": "46.88%",
        "num_products_sold": 2,
        "total_units_sold": 8,
        "avg_selling_price_per_unit": 35.07,
        "avg_cogs_per_unit": 18.63,
    },
    "operating_expenses": {
        "total_expenses": 72.5,
        "expense_categories": 2,
        "categories_list": ["Rent", "Transport"],
        "max_single_expense": 60,
        "salary_expenses": 0,
        "utility_expenses": 0,
        "rent_expenses": 60,
        "other_expenses": 12.5,
        "expense_breakdown": {
            "salary_percent": "0.00",
            "utilities_percent": "0.00",
            "rent_percent": "82.76",
            "other_percent": "17.24",
        },
    },
    "profitability_metrics": {
        "gross_profit": 131.49,
        "gross_margin_percent": "46.88%",
        "total_operating_expenses": 72.5,
        "net_profit": 58.99,
        "net_profit_margin_percent": "21.03%",
        "operating_expense_ratio": "25.85",
    },
    "receivables_analysis": {
        "cash_collected": 179.98,
        "outstanding_receivables": 120.5,
        "partial_payments": 200.5,
        "customers_with_outstanding": 1,
        "avg_outstanding_per_transaction": 120.5,
        "days_since_oldest_due": 7,
        "overdue_count_30days": 0,
        "collection_efficiency": "59.90",
    },
    "payment_methods": {
        "cash": {"amount": 79.99, "transactions": 2, "avg_transaction": 40},
        "card": {"amount": 0, "transactions": 0, "avg_transaction": 0},
        "bkash": {"amount": 0, "transactions": 0, "avg_transaction": 0},
        "nagad": {"amount": 0, "transactions": 0, "avg_transaction": 0},
        "due": {"amount": 200.5, "transactions": 1, "avg_transaction": 200.5},
    },
    "tax_analysis": {
        "total_tax_collected": 0,
        "taxable_sales": 300.57,
        "effective_tax_rate": "0.00%",
        "taxable_transactions": 3,
    },
    "inventory_valuation": {
        "total_inventory_units": 30,
        "total_sku_count": 3,
        "inventory_value_at_retail": 680.14,
        "inventory_value_at_cost": 309,
        "inventory_markup_percent": "54.57%",
    },
    "daily_averages": {
        "avg_daily_revenue": 140.25,
        "avg_daily_units_sold": 4,
        "business_days": 2,
        "avg_revenue_per_staff": 140.25,
    },
}


def test_financial_analysis(worked_dataset):
    answer = worked_dataset.body("dashboard/financial-analysis", **PERIOD)

    assert answer["data"] == FINANCIAL_ANALYSIS
    assert answer["meta"] == {
        "timestamp": "2026-02-08T18:00:00+06:00",
        "userId": 1,
        "dateRange": {"startDate": "2026-02-01", "endDate": "2026-02-08"},
    }
