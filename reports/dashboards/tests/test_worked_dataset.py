"""The worked dataset holds the figures that the examples are made of, and its books agree."""

from decimal import Decimal

import pytest

from ledger.models import Expense
from pos_project.tests import shop
from purchasing.models import Purchase
from sales.models import CustomerDue, Refund, Sale, SaleCogs

pytestmark = pytest.mark.usefixtures("the_books_agree")


def test_its_documents_have_the_contracts_ids_numbers_and_days(worked_dataset):
    assert [
        (sale.pk, sale.invoice_no, f"{sale.business_date}", sale.total_amount)
        for sale in Sale.objects.order_by("id")
    ] == [
        (5490, "INV-S005490", "2026-02-01", Decimal("200.50")),
        (5502, "INV-S005502", "2026-02-08", Decimal("39.98")),
        (5503, "INV-S005503", "2026-02-08", Decimal("60.00")),
    ]
    assert [
        (purchase.pk, purchase.invoice_no, f"{purchase.purchase_date}")
        for purchase in Purchase.objects.order_by("id")
    ] == [
        (2280, "PUR-002280", "2026-01-10"),
        (2290, "PUR-002290", "2026-01-15"),
        (2301, "PO-2026-001", "2026-02-08"),
    ]
    back = Refund.objects.get()
    assert (back.pk, back.sale_id, back.refund_amount) == (61, 5502, Decimal("19.99"))
    assert CustomerDue.objects.get().due_amount == Decimal("120.50")
    assert {f"{day}" for day in Expense.objects.values_list("business_date", flat=True)} == {
        "2026-02-01",
        "2026-02-06",
    }


def test_its_stock_and_costs_are_the_contracts(worked_dataset):
    goods = (worked_dataset.shirt, worked_dataset.scarf, worked_dataset.cap)
    assert [shop.stock_of(product) for product in goods] == [26, 4, 0]
    assert sum(SaleCogs.objects.values_list("total_cost", flat=True)) == Decimal("149.00")
