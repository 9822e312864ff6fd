"""What users recorded: whose rows, by which words, what is refused (docs/api.md §28, §29)."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import refused
from catalog.models import Product
from conftest import make_user
from pos_project.core.days import today
from pos_project.tests import shop

pytestmark = pytest.mark.usefixtures("the_books_agree")

OF_A_USER = ("transactions", "summary", "transactions/summary")


@pytest.fixture
def shirt(db: None) -> Product:
    product = shop.a_product(name="Blue T-Shirt")
    shop.stock(product, 200)
    return product


def test_me_is_the_caller_whatever_the_query_says(
    as_staff: APIClient, staff: User, shirt: Product
) -> None:
    other = shop.a_cashier("Karim")
    shop.sell((shirt, 1), by=other)
    mine = shop.sell((shirt, 1), by=staff).sale

    query = {"user_id": other.pk, "id": other.pk, "user": other.pk}
    body = as_staff.get("/api/users/me/transactions", query).json()

    assert {row["user_id"] for row in body["data"]} == {staff.pk}
    assert [row["ref_id"] for row in body["data"] if row["type"] == "Sale"] == [mine.pk]
    assert as_staff.get("/api/users/me/summary", query).json()["sale_count"] == 1
    refused(as_staff.get(f"/api/users/{staff.pk}/transactions"), 403)
    refused(as_staff.get("/api/dashboard/transactions"), 403)


def test_a_manager_reads_everybodys(
    as_manager: APIClient, manager: User, staff: User, shirt: Product
) -> None:
    shop.sell((shirt, 1), by=staff)
    body = as_manager.get(f"/api/users/{staff.pk}/transactions").json()
    assert (body["total"], body["meta"]["userId"], body["meta"]["requestedBy"]) == (
        2,
        staff.pk,
        manager.pk,
    )
    assert as_manager.get("/api/users/me/summary").json()["total_transactions"] == 0


@pytest.mark.parametrize("word", ["Sale", "Purchased"])
def test_both_words_for_a_sale_are_understood(
    as_admin: APIClient, staff: User, shirt: Product, word: str
) -> None:
    shop.sell((shirt, 1), by=staff)
    for path in (f"users/{staff.pk}/transactions", "dashboard/transactions"):
        body = as_admin.get(f"/api/{path}", {"type": word}).json()
        assert ([row["type"] for row in body["data"]], body["total"]) == (["Sale"], 1)
    summary = as_admin.get(f"/api/users/{staff.pk}/summary", {"type": word}).json()
    assert (summary["sale_count"], summary["payment_count"]) == (1, 0)


def test_whoever_completes_a_held_sale_recorded_its_payment_only(
    as_admin: APIClient, shirt: Product, staff: User
) -> None:
    holder = shop.a_cashier()
    held = shop.hold((shirt, 1))
    shop.complete(held, by=staff)

    def kinds(user: User) -> list[str]:
        body = as_admin.get(f"/api/users/{user.pk}/transactions", {"fromDate": today()}).json()
        return [row["type"] for row in body["data"] if row["party_type"] == "customer"]

    assert (kinds(staff), kinds(holder)) == (["Payment"], ["Sale"])


@pytest.mark.parametrize("rest", OF_A_USER)
def test_nobodys_history_is_not_found(as_admin: APIClient, db: None, rest: str) -> None:
    gone = make_user("staff")
    gone.archive(keys=("email_key", "username_key"))
    for user_id in (gone.pk, 4711):
        answer = as_admin.get(f"/api/users/{user_id}/{rest}")
        refused(answer, 404)
        assert answer.json()["message"] == "User not found"
    refused(as_admin.get(f"/api/users/abc/{rest}"), 400)


@pytest.mark.parametrize(
    "path", ["dashboard/transactions", *(f"users/me/{rest}" for rest in OF_A_USER)]
)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"type": "Advance"}, "type"),
        ({"type": "sale"}, "type"),
        ({"fromDate": "2026-02-30"}, "fromDate"),
        ({"toDate": "2101-01-01"}, "toDate"),
        ({"fromDate": "2026-02-02", "toDate": "2026-02-01"}, "fromDate"),
    ],
)
def test_nonsense_is_refused(
    as_admin: APIClient, path: str, query: dict[str, str], field: str
) -> None:
    refused(as_admin.get(f"/api/{path}", query), 400, field)


def test_days_to_come_are_empty(as_admin: APIClient, staff: User, shirt: Product) -> None:
    shop.sell((shirt, 1), by=staff)
    tomorrow = today() + timedelta(days=1)
    body = as_admin.get("/api/dashboard/transactions", {"fromDate": tomorrow}).json()
    assert (body["data"], body["total"], body["pagination"]["pages"]) == ([], 0, 0)
    everything = as_admin.get("/api/dashboard/transactions", {"toDate": "2100-12-31"}).json()
    assert everything["total"] == 3
