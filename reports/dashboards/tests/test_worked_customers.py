"""The worked examples of customers, literally."""

from reports.tests.worked_dataset import NOW, PERIOD


def test_customer_analysis(worked_dataset):
    assert worked_dataset.data("dashboard/customer-analysis") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "customer_analysis": [
            {
                "customer_id": 12,
                "customer_name": "Rahim Uddin",
                "phone": "01911000012",
                "total_purchases": 2,
                "total_spent": 220.49,
                "amount_paid": 119.98,
                "outstanding_due": 120.5,
                "last_purchase_date": "2026-02-08T15:04:05+06:00",
            }
        ],
    }


def test_comprehensive_customer_analysis(worked_dataset):
    body = worked_dataset.body("dashboard/customer-analysis/comprehensive", **PERIOD)
    assert body["meta"] == {
        "timestamp": NOW.isoformat(),
        "userId": 1,
        "query_params": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
    }
    data = body["data"]
    # The example is shortened here to the newest of Rahim's two sales.
    assert [row["invoice_no"] for row in data["recent_activity"]] == ["INV-S005502", "INV-S005490"]
    data["recent_activity"].pop()
    rahim = {"customer_id": 12, "customer_name": "Rahim Uddin", "phone": "01911000012"}
    assert data == {
        "period": {"from_date": "2026-02-01", "to_date": "2026-02-08", "days": 8},
        "overview": {
            "total_customers": 2,
            "active_customers": 1,
            "new_customers": 1,
            "total_revenue": 220.49,
            "gross_total": 240.48,
            "refund_amount": 19.99,
            "total_outstanding": 120.5,
            "customers_with_dues": 1,
            "total_transactions": 2,
        },
        "top_customers": [
            {
                **rahim,
                "total_purchases": 2,
                "total_revenue": 220.49,
                "total_paid": 119.98,
                "total_due": 120.5,
                "avg_order_value": 110.25,
                "last_purchase_date": "2026-02-08T15:04:05+06:00",
            }
        ],
        "segmentation": [{"segment": "Occasional", "customer_count": 1, "segment_revenue": 220.49}],
        "long_due_customers": [
            {
                **rahim,
                "total_purchases": 1,
                "total_due": 120.5,
                "oldest_due_date": "2026-02-01T12:10:00+06:00",
                "latest_due_date": "2026-02-01T12:10:00+06:00",
                "days_overdue": 7,
                "overdue_bucket": "0-30 days",
                "overdue_bucket_detail": "0-30 days",
            }
        ],
        "recent_activity": [
            {
                **rahim,
                "invoice_no": "INV-S005502",
                "total_amount": 39.98,
                "paid_amount": 39.98,
                "due_amount": 0,
                "payment_method": "cash",
                "transaction_date": "2026-02-08T15:04:05+06:00",
                "served_by": "Nusrat Jahan",
            }
        ],
    }
