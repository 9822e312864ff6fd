"""Reports in the back office: the API's figures as pages and files, each leading to what is behind
it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import reverse
from model_bakery import baker
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import Store, User
from conftest import at_the_office
from ledger.expenses import Spending, record_expense
from ledger.models import Payment
from pos_project.back_office.reports import views
from pos_project.back_office.reports.catalogue import OF_ONE, REPORTS
from pos_project.core.back_office.ranges import RANGES, before, quarters
from pos_project.core.days import at_noon, today
from pos_project.core.http import xlsx_file
from pos_project.core.period import Period
from pos_project.tests import shop
from sales.models import Customer, Sale

pytestmark = pytest.mark.django_db


def address(name: str, of: object = None) -> str:
    return reverse(f"report-{name}", args=[] if of is None else [of])


def opened(office: Client, url: str, **query: Any) -> str:
    answer = office.get(url, query)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def rows_of(page: str) -> list[list[str]]:
    """The cells of the report's table, without markup."""
    [table] = re.findall(r'<table class="shop-report">(.*?)</table>', page, re.S)
    return [
        [unescape(re.sub("<.*?>", "", cell)) for cell in re.findall("<td.*?>(.*?)</td>", row)]
        for row in re.findall("<tr.*?>(.*?)</tr>", table, re.S)
    ][1:]


def links_of(page: str) -> list[str]:
    [table] = re.findall(r'<table class="shop-report">(.*?)</table>', page, re.S)
    return [unescape(link) for link in re.findall(r'href="(.*?)"', table)]


def sheets(answer: Any) -> Any:
    return load_workbook(BytesIO(b"".join(answer)))


# --- What there is, and for whom ---


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_is_a_page_a_csv_a_workbook_and_a_pdf(office: Client, name: str) -> None:
    shop.a_days_work()

    page = opened(office, address(name))
    files = {form: office.get(address(name), {"format": form}) for form in ("csv", "xlsx", "pdf")}

    assert REPORTS[name].title in page
    assert {answer.status_code for answer in files.values()} == {200}
    assert b"".join(files["csv"]).startswith("\ufeff".encode())  # type: ignore[arg-type]
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


# --- Days ---


@pytest.mark.parametrize(
    ("name", "now", "first", "last"),
    [
        ("today", "2026-03-31", "2026-03-31", "2026-03-31"),
        ("yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("this_week", "2026-08-12", "2026-08-09", "2026-08-12"),  # weeks begin on Sunday
        ("this_week", "2026-08-09", "2026-08-09", "2026-08-09"),
        ("last_week", "2026-08-12", "2026-08-02", "2026-08-08"),
        ("this_month", "2026-08-31", "2026-08-01", "2026-08-31"),
        ("last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-01", "2025-12-01", "2025-12-31"),
        ("this_quarter", "2026-05-31", "2026-04-01", "2026-05-31"),
        ("last_quarter", "2026-01-31", "2025-10-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-01-01", "2026-01-01"),
        ("last_year", "2024-02-29", "2023-01-01", "2023-12-31"),
        ("last_30_days", "2026-08-12", "2026-07-14", "2026-08-12"),
    ],
)
def test_a_range_is_chosen_by_one_click(name: str, now: str, first: str, last: str) -> None:
    period = RANGES[name].of(date.fromisoformat(now))

    assert period == Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("name", "days", "earlier"),
    [
        ("this_month", "2026-08-01 2026-08-12", "2026-07-01 2026-07-12"),
        ("this_month", "2026-03-01 2026-03-31", "2026-02-01 2026-02-28"),
        ("last_month", "2026-02-01 2026-02-28", "2026-01-01 2026-01-31"),
        ("this_quarter", "2026-07-01 2026-08-12", "2026-04-01 2026-05-12"),
        ("last_quarter", "2026-04-01 2026-06-30", "2026-01-01 2026-03-31"),
        ("this_year", "2024-01-01 2024-02-29", "2023-01-01 2023-02-28"),
        ("yesterday", "2026-08-11 2026-08-11", "2026-08-10 2026-08-10"),
        ("this_week", "2026-08-09 2026-08-12", "2026-08-02 2026-08-05"),
        ("own", "2026-08-03 2026-08-05", "2026-07-31 2026-08-02"),
        ("last_30_days", "2026-07-14 2026-08-12", "2026-06-14 2026-07-13"),
    ],
)
def test_the_days_before_are_the_same_of_the_month_before(
    name: str, days: str, earlier: str
) -> None:
    period, expected = (
        Period(*(date.fromisoformat(day) for day in each.split())) for each in (days, earlier)
    )

    assert before(period, name) == expected


def test_the_quarters_of_a_year_end_with_its_day() -> None:
    found = quarters(date(2026, 8, 12))

    assert [(each.first.isoformat(), each.last.isoformat()) for each in found] == [
        ("2026-07-01", "2026-08-12"),
        ("2026-04-01", "2026-06-30"),
        ("2026-01-01", "2026-03-31"),
    ]


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


