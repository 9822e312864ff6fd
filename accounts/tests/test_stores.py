"""Stores: who opens and closes them, who acts in which, and what is booked there."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from model_bakery import baker

from accounts.models import AuditEntry, Store, User
from conftest import at_the_office, make_user, signed_in
from inventory.models import Batch
from ledger.models import Expense
from pos_project.tests import shop
from reports.reconciliation.reconcile import CHECKS, examine
from sales import holds
from sales.models import Sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(db: None) -> Store:
    return baker.make(Store, name="Lake Road", currency_sign="৳")


@pytest.fixture
def hill(db: None) -> Store:
    return baker.make(Store, name="Hill Street", currency_sign="৳")


def spend(client: Any, **body: Any) -> Any:
    return client.post("/api/expenses", {"title": "Tea", "amount": 5, **body})


# --- Opening and closing ---


def test_admins_make_and_change_stores_and_it_is_audited(as_admin: Any) -> None:
    made = as_admin.post("/api/stores", {"name": "Depot", "kind": "warehouse"})
    assert made.status_code == 201
    depot = made.json()["data"]
    assert (depot["kind"], depot["status"], depot["address"]) == ("warehouse", "active", "")

    changed = as_admin.put(f"/api/stores/{depot['id']}", {"address": "2 Quay", "kind": "shop"})
    assert changed.json()["data"]["address"] == "2 Quay"
    entries = AuditEntry.objects.filter(object_id=depot["id"], content_type__model="store")
    assert [entry.action for entry in entries] == [1, 0]
    taken = as_admin.post("/api/stores", {"name": "Depot"})
    assert taken.status_code == 409


def test_others_see_the_stores_they_may_act_in(lake: Store, hill: Store) -> None:
    manager = make_user("manager")
    manager.stores.set([hill.pk])
    client = signed_in(manager)
    assert [row["id"] for row in client.get("/api/stores").json()["data"]] == [1, hill.pk]
    assert client.get(f"/api/stores/{lake.pk}").status_code == 404
    assert client.put("/api/stores/1", {"name": "Mine"}).status_code == 403


@pytest.mark.parametrize(
    ("what", "word"),
    [("stock", "stock"), ("due", "dues"), ("sale", "business day"), ("home", "home of")],
)
def test_a_store_is_not_closed_while_something_is_there(
    what: str, word: str, admin: User, as_admin: Any, lake: Store
) -> None:
    there = admin.in_store(lake.pk, writing=True)
    if what == "home":
        make_user("staff", store=lake)
    elif what == "due":
        shop.sell(
            (shop.a_service(), 1),
            offered=shop.on_credit(),
            customer=shop.a_customer(),
            by=there,
        )
    elif what == "sale":
        shop.sell((shop.a_service(), 1), by=there)
    else:
        shop.buy((shop.a_product(), 3, "2.00"), by=there)
    answer = as_admin.put(f"/api/stores/{lake.pk}", {"status": "closed", "name": "Gone"})
    assert answer.status_code == 409
    assert word in answer.json()["message"]
    lake.refresh_from_db()
    assert (lake.closed_at, lake.name) == (None, "Lake Road"), "nothing of it was done"


def test_in_a_closed_store_nobody_acts_until_it_is_open_again(as_admin: Any, lake: Store) -> None:
    page = f"/api/stores/{lake.pk}"
    assert as_admin.put(page, {"status": "closed"}).json()["data"]["status"] == "closed"
    assert as_admin.put(page, {"status": "closed"}).status_code == 200, "it is already"
    refused = spend(as_admin, store_id=lake.pk)
    assert (refused.status_code, refused.json()["message"]) == (400, "Lake Road is closed.")
    assert as_admin.get(f"/api/expenses?store_id={lake.pk}").status_code == 200, "it is history"
    as_admin.put(page, {"status": "active"})
    assert spend(as_admin, store_id=lake.pk).status_code == 201


# --- Who acts where ---


def test_a_person_acts_at_home_or_where_they_are_allowed(lake: Store, hill: Store) -> None:
    staff = make_user("staff", store=lake)
    client = signed_in(staff)
    assert spend(client).status_code == 201
    refused = spend(client, store_id=hill.pk)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert refused.json()["message"] == "You do not work in this store."
    staff.stores.add(hill)
    assert spend(client, store_id=hill.pk).status_code == 201
    assert client.post(f"/api/expenses?store_id={hill.pk}", {"title": "Tea", "amount": 5})
    stores = list(Expense.objects.order_by("id").values_list("store_id", flat=True))
    assert stores == [lake.pk, hill.pk, hill.pk]
    staff.refresh_from_db()
    assert staff.store_id == lake.pk, "they did not move"


@pytest.mark.parametrize("store_id", [99, "abc", True, -1, 2.5])
def test_a_store_that_is_not_there_is_refused(as_admin: Any, store_id: Any) -> None:
    answer = spend(as_admin, store_id=store_id)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"store_id": ["Unknown store."]})
    assert not Expense.objects.exists()


def test_query_and_body_name_one_store(as_admin: Any, lake: Store) -> None:
    body = {"title": "Tea", "amount": 5, "store_id": 1}
    assert as_admin.post(f"/api/expenses?store_id={lake.pk}", body).status_code == 400


def test_the_role_is_asked_before_the_store(as_staff: Any, lake: Store) -> None:
    assert as_staff.post("/api/stores", {"name": "X", "store_id": 99}).json()["message"] == (
        "Access denied"
    )


def test_a_key_is_of_one_store(as_admin: Any, lake: Store) -> None:
    body = {"title": "Tea", "amount": 5}
    first = as_admin.post("/api/expenses", body, headers={"Idempotency-Key": "k"})
    again = as_admin.post(
        f"/api/expenses?store_id={lake.pk}", body, headers={"Idempotency-Key": "k"}
    )
    assert (first.status_code, again.status_code) == (201, 422)


def buy(client: Any, product_id: int, **said: Any) -> Any:
    line = {"product_id": product_id, "quantity": 4, "cost_price": 3}
    body = {"supplier_id": shop.a_supplier().pk, "items": [line], **said}
    return client.post("/api/purchase", body)


def test_goods_come_and_go_in_the_store_that_is_named(as_admin: Any, lake: Store) -> None:
    product = shop.a_product()
    there = {"store_id": lake.pk}
    assert buy(as_admin, product.pk, **there).status_code == 201
    sale = {"items": [{"product_id": product.pk, "quantity": 1}], "paid_amount": 1000}
    assert as_admin.post("/api/sales/checkout", sale).status_code == 400, "none is at home"
    sold = as_admin.post("/api/sales/checkout", {**sale, **there})
    assert sold.status_code == 201
    adjusted = {"product_id": product.pk, "change_qty": -1, "reason": "broken", **there}
    assert as_admin.post("/api/inventory", adjusted).status_code == 201
    assert set(Batch.objects.values_list("store_id", "remaining")) == {(lake.pk, 2)}
    assert Sale.objects.get().store_id == lake.pk


def test_a_cart_is_sold_where_it_is_checked_out(as_admin: Any, lake: Store) -> None:
    service = shop.a_service()
    as_admin.post("/api/cart/items", {"product_id": service.pk, "quantity": 1})
    as_admin.post("/api/cart/checkout", {"paid_amount": 1000, "store_id": lake.pk})
    assert Sale.objects.get().store_id == lake.pk


@pytest.mark.parametrize("what", ["refund", "complete", "void"])
def test_what_corrects_a_document_is_booked_in_its_store_by_who_may_act_there(
    what: str, lake: Store
) -> None:
    staff = make_user("staff", store=lake)
    client, product = signed_in(staff), shop.a_product()
    shop.buy((product, 3, "2.00"))
    if what == "refund":
        sale = shop.sell((product, 1)).sale
        path, body = "/api/refunds", {"sale_id": sale.pk, "reason": "torn"}
    elif what == "complete":
        path = "/api/sales/complete_pending"
        body = {"sale_id": shop.hold((product, 1)).pk, "paid_amount": 1000}
    else:
        path, body = f"/api/inventory/{shop.adjust(product, -1).pk}", {}

    def ask() -> int:
        return (client.delete(path) if what == "void" else client.post(path, body)).status_code

    assert ask() == 403
    staff.stores.add(1)
    assert ask() in (200, 201)


# --- Users over the API, and with one store ---


def test_admins_say_where_people_act(as_admin: Any, lake: Store, hill: Store) -> None:
    body = {"name": "Nila", "email": "nila@shop.example", "password": "a-good-password"}
    made = as_admin.post("/api/users", {**body, "store_id": lake.pk, "stores": [hill.pk]})
    user_id = made.json()["userId"]
    shown = as_admin.get(f"/api/users/{user_id}").json()
    assert (shown["store_id"], shown["stores"]) == (lake.pk, [hill.pk, lake.pk])
    changed = as_admin.put(f"/api/users/{user_id}", {"stores": []}).json()["data"]
    assert (changed["store_id"], changed["stores"]) == (lake.pk, [lake.pk])
    assert AuditEntry.objects.filter(object_id=user_id, changes__has_key="stores").exists()
    wrong = as_admin.put(f"/api/users/{user_id}", {"stores": [99]})
    assert (wrong.status_code, wrong.json()["errors"]) == (400, {"stores": ["No open store."]})


def test_with_one_store_nobody_is_shown_that_there_are_stores(
    admin: User, as_admin: Any, office: Client
) -> None:
    assert "store_id" not in as_admin.get("/api/users/me").json()["data"]
    assert "stores" not in as_admin.get(f"/api/users/{admin.pk}").json()
    assert b"store/choose" not in office.get("/admin/").content
    page = at_the_office(admin).get(reverse("admin:accounts_user_change", args=[admin.pk]))
    assert b'name="stores"' not in page.content


# --- The back office ---


def test_the_back_office_acts_in_the_store_that_was_chosen(lake: Store, hill: Store) -> None:
    manager = make_user("manager")
    manager.stores.set([lake.pk])
    client = at_the_office(manager)
    choose = reverse("admin:accounts_store_choose")
    assert client.post(choose, {"store": hill.pk}).status_code == 200, "not offered"
    client.post(choose, {"store": lake.pk})
    assert b"Lake Road" in client.get("/admin/").content
    add = reverse("admin:ledger_expense_add")
    client.post(add, {"title": "Tea", "amount": "5", "method": "cash"})
    assert Expense.objects.get().store_id == lake.pk
    manager.stores.clear()
    client.post(add, {"title": "Tea", "amount": "5", "method": "cash"})
    assert Expense.objects.latest("id").store_id == manager.store_id, "not theirs any more"


def test_an_admin_closes_a_store_on_its_page(admin: User, lake: Store) -> None:
    page = reverse("admin:accounts_store_close", args=[lake.pk])
    at_the_office(make_user("manager")).post(page)
    lake.refresh_from_db()
    assert lake.closed_at is None
    at_the_office(admin).post(page)
    lake.refresh_from_db()
    assert lake.closed_at is not None


def test_the_page_of_a_person_says_where_they_act(admin: User, lake: Store) -> None:
    page = reverse("admin:accounts_user_change", args=[admin.pk])
    said = {"name": admin.name, "email": admin.email, "role": "admin", "status": "active"}
    at_the_office(admin).post(page, {**said, "store": lake.pk, "stores": ["1"]})
    admin.refresh_from_db()
    assert (admin.store_id, list(admin.stores.values_list("pk", flat=True))) == (lake.pk, [1])


def test_who_acts_elsewhere_is_never_saved(admin: User, lake: Store) -> None:
    with pytest.raises(AssertionError):
        admin.in_store(lake.pk, writing=True).save()


def test_naming_a_store_costs_no_more_with_many(
    as_admin: Any, lake: Store, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    few = len(queries(lambda: spend(as_admin, store_id=lake.pk)))
    baker.make(Store, _quantity=9, name=iter("ABCDEFGHI"))
    assert len(queries(lambda: spend(as_admin, store_id=lake.pk))) == few


# --- Numbers of its own ---


def test_a_store_s_sales_are_numbered_by_its_prefix(
    admin: User, as_admin: Any, lake: Store
) -> None:
    changed = as_admin.put(f"/api/stores/{lake.pk}", {"number_prefix": " lake2 "})
    assert changed.json()["data"]["number_prefix"] == "LAKE2"
    there, product = admin.in_store(lake.pk, writing=True), shop.a_product("5.00")
    shop.buy((product, 9, "3.00"), by=admin)
    shop.buy((product, 9, "3.00"), by=there)
    first = shop.sell((product, 1), by=there).sale
    assert first.invoice_no == f"LAKE2-S{first.pk:06}"
    second = shop.sell((product, 1), by=admin).sale
    assert second.invoice_no == f"INV-S{second.pk:06}"
    parked = holds.hold(shop.an_order((product, 1)), by=there)
    assert parked.invoice_no == f"LAKE2-P{parked.pk:06}"
    as_admin.put(f"/api/stores/{lake.pk}", {"number_prefix": ""})
    with time_machine.travel(parked.created_at, tick=False):
        shop.complete(parked, by=make_user("admin", email="other@shop.example"))
    parked.refresh_from_db()
    assert parked.invoice_no == f"LAKE2-P{parked.pk:06}", "numbers that were given stay"
    broken = [verdict for verdict in examine(CHECKS) if not verdict.holds]
    assert broken == [], "a held sale is told by its number, whatever it begins with"


@pytest.mark.parametrize("prefix", ["A-B", "ডিপো", "TOOLONG99"])
def test_a_prefix_has_capitals_and_digits(as_admin: Any, lake: Store, prefix: str) -> None:
    refused = as_admin.put(f"/api/stores/{lake.pk}", {"number_prefix": prefix})
    assert (refused.status_code, [*refused.json()["errors"]]) == (400, ["number_prefix"])


def test_two_stores_never_number_alike(
    admin: User, as_admin: Any, lake: Store, hill: Store
) -> None:
    as_admin.put(f"/api/stores/{lake.pk}", {"number_prefix": "X1"})
    taken = as_admin.put(f"/api/stores/{hill.pk}", {"number_prefix": "x1"})
    assert taken.status_code == 409
    assert taken.json()["errors"] == {"number_prefix": ["Another store's numbers begin so."]}
    page = reverse("admin:accounts_store_change", args=[hill.pk])
    for by, is_offered in ((admin, True), (_manager_of(hill), False)):
        shown = at_the_office(by).get(page).content.decode()
        assert "Numbers of sales" in shown
        assert ('name="number_prefix"' in shown) is is_offered


def test_a_name_that_is_taken_is_refused_by_its_own_field(as_admin: Any, lake: Store) -> None:
    Store.objects.create(name="Hill Street")  # neither has a prefix
    taken = as_admin.post("/api/stores", {"name": lake.name})
    assert taken.status_code == 409
    assert taken.json()["errors"] == {"name": ["A store with this name exists."]}


def _manager_of(store: Store) -> User:
    manager = make_user("manager")
    manager.stores.set([store.pk])
    return manager


def test_with_one_store_nobody_is_asked_for_a_prefix(admin: User, as_admin: Any) -> None:
    assert "number_prefix" not in as_admin.get("/api/stores/1").json()["data"]
    page = at_the_office(admin).get(reverse("admin:accounts_store_change", args=[1]))
    assert "Numbers of sales" not in page.content.decode()
