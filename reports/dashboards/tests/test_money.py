"""The worked examples of sales and money, to the field."""


def test_financial_summary(worked_dataset):
    assert worked_dataset.data("dashboard/financial-summary") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "revenue": {
            "total_revenue": 280.49,
            "gross_total": 300.48,
            "gross_sales": 300.57,
            "net_sales": 280.49,
            "tax_collected": 0,
            "total_discounts": 0.09,
        },
        "payment": {
            "cash_received": 179.98,
            "outstanding_dues": 120.5,
            "collection_rate": "59.90%",
        },
        "transactions": {
            "total_count": 3,
            "unique_customers": 1,
            "avg_transaction_value": 93.5,
        },
        "refunds": {"amount": 19.99, "count": 1, "rate": "33.33%"},
    }


def test_daily_trends(worked_dataset):
    assert worked_dataset.data("dashboard/daily-trends") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "daily_trends": [
            {
                "date": "2026-02-01",
                "transactions": 1,
                "gross_sales": 200.5,
                "tax": 0,
                "discounts": 0,
                "refunds": 0,
                "net_revenue": 200.5,
                "cash_received": 80,
                "dues": 120.5,
                "unique_customers": 1,
            },
            {
                "date": "2026-02-08",
                "transactions": 2,
                "gross_sales": 100.07,
                "tax": 0,
                "discounts": 0.09,
                "refunds": 19.99,
                "net_revenue": 79.99,
                "cash_received": 99.98,
                "dues": 0,
                "unique_customers": 1,
            },
        ],
    }


def test_payment_breakdown(worked_dataset):
    assert worked_dataset.data("dashboard/payment-breakdown") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "payment_methods": [
            {
                "method": "due",
                "transaction_count": 1,
                "total_amount": 200.5,
                "paid_amount": 80,
                "due_amount": 120.5,
                "avg_transaction_value": 200.5,
                "percentage_of_revenue": "71.48",
            },
            {
                "method": "cash",
                "transaction_count": 2,
                "total_amount": 79.99,
                "paid_amount": 99.98,
                "due_amount": 0,
                "avg_transaction_value": 40,
                "percentage_of_revenue": "28.52",
            },
        ],
        "summary": {"total_revenue": 280.49, "methods_used": 2},
    }


def test_tax_summary(worked_dataset):
    assert worked_dataset.data("dashboard/tax-summary") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "tax_summary": {
            "total_transactions": 3,
            "gross_sales": 300.57,
            "total_tax_collected": 0,
            "total_revenue": 280.49,
            "avg_tax_per_transaction": 0,
            "effective_tax_rate": "0.00%",
        },
    }


def test_profit_and_loss(worked_dataset):
    assert worked_dataset.data("dashboard/profit-loss") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "revenue": {
            "gross_revenue": 300.57,
            "discounts": 0.09,
            "refunds": 19.99,
            "net_revenue": 280.49,
            "tax_collected": 0,
            "total_sales": 3,
        },
        "cost_of_goods": {"total_cogs": 149},
        "expenses": {"total_expenses": 72.5, "expense_count": 2},
        "profit": {
            "gross_profit": 131.49,
            "net_profit": 58.99,
            "profit_margin": "21.03%",
            "status": "Profit",
        },
    }
