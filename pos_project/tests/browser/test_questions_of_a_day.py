"""What a manager wants to know, each answered by a few clicks from Home."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import User
from ledger.expenses import Spending, record_expense
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.browser.back_office import DARK, PHONE, Office, at_the_desk, needs_chromium

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]


def trade() -> None:
    """A sale by card yesterday, one in cash and one on credit today; goods that nobody buys."""
    shirt, lamp = shop.a_product("20.00", name="Linen shirt"), shop.a_product(name="Lamp")
    shop.buy((shirt, 9, "8.00"), (lamp, 4, "25.00"), invoice="PO-3")
    yesterday = at_noon(today() - timedelta(days=1))
    shop.sell((shop.a_service("6.00"), 1), at=yesterday, offered=shop.by_method("card", 6))
    shop.sell((shirt, 2), tax=Decimal(4))
    for name, units in (("Karim Uddin", 1), ("Rahim Sarker", 3)):
        customer = shop.a_customer(name=name)
        shop.sell((shirt, units), customer=customer, offered=shop.on_credit())
    record_expense(Spending("Tea", Decimal(12)), by=shop.a_cashier())


@contextmanager
def at_home(live_server: Any, *, clicks: int, **device: Any) -> Iterator[Office]:
    """Signed in; the question is answered by so many clicks from Home, and the page fits."""
    trade()
    with at_the_desk(live_server.url, **device) as office:
        office.sign_in()
        yield office
        assert office.clicks == clicks
        assert office.overflow_px == 0


def follow(office: Office, name: str) -> None:
    """A link of the page itself."""
    office.clicks += 1
    with office.page.expect_navigation():
        office.page.locator("#content").get_by_role("link", name=name).first.click()


def fetched(office: Office, form: str) -> bytes:
    """A file that the page offers."""
    office.clicks += 1
    with office.page.expect_download() as download:
        office.page.get_by_role("link", name=form, exact=True).click()
    return Path(download.value.path()).read_bytes()


def first_line(office: Office) -> str:
    return office.page.locator(".shop-report tr.line").first.inner_text()


@pytest.mark.parametrize("device", [{}, DARK, {**PHONE, **DARK}], ids=["desk", "dark", "phone"])
def test_profit_this_month_against_last(
    manager: User, live_server: Any, device: dict[str, Any]
) -> None:
    with at_home(live_server, clicks=1, **device) as office:
        follow(office, "Operating profit this month")
        office.reads("Operating profit", "Result of the period", "Before")


def test_the_tax_of_the_quarter_as_pdf(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=2) as office:
        office.open("Tax")
        office.reads("This quarter", "Owed at its end", "4.00")
        assert fetched(office, "PDF").startswith(b"%PDF")


def test_who_owes_most_and_for_which_sale(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=3, **PHONE) as office:
        follow(office, "To collect")
        assert "Rahim Sarker" in first_line(office)
        follow(office, "Rahim Sarker")
        office.reads("Customer statement", "60.00")
        follow(office, "INV-")
        office.reads("Linen shirt")


def test_what_never_sells(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=1) as office:
        office.open("What never sells")
        assert "Lamp" in first_line(office)
        office.reads("100.00")


def test_what_the_stock_is_worth_and_why(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=2, **DARK) as office:
        follow(office, "Stock value")
        office.reads("124.00")  # 4 at 25, and 3 of 9 at 8
        follow(office, "100.00")
        office.reads("Stock value, by lot", "PO-3")


def test_the_balance_of_an_account_and_what_is_behind_it(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=3) as office:
        office.open("Accounts")
        follow(office, "Receivables")
        office.reads("General ledger: 1100 Receivables", "80.00")
        follow(office, "Explain")
        office.reads("Balance (debit +, credit −)", "80.00")


def test_yesterdays_takings_by_method(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=3, **PHONE) as office:
        follow(office, "Takings by method")
        follow(office, "Yesterday")
        office.reads("Card", "6.00")
        follow(office, "6.00")
        office.reads("Card")


def test_everything_for_the_accountant_as_a_spreadsheet(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=3) as office:
        office.open("For the accountant")
        follow(office, "This month")
        book = load_workbook(BytesIO(fetched(office, "XLSX")))

    assert {"Profit and loss", "Balance sheet", "Trial balance", "Journal"} <= set(book.sheetnames)


def test_a_report_is_reached_and_chosen_by_keyboard(manager: User, live_server: Any) -> None:
    with at_home(live_server, clicks=1) as office:
        office.open("All reports")
        for link in ("Trial balance", "Last month"):
            office.page.locator("#content").get_by_role("link", name=link).first.focus()
            with office.page.expect_navigation():
                office.page.keyboard.press("Enter")
        office.page.locator("[name=fromDate]").focus()
        office.page.keyboard.press("Enter")
        office.page.wait_for_url("**range=own**")
        office.reads("Closing Dr")


def test_a_day_is_closed_with_fifty_too_little_in_the_drawer(
    manager: User, live_server: Any
) -> None:
    yesterday = at_noon(today() - timedelta(days=1))
    shop.sell((shop.a_service("300.00"), 1), at=yesterday)

    with at_the_desk(live_server.url, **DARK) as office:
        office.sign_in()
        office.open("Closed days")
        office.press("Count cash")
        office.reads("the books expect 300.00 in the drawer")
        office.fill(counted="250")
        office.press("Book the count")
        office.reads("Nothing was saved yet", "50.00 short: say why.")
        office.fill(reason="Change was given wrongly", banked="200")
        office.press("Book the count")
        office.reads("50.00")
        office.press("Close days")
        office.reads("250.00")
        office.press("Close this day")
        office.reads("-50.00")
        assert office.clicks == 6


def test_a_price_list_of_code_and_price_is_imported(
    manager: User, live_server: Any, tmp_path: Path
) -> None:
    shirt = shop.a_product("20.00", name="Linen shirt", sku="TS-001")
    prices = tmp_path / "prices.csv"
    prices.write_text("sku,price\nTS-001,22.50\n")

    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.open("Products")
        office.press("Import")
        office.page.set_input_files("[name=import_file]", prices)
        office.press("Submit")
        office.reads("20.00 → 22.50")
        office.press("Confirm import")
        office.page.wait_for_url("**/product/")
        assert office.clicks == 4

    shirt.refresh_from_db()
    assert str(shirt.price) == "22.50"
