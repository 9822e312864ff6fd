"""Shops are supplied from a warehouse, by keyboard, at a desk and on a phone."""

from typing import Any

import pytest
from model_bakery import baker
from playwright.sync_api import expect

from accounts.models import Store, User
from inventory.store_product_models import StoreProduct
from inventory.transfer_models import Transfer
from pos_project.tests import shop
from pos_project.tests.browser.back_office import DARK, PHONE, at_the_desk, needs_chromium

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("device", [{}, {**PHONE, **DARK}], ids=["desk", "dark phone"])
def test_what_shops_should_get_is_changed_and_asked_for(
    manager: User, live_server: Any, device: dict[str, Any]
) -> None:
    depot = baker.make(Store, name="Depot", kind="warehouse", currency_sign="৳")
    manager.stores.add(depot)
    goods = [shop.a_product(name=f"Shirt {number}", reorder_level=3) for number in range(3)]
    shop.buy(*((each, 9, "2.00") for each in goods), by=manager.in_store(depot.pk, writing=True))
    for number, each in enumerate(goods):
        baker.make(StoreProduct, store=depot, product=each, place=f"A-{12 - number}")
        baker.make(StoreProduct, store_id=Store.FIRST_ID, product=each)

    with at_the_desk(live_server.url, **device) as office:
        office.sign_in()
        page = office.page
        page.goto(f"{office.address}/admin/inventory/storeproduct/suggestions/")
        office.press("Work it out")
        expect(page.locator("#total")).to_have_text("9")
        expect(page.locator("[name=form-0-quantity]")).to_be_focused()
        page.keyboard.type("5")
        page.keyboard.press("Enter")
        expect(page.locator("[name=form-1-quantity]")).to_be_focused()
        page.keyboard.press("0")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("[name=note]")).to_be_focused()
        assert office.overflow_px == 0
        office.press("Ask for these")
        office.reads("Asked for: TRF-")
    asked = Transfer.objects.get().lines.order_by("id").values_list("product_name", "asked")
    assert list(asked) == [("Shirt 2", 5), ("Shirt 0", 3)]
