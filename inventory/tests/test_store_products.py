"""Levels and places: per product and store, set one way, used wherever something is short."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from model_bakery import baker

from accounts.models import AuditEntry, Store, User
from catalog.models import Product
from conftest import at_the_office, make_user, signed_in
from inventory.places import places_of
from inventory.store_product_models import StoreProduct, place_key
from pos_project.tests import shop
from purchasing.reordering import to_reorder
from reports.reconciliation.reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(db: None) -> Store:
    return baker.make(Store, name="Lake Road", currency_sign="৳", reorder_level=20)


@pytest.fixture
def shirt(admin: User, lake: Store) -> Product:
    """Five at home and five at Lake Road, of a product that is short below 4."""
    product = shop.a_product("20.00", name="Shirt", reorder_level=4)
    for by in (admin, admin.in_store(lake.pk, writing=True)):
        shop.buy((product, 5, "8.00"), by=by)
    return product


def say(client: Any, store_id: int, *products: dict[str, Any], **more: Any) -> Any:
    return client.post(f"/api/stores/{store_id}/products", {"products": products, **more})


def listed(client: Any, store_id: int, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/stores/{store_id}/products{query}")
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


def test_a_store_says_level_quantity_and_place_of_a_product(
    as_admin: Any, shirt: Product, lake: Store
) -> None:
    line = {"product_id": shirt.pk, "reorder_level": 6, "reorder_quantity": 12, "place": "A-03-2"}
    done = say(as_admin, lake.pk, line)
    assert (done.status_code, done.json()["changed"]) == (200, 1)
    assert say(as_admin, lake.pk, line).json()["changed"] == 0, "as it was"
    assert listed(as_admin, lake.pk) == [
        {
            "product_id": shirt.pk,
            "product_name": "Shirt",
            "sku": shirt.sku,
            "stock": 5,
            "reorder_level": 6,
            "reorder_quantity": 12,
            "place": "A-03-2",
            "reorder_below": 6,
        }
    ]
    [home] = listed(as_admin, 1)
    assert (home["reorder_level"], home["place"], home["reorder_below"]) == (None, "", 4)
    told = AuditEntry.objects.filter(content_type__model="storeproduct")
    assert told.get().changes["reorder_level"] == ["None", "6"]


def test_what_is_left_out_stays_and_what_is_emptied_goes_by_the_product(
    as_admin: Any, shirt: Product, lake: Store
) -> None:
    say(as_admin, lake.pk, {"product_id": shirt.pk, "reorder_level": 6, "place": "B 1"})
    say(as_admin, lake.pk, {"product_id": shirt.pk, "reorder_level": None})
    [row] = listed(as_admin, lake.pk)
    assert (row["reorder_level"], row["place"], row["reorder_below"]) == (None, "B 1", 4)
    assert listed(as_admin, lake.pk, "?is_set=true") == [row]
    say(as_admin, lake.pk, {"product_id": shirt.pk, "place": ""})
    assert listed(as_admin, lake.pk, "?is_set=true") == []


def test_all_lines_are_set_or_none(as_admin: Any, shirt: Product, lake: Store) -> None:
    service = shop.a_product("5.00", name="Postage", keeps_stock=False)
    good = {"product_id": shirt.pk, "reorder_level": 9}
    for bad, text in (
        ({"product_id": 10**6}, "Unknown product."),
        ({"product_id": service.pk}, "Postage is a service and keeps no stock."),
        ({"product_id": shirt.pk}, "Shirt stands in two lines."),
    ):
        refused = say(as_admin, lake.pk, good, bad)
        assert refused.status_code == 400
        assert refused.json()["errors"] == {"products[1].product_id": [text]}
    for wrong in ({"reorder_level": -1}, {"reorder_quantity": 0}, {"place": "x" * 41}):
        assert say(as_admin, lake.pk, {**good, **wrong}).status_code == 400
    assert not StoreProduct.objects.exists()
    assert say(as_admin, 10**6, good).status_code == 404


def test_whoever_works_elsewhere_is_refused(shirt: Product, lake: Store) -> None:
    client = signed_in(make_user("manager"))
    assert client.get(f"/api/stores/{lake.pk}/products").status_code == 403
    assert say(client, lake.pk, {"product_id": shirt.pk, "place": "A"}).status_code == 403
    assert say(client, 1, {"product_id": shirt.pk, "place": "A"}).status_code == 200


def test_the_shop_says_whether_staff_set_levels(shirt: Product, lake: Store) -> None:
    client = signed_in(make_user("staff"))
    assert say(client, 1, {"product_id": shirt.pk, "reorder_level": 3}).status_code == 200
    home = Store.objects.get(pk=1)
    home.staff_set_levels = False
    home.save()
    refused = say(client, 1, {"product_id": shirt.pk, "reorder_level": 2})
    assert (refused.status_code, refused.json()["code"]) == (403, "approval_required")
    level = client.put(f"/api/products/{shirt.pk}", {"reorder_level": 2})
    assert (level.status_code, level.json()["code"]) == (403, "approval_required")
    assert client.put(f"/api/products/{shirt.pk}", {"reorder_level": 4}).status_code == 200, "as is"
    manager = make_user("manager", password="longenough1")
    signed = {"email": manager.email, "password": "longenough1"}
    allowed = say(client, 1, {"product_id": shirt.pk, "reorder_level": 2}, approval=signed)
    assert allowed.status_code == 200
    assert StoreProduct.objects.get().reorder_level == 2


# --- Where they count ---


def test_what_is_short_goes_by_the_store_then_by_the_product_then_by_the_shop(
    as_admin: Any, admin: User, shirt: Product, lake: Store
) -> None:
    cap = shop.a_product("9.00", name="Cap")  # no level of its own: below 20, as the shop says
    assert [row.name for row in to_reorder(lake, store_id=lake.pk)] == ["Cap"]
    say(
        as_admin,
        lake.pk,
        {"product_id": shirt.pk, "reorder_level": 9, "reorder_quantity": 10},
        {"product_id": cap.pk, "reorder_level": 0},
    )
    [short] = to_reorder(lake, store_id=lake.pk)
    assert (short.name, short.level, short.units) == ("Shirt", 9, 10)
    assert [row.name for row in to_reorder(lake, store_id=1)] == ["Cap"], "no other store's"
    assert [row.name for row in to_reorder(lake)] == ["Cap"], "all stores go by the product"
    low = as_admin.get(f"/api/products?stock=low&store_id={lake.pk}").json()["data"]
    assert [row["name"] for row in low] == ["Shirt"]


def test_alerts_and_recommendations_of_a_store_use_its_levels(
    as_admin: Any, admin: User, shirt: Product, lake: Store
) -> None:
    there = f"?store_id={lake.pk}"

    def low(query: str) -> list[int]:
        data = as_admin.get(f"/api/dashboard/inventory/alerts{query}").json()["data"]
        return [row["product_id"] for row in data["alerts"]["low_stock"]]

    def again(query: str) -> list[tuple[int, str]]:
        path = "/api/dashboard/inventory/reorder-recommendations"
        data = as_admin.get(f"{path}{query}").json()["data"]
        return [
            (row["reorder_recommendation"]["recommended_qty"], row["priority"])
            for row in data["recommendations"]
        ]

    shop.buy((shirt, 15, "8.00"), by=admin.in_store(lake.pk, writing=True))
    shop.sell((shirt, 2), by=admin.in_store(lake.pk, writing=True))
    assert (low(there), again(there)) == ([], []), "18 there, which last long"
    say(as_admin, lake.pk, {"product_id": shirt.pk, "reorder_level": 25, "reorder_quantity": 6})
    assert (low(there), again(there)) == ([shirt.pk], [(12, "medium")])
    assert low("?store_id=1") == [shirt.pk], "5 are low anywhere"
    say(as_admin, 1, {"product_id": shirt.pk, "reorder_level": 0})
    assert low("?store_id=1") == [], "never, it was said"
    main = as_admin.get(f"/api/dashboard/main{there}").json()["data"]
    alarms = [each for each in main["critical_alerts"] if each["product_id"] == shirt.pk]
    assert [each["reorder_level"] for each in alarms] == [25]


# --- Places ---


def test_places_stand_in_the_order_of_the_shelf(as_admin: Any, lake: Store) -> None:
    assert place_key("a-3") == place_key("A-03 ") != place_key("A-30")
    places = ("B-1", "A-10-1", "A-9", "a-03-2", "A-3-10", "")
    goods = {place: shop.a_product("1.00", name=f"At {place}") for place in places}
    say(
        as_admin,
        lake.pk,
        *({"product_id": each.pk, "place": place} for place, each in goods.items()),
    )

    def found(query: str) -> list[str]:
        rows = listed(as_admin, lake.pk, f"?sort=place&order=asc&limit=50{query}")
        return [row["place"] for row in rows]

    assert found("") == ["a-03-2", "A-3-10", "A-9", "A-10-1", "B-1", ""]
    assert found("&place=A-3") == ["a-03-2", "A-3-10"]
    assert found("&place=A-3-10&place_to=A-10") == ["A-3-10", "A-9", "A-10-1"]
    ids = [each.pk for each in goods.values()]
    assert len(places_of(ids, store_id=lake.pk)) == 5
    assert places_of(ids, store_id=1) == {}
    assert [str(broken) for each in reconcile() for broken in each.violations] == []


# --- The back office ---


def test_the_list_is_typed_into_and_the_product_s_page_leads_there(
    admin: User, as_admin: Any, shirt: Product, lake: Store
) -> None:
    client = at_the_office(admin)
    product_page = reverse("admin:catalog_product_change", args=[shirt.pk])
    new = f"{reverse('admin:inventory_storeproduct_add')}?store={lake.pk}&amp;product={shirt.pk}"
    assert new in client.get(product_page).content.decode()
    page = reverse("admin:inventory_storeproduct_add")
    client.post(page, {"store": lake.pk, "product": shirt.pk, "place": "A-1", "reorder_level": 7})
    row = StoreProduct.objects.get()
    assert (row.store, row.place, row.reorder_level) == (lake, "A-1", 7)
    rows = reverse("admin:inventory_storeproduct_changelist")
    assert "Lake Road" in client.get(rows).content.decode()
    sent = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": row.pk,
        "form-0-place": "B-2",
        "form-0-reorder_level": "",
        "form-0-reorder_quantity": 3,
        "_save": 1,
    }
    assert client.post(rows, sent).status_code == 302
    row.refresh_from_db()
    assert (row.place, row.reorder_level, row.reorder_quantity) == ("B-2", None, 3)
    change = reverse("admin:inventory_storeproduct_change", args=[row.pk])
    assert change in client.get(product_page).content.decode()
    empty = client.post(page, {"store": 1, "product": shirt.pk})
    assert "Say a place, a level or a quantity." in empty.content.decode()


def test_with_one_store_no_page_speaks_of_levels_in_stores(admin: User) -> None:
    product = shop.a_product("1.00")
    client = at_the_office(admin)
    page = client.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    assert "levels and places" not in page.lower()
    assert "in the stores" not in page.lower()


def test_a_file_of_levels_and_places_goes_in_and_out(
    admin: User, shirt: Product, lake: Store
) -> None:
    cap = shop.a_product("9.00", name="Cap", sku="CAP")
    there = at_the_office(admin)
    there.post(reverse("admin:accounts_store_choose"), {"store": lake.pk})
    page = reverse("admin:inventory_storeproduct_import")

    def preview(text: str) -> str:
        file = SimpleUploadedFile("shelves.csv", text.encode())
        shown = there.post(page, {"format": 0, "import_file": file})
        kept.append(shown)
        return shown.content.decode()

    kept: list[Any] = []
    told = preview("Code,Shelf,Minimum\nNOBODY,A-1,3\n")
    assert "There is no product NOBODY." in told
    told = preview(f"Code,Shelf,Minimum\n{shirt.sku},A-1,3\nCAP,,2.5\n")
    assert "2.5 is no whole number of units." in told
    told = preview(f"Code,Shelf,Minimum\n{shirt.sku},A-1,3\nCAP,B-2,\n")
    assert "Set in Lake Road." in told
    form = kept[-1].context["confirm_form"].initial
    there.post(f"{page.removesuffix('import/')}process_import/", form)
    rows = StoreProduct.objects.order_by("place").values_list("product", "store", "place")
    assert list(rows) == [(shirt.pk, lake.pk, "A-1"), (cap.pk, lake.pk, "B-2")]
    export = reverse("admin:inventory_storeproduct_export")
    file = there.post(export, {"format": 0, "resource": 0}).content.decode("utf-8-sig")
    assert file.splitlines() == [
        "sku,name,place,reorder_level,reorder_quantity",
        f"{shirt.sku},Shirt,A-1,3,",
        "CAP,Cap,B-2,,",
    ]
