"""A manager's day on the real pages, in a real browser: everything they came for, without a
console error, a failed request, or a request that leaves the machine."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from catalog.models import Product
from pos_project.tests import shop
from pos_project.tests.browser.back_office import DARK, PHONE, Office, at_the_desk, needs_chromium
from purchasing.models import Purchase
from sales.models import CustomerDue, Refund

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]

HEAD = "sku,name,price\n"
BAD_ROWS = HEAD + "CP-001,Cap,cheap\nSC-001,,5.00\nBT-001,Belt,-1\nSK-001,Socks,3.50\n"
MENDED = HEAD + "CP-001,Cap,4.00\nSC-001,Scarf,5.00\nBT-001,Belt,9.00\nSK-001,Socks,3.50\n"


@pytest.fixture
def shirt(manager: User) -> Product:
    """Ten on the shelf; Rahim owes for two of them, and somebody paid for three."""
    shop.a_supplier()
    shirt = shop.a_product("19.99", name="Linen shirt", sku="TS-001")
    shop.stock(shirt, 10)
    shop.sell((shirt, 2), customer=shop.a_customer(), offered=shop.on_credit())
    shop.sell((shirt, 3))
    return shirt


def change_the_price(office: Office, *, to: str) -> None:
    office.open("Products")
    office.search("TS-001")
    office.page.get_by_role("link", name="Linen shirt").click()
    office.fill(price=to)
    office.press("Save")
    office.reads("was changed successfully")


def import_products(office: Office, folder: Path) -> None:
    """Three rows are wrong: all three are named at once, and nothing goes in before all is well."""
    for text in (BAD_ROWS, MENDED):
        (folder / "products.csv").write_text(text)
        office.open("Products")
        office.press("Import")
        office.page.locator("[name=import_file]").set_input_files(folder / "products.csv")
        office.press("Submit")
        if text == BAD_ROWS:
            office.reads("cheap is no number.", "-1 is no price", "name")
            assert office.page.get_by_role("button", name="Confirm import").count() == 0
    office.press("Confirm import")
    office.reads("Import finished")
    office.search("SC-001")
    office.reads("Scarf")


def receive_a_purchase(office: Office) -> None:
    office.open("Purchases")
    office.page.goto(f"{office.address}/admin/purchasing/purchase/add/")
    office.pick("supplier", "Delta Textiles")
    office.fill(
        invoice_no="PO-7",
        paid="50",
        **{"form-0-sku": "CP-001", "form-0-quantity": "20", "form-0-cost_price": "2.50"},
    )
    office.press("Receive")
    office.reads("PO-7", "received.")


def collect_a_due(office: Office) -> None:
    office.open("Customers")
    office.search("Rahim")
    office.page.get_by_role("link", name="Rahim Uddin").click()
    office.press("Receive payment")
    office.reads("Rahim Uddin owes 39.98")
    office.fill(amount="30", method="cash")
    office.press("Receive payment")
    office.reads("30.00 settled", "9.98 still owed")


def refund_one_line(office: Office) -> None:
    office.open("Sales")
    office.page.locator("#result_list a[href*='/change/']").first.click()
    office.press("Refund")
    office.press("All of it")
    expect(office.page.locator("#worth")).to_contain_text("Gives back 59.97")
    office.page.get_by_label("Linen shirt").fill("1")
    expect(office.page.locator("#worth")).to_contain_text("Gives back 19.99, tax in it 0.00")
    office.fill(reason="Wrong size")
    office.press("Refund")
    office.reads("Refund of 19.99", "Wrong size")
    office.press("Credit note")
    office.page.wait_for_url("**/papers/**")
    office.reads("Credit note", "What came back", "Paid out, Cash", "19.99")


def print_a_receipt(office: Office) -> None:
    office.page.goto(f"{office.address}/admin/")
    office.open("Sales")
    office.page.locator("#result_list a[href*='/change/']").first.click()
    office.press("Receipt")
    office.page.wait_for_url("**/papers/**")
    office.reads("Linen shirt", "19.99")


def read_the_audit(office: Office) -> None:
    """Master data stands in the audit, money and goods in the books; each names who did it."""
    office.page.goto(f"{office.address}/admin/")
    office.open("Audit entries")
    office.search("Linen shirt")
    office.reads("The manager", "price")
    office.open("Payments")
    office.reads("The manager", "30.00", "50.00", "19.99")
    office.open("Stock movements")
    office.reads("The manager", "PO-7")


def test_a_managers_day(shirt: Product, live_server: Any, tmp_path: Path) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        change_the_price(office, to="21.50")
        import_products(office, tmp_path)
        receive_a_purchase(office)
        collect_a_due(office)
        refund_one_line(office)
        print_a_receipt(office)
        read_the_audit(office)

    shirt.refresh_from_db()
    assert str(shirt.price) == "21.50"
    assert Product.objects.count() == 5
    assert str(Purchase.objects.get(invoice_no="PO-7").total_amount) == "50.00"
    assert str(CustomerDue.objects.get().due_amount) == "9.98"
    assert Refund.objects.get().reason == "Wrong size"


@pytest.mark.parametrize(
    "device", [DARK, PHONE, {**PHONE, **DARK}], ids=["dark", "phone", "dark phone"]
)
def test_the_home_page_fits_every_screen(
    shirt: Product, live_server: Any, device: dict[str, Any]
) -> None:
    with at_the_desk(live_server.url, **device) as office:
        office.sign_in()
        office.reads("Sales today", "To collect", "Best sellers")
        assert office.overflow_px == 0
        is_dark = office.page.evaluate(
            "getComputedStyle(document.body).colorScheme === 'dark'"
            " || document.documentElement.classList.contains('dark')"
        )
        assert is_dark == (device.get("color_scheme") == "dark")


def test_a_product_is_found_by_keyboard_alone(shirt: Product, live_server: Any) -> None:
    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.open("Products")
        office.page.wait_for_function("window.Alpine")
        office.page.keyboard.press("/")
        expect(office.page.locator("#searchbar")).to_be_focused()
        office.page.keyboard.type("ts-001")
        office.page.keyboard.press("Enter")
        office.page.wait_for_url("**q=ts-001*")
        office.reads("Linen shirt")
