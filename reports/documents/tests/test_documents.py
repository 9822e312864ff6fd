"""Documents: what stands on them, who may read them, and that they are real PDFs."""

from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Store
from pos_project.core.errors import NotFound
from pos_project.tests import shop
from reports.documents import html, links, pdf, sale_and_purchase
from reports.documents.document import Document, Size

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold() -> Any:
    Store.objects.update(name="Corner Shop", address="7 Lake Road", receipt_footer="Come again!")
    shirt, rahim = shop.a_product("19.99", name="Blue & <b>bold</b> শার্ট"), shop.a_customer()
    shop.stock(shirt, 10)
    return shop.sell(
        (shirt, 3),
        (shop.a_service("5.00"), 1),
        customer=rahim,
        discount=Decimal("4.97"),
        tax=Decimal("3.00"),
        offered=shop.split(card=20, cash=10),
        note="Gift wrapped",
    ).sale


def texts(document: Document) -> str:
    return html.render(document, pdf_url="/x")


def sums_of(document: Document) -> dict[str, str]:
    return {each.label: f"{each.amount}" for each in document.tables[0].sums}


def test_a_receipt_adds_up_from_lines_to_total(sold: Any) -> None:
    document = sale_and_purchase.receipt(sold.pk)

    [table] = document.tables
    assert document.size is Size.ROLL
    assert [[f"{cell:.2f}" for cell in row.cells[1:]] for row in table.rows] == [
        ["3.00", "19.99", "59.97"],
        ["1.00", "5.00", "5.00"],
    ]
    assert sums_of(document) == {
        "Subtotal": "64.97",
        "Discount": "-4.97",
        "Tax": "3.00",
        "Total": "63.00",
        "Paid, Card": "20.00",
        "Paid, Cash": "10.00",
        "Still due": "33.00",
    }


def test_a_refund_stands_on_the_invoice(sold: Any) -> None:
    refund = shop.take_back(sold, shop.units_of(sold.items.get(quantity=3), 1))

    sums = sums_of(sale_and_purchase.invoice(sold.pk))

    assert sums[f"Refund {refund.pk}"] == f"-{refund.refund_amount}"


def test_names_are_text_never_markup(sold: Any) -> None:
    page = texts(sale_and_purchase.receipt(sold.pk))

    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold" not in page


@pytest.mark.parametrize("build", [sale_and_purchase.receipt, sale_and_purchase.invoice])
def test_every_document_is_also_a_pdf(sold: Any, build: Any) -> None:
    document = build(sold.pk)

    assert pdf.render(document).startswith(b"%PDF-")


def test_a_long_invoice_has_pages_with_a_heading_each() -> None:
    products = shop.many_products(120)
    shop.buy(*((product, 5, "1.00") for product in products))
    sold = shop.sell(*((product, 1) for product in products)).sale

    printed = pdf.render(sale_and_purchase.invoice(sold.pk))

    assert printed.count(b"/Type /Page\n") >= 3


def test_only_a_completed_sale_has_documents(as_staff: APIClient) -> None:
    shirt = shop.a_product()
    shop.stock(shirt, 5)
    held = shop.hold((shirt, 1))

    assert as_staff.get(f"/api/sales/{held.pk}/papers").status_code == 404
    with pytest.raises(NotFound):
        sale_and_purchase.receipt(held.pk)


def test_the_api_links_to_pages_that_need_no_sign_in(sold: Any, as_staff: APIClient) -> None:
    data = as_staff.get(f"/api/sales/{sold.pk}/papers").json()["data"]

    for kind in ("receipt", "invoice"):
        page = Client().get(data[kind]["html"])
        assert page.status_code == 200
        assert sold.invoice_no in page.content.decode()
        assert page["Cache-Control"] == "private, no-store"
        printed = Client().get(data[kind]["pdf"])
        assert printed["Content-Type"] == "application/pdf"
        assert printed["Content-Disposition"].endswith(f'{kind}-{sold.invoice_no.lower()}.pdf"')


def test_a_goods_received_note_calls_the_supplier_as_on_that_day() -> None:
    acme = shop.a_supplier(name="Acme")
    bought = shop.buy((shop.a_product(), 1, "5.00"), supplier=acme)
    acme.name = "Acme Ltd."
    acme.save()

    assert dict(sale_and_purchase.goods_received_note(bought.pk).facts)["Supplier"] == "Acme"


def test_a_goods_received_note_names_supplier_and_invoice(as_staff: APIClient) -> None:
    shirt, delta = shop.a_product(), shop.a_supplier()
    bought = shop.buy((shirt, 4, "2.50"), supplier=delta, invoice="PO-7", offered=shop.cash(4))

    data = as_staff.get(f"/api/purchase/{bought.pk}/papers").json()["data"]

    page = Client().get(data["purchase-order"]["html"]).content.decode()
    assert "Goods received note" in page
    assert "PO-7" in page
    assert delta.name in page
    assert sums_of(sale_and_purchase.goods_received_note(bought.pk))["Still due"] == "6.00"


@pytest.mark.parametrize("forgery", ["no token", "for something else", "for no document"])
def test_a_forged_or_broken_link_is_a_friendly_404(forgery: str) -> None:
    token = {
        "no token": "nonsense",
        "for something else": signing.dumps(["receipt", 1], salt="other"),
        "for no document": signing.dumps("x", salt="papers"),
    }[forgery]
    for path in (f"/papers/{token}", f"/papers/{token}/pdf"):
        answer = Client().get(path)
        assert answer.status_code == 404
        assert "Ask the shop for a new one" in answer.content.decode()


def test_a_link_ends_after_ninety_days(sold: Any, settings: Any, time_machine: Any) -> None:
    path = links.link("receipt", sold.pk)
    assert Client().get(path).status_code == 200

    time_machine.move_to("2030-01-01T00:00:00Z")

    assert Client().get(path).status_code == 404
