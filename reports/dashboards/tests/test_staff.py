"""The worked examples of sellers, to the field."""

from conftest import make_user, signed_in

NUSRAT = {
    "range": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
    "summary": {
        "orders": 2,
        "totalAmount": 220.49,
        "totalPaid": 119.98,
        "totalDue": 120.5,
        "avgOrderValue": 110.25,
        "uniqueCustomers": 1,
        "itemsSold": 6,
    },
    "byDay": [
        {"day": "2026-02-08", "orders": 1, "revenue": 19.99, "paid": 39.98, "due": 0},
        {"day": "2026-02-01", "orders": 1, "revenue": 200.5, "paid": 80, "due": 120.5},
    ],
    "byPaymentMethod": [
        {"payment_method": "due", "orders": 1, "revenue": 200.5},
        {"payment_method": "cash", "orders": 1, "revenue": 19.99},
    ],
}


def test_staff_performance(worked_dataset):
    assert worked_dataset.data("dashboard/staff-performance") == {
        "period": {"fromDate": "2026-02-01", "toDate": "2026-02-08"},
        "staff_performance": [
            {
                "staff_id": 3,
                "staff_name": "Nusrat Jahan",
                "total_sales": 2,
                "total_revenue": 220.49,
                "gross_sales": 240.48,
                "total_discounts": 0,
                "tax_collected": 0,
                "cash_collected": 119.98,
                "dues_created": 120.5,
                "unique_customers": 1,
                "avg_sale_value": 110.25,
                "working_days": 2,
            },
            {
                "staff_id": 1,
                "staff_name": "superAdmin",
                "total_sales": 1,
                "total_revenue": 60,
                "gross_sales": 60.09,
                "total_discounts": 0.09,
                "tax_collected": 0,
                "cash_collected": 60,
                "dues_created": 0,
                "unique_customers": 0,
                "avg_sale_value": 60,
                "working_days": 1,
            },
        ],
    }


def test_one_user_s_performance(worked_dataset):
    assert worked_dataset.data("users/3/performance") == NUSRAT


def test_everybody_sees_their_own(worked_dataset):
    own = worked_dataset.data("users/me/performance", by=worked_dataset.seller)
    assert own == NUSRAT


def test_whose_performance_must_exist(worked_dataset):
    as_admin = signed_in(worked_dataset.admin)
    worked_dataset.seller.archive()

    assert as_admin.get("/api/users/3/performance").status_code == 404
    assert as_admin.get("/api/users/2/performance").status_code == 404
    assert as_admin.get("/api/users/0/performance").status_code == 400
    assert as_admin.get("/api/users/three/performance").status_code == 400


def test_the_archived_are_not_among_the_staff(worked_dataset):
    worked_dataset.seller.archive()

    rows = worked_dataset.data("dashboard/staff-performance")["staff_performance"]
    assert [row["staff_id"] for row in rows] == [1]


def test_whoever_sold_nothing_has_a_row_of_zeros(worked_dataset):
    staff = make_user("staff")

    *_, last = worked_dataset.data("dashboard/staff-performance")["staff_performance"]
    assert last == {
        "staff_id": staff.pk,
        "staff_name": "The staff",
        **dict.fromkeys(
            (
                *("total_sales", "total_revenue", "gross_sales", "total_discounts"),
                *("tax_collected", "cash_collected", "dues_created", "unique_customers"),
                *("avg_sale_value", "working_days"),
            ),
            0,
        ),
    }