# --- What is behind a figure ---


@pytest.mark.dear
def test_every_figure_leads_somewhere(office: Client) -> None:
    shop.a_days_work()
    shop.a_days_corrections()
    rahim = Customer.objects.filter(sales__isnull=False).first()
    of_one = [address("ledger", code) for code in ("CASH", "INVENTORY", "RECEIVABLES")]
    of_one += [address("customer", rahim.pk)]  # type: ignore[union-attr]

    links = {
        urljoin(page, link)
        for page in (*(address(name) for name in REPORTS), *of_one)
        for link in links_of(opened(office, page))
    }

    assert len(links) > 50
    for link in sorted(links):
        answer = office.get(link, follow=True)
        assert (answer.status_code, answer.redirect_chain) == (200, []), link


def test_from_the_profit_to_the_sale_and_to_its_batches(office: Client) -> None:
    shirt = shop.a_product()
    shop.buy((shirt, 10, "8.50"), invoice="PO-7")
    sale = shop.sell((shirt, 2)).sale

    profit = opened(office, address("profit-loss"))
    ledger = next(link for link in links_of(profit) if "COST_OF_GOODS_SOLD" in link)
    document = next(link for link in links_of(opened(office, ledger)) if "/sale/" in link)
    page = opened(office, document)
    explained = office.get(reverse("admin:sales_sale_explain", args=[sale.pk]), follow=True)

    assert document == reverse("admin:sales_sale_change", args=[sale.pk])
    assert "Explain" in page
    assert "PO-7" in explained.content.decode()
    assert "17.00" in explained.content.decode()


def test_the_chart_of_accounts_shows_balances_and_leads_to_ledgers(office: Client) -> None:
    shop.sell((shop.a_service("1250.00"), 1))

    page = opened(office, reverse("admin:ledger_ledgeraccount_changelist"))

    ledger = re.escape(reverse("report-ledger", args=["CASH"]))
    assert re.search(rf'href="{ledger}">1,250.00<', page)
    assert rows_of(opened(office, address("ledger", "CASH")))[-1][-1] == "1,250.00"


