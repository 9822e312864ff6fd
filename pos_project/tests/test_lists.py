"""Lists of the back office: amounts, what the filtered rows come to, days by one click, files."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from conftest import at_the_office
from ledger.models import Payment
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from sales.models import Customer

pytestmark = pytest.mark.django_db


def opened(office: Client, page: str, **query: Any) -> str:
    answer = office.get(reverse(f"admin:{page}_changelist"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def totals_of(page: str) -> dict[str, str]:
    return dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page))


def lines_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def test_amounts_have_separators_and_a_sign_and_stand_on_the_right(office: Client) -> None:
    sale = shop.sell((shop.a_service("1250.00"), 1)).sale
    shop.take_back(sale, shop.units_of(sale.items.get(), 1))

    assert '<span class="shop-amount">1,250.00</span>' in opened(office, "sales_sale")
    assert '<span class="shop-amount">-1,250.00</span>' in opened(office, "ledger_payment")


def test_the_total_is_of_what_is_filtered(office: Client) -> None:
    yesterday = today() - timedelta(days=1)
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(yesterday))
    shop.sell((shop.a_service("7.00"), 1), customer=shop.a_customer(), offered=shop.on_credit())

    every = totals_of(opened(office, "sales_sale"))
    days = {"business_date_from": today(), "business_date_to": today()}
    of_today = totals_of(opened(office, "sales_sale", **days))

    assert every == {"Total": "12.00", "Paid": "5.00", "Due": "7.00", "Refunds": "0.00"}
    assert of_today == {"Total": "7.00", "Paid": "0.00", "Due": "7.00", "Refunds": "0.00"}


def test_money_that_went_out_is_taken_off_the_total_of_payments(office: Client) -> None:
    sale = shop.sell((shop.a_service("20.00"), 2)).sale
    shop.take_back(sale, shop.units_of(sale.items.get(), 1))

    assert totals_of(opened(office, "ledger_payment")) == {"In less out": "20.00"}
    assert Payment.objects.count() == 2


def test_totals_cost_one_statement(
    office: Client, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    shop.sell((shop.a_service(), 1))
    page = reverse("admin:sales_sale_changelist")
    office.get(page)

    sent = [sql for sql in queries(lambda: office.get(page)) if "SUM(" in sql]

    assert len(sent) == 1


def test_days_are_chosen_by_one_click_and_the_filters_are_said(office: Client) -> None:
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(today() - timedelta(days=1)))
    shop.sell((shop.a_service("7.00"), 1))
    page = opened(office, "sales_sale", status__exact="completed")
    [link] = re.findall(r'<a href="(\?[^"]*)"[^>]*>Yesterday</a>', page)

    chosen = office.get(reverse("admin:sales_sale_changelist") + unescape(link)).content.decode()

    day = f"{today() - timedelta(days=1):%d-%m-%Y}"
    assert f"Business date: {day} to {day}" in chosen
    assert "Status: Completed" in chosen
    assert totals_of(chosen)["Total"] == "5.00"
    assert re.search(r'aria-current="true">Yesterday<', chosen)


def test_the_search_is_said_as_it_was_typed(office: Client) -> None:
    shop.sell((shop.a_service(), 1))

    page = opened(office, "sales_sale", q="<b>INV")

    assert "Search: &lt;b&gt;INV" in page


def test_sorting_by_what_is_owed_puts_the_most_first(office: Client) -> None:
    for name, price in (("A", "5.00"), ("B", "9.00"), ("C", "7.00")):
        customer = shop.a_customer(name=name)
        shop.sell((shop.a_service(price), 1), customer=customer, offered=shop.on_credit())
    answer = office.get(reverse("admin:sales_customer_changelist"))
    place = answer.context["cl"].list_display.index("owes")

    first_click = office.get(reverse("admin:sales_customer_changelist"), {"o": str(place)})

    assert [each.name for each in first_click.context["cl"].result_list] == ["B", "C", "A"]
    assert totals_of(first_click.content.decode()) == {"Unpaid": "21.00"}


def test_a_list_is_a_file_of_all_rows_that_its_filters_leave(office: Client) -> None:
    rahim = shop.a_customer(name="=Rahim()")
    shop.sell((shop.a_service("5.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.sell((shop.a_service("1250.00"), 1))
    page = reverse("admin:sales_sale_changelist")

    lines = lines_of(office.get(page, {"as": "csv", "due": "open"}))
    book = load_workbook(BytesIO(office.get(page, {"as": "xlsx"}).content))

    assert lines[0][:5] == ["Number", "When", "Customer", "Cashier", "Total"]
    assert [row[2:5:2] for row in lines[1:]] == [["'=Rahim()", "5.00"]]
    [sheet] = book
    assert [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)] == [1250, 5]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_every_list_is_a_file(admin_office: Client) -> None:
    shop.a_days_work()
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        page = reverse(f"admin:{name}_changelist")
        for form in ("csv", "xlsx"):
            answer = admin_office.get(page, {"as": form})
            assert answer.status_code == 200, name
            assert answer["Content-Disposition"].endswith(f'{today()}.{form}"')
        header, *_ = lines_of(admin_office.get(page, {"as": "csv"}))
        assert all("<" not in each for each in header), name


def test_whoever_may_not_see_a_list_gets_no_file_of_it(manager: User, staff: User) -> None:
    page = reverse("admin:accounts_user_changelist")

    assert at_the_office(manager).get(page, {"as": "csv"}).status_code == 403
    assert at_the_office(staff).get(page, {"as": "csv"}).status_code == 302


def test_a_file_of_thousand_rows_costs_no_statement_a_row(
    office: Client, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    page = reverse("admin:sales_sale_changelist")

    def counted() -> int:
        return len(queries(lambda: lines_of(office.get(page, {"as": "csv"}))))

    for _ in range(2):
        shop.sell((shop.a_service(), 1), customer=shop.a_customer())
    few = counted()
    for _ in range(5):
        shop.sell((shop.a_service(), 1), customer=shop.a_customer(), by=shop.a_cashier())

    assert counted() == few
    assert Customer.objects.count() == 7
    assert Decimal(lines_of(office.get(page, {"as": "csv"}))[1][4]) == Decimal("5.00")


@pytest.fixture
def admin_office(admin: User) -> Client:
    return at_the_office(admin)
