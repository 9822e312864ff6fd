"""Each strand of a history comes in order from the index made for it, without sorting.

Asked of SQLite, which plans by the shape of a query alone; on small tables MariaDB scans.
"""

from collections.abc import Iterable

import pytest
from django.db import connection

from pos_project.core.days import today
from pos_project.core.db.merged_list import Source
from pos_project.core.http.day_range import DayRange
from pos_project.tests import shop
from purchasing.supplier_history import SupplierHistory
from reports.dashboards.user_history import UserHistory
from sales.customer_history import CustomerHistory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "mysql", reason="plans depend on the rows there"),
]

RANGES = [DayRange(), DayRange(first=today()), DayRange(today(), today())]


def assert_in_order_from(sources: Iterable[Source], *indexes: str) -> None:
    for source, index in zip(sources, indexes, strict=True):
        newest = source.rows.order_by("-created_at", "-pk").values_list("created_at", "pk")
        plan = newest[:10].explain()
        assert f"INDEX {index}" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("days", RANGES)
def test_a_customers(days: DayRange) -> None:
    payments = ["ledger_payment_of_customer"] * 3
    history = CustomerHistory(shop.a_customer(), days).transactions()
    assert_in_order_from(
        history.sources, "sales_sale_of_customer", *payments, "sales_refund_of_customer"
    )


@pytest.mark.parametrize("days", RANGES)
def test_a_suppliers(days: DayRange) -> None:
    payments = ["ledger_payment_of_supplier"] * 3
    history = SupplierHistory(shop.a_supplier(), days).transactions()
    bought = ["purchasing_purchase_history"] * 2  # what was open when the books began is one
    assert_in_order_from(history.sources, *bought, *payments)


@pytest.mark.parametrize("days", RANGES)
def test_a_users(days: DayRange) -> None:
    payments = ["ledger_payment_of_user"] * 3
    history = UserHistory(days, user=shop.a_cashier())
    assert_in_order_from(history.sources, "sales_sale_of_user", *payments, "sales_refund_of_user")


@pytest.mark.parametrize("days", RANGES)
def test_the_shops(days: DayRange) -> None:
    payments = ["ledger_payment_by_type"] * 3
    history = UserHistory(days)
    assert_in_order_from(
        history.sources, "sales_sale_by_moment", *payments, "sales_refund_by_moment"
    )
