"""The forms that do more than ask: in a real browser, by keyboard and scanner, on a phone."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Product
from ledger.closing import last_sealed_day
from ledger.journal_models import JournalEntry
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


def scan(office: Office, *codes: str) -> None:
    """What a scanner does: it types each code and Enter, as quickly as it likes."""
    expect(office.page.locator("#scan")).to_be_focused()
    for code in codes:
        office.page.keyboard.type(code)
        office.page.keyboard.press("Enter")


@pytest.mark.parametrize("device", [{}, {**PHONE, **DARK}], ids=["desk", "dark phone"])
def test_twenty_products_are_counted_by_scanner(
    manager: User, live_server: Any, device: dict[str, Any]
) -> None:
    """Two are scanned twice, one code is unknown, and one number is typed."""
    codes = [f"TS-{number:03}" for number in range(20)]
    for code in codes:
        shop.stock(shop.a_product(name=f"Shirt {code}", sku=code), 1)

    with at_the_desk(live_server.url, **device) as office:
        office.sign_in()
        office.open("Count stock") if not device else office.page.goto(
            f"{office.address}/admin/inventory/inventorylog/count/"
        )
        scan(office, *codes, "ts-003", "TS-007")
        expect(office.page.locator("#said")).to_have_text("Shirt TS-007: 2")
        scan(office, "NO-SUCH")
        expect(office.page.get_by_role("alert")).to_have_text(
            "No product has the code NO-SUCH. It was not counted."
        )
        assert office.page.locator("#counts tbody tr").count() == 20
        number = office.page.locator("[name=form-0-counted]")
        number.fill("5")
        number.press("Enter")
        expect(office.page.locator("[name=form-1-counted]")).to_be_focused()
        office.press("Compare with the books")
        office.reads("20 counted, 3 differ")
        assert office.overflow_px == 0
        office.press("Adjust 3 products")
        office.reads("Stock of 3 products adjusted.", "COUNT-")


def test_without_the_tick_a_scan_leads_to_the_number_and_back(
    manager: User, live_server: Any
) -> None:
    shop.stock(shop.a_product(name="Linen shirt", sku="TS-001"), 10)

    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.page.goto(f"{office.address}/admin/inventory/inventorylog/count/")
        office.page.get_by_label("Each scan counts one more").uncheck()
        scan(office, "ts-001")
        expect(office.page.locator("[name=form-0-counted]")).to_be_focused()
        office.page.keyboard.type("8")
        office.page.keyboard.press("Enter")
        expect(office.page.locator("#scan")).to_be_focused()
        office.press("Keep for later")
        office.press("Go on with the count that you kept (1 product)")
        expect(office.page.locator("[name=form-0-counted]")).to_have_value("8")


def test_a_delivery_of_sixty_lines_by_keyboard_with_three_mistakes(
    manager: User, live_server: Any
) -> None:
    """Codes and quantities alone are typed: a code brings its last cost. A wrong code, a missing
    quantity and a cost ten times the last are said at the top, each with a way to it."""
    delta = shop.a_supplier()
    goods = shop.many_products(60)
    shop.buy(*((product, 1, "2.50") for product in goods), supplier=delta)
    codes = [product.sku for product in goods]

    with at_the_desk(live_server.url) as office:
        office.sign_in()
        keys = office.page.keyboard
        office.page.goto(f"{office.address}/admin/purchasing/purchase/add/")
        expect(office.page.locator(".select2-selection").first).to_be_focused()
        office.pick("supplier", "Delta Textiles")
        office.page.locator("[name=form-0-sku]").focus()
        for number, code in enumerate(codes):
            keys.type("NO-SUCH" if number == 3 else code)
            keys.press("Enter")
            keys.type("" if number == 20 else "2")
            keys.press("Enter")
            cost = office.page.locator(f"[name=form-{number}-cost_price]")
            if number != 3:
                expect(cost).to_have_value("2.50")
            if number in (3, 40):
                keys.type("25")
            if number < len(codes) - 1:
                keys.press("Enter")
        expect(office.page.locator("#total")).to_have_text("385.00")
        office.press("Receive")
        office.reads("Line 21, Quantity: Needed in this line.")
        office.page.get_by_role("link", name="Line 21").click()
        expect(office.page.locator("[name=form-20-quantity]")).to_be_focused()
        keys.type("2")
        office.press("Receive")
        office.reads("Line 4, SKU: There is no product", "Line 41, Cost each: It cost 2.50 last")
        office.page.get_by_role("link", name="Line 4,").click()
        keys.press("Control+A")
        keys.type(codes[3])
        office.fill(**{"form-3-cost_price": "2.50", "form-40-cost_price": "2.50"})
        office.press("Receive")
        office.reads("received.", "300.00")


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
