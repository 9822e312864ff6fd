"""The forms that do more than ask: in a real browser, by keyboard and scanner, on a phone."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Product
from ledger.closing import last_sealed_day
from ledger.models import JournalEntry
from pos_project.core.days import at_noon
from pos_project.tests import shop
from pos_project.tests.browser.back_office import DARK, PHONE, Office, at_the_desk, needs_chromium
from reports.statements.day_closing import last_closable_day

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]


def scan(office: Office, code: str, units: str) -> None:
    """The scanner types the code and Enter; whoever counts types the number and Enter."""
    expect(office.page.locator("#scan")).to_be_focused()
    for typed in (code, units):
        office.page.keyboard.type(typed)
        office.page.keyboard.press("Enter")


@pytest.mark.parametrize("device", [{}, {**PHONE, **DARK}], ids=["desk", "dark phone"])
def test_stock_is_counted_by_scanner_and_keyboard(
    manager: User, live_server: Any, device: dict[str, Any]
) -> None:
    shirt: Product = shop.a_product(name="Linen shirt", sku="TS-001")
    cap: Product = shop.a_product(name="Cap", sku="CP-009")
    shop.stock(shirt, 10)
    shop.stock(cap, 4)

    with at_the_desk(live_server.url, **device) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/inventory/inventorylog/count/")
        scan(office, "ts-001", "8")
        scan(office, "CP-009", "3")
        scan(office, "cp-009", "4")  # found after all: the same line
        assert office.page.locator("#counts tbody tr").count() == 2
        office.press("Compare with the books")
        office.reads("Linen shirt", "2 counted, 1 differ", "-17.00")
        assert office.overflow_px == 0
        office.press("Adjust 1 product")
        office.reads("Stock of 1 product adjusted.")

    assert (shop.stock_of(shirt), shop.stock_of(cap)) == (8, 4)


def test_an_entry_is_posted_by_keyboard_once_it_balances(manager: User, live_server: Any) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/ledger/journalentry/add/")
        office.fill(memo="Banked", **{"form-0-account": "BANK", "form-0-debit": "50"})
        expect(office.page.locator("#difference")).to_have_text("Difference: 50.00 more debit")
        office.press("Post")
        office.reads("The entry does not balance")
        office.fill(**{"form-1-account": "CASH", "form-1-credit": "49.5"})
        office.page.locator("[name=form-3-credit]").press("Enter")
        expect(office.page.locator("[name=form-4-account]")).to_be_focused()
        office.fill(**{"form-4-account": "OTHER_EXPENSES", "form-4-credit": "0.50"})
        expect(office.page.locator("#difference")).to_have_text("Balanced")
        office.press("Post")
        office.reads("posted on", "1000 Bank", "49.50")

    assert JournalEntry.objects.get().lines.count() == 3


def test_days_are_closed_and_the_message_leads_to_the_report(
    manager: User, live_server: Any
) -> None:
    day, service = last_closable_day(), shop.a_service("5.00")
    shop.sell((service, 1), at=at_noon(day - timedelta(days=1)))
    shop.sell((service, 1))

    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.open("Closed days")
        office.press("Close days")
        office.reads("Closing is for good", "5.00")
        office.press("Close these 2 days")
        office.page.get_by_role("link", name="Day closing report").click()
        office.reads("Closed and sealed")

    assert last_sealed_day() == day


def test_the_days_of_a_statement_are_chosen_on_its_page(manager: User, live_server: Any) -> None:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("5.00"), 1), customer=rahim, offered=shop.on_credit())

    with at_the_desk(live_server.url, **PHONE) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/papers/statements/customer-statement/{rahim.pk}")
        office.fill(fromDate="2026-02-01", toDate="2026-02-28")
        office.press("Show")
        office.reads("01-02-2026 to 28-02-2026")
        assert office.overflow_px == 0


def test_bengali_digits_are_typed_into_fields_of_numbers_and_days(
    manager: User, live_server: Any
) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/ledger/journalentry/add/")
        office.fill(memo="ব্যাংকে ৫০")  # a text stays as it is typed
        for name, typed in (("entry_date", "০৩/০৮/২০২৬"), ("form-0-debit", "৫০.২৫")):
            entry = office.page.locator(f"[name={name}]")
            entry.fill("")
            entry.focus()
            for letter in typed:  # as a keyboard does it, letter by letter
                office.page.keyboard.insert_text(letter)
        expect(office.page.locator("[name=entry_date]")).to_have_value("03/08/2026")
        expect(office.page.locator("[name=form-0-debit]")).to_have_value("50.25")
        expect(office.page.locator("[name=memo]")).to_have_value("ব্যাংকে ৫০")
        expect(office.page.locator("#difference")).to_have_text("Difference: 50.25 more debit")


def test_a_file_with_mistakes_shows_them_and_a_mended_one_what_it_changes(
    manager: User, live_server: Any, tmp_path: Any
) -> None:
    shop.a_product("9.50", name="Green tea", sku="A-1")
    file = tmp_path / "list.csv"

    with at_the_desk(live_server.url, **PHONE) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/catalog/product/import/")
        file.write_text("sku;name;price;colour\nA-1;Black tea;10,50;red\n")
        office.page.set_input_files("[name=import_file]", file)
        office.press("Submit")
        office.reads("Nothing was imported: 1 cell of the file is not right yet.", "Write 10.50.")
        office.reads("nobody knows what they mean: colour")
        assert office.overflow_px == 0
        file.write_text("sku;name;price\nA-1;Black tea;10.50\n")
        office.page.set_input_files("[name=import_file]", file)
        office.press("Submit")
        office.reads("Green tea → Black tea")
        assert office.overflow_px == 0
        office.press("Confirm import")
        office.page.wait_for_url("**/product/")

    assert Product.objects.get().name == "Black tea"
