"""The page on which stock is counted: it shows what differs, and books just that."""

import re
from typing import Any

import pytest
from django.test import Client
from model_bakery import baker

from accounts.models import Store, User
from catalog.models import Brand, Category, Product
from conftest import at_the_office
from inventory import count_admin
from inventory.models import InventoryLog, StockCount
from inventory.store_product_models import StoreProduct
from pos_project.tests import shop
from pos_project.tests.test_lists import lines_of, totals_of

pytestmark = pytest.mark.django_db

COUNT = "/admin/inventory/inventorylog/count/"


@pytest.fixture
def goods() -> dict[str, Product]:
    shirt, cap = shop.a_product(name="Shirt", sku="TS-001"), shop.a_product(name="Cap", sku="CP-9")
    shop.stock(shirt, 5, "8.00")
    shop.stock(cap, 4, "2.50")
    return {"shirt": shirt, "cap": cap}


def form_of(*lines: tuple[str, str], seen: Any = None, **fields: str) -> dict[str, str]:
    """Lines are (SKU, counted); `seen` is the answer that showed the comparison."""
    form = {
        "reason": "COUNT",
        "note": "",
        "form-TOTAL_FORMS": str(len(lines)),
        "form-INITIAL_FORMS": "0",
        **fields,
    }
    for place, (sku, units) in enumerate(lines):
        form |= {f"form-{place}-sku": sku, f"form-{place}-counted": units}
    if seen is not None:
        form["seen"] = seen.context["shown"]["seen"]
        for line in seen.context["lines"]:
            if line.difference:
                form[f"{line.prefix}-expected"] = str(line.difference.expected)
    return form


def compared(answer: Any) -> list[tuple[str, str, str]]:
    """What the page shows: product, difference, worth."""
    assert answer.status_code == 200
    return [
        (line.product.name, f"{line.difference.change:+.0f}", str(line.difference.cost))
        for line in answer.context["lines"]
        if line.difference
    ]


def test_a_count_is_compared_and_then_booked_as_it_was_shown(
    office: Client, manager: User, goods: dict[str, Product]
) -> None:
    lines = (("ts-001", "3"), ("CP-9", "5"), ("", ""))
    shown = office.post(COUNT, form_of(*lines))
    assert compared(shown) == [("Shirt", "-2", "-16.00"), ("Cap", "+1", "2.50")]
    assert shown.context["shown"]["net"] == shown.context["shown"]["found"] - 16
    assert "Adjust 2 products" in shown.content.decode()
    assert not InventoryLog.objects.filter(kind="adjustment").exists()

    answer = office.post(COUNT, form_of(*lines, seen=shown, reason="STOCKTAKE", note="November"))

    document = StockCount.objects.get()
    assert answer["Location"] == f"/admin/inventory/stockcount/{document.pk}/change/"
    read = office.get(answer["Location"]).content.decode()
    assert "Differs" in read
    assert "-16.00" in read
    assert "-13.50" in read
    assert (shop.stock_of(goods["shirt"]), shop.stock_of(goods["cap"])) == (3, 5)
    kept = InventoryLog.objects.filter(kind="adjustment").values_list("reason", "note", "user")
    assert list(kept) == [("STOCKTAKE", "November", manager.pk)] * 2


def test_a_number_changed_after_the_comparison_is_compared_anew(
    office: Client, goods: dict[str, Product]
) -> None:
    shown = office.post(COUNT, form_of(("TS-001", "3")))

    again = office.post(COUNT, form_of(("TS-001", "4"), seen=shown))

    assert compared(again) == [("Shirt", "-1", "-8.00")]
    assert shop.stock_of(goods["shirt"]) == 5


def test_what_was_sold_between_comparison_and_confirmation_is_said_at_its_line(
    office: Client, goods: dict[str, Product]
) -> None:
    lines = (("CP-9", "4"), ("TS-001", "3"))
    shown = office.post(COUNT, form_of(*lines))
    shop.sell((goods["shirt"], 1))

    answer = office.post(COUNT, form_of(*lines, seen=shown))

    assert compared(answer) == [("Cap", "+0", "0.00"), ("Shirt", "-1", "-8.00")]
    assert answer.context["lines"].forms[1].errors["counted"] == ["The books had 5, now 4."]
    assert "Shirt (had 5, now 4)" in str(answer.context["form"].non_field_errors())
    assert shop.stock_of(goods["shirt"]) == 4

    office.post(COUNT, form_of(*lines, seen=answer))
    assert shop.stock_of(goods["shirt"]) == 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("TS-001", "3"), ("NIX", "1")], "There is no product with this SKU."),
        ([("TS-001", "3"), ("ts-001", "1")], "Shirt stands in two lines: add them up."),
        ([("TS-001", "3"), ("POST", "1")], "Postage keeps no stock."),
        ([("TS-001", "3"), ("", "1")], "Which product?"),
        ([("TS-001", "-1")], "greater than or equal to 0"),
        ([("TS-001", "2.5")], "Enter a whole number."),
        ([("TS-001", "")], "Enter what was counted of at least one product."),
    ],
)
def test_a_wrong_line_says_why_and_nothing_is_compared(
    office: Client, goods: dict[str, Product], lines: list[tuple[str, str]], said: str
) -> None:
    shop.a_product(name="Postage", sku="POST", keeps_stock=False)

    answer = office.post(COUNT, form_of(*lines))

    assert said in f"{answer.context['lines'].errors} {answer.context['lines'].non_form_errors()}"
    assert not answer.context["shown"]


