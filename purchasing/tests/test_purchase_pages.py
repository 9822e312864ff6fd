"""The pages of purchases: what a paper says below its lines, and goods that go back."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pos_project.tests import shop
from pos_project.tests.page_forms import opened
from purchasing import purchase_admin, returns
from purchasing.models import Purchase, PurchaseItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal
RECEIVE = "admin:purchasing_purchase_add"


def a_paper(**lines: Any) -> dict[str, Any]:
    return {
        "supplier": shop.a_supplier().pk,
        "purchase_date": "2026-02-08",
        "method": "due",
        "paid": "0",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-sku": "TS-001",
        "form-0-quantity": "3",
        **lines,
    }


def test_a_paper_with_freight_tax_and_the_cost_of_all(office: Client) -> None:
    shop.a_product(sku="TS-001")
    said = {"discount": "1", "freight": "2.50", "tax": "1.15", "rounding": "-0.15"}
    answer = office.post(reverse(RECEIVE), a_paper(**said, **{"form-0-line_total": "10"}))

    assert answer.status_code == 302, answer.content
    bought = Purchase.objects.get()
    assert (bought.total_amount, bought.items.get().landed_cost) == (D("12.50"), D("11.50"))
    page = office.get(reverse("admin:purchasing_purchase_change", args=[bought.pk]))
    assert all(text in page.content.decode() for text in ("11.50", "Input tax", "-0.15"))
    plain = shop.buy((shop.a_product(), 1, "2.00"))
    page = office.get(reverse("admin:purchasing_purchase_change", args=[plain.pk]))
    assert "Input tax" not in page.content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"form-0-line_total": "10", "form-0-cost_price": "3"}, "Either this or the cost of each."),
        ({}, "Needed in this line."),
        ({"form-0-line_total": "10", "discount": "10.01"}, "More than the 10.00 of the lines."),
        ({"form-0-line_total": "10", "rounding": "-12"}, "no more than 1 digit"),
    ],
)
def test_what_no_paper_says_is_told_beside_its_field(
    office: Client, said: dict[str, Any], told: str
) -> None:
    shop.a_product(sku="TS-001")
    answer = office.post(reverse(RECEIVE), a_paper(**said))
    assert (answer.status_code, told in answer.content.decode()) == (200, True)
    assert not Purchase.objects.exists()


def test_goods_go_back_by_a_page(office: Client) -> None:
    mug = shop.a_product(name="Mug")
    bought = shop.buy((mug, 4, "2.50"), offered=shop.cash(4))
    page = reverse("admin:purchasing_purchase_send_back", args=[bought.pk])
    form = opened(office, page)
    line = f"line_{bought.items.get().pk}"
    assert (form[line], form["method"]) == ("", "due")

    nothing = office.post(page, {**form, "reason": "Torn"})
    assert "Say how many units of which line go back." in nothing.content.decode()
    many = office.post(page, {**form, line: "5", "reason": "Torn"})
    assert "less than or equal to 4" in many.content.decode()
    answer = office.post(page, {**form, line: "3", "method": "cash", "reason": "Torn"}, follow=True)

    back = Purchase.objects.latest("id")
    assert (back.returns, back.total_amount, back.due_reduced) == (bought, D("-7.50"), 6)
    shown = answer.content.decode()
    assert "Goods for 7.50 went back: 6.00 is no longer owed." in shown
    assert "/return/" not in shown, "what went back does not go back"
    assert f">{bought}</a>" in shown
    assert "Goods returned of" in shown
    assert shop.stock_of(mug) == 1


def test_nothing_goes_back_of_what_was_sold(office: Client) -> None:
    mug = shop.a_product()
    bought = shop.buy((mug, 1, "2.50"))
    shop.sell((mug, 1))
    page = office.get(reverse("admin:purchasing_purchase_send_back", args=[bought.pk]))
    assert "Nothing of it is on the shelf any more." in page.content.decode()


def test_each_cell_of_the_lines_is_drawn_once(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods = shop.many_products(4)
    purchase = shop.buy(*((each, 3, "2.00") for each in goods))
    seen = []

    def cost_of(item: PurchaseItem) -> Any:
        seen.append(item.pk)
        return returns.cost_of(item)

    monkeypatch.setattr(purchase_admin, "cost_of", cost_of)
    page = office.get(reverse("admin:purchasing_purchase_change", args=[purchase.pk]))

    # Once to know what kind of field it is, once to draw it.
    assert seen == [item.pk for item in purchase.items.order_by("id") for _ in range(2)]
    lines = page.content.decode()
    assert [each.name in lines for each in goods] == [True] * 4
    assert 'name="items-0-id"' not in lines  # they are no form
