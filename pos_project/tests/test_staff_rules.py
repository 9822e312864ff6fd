"""What staff may do is the shop's to say: refused, or approved by a manager (docs/api.md §7)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts import people
from accounts.models import AuditEntry, Store, User
from catalog.models import Product
from conftest import signed_in
from inventory.models import InventoryLog
from ledger.journal_models import JournalEntry
from pos_project.tests import shop
from pos_project.tests.test_permission_matrix import ANYONE, MATRIX, SHOP
from purchasing.models import Purchase
from sales.models import Cart, Refund, Sale

PIN = "482913"
Sent = tuple[str, str, dict[str, Any]]
# How a request is made once there is a shirt of 20.00 in stock, and a sale of two of them.
Asked = Callable[[Product, Sale], Sent]


@pytest.fixture
def shirt(db: None) -> Product:
    shirt = shop.a_product("20.00", name="Blue T-Shirt", sku="TS-001", status="active")
    shop.stock(shirt, 25, "8.50")
    return shirt


@pytest.fixture
def sold(shirt: Product) -> Sale:
    return shop.sell((shirt, 2)).sale


def the_shop_says(**rules: Any) -> None:
    store = Store.objects.get()
    for name, value in rules.items():
        setattr(store, name, value)
    store.save()


def a_line(shirt: Product, **fields: Any) -> dict[str, Any]:
    return {"items": [{"product_id": shirt.pk, "quantity": 1, **fields}], "paid_amount": 20}


def below_list(shirt: Product, _: Sale) -> Sent:
    return "post", "sales/checkout", a_line(shirt, unit_price=19.99)


def held_below_list(shirt: Product, _: Sale) -> Sent:
    return "post", "sales/pending", a_line(shirt, unit_price=1)


def a_lower_list_price(shirt: Product, _: Sale) -> Sent:
    return "put", f"products/{shirt.pk}", {"price": 19.99}


def a_discount(shirt: Product, _: Sale) -> Sent:
    return "post", "sales/checkout", {**a_line(shirt), "discount": 2.01}


def a_discount_by_price(shirt: Product, _: Sale) -> Sent:
    # 1.00 off by its price, and 1.01 as a discount: 10.05 % of 20.
    return "post", "sales/checkout", {**a_line(shirt, unit_price=19), "discount": 1.01}


def money_for_goods_that_stay(shirt: Product, sale: Sale) -> Sent:
    line = {"product_id": shirt.pk, "quantity": 1, "restock": False}
    return "post", "refunds", {"sale_id": sale.pk, "items": [line]}


def a_big_refund(_: Product, sale: Sale) -> Sent:
    return "post", "refunds", {"sale_id": sale.pk}


def an_adjustment(shirt: Product, _: Sale) -> Sent:
    return "post", "inventory", {"product_id": shirt.pk, "change_qty": -1}


def an_adjustment_undone(shirt: Product, _: Sale) -> Sent:
    return "delete", f"inventory/{shop.adjust(shirt, 3, 1).pk}", {}


def opening_stock(_: Product, __: Sale) -> Sent:
    return "post", "products", {"name": "Cap", "sku": "CAP", "price": 5, "stock": 4}


def removing_what_is_in_stock(shirt: Product, _: Sale) -> Sent:
    return "delete", f"products/{shirt.pk}", {}


RULES: list[tuple[dict[str, Any], Asked]] = [
    ({"staff_sell_below_list": False}, below_list),
    ({"staff_sell_below_list": False}, held_below_list),
    ({"staff_sell_below_list": False}, a_lower_list_price),
    ({"staff_max_discount": 10}, a_discount),
    ({"staff_max_discount": 10}, a_discount_by_price),
    ({"staff_refund_without_goods": False}, money_for_goods_that_stay),
    ({"staff_max_refund": "39.99"}, a_big_refund),
    ({"staff_correct_stock": False}, an_adjustment),
    ({"staff_correct_stock": False}, an_adjustment_undone),
    ({"staff_correct_stock": False}, opening_stock),
    ({"staff_correct_stock": False}, removing_what_is_in_stock),
]
each_rule = pytest.mark.parametrize(
    ("rules", "asked"), RULES, ids=[asked.__name__ for _, asked in RULES]
)


def send(client: APIClient, asked: Sent, **approval: Any) -> Any:
    method, path, body = asked
    signed = {"approval": approval} if approval else {}
    return getattr(client, method)(f"/api/{path}", {**body, **signed})


def written() -> list[int]:
    tables = (Sale, Refund, InventoryLog, JournalEntry, Product.objects.listed())
    return [(each if hasattr(each, "count") else each.objects).count() for each in tables]


def kept(action: int) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("id"))


@each_rule
def test_a_shop_that_sets_nothing_sees_no_difference(
    rules: dict[str, Any], asked: Asked, as_staff: APIClient, shirt: Product, sold: Sale
) -> None:
    answer = send(as_staff, asked(shirt, sold))

    assert answer.status_code in (200, 201), answer.json()
    assert not kept(AuditEntry.REFUSED) + kept(AuditEntry.APPROVED)


@each_rule
def test_what_staff_may_not_is_refused_in_words_and_stays_in_the_audit(
    rules: dict[str, Any],
    asked: Asked,
    as_staff: APIClient,
    staff: User,
    shirt: Product,
    sold: Sale,
) -> None:
    sent = asked(shirt, sold)
    the_shop_says(**rules)
    before = written()

    answer = send(as_staff, sent)

    assert (answer.status_code, answer.json()["code"]) == (403, "approval_required")
    assert answer.json()["message"].endswith("A manager may approve it.")
    assert written() == before
    [entry] = kept(AuditEntry.REFUSED)
    assert (entry.actor, entry.object_repr) == (staff, answer.json()["message"])


@each_rule
def test_a_managers_pin_approves_it_and_stays_in_the_audit(
    rules: dict[str, Any],
    asked: Asked,
    as_staff: APIClient,
    manager: User,
    shirt: Product,
    sold: Sale,
) -> None:
    people.change_own_pin(manager, "a-good-password", PIN)
    sent = asked(shirt, sold)
    the_shop_says(**rules)

    answer = send(as_staff, sent, email=manager.email.upper(), pin=PIN)

    assert answer.status_code in (200, 201), answer.json()
    [entry] = kept(AuditEntry.APPROVED)
    assert f"Approved by {manager.name}." in entry.object_repr
    assert entry.additional_data["approved_by_id"] == manager.pk
    assert not kept(AuditEntry.REFUSED)


@each_rule
def test_no_rule_binds_a_manager(
    rules: dict[str, Any], asked: Asked, as_manager: APIClient, shirt: Product, sold: Sale
) -> None:
    sent = asked(shirt, sold)
    the_shop_says(**rules)

    assert send(as_manager, sent).status_code in (200, 201)
    assert not kept(AuditEntry.APPROVED)


def test_up_to_the_limit_staff_need_nobody(as_staff: APIClient, shirt: Product, sold: Sale) -> None:
    the_shop_says(
        staff_sell_below_list=False,
        staff_max_discount=10,
        staff_max_refund="20.00",
        staff_refund_without_goods=False,
    )
    body = {**a_line(shirt), "discount": 2}
    one = {"sale_id": sold.pk, "items": [{"product_id": shirt.pk, "quantity": 1}]}

    assert as_staff.post("/api/sales/checkout", body).status_code == 201
    assert as_staff.post("/api/refunds", one).status_code == 201
    # A second one of the same sale: together they are above it.
    assert as_staff.post("/api/refunds", one).status_code == 403


def test_a_service_has_no_goods_to_bring_back(as_staff: APIClient, shirt: Product) -> None:
    postage = shop.sell((shop.a_service(), 1)).sale
    the_shop_says(staff_refund_without_goods=False)

    assert as_staff.post("/api/refunds", {"sale_id": postage.pk}).status_code == 201


def test_a_cart_is_held_to_the_rules_when_it_is_sold(
    as_staff: APIClient, manager: User, shirt: Product
) -> None:
    the_shop_says(staff_sell_below_list=False)
    line = {"product_id": shirt.pk, "unit_price": 5}
    assert as_staff.post("/api/cart/items", line).status_code == 201

    assert as_staff.post("/api/cart/checkout", {"paid_amount": 5}).status_code == 403
    assert Cart.objects.get().open_for_id is not None
    signed = {"email": manager.email, "password": "a-good-password"}
    body = {"paid_amount": 5, "approval": signed}
    assert as_staff.post("/api/cart/checkout", body).status_code == 201
    assert len(kept(AuditEntry.REFUSED)) == len(kept(AuditEntry.APPROVED)) == 1


def test_a_held_sale_was_approved_when_it_was_held(
    as_staff: APIClient, manager: User, shirt: Product, sold: Sale
) -> None:
    the_shop_says(staff_sell_below_list=False)
    signed = {"email": manager.email, "password": "a-good-password"}
    held = send(as_staff, held_below_list(shirt, sold), **signed).json()

    body = {"pending_id": held["pending_id"], "paid_amount": 1}
    assert as_staff.post("/api/sales/complete_pending", body).status_code == 200


# --- Signatures ---


@pytest.mark.parametrize("wrong", ["pin", "password", "nobody", "staff", "inactive", "no pin"])
def test_only_an_active_manager_approves(
    wrong: str, as_staff: APIClient, staff: User, manager: User, shirt: Product, sold: Sale
) -> None:
    if wrong != "no pin":
        people.change_own_pin(manager, "a-good-password", PIN)
    the_shop_says(staff_correct_stock=False)
    signed = {
        "pin": {"email": manager.email, "pin": "482914"},
        "password": {"email": manager.email, "password": PIN},
        "nobody": {"email": "nobody@shop.example", "pin": PIN},
        "staff": {"email": staff.email, "password": "a-good-password"},
        "inactive": {"email": manager.email, "pin": PIN},
        "no pin": {"email": manager.email, "pin": PIN},
    }[wrong]
    if wrong == "inactive":
        User.objects.filter(pk=manager.pk).update(status="inactive")
    before = written()

    answer = send(as_staff, an_adjustment(shirt, sold), **signed)

    assert (answer.status_code, answer.json()["code"]) == (403, "approval_refused")
    assert written() == before
    [entry] = kept(AuditEntry.REFUSED)
    assert (entry.actor, signed["email"] in entry.object_repr) == (staff, True)
    assert PIN not in entry.object_repr


def test_signatures_are_counted_like_sign_ins(
    as_staff: APIClient, manager: User, shirt: Product, sold: Sale, settings: Any
) -> None:
    settings.LOGIN_RATE_LIMIT = 2
    the_shop_says(staff_correct_stock=False)
    wrong = {"email": manager.email, "pin": "000000"}
    right = {"email": manager.email, "password": "a-good-password"}
    tried = [send(as_staff, an_adjustment(shirt, sold), **wrong).status_code for _ in range(2)]

    answer = send(as_staff, an_adjustment(shirt, sold), **right)

    assert (tried, answer.status_code, answer.json()["code"]) == ([403, 403], 429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= settings.LOGIN_RATE_WINDOW
    assert len(kept(AuditEntry.REFUSED)) == 3


@pytest.mark.parametrize("signed", [{}, {"pin": "1", "password": "2"}, {"pin": ""}])
def test_a_signature_is_an_email_and_one_secret(
    signed: dict[str, str], as_staff: APIClient, shirt: Product, sold: Sale
) -> None:
    answer = send(as_staff, below_list(shirt, sold), email="boss@shop.example", **signed)

    assert answer.status_code == 400
    assert any(name.startswith("approval.") for name in answer.json()["errors"])


def test_a_retry_needs_no_second_signature(
    as_staff: APIClient, manager: User, shirt: Product, sold: Sale
) -> None:
    the_shop_says(staff_sell_below_list=False)
    signed = {"email": manager.email, "password": "a-good-password"}
    _, path, body = below_list(shirt, sold)
    keyed = {"HTTP_IDEMPOTENCY_KEY": "till-1-0001"}
    refused = as_staff.post(f"/api/{path}", body, **keyed)
    first = as_staff.post(f"/api/{path}", {**body, "approval": signed}, **keyed)
    again = as_staff.post(f"/api/{path}", body, **keyed)

    assert (refused.status_code, first.status_code, again.status_code) == (403, 201, 201)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert len(kept(AuditEntry.APPROVED)) == len(kept(AuditEntry.REFUSED)) == 1


def test_a_pin_takes_the_password_and_is_no_easy_one(as_manager: APIClient, manager: User) -> None:
    def put(pin: str, password: str = "") -> int:
        body = {"password": password or "a-good-password", "pin": pin}
        return as_manager.put("/api/users/me/pin", body).status_code

    for easy in ("12345", "111111", "123456", "987654", "1234567890123", "48291a", "४८२९१३"):
        assert put(easy) == 400, easy
    assert put(PIN, "wrong-password") == 400
    manager.refresh_from_db()
    assert manager.pin == ""
    assert put(PIN) == 200
    manager.refresh_from_db()
    assert PIN not in manager.pin != ""
    changes = AuditEntry.objects.filter(object_id=manager.pk, action=1).latest("id").changes
    assert changes["pin"] == ["••••", "••••"]
    assert put("") == 200
    manager.refresh_from_db()
    assert manager.pin == ""


def test_a_new_password_ends_the_pin(as_admin: APIClient, manager: User) -> None:
    people.change_own_pin(manager, "a-good-password", PIN)

    as_admin.put(f"/api/users/{manager.pk}", {"password": "another-password"})

    manager.refresh_from_db()
    assert manager.pin == ""


def test_a_manager_sets_rules_and_a_pin_in_the_back_office(office: Client, manager: User) -> None:
    page = office.get("/admin/accounts/store/1/change/")
    assert "What staff may do at the till" in page.content.decode()
    fields = dict.fromkeys(page.context["adminform"].form.fields, "")
    del fields["logo_file"]
    office.post(
        "/admin/accounts/store/1/change/",
        {
            **fields,
            "name": "Main store",
            "reorder_level": "20",
            "staff_max_discount": "12.5",
            "staff_see_cost": "on",
        },
    )
    store = Store.objects.get()
    assert (store.staff_max_discount, store.staff_see_cost, store.staff_correct_stock) == (
        12.5,
        True,
        False,
    )

    answer = office.post(
        "/admin/accounts/store/my-pin/", {"password": "a-good-password", "pin": PIN}, follow=True
    )

    assert "Your PIN was changed." in answer.content.decode()
    manager.refresh_from_db()
    assert manager.pin


# --- Costs ---


def costs_seen_by(user: User, shirt: Product, bought: Purchase) -> dict[str, Any]:
    """Every figure of cost or profit that the API shows to staff, and those of the files."""
    client = signed_in(user)
    supplier = f"/api/suppliers/{bought.supplier_id}"

    def data(path: str) -> Any:
        return client.get(path).json()["data"]

    def costs(row: dict[str, Any], *names: str) -> dict[str, Any]:
        return {name: row[name] for name in names}

    lines = f"{supplier}/purchases/{bought.pk}/items"
    supplied = f"{supplier}/supplied/{shirt.pk}"
    file = client.get(f"{supplied}?format=csv").getvalue().decode()
    return {
        "product": data(f"/api/products/{shirt.pk}")["cost_price"],
        "changed": client.put(f"/api/products/{shirt.pk}", {}).json()["data"]["cost_price"],
        "profit": data("/api/dashboard/main")["key_metrics"]["today_profit"],
        "lines": costs(data(lines)[0], "price", "cost_price", "subtotal", "total"),
        "supplied": costs(data(f"{supplier}/products")[0], "total_amount"),
        "supplied in all": costs(data(f"{supplier}/products_summary"), "totalAmount"),
        "supplied lines": costs(data(supplied)[0], "price", "cost_price", "subtotal"),
        "file": "8.5" in file,
    }


def figures_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from figures_in(each)
    else:
        yield value


def test_costs_are_null_for_staff_where_the_shop_says_so(
    staff: User, manager: User, shirt: Product, sold: Sale
) -> None:
    bought = shop.buy((shirt, 2, "8.50"), by=staff)
    seen = costs_seen_by(staff, shirt, bought)
    assert seen["profit"] == 23  # two at 20.00 that cost 8.50
    assert seen["product"] == 8.5
    assert seen["file"]

    the_shop_says(staff_see_cost=False)

    assert costs_seen_by(manager, shirt, bought) == seen
    hidden = costs_seen_by(staff, shirt, bought)
    assert not hidden.pop("file")
    assert set(figures_in(hidden)) == {None}
    created = signed_in(staff).post(
        "/api/products", {"name": "Hat", "sku": "HAT", "price": 5, "stock": 4, "cost_price": 2}
    )
    assert created.json()["data"]["cost_price"] is None


def named_costs(value: Any) -> Iterator[Any]:
    """The values of everything in an answer that is called a cost or profit."""
    if isinstance(value, list):
        for each in value:
            yield from named_costs(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if re.search("cost|profit|margin", name.lower()):
                yield from figures_in(each)
            yield from named_costs(each)


def test_no_answer_that_staff_may_read_names_a_cost(
    staff: User, manager: User, shirt: Product, sold: Sale
) -> None:
    def found(user: User) -> list[Any]:
        client, open_to_staff = signed_in(user), (ANYONE, SHOP)
        return [
            figure
            for route, methods in MATRIX.items()
            if methods.get("get") in open_to_staff
            for figure in named_costs(client.get(f"/api/{route}").json())
            if figure is not None
        ]

    the_shop_says(staff_see_cost=False)
    assert found(manager)
    assert found(staff) == []


def test_explain_and_the_note_of_received_goods_are_for_managers_then(
    as_staff: APIClient, as_manager: APIClient, shirt: Product, sold: Sale
) -> None:
    paths = (f"/api/sales/{sold.pk}/explain", f"/api/purchase/{Purchase.objects.get().pk}/papers")
    for path in paths:
        assert as_staff.get(path).status_code == 200
    the_shop_says(staff_see_cost=False)
    for path in paths:
        answer = as_staff.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "cost_hidden")
        assert as_manager.get(path).status_code == 200
