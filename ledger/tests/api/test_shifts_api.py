"""`/api/tills` and `/api/shifts`: a till's day over the wire, and what is refused."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Store, User
from conftest import signed_in
from ledger.journal_models import JournalEntry
from ledger.models import Expense
from ledger.till_models import Shift
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(manager: User) -> APIClient:
    return signed_in(manager)


@pytest.fixture
def till(db: None) -> APIClient:
    return signed_in(shop.a_cashier())


def post(client: APIClient, path: str, status: int, body: Any = None, **headers: Any) -> Any:
    answer = client.post(f"/api/{path}", body or {}, format="json", headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def get(client: APIClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def shift(boss: APIClient, till: APIClient) -> dict[str, Any]:
    """Open at the till Front, with a float of 50."""
    made = post(boss, "tills", 201, {"name": "Front"})["data"]
    opened = {"till_id": made["id"], "opening_float": 50}
    return dict(post(till, "shifts", 201, opened)["data"])


def test_a_shift_is_opened_worked_and_closed(
    shift: dict[str, Any], till: APIClient, boss: APIClient
) -> None:
    assert (shift["status"], shift["opening_float"], shift["expected"]) == ("open", 50, None)
    [known] = get(till, "tills")["data"]
    assert known["open_shift"]["id"] == shift["id"], "a till that crashed finds its shift"
    product = shop.a_service("100.00")
    sold = {"items": [{"product_id": product.pk, "quantity": 1}], "paid_amount": 100}
    post(till, "sales/checkout", 201, {**sold, "till_id": shift["till_id"]})
    spent = {"title": "Tea", "amount": 10, "till_id": str(shift["till_id"])}
    post(till, "expenses", 201, spent)
    moved = {"kind": "paid_out", "amount": 5, "reason": "Stamps", "category": "Rent"}
    paid = post(till, f"shifts/{shift['id']}/movements", 201, moved)["data"]
    assert paid["expense_id"] == Expense.objects.get(title="Stamps").pk

    report = get(boss, f"shifts/{shift['id']}/report")["data"]
    assert (report["report"], report["sales"], report["sales_total"]) == ("X", 1, 100)
    assert (report["cash_in"], report["cash_out"], report["expected"]) == (100, 15, 135)

    body = {"denominations": {"50": 2, "20": 1, "10": 1}, "slips": {"card": 0}, "reason": "Lost"}
    closed = post(till, f"shifts/{shift['id']}/close", 200, body)
    assert closed["message"] == "Shift closed"
    assert {name: closed["data"][name] for name in ("z_number", "expected", "counted")} == {
        "z_number": 1,
        "expected": 135,
        "counted": 130,
    }
    assert closed["data"]["difference"] == -5
    assert get(till, f"shifts/{shift['id']}/report")["data"]["report"] == "Z"
    assert get(till, "tills")["data"][0]["open_shift"] is None
    entries = get(boss, "ledger/entries")["data"]
    assert [row["document"] for row in entries if row["event"] == "shift"]
    assert [row["id"] for row in get(till, "shifts?status=closed")["data"]] == [shift["id"]]
    papers = get(till, f"shifts/{shift['id']}/papers")["data"]["shift"]
    page = APIClient().get(papers["html"])
    assert "Z report" in page.content.decode()
    assert APIClient().get(papers["pdf"]).content.startswith(b"%PDF")


def test_staff_who_count_blind_see_no_figures_before(
    shift: dict[str, Any], till: APIClient, boss: APIClient
) -> None:
    for path in ("report", "papers"):
        assert "before they count" in get(till, f"shifts/{shift['id']}/{path}", 403)["message"]
        get(boss, f"shifts/{shift['id']}/{path}")
    store = Store.objects.get(pk=Store.FIRST_ID)
    store.staff_see_expected_cash = True
    store.save()
    get(till, f"shifts/{shift['id']}/report")


@pytest.mark.parametrize("till_id", ["x", 0, -1, 1.5, True, [1], {"id": 1}])
def test_a_till_is_named_by_its_id(till: APIClient, till_id: Any) -> None:
    body = {"title": "Tea", "amount": 10, "till_id": till_id}
    assert list(post(till, "expenses", 400, body)["errors"]) == ["till_id"]
    entry = {"kind": "deposit", "amount": 1, "till_id": till_id}
    boss = signed_in(
        User.objects.create_user(
            name="Boss", email="boss@shop.example", password="a-good-password", role="manager"
        )
    )
    assert list(post(boss, "ledger/money-moves", 400, entry)["errors"]) == ["till_id"]
    assert not JournalEntry.objects.exists()


def test_without_a_till_nothing_is_asked(till: APIClient) -> None:
    for nothing in ({}, {"till_id": None}, {"till_id": ""}):
        post(till, "expenses", 201, {"title": "Tea", "amount": 10, **nothing})
    assert not JournalEntry.objects.exclude(shift=None).exists()


def test_what_is_sent_twice_is_done_once(shift: dict[str, Any], till: APIClient) -> None:
    path, moved = f"shifts/{shift['id']}", {"kind": "to_drawer", "amount": 5, "reason": "Full"}
    sent = [post(till, f"{path}/movements", 201, moved, idempotency_key="m1") for _ in range(2)]
    assert sent[0] == sent[1]
    closed = [
        post(till, f"{path}/close", 200, {"counted": 45}, idempotency_key="c1") for _ in range(2)
    ]
    assert closed[0] == closed[1]
    assert closed[0]["data"]["difference"] == 0
    assert post(till, f"{path}/close", 409, {"counted": 45})["code"] == "shift_closed"


@pytest.mark.parametrize(
    ("body", "at_fault"),
    [
        ({}, "counted"),
        ({"counted": -1}, "counted"),
        ({"counted": 5, "denominations": {"5": 2}}, "denominations"),
        ({"denominations": {"5": 1, "5.00": 2}}, "denominations"),
        ({"denominations": {"5": "1_0"}}, "denominations"),
        ({"counted": 5, "slips": {"cash": 5}}, "slips"),
        ({"counted": 5, "slips": {"shells": 5}}, "slips"),
        ({"counted": 5, "slips": {"card": "many"}}, "slips"),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    shift: dict[str, Any], till: APIClient, body: Any, at_fault: str
) -> None:
    errors = post(till, f"shifts/{shift['id']}/close", 400, body)["errors"]
    assert [name.split(".")[0] for name in errors] == [at_fault]
    assert Shift.objects.get().status == "open"


def test_a_shift_of_another_store_is_not_there(shift: dict[str, Any]) -> None:
    second = Store.objects.create(name="Second")
    elsewhere = signed_in(shop.a_cashier("elsewhere", store=second))
    assert get(elsewhere, "shifts")["data"] == get(elsewhere, "tills")["data"] == []
    get(elsewhere, f"shifts/{shift['id']}", 404)
    get(elsewhere, f"shifts/{shift['id']}/papers", 404)
    post(elsewhere, f"shifts/{shift['id']}/close", 404, {"counted": 5})
    opened = {"till_id": shift["till_id"], "opening_float": 50}
    assert "another store" in post(elsewhere, "shifts", 400, opened)["message"]


def test_a_manager_keeps_the_tills(shift: dict[str, Any], boss: APIClient, till: APIClient) -> None:
    post(till, "tills", 403, {"name": "Back"})
    post(boss, "tills", 409, {"name": "front"})
    row = f"/api/tills/{shift['till_id']}"
    assert boss.put(row, {"name": "Main"}, format="json").json()["data"]["name"] == "Main"
    assert boss.delete(row).status_code == 409
    post(boss, f"shifts/{shift['id']}/close", 200, {"counted": 50})
    assert boss.delete(row).status_code == 200
    assert get(till, "tills")["data"] == []


def test_lists_cost_the_same_for_one_row_as_for_many(
    shift: dict[str, Any], boss: APIClient, queries: Any
) -> None:
    def costs() -> list[int]:
        return [len(queries(lambda path=path: get(boss, path))) for path in ("tills", "shifts")]

    one = costs()
    for number in range(5):
        made = post(boss, "tills", 201, {"name": f"Till {number}"})["data"]
        post(boss, "shifts", 201, {"till_id": made["id"]})
    assert costs() == one


def test_every_write_that_moves_cash_is_of_the_till_that_it_names(
    shift: dict[str, Any], till: APIClient, boss: APIClient, rahim: Any
) -> None:
    service, goods, supplier = shop.a_service("100.00"), shop.a_product(), shop.a_supplier()
    here = {"till_id": shift["till_id"]}
    line = {"product_id": service.pk, "quantity": 1}
    held = post(till, "sales/pending", 201, {"items": [line]})["sale_id"]
    completed = {"pending_id": held, "paid_amount": 100, **here}
    post(till, "sales/complete_pending", 200, completed)
    sold = shop.sell((service, 1), customer=rahim, offered=shop.on_credit()).sale
    post(till, f"customers/{rahim.pk}/dues", 200, {"amount": 40, **here})
    post(till, "refunds", 201, {"sale_id": sold.pk, **here})
    bought = {"product_id": goods.pk, "quantity": 2, "cost_price": 5}
    purchase = {"supplier_id": supplier.pk, "items": [bought], "paid_amount": 4, **here}
    post(till, "purchase", 201, purchase)
    post(till, f"suppliers/{supplier.pk}/due-payment", 200, {"amount": 1, **here})
    post(boss, "ledger/money-moves", 201, {"kind": "deposit", "amount": 2, **here})
    post(till, "cart/items", 201, line)
    post(till, "cart/checkout", 201, {"paid_amount": 100, **here})

    events = JournalEntry.objects.filter(shift_id=shift["id"]).order_by("id")
    assert list(events.values_list("event", flat=True)) == [
        *("sale", "customer_payment", "refund", "purchase", "supplier_payment", "manual", "sale"),
    ]
    report = get(boss, f"shifts/{shift['id']}/report")["data"]
    assert (report["cash_in"], report["cash_out"]) == (240, 40 + 4 + 1 + 2)