def test_a_long_ledger_is_paged_and_its_balance_runs_on(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LINES", 2)
    for price in ("1.00", "2.00", "4.00"):
        shop.sell((shop.a_service(price), 1))

    first = opened(office, address("ledger", "CASH"), range="today")
    [more] = re.findall(r'href="(\?[^"]*page=2)"', first)
    second = rows_of(opened(office, address("ledger", "CASH") + unescape(more)))

    assert [row[-1] for row in rows_of(first)] == ["–", "1.00", "3.00", "7.00"]
    assert [row[-1] for row in second] == ["3.00", "7.00", "7.00"]
    assert second[0][0] == "Carried"
    assert "1 to 2 of 3 lines" in first


def test_a_long_list_is_paged_and_its_total_is_of_all(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LINES", 2)
    for product in shop.many_products(3):
        shop.opening(product, 1, "8.00")

    pages = [rows_of(opened(office, address("stock"), page=number)) for number in (1, 2)]

    assert [len(page) for page in pages] == [3, 2]
    assert {page[-1][-1] for page in pages} == {"24.00"}


# --- Files ---


def test_the_accountant_gets_everything_as_one_workbook(office: Client) -> None:
    shop.a_days_work()

    page = opened(office, reverse("report-accountant"), range="this_month")
    book = sheets(
        office.get(reverse("report-accountant"), {"range": "this_month", "format": "xlsx"})
    )

    assert book.sheetnames == [
        "Profit and loss",
        "Cash flow",
        "Tax",
        "Tax by quarter",
        "Balance sheet",
        "Trial balance",
        "Receivables by age",
        "Payables by age",
        "Receivables",
        "Payables",
        "Stock",
        "Journal",
    ]
    assert "range=this_month" in page
    journal = list(book["Journal"].values)[1:]
    debits, credits = (sum(Decimal(str(row[at] or 0)) for row in journal) for at in (7, 8))
    assert debits == credits > 0
    [closing] = [row for row in book["Trial balance"].values if row[1] == "Total"]
    assert closing[6] == closing[7] != 0


def test_a_spreadsheet_runs_nothing_that_somebody_typed(office: Client) -> None:
    names = ("=1+1", "\x01=cmd()", "@SUM(A1)", "Rahim")
    for name in names:
        customer = shop.a_customer(name=name)
        shop.sell((shop.a_service(), 1), customer=customer, offered=shop.on_credit())

    [sheet] = sheets(office.get(address("receivables"), {"format": "xlsx"}))
    written = {row[1] for row in sheet.values} - {"Name", "Total"}

    assert written == {"'=1+1", "'=cmd()", "'@SUM(A1)", "Rahim"}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_workbook_has_numbers_days_and_totals(office: Client) -> None:
    shop.sell((shop.a_service("1250.00"), 1))

    [sheet] = sheets(office.get(address("takings"), {"format": "xlsx", "range": "today"}))
    header, day, total = sheet.iter_rows()

    assert [cell.value for cell in header] == ["Date", "Cash", "Total"]
    assert (day[0].value.date(), day[1].value) == (today(), 1250)
    assert day[1].number_format == "#,##0.00"
    assert (total[0].value, total[2].value, total[2].font.bold) == ("Total", 1250, True)


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_ROWS", 1)

    with pytest.raises(xlsx_file.TooManyRows):
        xlsx_file.render("Sales", ["No."], [[1], [2]])


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


# --- Home ---


def test_home_leads_to_lists_that_add_up_to_its_tiles(office: Client) -> None:
    yesterday = today() - timedelta(days=1)
    shirt = shop.a_product("20.00")
    shop.buy((shirt, 9, "8.00"), offered=shop.on_credit(), invoice="PO-3", on=yesterday)
    shop.sell((shirt, 2), at=at_noon(yesterday))
    shop.sell((shirt, 1), customer=shop.a_customer(), offered=shop.on_credit())
    shop.sell((shop.a_service("7.00"), 1), offered=shop.by_method("card", 7))
    record_expense(Spending("Tea", Decimal(12)), by=shop.a_cashier())
    home = office.get(reverse("admin:index"))
    tiles = {card.title: card for _, cards in home.context["groups"] for card in cards}

    expected = {
        "Sales today": ("27.00", 4),
        "Sales yesterday": ("40.00", 4),
        "Sales this month": ("67.00", 4),
        "Expected cash": ("28.00", -1),
        "To collect": ("20.00", -1),
        "To pay": ("72.00", -1),
        "Stock value": ("48.00", -1),
    }
    for title, (amount, cell) in expected.items():
        assert tiles[title].value.endswith(f"\u00a0{amount}"), tiles[title]
        assert rows_of(opened(office, tiles[title].link))[-1][cell] == amount, title
    profit = tiles["Operating profit this month"]
    [row] = [row for row in rows_of(opened(office, profit.link)) if "Operating profit" in row]
    assert profit.value.endswith(f"\u00a0{row[2]}")
    assert [row["name"] for row in home.context["takings"]] == ["Cash", "Card", "Total"]
    for row in home.context["takings"]:
        for amount, link in row["amounts"]:
            listed = office.get(link).context["cl"].queryset
            paid = sum(each.amount for each in listed)
            assert amount.endswith(f"\u00a0{paid:,.2f}")


def test_home_compares_the_month_with_the_same_days_of_the_last(office: Client) -> None:
    now = today()
    month = RANGES["this_month"].of(now)
    same_days = before(month, "this_month")
    shop.sell((shop.a_service("20.00"), 1), at=at_noon(same_days.first))
    shop.sell((shop.a_service("500.00"), 1), at=at_noon(same_days.first - timedelta(days=1)))
    shop.sell((shop.a_service("30.00"), 1))

    page = opened(office, reverse("admin:index"))

    assert f"+50.0 % on {same_days.first:%d %b} to {same_days.last:%d %b}" in page


def test_home_colours_what_needs_somebody(office: Client) -> None:
    def moods() -> dict[str, str]:
        groups = office.get(reverse("admin:index")).context["groups"]
        return {card.title: card.mood for _, cards in groups for card in cards if card.mood}

    assert moods() == {}
    shirt = shop.a_product()
    shop.hold((shop.a_service(), 1))
    for days in (1, 2):
        shop.sell((shop.a_service(), 1), at=at_noon(today() - timedelta(days=days)))

    assert moods() == {
        "Days not closed": "alarm",
        "Out of stock": "alarm",
        "Parked sales": "warning",
    }
    assert shop.stock_of(shirt) == 0


def test_thirty_days_are_thirty(office: Client) -> None:
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(today() - timedelta(days=30)))
    shop.sell((shop.a_service("7.00"), 1), at=at_noon(today() - timedelta(days=29)))

    home = office.get(reverse("admin:index"))

    assert home.context["days"] == 30
    assert [row["revenue"].split()[-1] for row in home.context["best"]] == ["7.00"]
    listed = rows_of(opened(office, address("sales-by-day"), range="last_30_days"))
    assert listed[-1][4] == "7.00"


def test_the_lists_behind_a_day_are_its_sales(office: Client) -> None:
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(today() - timedelta(days=1)))
    sale = shop.sell((shop.a_service("7.00"), 1)).sale

    page = opened(office, address("sales-by-day"), range="today")
    listed = office.get(next(link for link in links_of(page) if "/sale/" in link))

    assert list(listed.context["cl"].queryset) == [sale]
    assert Sale.objects.count() == 2
    assert Payment.objects.count() == 2
