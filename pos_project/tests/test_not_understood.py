"""What would change money or stock and is not understood is refused, and nothing is written."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from ledger.models import Expense, Payment
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

SAYS_SOMETHING: dict[str, Any] = {
    "items": [{"product_id": 1, "quantity": 1}],
    "tax": 5,
    "discount": "1.50",
    "freight": 4,
    "rounding": "-0.05",
    "payments": [{"method": "cash", "amount": 1}],
    "payment_method": "card",
    "amount": 10,
}
SAYS_NOTHING = {"items": [], "tax": 0, "discount": "0.00", "payments": None, "amount": ""}


def bodies() -> dict[str, tuple[str, dict[str, Any], set[str]]]:
    """Each write: its path, a body that it takes, and the keys of the table that it knows."""
    product, rahim, acme = shop.a_product(), shop.a_customer(), shop.a_supplier()
    shop.stock(product, 50, "8.00", supplier=acme, offered=shop.on_credit())
    sold = shop.sell((product, 2), customer=rahim, offered=shop.on_credit()).sale
    held = shop.hold((product, 1))
    bought, other = shop.buy((product, 3, "5.00")), shop.buy((product, 3, "5.00"))
    line = {"product_id": product.pk, "quantity": 1}
    telling = {"items", "tax", "discount", "payments", "payment_method"}
    return {
        "checkout": ("/api/sales/checkout", {"items": [line], "paid_amount": 99}, telling),
        "hold": ("/api/sales/pending", {"items": [line]}, {*telling, "amount"}),
        "complete": (
            "/api/sales/complete_pending",
            {"pending_id": held.pk, "paid_amount": 99},
            {"payments", "payment_method"},
        ),
        "purchase": (
            "/api/purchase",
            {"supplier_id": acme.pk, "items": [{**line, "cost_price": 5}]},
            {"items", "tax", "discount", "freight", "rounding", "payments", "payment_method"},
        ),
        "send back": (
            f"/api/purchase/{bought.pk}/returns",
            {
                "items": [{"purchase_item_id": bought.items.get().pk, "quantity": 1}],
                "reason": "broken",
            },
            {"items", "payment_method"},
        ),
        "undo purchase": (f"/api/purchase/{other.pk}/reverse", {"reason": "sent back"}, set()),
        "dues": (f"/api/customers/{rahim.pk}/dues", {"amount": 1}, {"amount", "payment_method"}),
        "expense": (
            "/api/expenses",
            {"title": "Tea", "amount": 2},
            {"amount", "tax", "payment_method"},
        ),
        "refund": ("/api/refunds", {"sale_id": sold.pk}, {"items", "payment_method"}),
        "stock": ("/api/inventory", {"product_id": product.pk, "change_qty": 1}, set()),
    }


WRITES = (
    *("checkout", "hold", "complete", "purchase", "send back", "undo purchase"),
    *("dues", "expense", "refund"),
)


@pytest.mark.parametrize("write", [*WRITES, "stock"])
def test_a_telling_key_that_a_write_does_not_know_is_named(write: str, as_admin: APIClient) -> None:
    path, body, known = bodies()[write]
    before = shop.everything()
    for key in SAYS_SOMETHING.keys() - known:
        answer = as_admin.post(path, {**body, key: SAYS_SOMETHING[key]})
        assert answer.status_code == 400, (key, answer.content)
        assert list(answer.json()["errors"]) == [key]
    assert shop.everything() == before

    empty = {key: value for key, value in SAYS_NOTHING.items() if key not in known}
    answer = as_admin.post(path, {**body, **empty, "colour": "red"})
    assert answer.status_code in (200, 201), answer.content


def test_discount_and_tax_of_a_line_are_named_with_their_line(as_admin: APIClient) -> None:
    product = shop.a_product()
    shop.stock(product, 5)
    line = {"product_id": product.pk, "quantity": 1, "discount": 1}
    answer = as_admin.post("/api/sales/checkout", {"items": [line], "paid_amount": 99})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["items[0].discount"])


@pytest.mark.parametrize("name", ["method", "payment_method"])
def test_the_method_has_two_names_on_every_write(name: str, as_admin: APIClient) -> None:
    product, rahim = shop.a_product(), shop.a_customer()
    shop.stock(product, 9)
    line = {"items": [{"product_id": product.pk, "quantity": 1}], "customer_id": rahim.pk}

    def paid_by_card(path: str, body: dict[str, Any]) -> None:
        unknown = as_admin.post(path, {**body, name: "shells"})
        assert unknown.status_code == 400, unknown.content
        answer = as_admin.post(path, {**body, name: "card"})
        assert answer.status_code in (200, 201), answer.content

    paid_by_card("/api/sales/checkout", {**line, "paid_amount": 5})
    paid_by_card(f"/api/customers/{rahim.pk}/dues", {"amount": 1})
    paid_by_card("/api/expenses", {"title": "Tea", "amount": 2})
    sold = shop.sell((product, 1)).sale
    paid_by_card("/api/refunds", {"sale_id": sold.pk})

    written = Payment.objects.filter(user__email="admin@shop.example")
    assert list(written.values_list("method_id", flat=True)) == ["card"] * 3
    assert Expense.objects.get().payment_method_id == "card"


def test_two_names_that_say_different_methods_are_refused(as_admin: APIClient) -> None:
    body = {"title": "Tea", "amount": 2, "method": "cash", "payment_method": "card"}

    assert as_admin.post("/api/expenses", body).status_code == 400
