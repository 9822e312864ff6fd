"""Labels: so many of each product, on the paper that is chosen, with a code that scanners read."""

from typing import Any

import pytest
from django.test import Client

from catalog.label_page import label_page
from catalog.scanned_codes import ean13_of
from pos_project.tests import page_forms, shop
from reports.documents.labels import LAYOUTS, Label, Layout, render

pytestmark = pytest.mark.django_db
TEA = Label("Tea", "৳ 5.00", "4006381333931")


def pages(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF")
    return pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ")


@pytest.mark.parametrize(
    ("code", "ean"),
    [
        ("4006381333931", "4006381333931"),
        ("036000291452", "0036000291452"),
        ("4006381333930", None),  # its check digit is another
        ("00036000291452", None),
        ("TEA-1", None),
    ],
)
def test_an_ean_is_one_whose_check_digit_agrees(code: str, ean: str | None) -> None:
    assert ean13_of(code) == ean


@pytest.mark.parametrize(("count", "skip", "sheets"), [(24, 0, 1), (25, 0, 2), (23, 2, 2)])
def test_a_sheet_is_filled_before_the_next(count: int, skip: int, sheets: int) -> None:
    assert pages(render([(TEA, count)], LAYOUTS["3x8"], skip=skip)) == sheets


def test_on_a_roll_every_label_is_a_page() -> None:
    assert pages(render([(TEA, 3)], LAYOUTS["50x30"], skip=7)) == 3


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_every_label_lies_on_its_sheet_and_no_two_overlap(layout: Layout) -> None:
    corners = [layout.corner(place) for place in range(layout.count)]
    points = 72 / 25.4
    for x, y in corners:
        assert x >= 0
        assert y >= -0.01
        assert x + layout.width * points <= layout.page[0] * points + 0.01
        assert y + layout.height * points <= layout.page[1] * points + 0.01
    for one, (x, y) in enumerate(corners):
        for u, v in corners[one + 1 :]:
            apart = max(abs(x - u) / layout.width, abs(y - v) / layout.height)
            assert apart >= points * 0.999


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
@pytest.mark.parametrize(
    "label",
    [
        Label("চা পাতা ৫০০ গ্রাম " * 20, "৳ 99,999,999.99", "TEA-1"),
        Label("চ" * 300, "", "চিনি-১"),
        Label("<b>&", "5", "x" * 100),
        Label("", "", "\x07"),
    ],
)
def test_whatever_a_product_is_called_it_gets_its_label(layout: Layout, label: Label) -> None:
    assert pages(render([(label, 1)], layout)) == 1


def test_the_page_asks_how_many_and_answers_with_the_pdf(office: Client) -> None:
    tea, cup = shop.a_product(name="Tea"), shop.a_product(name="Cup")
    chosen = {"action": "print_labels", "_selected_action": [tea.pk, cup.pk], "index": "0"}
    led_to = office.post("/admin/catalog/product/", chosen)
    form = page_forms.opened(office, led_to.url)

    made = office.post(led_to.url, {**form, f"{tea.pk}-copies": "25", f"{cup.pk}-copies": "0"})

    assert form[f"{cup.pk}-copies"] == "1"
    assert made.headers["Content-Type"] == "application/pdf"
    assert pages(made.content) == 2


def test_a_delivery_is_labelled_unit_by_unit(office: Client) -> None:
    shirt, cap = shop.a_product(name="Shirt"), shop.a_product(name="Cap")
    purchase = shop.buy((shirt, 12, "5"), (cap, 3, "2"))

    led_to = office.get(f"/admin/purchasing/purchase/{purchase.pk}/labels/")

    assert led_to.url == label_page({shirt.pk: 12, cap.pk: 3})
    form = page_forms.opened(office, led_to.url)
    assert (form[f"{shirt.pk}-copies"], form[f"{cap.pk}-copies"]) == ("12", "3")


@pytest.mark.parametrize(
    ("copies", "says"),
    [("0", "From 1 to 5000 labels at once."), ("501", "less than or equal to 500"), ("x", "whole")],
)
def test_a_number_that_makes_no_sense_is_said(copies: str, says: str, office: Client) -> None:
    tea = shop.a_product()
    page = label_page({tea.pk: 1})
    form = page_forms.opened(office, page)
    refused = office.post(page, {**form, f"{tea.pk}-copies": copies})
    assert refused.status_code == 200
    assert says in refused.content.decode()


@pytest.mark.parametrize("asked", ["", "x", "1:", ":", "1:x,2:-1", "9" * 50, "٣:١"])
def test_an_address_that_means_nothing_is_no_crash(asked: str, office: Client) -> None:
    page: Any = office.get("/admin/labels/", {"products": asked})
    assert page.status_code == 200
    assert "Choose products in the list of products first" in page.content.decode()


def test_labels_cost_the_same_for_one_product_as_for_thirty(office: Client, queries: Any) -> None:
    tea = shop.a_product()
    one = queries(lambda: office.get(label_page({tea.pk: 1})))
    shop.many_products(30)
    many = dict.fromkeys(range(1, 40), 2)
    assert len(queries(lambda: office.get(label_page(many)))) == len(one)
