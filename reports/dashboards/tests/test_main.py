"""The first page: the worked example, to the field."""

from reports.tests.worked_dataset import PERIOD

MAIN = {
    "period": {"from_date": "2026-02-01", "to_date": "2026-02-08", "days": 8},
    "key_metrics": {
        "total_revenue": 280.49,
        "gross_total": 300.48,
        "refund_amount": 19.99,
        "total_outstanding": 120.5,
        "total_customers": 2,
        "active_customers": 1,
        "total_transactions": 3,
        "critical_alerts": 2,
        "today_cash": 99.98,
        "today_credit": 0,
        "today_profit": 40.99,
    },
    "top_customers": [
        {
            "customer_id": 12,
            "customer_name": "Rahim Uddin",
            "phone": "01911000012",
            "total_revenue": 220.49,
            "outstanding_due": 120.5,
        }
    ],
    "top_products": [
        {
            "product_id": 103,
            "product_name": "Wool Scarf",
            "units_sold": 6,
            "total_revenue": 240.6,
            "stock_quantity": 4,
            "stock_status": "Low Stock",
        },
        {
            "product_id": 101,
            "product_name": "Blue T-Shirt",
            "units_sold": 2,
            "total_revenue": 39.98,
            "stock_quantity": 26,
            "stock_status": "In Stock",
        },
    ],
    "critical_alerts": [
        {
            "alert_id": "out_of_stock-104",
            "alert_type": "out_of_stock",
            "severity": "critical",
            "customer_id": None,
            "product_id": 104,
            "customer_name": None,
            "product_name": "Canvas Cap",
            "days_overdue": 0,
            "current_stock": 0,
            "reorder_level": 0,
            "amount_due": 0,
        },
        {
            "alert_id": "low_stock-103",
            "alert_type": "low_stock",
            "severity": "high",
            "customer_id": None,
            "product_id": 103,
            "customer_name": None,
            "product_name": "Wool Scarf",
            "days_overdue": 0,
            "current_stock": 4,
            "reorder_level": 20,
            "amount_due": 0,
        },
    ],
    "recent_transactions": [
        {
            "transaction_id": "INV-S005503",
            "sale_id": 5503,
            "customer_name": "Walk-in Customer",
            "amount": 60,
            "total_amount": 60,
            "paid_amount": 60,
            "due_amount": 0,
            "status": "Paid",
            "date": "2026-02-08T16:00:00+06:00",
            "transaction_date": "2026-02-08T16:00:00+06:00",
        },
        {
            "transaction_id": "INV-S005502",
            "sale_id": 5502,
            "customer_name": "Rahim Uddin",
            "amount": 39.98,
            "total_amount": 39.98,
            "paid_amount": 39.98,
            "due_amount": 0,
            "status": "Paid",
            "date": "2026-02-08T15:04:05+06:00",
            "transaction_date": "2026-02-08T15:04:05+06:00",
        },
        {
            "transaction_id": "INV-S005490",
            "sale_id": 5490,
            "customer_name": "Rahim Uddin",
            "amount": 200.5,
            "total_amount": 200.5,
            "paid_amount": 80,
            "due_amount": 120.5,
            "status": "Partial",
            "date": "2026-02-01T12:10:00+06:00",
            "transaction_date": "2026-02-01T12:10:00+06:00",
        },
    ],
    "meta": {"timestamp": "2026-02-08T18:00:00+06:00", "data_points": 8},
}
META = {
    "timestamp": "2026-02-08",
    "userId": 1,
    "query_params": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
}


def test_main_dashboard(worked_dataset):
    answer = worked_dataset.body("dashboard/main", **PERIOD)

    took = answer["data"]["meta"].pop("execution_time_ms")
    assert answer == {
        "success": True,
        "message": "Main dashboard",
        "data": MAIN,
        "meta": META,
    }
    assert isinstance(took, int)
