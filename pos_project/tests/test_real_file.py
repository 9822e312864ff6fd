"""Days of a real till, imported once: sales, dashboards and books say what the file says."""

import csv
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Sum
from rest_framework.test import APIClient

from catalog.models import Product
from ledger.journal_models import JournalEntry
from pos_project.core.money import money
from pos_project.core.period import Period
from pos_project.tests.invariants import books_agree
from pos_project.tests.retail.files import rows_by_fate, run
from reports.statements import financial_statements
from sales.models import Customer, Refund, Sale, SaleItem

REAL = Path(
    os.environ.get("RETAIL_CSV")
    or settings.BASE_DIR.parent / "shared" / "data" / "online_retail_2010-12.csv"
)
pytestmark = [
    pytest.mark.dear,
    pytest.mark.django_db,
    pytest.mark.skipif(not REAL.is_file(), reason=f"the data set is not at {REAL} (RETAIL_CSV)"),
    pytest.mark.usefixtures("imported"),
]


@pytest.fixture(scope="module")
def imported(standing: Callable[..., str]) -> str:
    """What the command said."""
    return standing(lambda: run(REAL))


def test_the_real_file_adds_up(imported: str) -> None:
    # The second opinion: the data set's own rule, in a few lines over the bare file.
    with REAL.open(encoding="utf-8-sig", newline="") as bare:
        rows = list(csv.DictReader(bare))
    priced = {row["InvoiceNo"] for row in rows if Decimal(row["UnitPrice"]) > 0}
    sold = [
        row
        for row in rows
        if row["InvoiceNo"] in priced and row["InvoiceNo"][0] != "C" and int(row["Quantity"]) > 0
    ]
    expected = sum(int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in sold)
    sums = Sale.objects.aggregate(total=Sum("total_amount"))
    assert round(sums["total"], 2) == expected
    assert Sale.objects.count() == len({row["InvoiceNo"] for row in sold})
    per_day = Counter(row["InvoiceDate"] for row in sold)
    days = SaleItem.objects.values_list("sale__business_date", flat=True)
    assert Counter(f"{day.day}/{day.month}/{day.year}" for day in days) == per_day

    fates = rows_by_fate(imported)
    assert fates["Rows"] == len(rows) == sum(fates.values()) - fates["Rows"]
    assert fates["Sold"] == len(sold)
    unpriced = [row for row in rows if row["InvoiceNo"] not in priced]
    assert fates["Corrected"] == len(unpriced)
    codes = {row["StockCode"].upper() for row in rows}
    assert Product.objects.count() <= len(codes)
    customers = {row["CustomerID"] for row in sold if row["CustomerID"]}
    assert Customer.objects.count() == len(customers)
    assert Sale.objects.filter(due_amount__gt=0).count() == 0
    books_agree()


def test_the_dashboards_show_what_the_real_file_says(as_admin: APIClient) -> None:
    with REAL.open(encoding="utf-8-sig", newline="") as bare:
        rows = list(csv.DictReader(bare))
    priced = {row["InvoiceNo"] for row in rows if Decimal(row["UnitPrice"]) > 0}
    of_day: dict[date, Decimal] = defaultdict(Decimal)
    of_invoice: dict[str, Decimal] = defaultdict(Decimal)
    invoices: dict[date, set[str]] = defaultdict(set)
    for row in rows:
        units = int(row["Quantity"])
        if row["InvoiceNo"] in priced and row["InvoiceNo"][0] != "C" and units > 0:
            day = date(*(int(part) for part in reversed(row["InvoiceDate"].split("/"))))
            of_day[day] += units * Decimal(row["UnitPrice"])
            of_invoice[row["InvoiceNo"]] += units * Decimal(row["UnitPrice"])
            invoices[day].add(row["InvoiceNo"])
    gross = sum(of_day.values())
    given_back = Refund.objects.aggregate(total=Sum("refund_amount"))["total"]

    def dashboard(name: str) -> Any:
        days = {"fromDate": min(of_day).isoformat(), "toDate": max(of_day).isoformat()}
        answer = as_admin.get(f"/api/dashboard/{name}", days)
        return json.loads(answer.content, parse_float=Decimal)["data"]

    metrics = dashboard("main")["key_metrics"]
    assert metrics["gross_total"] == gross
    assert metrics["total_revenue"] == gross - money(given_back)
    assert metrics["total_transactions"] == len(of_invoice)
    trends = dashboard("daily-trends")["daily_trends"]
    assert {each["date"]: (each["gross_sales"], each["transactions"]) for each in trends} == {
        day.isoformat(): (of_day[day], len(invoices[day])) for day in of_day
    }
    revenue = dashboard("financial-analysis")["revenue_analysis"]
    assert revenue["max_transaction_value"] == max(of_invoice.values())
    assert revenue["min_transaction_value"] == min(of_invoice.values())
    books = dashboard("profit-loss")
    profit = gross - money(given_back) - books["cost_of_goods"]["total_cogs"]
    assert books["profit"]["gross_profit"] == profit
    [cash] = dashboard("payment-breakdown")["payment_methods"]
    assert (cash["method"], cash["paid_amount"]) == ("cash", gross)


def test_the_balance_sheet_of_the_real_shop_balances_on_every_day() -> None:
    days = sorted(set(JournalEntry.objects.values_list("business_date", flat=True)))
    assert len(days) == 4

    day = days[0] - timedelta(days=1)
    while day <= days[-1] + timedelta(days=1):
        sheet = financial_statements.balance_sheet(day)
        assert sheet.balanced
        assert financial_statements.trial_balance(
            Period(financial_statements.BEGINNING, day)
        ).balanced
        stock = financial_statements.stock(day)
        assert stock.value == stock.account
        assert (sheet.assets.total != 0) == (day >= days[0])
        day += timedelta(days=1)
    period = Period(days[0], days[-1])
    sold = sum(each.total_amount for each in Sale.objects.completed())
    back = sum(each.refund_amount for each in Refund.objects.all())
    assert financial_statements.profit_loss(period).net_sales.total == sold - back
