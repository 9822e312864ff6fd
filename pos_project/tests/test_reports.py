"""Reports in the back office: the API's figures as pages, each of whoever may see it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import Store, User
from conftest import at_the_office
from ledger.expenses import Spending, record_expense
from pos_project.back_office.reports.catalogue import OF_ONE, REPORTS
from pos_project.core.back_office.ranges import RANGES
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.report_pages import address, links_of, opened, rows_of, sheets

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_is_a_page_a_csv_a_workbook_and_a_pdf(office: Client, name: str) -> None:
    shop.a_days_work()

    page = opened(office, address(name))
    files = {form: office.get(address(name), {"format": form}) for form in ("csv", "xlsx", "pdf")}

    assert REPORTS[name].title in page
    assert {answer.status_code for answer in files.values()} == {200}
    assert files["csv"].getvalue().startswith("\ufeff".encode())
    assert files["pdf"].content.startswith(b"%PDF")
    [sheet] = sheets(files["xlsx"])
    assert sheet.max_row >= 1


def test_reports_are_for_admins_and_managers(staff: User, admin: User) -> None:
    pages = [address(name) for name in REPORTS]
    pages += [address(name, 1) for name in OF_ONE]
    pages += [reverse("reports"), reverse("report-accountant")]
    pages += [reverse("report-explain", args=["account", "CASH"])]

    for page in pages:
        for client in (Client(), at_the_office(staff)):
            answer = client.get(page, {"format": "csv"})
            assert (answer.status_code, answer["Location"][:13]) == (302, "/admin/login/")
    assert at_the_office(admin).get(pages[0]).status_code == 200


def test_the_side_bar_and_the_page_of_all_reports_lead_to_each(office: Client) -> None:
    page = opened(office, reverse("reports"))

    assert reverse("report-accountant") in page
    for name in REPORTS:
        assert f'href="{address(name)}"' in page


def test_what_cannot_be_shown_is_said_on_the_page(office: Client) -> None:
    for query, words in (
        ({"range": "own", "fromDate": "2026-08-10", "toDate": "2026-08-01"}, "must not be later"),
        ({"range": "own", "toDate": "2030-01-01"}, "has not come yet"),
        ({"range": "own", "fromDate": "nonsense"}, "A real date"),
        ({"range": "someday"}, "no such range"),
        ({"store_id": "99"}, "Unknown store"),
    ):
        for form in ("", "csv", "xlsx", "pdf"):
            answer = office.get(address("profit-loss"), {**query, "format": form})
            assert answer.status_code == 400
            assert words in answer.content.decode()


@pytest.mark.parametrize(
    "page",
    [
        ("report-ledger", "NOWHERE"),
        ("report-customer", "0"),
        ("report-customer", "x"),
        ("report-supplier", "999"),
        ("report-product-sales", "x"),
        ("report-product-sales", "999"),
    ],
)
def test_a_report_of_nobody_is_not_found(office: Client, page: tuple[str, str]) -> None:
    assert office.get(reverse(page[0], args=[page[1]])).status_code == 404


@pytest.mark.parametrize("what", ["sale", "product", "account", "customer", "supplier", "weather"])
def test_nothing_explains_what_is_not_there(office: Client, what: str) -> None:
    for of in ("999", "nonsense"):
        assert office.get(reverse("report-explain", args=[what, of])).status_code == 404


# --- Figures ---


def test_profit_stands_beside_that_of_the_same_days_last_month(office: Client) -> None:
    day = RANGES["last_month"].of(today()).first
    shop.sell((shop.a_service("30.00"), 1), at=at_noon(day))
    shop.sell((shop.a_service("50.00"), 1))
    record_expense(Spending("Tea", Decimal(12)), by=shop.a_cashier())

    rows = rows_of(opened(office, address("profit-loss"), range="this_month"))

    assert ["4000", "Sales", "50.00", "30.00", "20.00"] in rows
    assert ["", "Operating profit", "38.00", "30.00", "8.00"] in rows
    assert rows[-1] == ["", "Result of the period", "38.00", "30.00", "8.00"]


def test_the_figures_are_those_of_the_api(office: Client, as_admin: APIClient) -> None:
    shop.a_days_work()
    days = RANGES["this_month"].of(today())
    query = {"fromDate": days.first, "toDate": days.last}

    def told(path: str) -> Any:
        return as_admin.get(f"/api/{path}", query).json()["data"]

    def last_row(name: str) -> list[str]:
        return rows_of(opened(office, address(name), range="this_month"))[-1]

    staff = told("dashboard/staff-performance")["staff_performance"]
    products = told("dashboard/top-products?limit=50")["top_products"]
    customers = told("dashboard/customer-analysis")["customer_analysis"]

    assert last_row("profit-loss")[2] == f"{told('ledger/profit-loss')['result']:,.2f}"
    assert last_row("trial-balance")[4] == f"{told('ledger/trial-balance')['totals']['debit']:,.2f}"
    assert last_row("tax")[-1] == f"{told('ledger/tax')['payable']:,.2f}"
    assert last_row("stock")[-1] == f"{told('ledger/stock')['value']:,.2f}"
    assert last_row("receivables")[-1] == (
        f"{told('ledger/receivables-ageing')['totals']['total']:,.2f}"
    )
    assert last_row("staff")[5] == f"{sum(each['total_revenue'] for each in staff):,.2f}"
    assert last_row("customers")[3] == f"{sum(each['total_spent'] for each in customers):,.2f}"
    assert last_row("best-sellers")[4] == f"{sum(each['total_revenue'] for each in products):,.2f}"


def test_takings_are_what_came_in_by_method_and_day(office: Client) -> None:
    yesterday, rahim = today() - timedelta(days=1), shop.a_customer()
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(yesterday), offered=shop.by_method("card", 5))
    sold = shop.sell((shop.a_service("20.00"), 1)).sale
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))
    shop.sell((shop.a_service("9.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.pay_dues(rahim, 4)

    page = opened(office, address("takings"), range="own", fromDate=yesterday, toDate=today())

    assert rows_of(page) == [
        [f"{today():%d-%m-%Y}", "–", "4.00", "4.00"],
        [f"{yesterday:%d-%m-%Y}", "5.00", "–", "5.00"],
        ["Total", "5.00", "4.00", "9.00"],
    ]
    for link, amount in (
        *((link, "4.00") for link in links_of(page)[1:3]),
        (links_of(page)[-1], "9.00"),
    ):
        listed = office.get(link).context["cl"].queryset.values_list("direction", "amount")
        assert sum(sum_ if way == "in" else -sum_ for way, sum_ in listed) == Decimal(amount)


def test_what_never_sells_is_in_stock_and_was_not_sold_in_these_days(office: Client) -> None:
    shirt, cap, belt = (shop.a_product(name=name) for name in ("Shirt", "Cap", "Belt"))
    for product, units in ((shirt, 2), (cap, 1), (belt, 5)):
        shop.opening(product, units, "8.00")
    shop.sell((belt, 1))
    day = today() - timedelta(days=40)
    shop.sell((shop.a_service(), 1), at=at_noon(day))

    rows = rows_of(opened(office, address("unsold")))

    assert [(row[0], *row[2:]) for row in rows] == [
        ("Shirt", "2", "16.00"),
        ("Cap", "1", "8.00"),
        ("Total", "3", "24.00"),
    ]


def test_best_sellers_lead_to_the_lines_that_add_up_to_them(office: Client) -> None:
    cap = shop.a_product("20.00", name="Cap")
    shop.opening(cap, 9, "8.00")
    sold = shop.sell((cap, 3)).sale
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))
    shop.sell((shop.a_service("5.00"), 1))

    best = rows_of(opened(office, address("best-sellers")))
    worst = rows_of(opened(office, address("worst-sellers")))
    lines = rows_of(opened(office, address("product-sales", cap.pk)))

    assert [row[0] for row in best[:-1]] == [row[0] for row in worst[:-1]][::-1]
    assert best[0][3:5] == ["2", "40.00"]
    assert [row[2:] for row in lines] == [
        ["Came back", "-1", "20.00", "(20.00)"],
        ["Sold", "3", "20.00", "60.00"],
        ["", "2", "", "40.00"],
    ]


def test_suppliers_show_what_was_bought_and_is_owed(office: Client) -> None:
    delta, shirt = shop.a_supplier(), shop.a_product()
    shop.buy((shirt, 4, "5.00"), supplier=delta, offered=shop.cash(5), invoice="PO-1")
    shop.undo_purchase(shop.buy((shirt, 2, "5.00"), supplier=delta, invoice="PO-2"))

    rows = rows_of(opened(office, address("suppliers")))

    assert rows[0] == [delta.name, "1", "20.00", "15.00"]


def test_a_store_is_shown_by_itself(admin: User) -> None:
    office = at_the_office(admin)
    branch = baker.make(Store, name="Branch")
    shop.sell((shop.a_service("5.00"), 1))
    shop.sell((shop.a_service("7.00"), 1), by=shop.a_cashier("karim", store=branch))

    def total(name: str, cell: int, **query: Any) -> str:
        return rows_of(opened(office, address(name), range="today", **query))[-1][cell]

    for name, cell in (("takings", -1), ("profit-loss", 2), ("sales-by-day", 4)):
        assert total(name, cell) == "12.00"
        assert total(name, cell, store_id=branch.pk) == "7.00"
    page = opened(office, address("takings"), store_id=branch.pk)
    assert f"store_id={branch.pk}" in page.split("Last month")[0]  # another range keeps the store
    assert rows_of(opened(office, address("staff"), store_id=branch.pk))[0][0] == "karim"


def test_tax_by_quarter_leads_to_the_tax_of_the_quarter(office: Client) -> None:
    shop.sell((shop.a_service("50.00"), 1), tax=Decimal(5))

    page = opened(office, address("tax-quarters"))
    [row] = [row for row in rows_of(page) if row[0].startswith("Q3 2026")]
    link = next(link for link in links_of(page) if link.startswith(address("tax")))

    assert row[1:] == ["5.00", "–", "5.00", "–", "5.00", "–", "5.00"]
    assert rows_of(opened(office, link))[-1][-1] == "5.00"


# --- Cost ---


@pytest.mark.dear
def test_a_report_costs_the_same_for_twenty_rows_as_for_two(
    office: Client, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    def trade(many: int) -> None:
        for product in shop.many_products(many):
            shop.buy((product, 3, "5.00"), supplier=shop.a_supplier(name=product.name))
            sale = shop.sell(
                (product, 1),
                customer=shop.a_customer(name=product.name),
                offered=shop.on_credit(),
                by=shop.a_cashier(product.name),
            ).sale
            shop.take_back(
                sale,
                shop.units_of(sale.items.get(), 1),
            )

    def counted() -> dict[str, int]:
        pages = [address(name) for name in REPORTS]
        pages += [address("ledger", "INVENTORY"), reverse("admin:index")]
        pages.append(reverse("admin:ledger_ledgeraccount_changelist"))
        return {page: len(queries(lambda page=page: office.get(page))) for page in pages}

    trade(2)
    counted()  # what is remembered from now on
    few = counted()
    trade(20)
    counted()

    assert counted() == few
    assert max(few.values()) <= 55