def test_products_are_listed_by_category_brand_and_words(
    office: Client, goods: dict[str, Product]
) -> None:
    summer, acme = baker.make(Category, name="Summer"), baker.make(Brand, name="Acme")
    Product.objects.filter(pk=goods["cap"].pk).update(category=summer, brand=acme)
    shop.a_product(name="Summer postage", keeps_stock=False)

    def listed(**chosen: Any) -> list[str]:
        shown = office.get(COUNT, chosen).context["lines"]
        return [line.product.name for line in shown if line.product]

    assert listed() == []
    assert listed(category=summer.pk) == listed(brand=acme.pk) == listed(words="CA") == ["Cap"]
    assert listed(words="ts-") == ["Shirt"]
    assert listed(words="summer") == listed(category=summer.pk, words="Shirt") == []


def test_products_of_a_place_are_listed_as_one_walks_by(
    office: Client, goods: dict[str, Product]
) -> None:
    assert "to place" not in office.get(COUNT).content.decode().lower(), "one store, no places"
    baker.make(Store, name="Lake Road")
    tea = shop.a_product(name="Tea", sku="TEA")
    for product, place in ((goods["shirt"], "A-10"), (goods["cap"], "A-9"), (tea, "B-1")):
        baker.make(StoreProduct, store_id=1, product=product, place=place)
        baker.make(StoreProduct, store__name=f"Of {place}", product=product, place="A-1")

    def listed(**chosen: Any) -> list[tuple[str, str]]:
        shown = office.get(COUNT, chosen).context["lines"]
        return [(line.product.name, line.place) for line in shown if line.product]

    assert listed(place="A-9") == [("Cap", "A-9")]
    assert listed(place="A-1") == [], "that is another store's place"
    assert listed(place="a-1", place_to="A-10") == [("Cap", "A-9"), ("Shirt", "A-10")]
    assert listed(place_to="B") == [("Cap", "A-9"), ("Shirt", "A-10"), ("Tea", "B-1")]
    answer = office.post(COUNT, form_of(("CP-9", "4")))
    assert "lies at A-9" in answer.content.decode()


def test_more_products_than_a_page_takes_are_not_listed_in_part(
    office: Client, goods: dict[str, Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_admin, "MAX_LINES", 1)
    brand = baker.make(Brand)
    Product.objects.update(brand=brand)

    answer = office.get(COUNT, {"brand": brand.pk})

    assert "More than 1 products: choose fewer." in answer.content.decode()
    assert len(answer.context["lines"].forms) == 1


def test_the_page_costs_the_same_for_one_product_as_for_a_hundred(
    office: Client, queries: Any
) -> None:
    shop.buy(*((product, 2, "1.00") for product in shop.many_products(100)))

    def statements(count: int) -> int:
        lines = [(f"G-{n}", "1") for n in range(count)]
        office.post(COUNT, form_of(*lines))
        return len(queries(lambda: office.post(COUNT, form_of(*lines))))

    assert statements(1) == statements(100)


def test_staff_count_nothing_here(staff: User, goods: dict[str, Product]) -> None:
    client = at_the_office(staff)

    for answer in (client.get(COUNT), client.post(COUNT, form_of(("TS-001", "3")))):
        assert answer["Location"].startswith("/admin/login/")


def test_half_a_count_is_kept_and_gone_on_with(office: Client, goods: dict[str, Product]) -> None:
    office.post(COUNT, {**form_of(("ts-001", "3"), ("CP-9", "")), "keep": "1"})
    assert not InventoryLog.objects.filter(kind="adjustment").exists()

    assert "the count that you kept (2 products)" in office.get(COUNT).content.decode()
    page = office.get(COUNT, {"kept": "1"}).content.decode()

    assert "Shirt" in page
    assert re.search(r'name="form-0-counted" value="3"', page)


def test_the_list_of_counts_says_what_each_came_to(
    office: Client, goods: dict[str, Product]
) -> None:
    shop.a_count((goods["shirt"], 3), (goods["cap"], 5))
    shop.a_count((goods["shirt"], 3))
    counts = "/admin/inventory/stockcount/"

    header, latest, first = lines_of(office.get(counts, {"as": "csv"}))

    assert header[3:] == ["Products", "Differ", "Missing", "Found", "Together"]
    assert latest[3:] == ["1", "0", "0.00", "0.00", "0.00"]
    assert first[3:] == ["2", "2", "-16.00", "2.50", "-13.50"]
    page = office.get(counts).content.decode()
    assert totals_of(page) == {"Missing": "-16.00", "Found": "2.50", "Together": "-13.50"}
