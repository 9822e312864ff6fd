"""What is short is suggested by supplier, ordered on paper, and made a purchase when it comes."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Store
from catalog.models import Product, TaxRate
from inventory.products import change_product
from pos_project.core.errors import Invalid
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import page_forms, shop
from purchasing.models import Purchase
from purchasing.reordering import suggested, to_reorder

pytestmark = pytest.mark.django_db


def the_shop() -> Store:
    return Store.objects.get(pk=1)


def short(name: str, units: int = 0, **fields: Any) -> Product:
    product = shop.a_product(name=name, sku=name.upper(), **fields)
    if units:
        shop.stock(product, units, "8.50")
    return product


@pytest.mark.parametrize(
    ("stock", "level", "quantity", "sold", "units"),
    [
        (4, 20, 12, 0, 24),  # twice a dozen, or it would be short again at once
        (19, 20, 12, 500, 12),
        (4, 20, None, 0, 16),
        (4, 20, None, 50, 46),
        (0, 1, None, 0, 1),
    ],
)
def test_so_many_are_suggested(
    stock: int, level: int, quantity: int | None, sold: int, units: int
) -> None:
    assert suggested(Decimal(stock), level=level, quantity=quantity, sold=Decimal(sold)) == units


def test_a_product_is_short_below_its_own_level_or_else_the_shops() -> None:
    short("Shop's level", 19)
    short("Enough", 20)
    short("Own level", 29, reorder_level=30)
    short("Never", 0, reorder_level=0)
    short("Service", keeps_stock=False)
    short("Off the list", status="inactive")

    assert [(row.name, row.level) for row in to_reorder(the_shop())] == [
        ("Own level", 30),
        ("Shop's level", 20),
    ]
    Store.objects.update(reorder_level=5, reorder_quantity=6)
    assert [(row.name, row.units) for row in to_reorder(the_shop())] == [("Own level", 6)]


def test_it_costs_the_same_for_one_product_as_for_sixty(queries: Any) -> None:
    short("Tea", 3)
    one = queries(lambda: to_reorder(the_shop()))
    shop.many_products(60)
    assert len(queries(lambda: to_reorder(the_shop()))) == len(one)


def test_the_report_leads_to_the_order_and_the_order_to_the_purchase(office: Client) -> None:
    delta = shop.a_supplier(name="Delta Textiles", phone="01711")
    short("Shirt", 4, preferred_supplier=delta, reorder_quantity=12)
    short("Nobody's")

    report = office.get("/admin/reports/to-reorder/").content.decode()
    order = office.get(f"/admin/reports/order/{delta.pk}/").content.decode()
    paper = office.get(f"/admin/reports/order/{delta.pk}/", {"format": "pdf"})
    form = page_forms.opened(office, f"/admin/purchasing/purchase/add/?order={delta.pk}")

    assert f"/admin/reports/order/{delta.pk}/" in report
    assert "No supplier" in report
    assert "01711" in order
    assert "Shirt" in order
    assert "Nobody" not in order
    assert f"/admin/purchasing/purchase/add/?order={delta.pk}" in order
    assert paper.content.startswith(b"%PDF")
    assert {name: form[name] for name in ("supplier", "form-0-sku", "form-0-quantity")} == {
        "supplier": str(delta.pk),
        "form-0-sku": "SHIRT",
        "form-0-quantity": "24",
    }
    assert form["form-0-cost_price"] == "8.50"
    assert Purchase.objects.count() == 1, "the four that are there"

    office.post("/admin/purchasing/purchase/add/", {**form, "method": "cash"})
    bought = Purchase.objects.latest("id")
    assert bought.total_amount == Decimal("204.00")
    assert "Shirt" not in office.get("/admin/reports/to-reorder/").content.decode()


@pytest.mark.parametrize("of", ["0", "77", "x", "9" * 30])
def test_an_order_to_nobody_is_no_crash(of: str, office: Client) -> None:
    assert office.get(f"/admin/reports/order/{of}/").status_code == (200 if of == "0" else 404)
    assert office.get("/admin/purchasing/purchase/add/", {"order": of}).status_code == 200


# --- What a product says of itself ---


def test_a_product_has_a_level_a_supplier_and_a_tax_rate(as_staff: APIClient) -> None:
    delta = shop.a_supplier()
    vat = TaxRate.objects.create(name="VAT", rate=15)
    sent = {
        "reorder_level": 30,
        "reorder_quantity": 12,
        "preferred_supplier_id": delta.pk,
        "tax_rate_id": vat.pk,
    }
    tea = shop.a_product()

    changed = as_staff.put(f"/api/products/{tea.pk}", sent, format="json").data["data"]
    emptied = as_staff.put(f"/api/products/{tea.pk}", dict.fromkeys(sent, ""), format="json")

    assert {name: changed[name] for name in sent} == sent
    assert {emptied.data["data"][name] for name in sent} == {None}


@pytest.mark.parametrize(
    "sent",
    [
        {"reorder_level": -1},
        {"reorder_level": 1.5},
        {"reorder_quantity": 0},
        {"preferred_supplier_id": 999},
        {"tax_rate_id": 999},
    ],
)
def test_what_makes_no_sense_is_refused(sent: dict[str, Any], as_staff: APIClient) -> None:
    tea = shop.a_product()
    answer = as_staff.put(f"/api/products/{tea.pk}", sent, format="json")
    assert answer.status_code == 400
    assert list(answer.data["errors"]) == list(sent)


def test_an_unknown_supplier_is_said_in_words() -> None:
    with pytest.raises(Invalid, match="Unknown supplier"):
        change_product(shop.a_product().pk, {"preferred_supplier_id": 9}, picture=PictureChange())


def test_its_own_level_counts_in_the_apis_lists_and_alarms_too(as_manager: APIClient) -> None:
    low, fine = short("Low", 29, reorder_level=30), short("Fine", 19, reorder_level=10)

    listed = as_manager.get("/api/products", {"stock": "low"}).data["data"]
    alarms = as_manager.get("/api/dashboard/main").data["data"]["critical_alerts"]

    assert [row["id"] for row in listed] == [low.pk]
    assert [(each["product_id"], each["reorder_level"]) for each in alarms] == [(low.pk, 30)]
    assert fine.pk not in [each["product_id"] for each in alarms]


def test_a_rate_that_products_have_stays(as_admin: APIClient) -> None:
    vat = TaxRate.objects.create(name="VAT", rate=15)
    shop.a_product(tax_rate=vat)
    assert as_admin.delete(f"/api/tax-rates/{vat.pk}").status_code == 409


def test_its_page_shows_cost_and_margin_and_leads_to_what_moved(office: Client) -> None:
    shirt, page = shop.a_product("10.00"), "/admin/catalog/product/{}/"
    shop.stock(shirt, 5, "7.50")

    shown = office.get(f"{page.format(shirt.pk)}change/").content.decode()
    moved = office.get(f"/admin/catalog/product/{shirt.pk}/movements/")

    assert "2.50 (25.00%)" in shown
    assert moved.url == f"/admin/inventory/inventorylog/?product__id__exact={shirt.pk}"
    assert office.get(moved.url).status_code == 200
