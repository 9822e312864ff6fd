"""Entering, changing and removing customers (docs/api.md §20)."""

from decimal import Decimal
from typing import Any

import pytest
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import refused
from inventory.tests.api.conftest import files, picture
from ledger import parties
from pos_project.tests import shop
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer, Sale

pytestmark = pytest.mark.usefixtures("the_books_agree")

URL = "/api/customers"
RAHIM = {
    "name": "Rahim Uddin",
    "email": "rahim@mail.example",
    "gender": "male",
    "birthday": "1990-07-21",
    "division": "Dhaka",
    "district": "Dhaka",
    "city": "Dhaka",
    "post_code": "1207",
    "phone": "01911000012",
}
AUDIT = {"created_by", "updated_by", "updated_at"}


def details(client: APIClient, customer: Customer | int) -> Any:
    pk = customer if isinstance(customer, int) else customer.pk
    return client.get(f"{URL}/{pk}/details").json()


# --- Entering ---


def test_a_customer_is_entered_and_shown_whole(as_staff: APIClient, staff: User) -> None:
    answer = as_staff.post(URL, RAHIM)

    rahim = Customer.objects.get()
    assert answer.status_code == 201
    body = answer.json()
    assert rahim.created_by == staff
    assert body["data"].pop("join_at")[-2:] in ("AM", "PM")
    assert body == {
        "success": True,
        "message": "Customer created",
        "customerId": rahim.pk,
        "data": {
            "id": rahim.pk,
            "name": "Rahim Uddin",
            "email": "rahim@mail.example",
            "gender": "male",
            "birthday": "1990-07-21",
            "division": "Dhaka",
            "district": "Dhaka",
            "city": "Dhaka",
            "area": None,
            "post_code": "1207",
            "sector": None,
            "road": None,
            "house": None,
            "phone": "01911000012",
            "alt_phone": None,
            "whatsapp": None,
            "verify": False,
            "status": "active",
            "notes": None,
            "debt": 0,
            "advance_balance": 0,
            "total_orders": 0,
            "image_url": None,
            "image_public_id": None,
            "last_purchased": None,
        },
    }


def test_a_name_is_enough(as_staff: APIClient) -> None:
    answer = as_staff.post(URL, {"name": "  Karim  ", "email": "", "birthday": "", "gender": ""})

    assert answer.status_code == 201
    karim = Customer.objects.get()
    assert (karim.name, karim.email, karim.birthday, karim.gender) == ("Karim", None, None, None)


def test_debt_orders_and_who_did_it_cannot_be_set(as_staff: APIClient, admin: User) -> None:
    wishes = {
        "debt": -500,
        "total_orders": 99,
        "last_purchased": "2020-01-01",
        "advance_balance": 1000,
        "created_by": admin.pk,
        "id": 7777,
        "archived_at": "2020-01-01",
        "image_public_id": "pictures/of-another.png",
    }

    made = as_staff.post(URL, RAHIM | wishes).json()["data"]
    changed = as_staff.put(f"{URL}/{made['id']}", wishes).json()["data"]

    for shown in (made, changed):
        assert (shown["debt"], shown["total_orders"], shown["advance_balance"]) == (0, 0, 0)
        assert shown["last_purchased"] is shown["image_public_id"] is None
    assert made["id"] != 7777
    assert Customer.objects.get().created_by != admin


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t"}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": ["Rahim"]}, "name"),
        ({"name": {"first": "Rahim"}}, "name"),
        ({"name": True}, "name"),
        ({"gender": "none"}, "gender"),
        ({"gender": ["male"]}, "gender"),
        ({"birthday": "1990-02-30"}, "birthday"),
        ({"birthday": "21-07-1990"}, "birthday"),
        ({"birthday": "0001-01-01"}, "birthday"),
        ({"birthday": 19900721}, "birthday"),
        ({"email": "nonsense"}, "email"),
        ({"email": "x" * 250 + "@mail.example"}, "email"),
        ({"email": ["rahim@mail.example"]}, "email"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "0191-call-me"}, "phone"),
        ({"alt_phone": "+" * 9}, "alt_phone"),
        ({"whatsapp": "1" * 60}, "whatsapp"),
        ({"city": "x" * 101}, "city"),
        ({"post_code": "x" * 21}, "post_code"),
        ({"sector": {}}, "sector"),
        ({"status": "gone"}, "status"),
        ({"status": ["active"]}, "status"),
        ({"status": 1}, "status"),
        ({"verify": "perhaps"}, "verify"),
        ({"verify": [True]}, "verify"),
        ({"notes": "x" * 10_001}, "notes"),
        ({"image": "http://evil.example/x.png"}, "image"),
        ({"removeImage": "perhaps"}, "removeImage"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(
    as_staff: APIClient, change: dict[str, Any], field: str
) -> None:
    refused(as_staff.post(URL, RAHIM | change), 400, field)
    assert not Customer.objects.exists()

    rahim = baker.make(Customer, name="Rahim")
    refused(as_staff.put(f"{URL}/{rahim.pk}", {"city": "Sylhet"} | change), 400, field)
    assert Customer.objects.get().city is None


def test_a_name_must_be_sent_for_a_new_customer(as_staff: APIClient) -> None:
    refused(as_staff.post(URL, {"email": "a@mail.example"}), 400, "name")
    refused(as_staff.post(URL, {"city": "Dhaka"}, format="multipart"), 400, "name")


# --- Changing ---


def test_only_what_is_sent_changes_and_blank_clears(
    as_staff: APIClient, staff: User, admin: User
) -> None:
    rahim = baker.make(Customer, **RAHIM, notes="Pays late", verify=True, created_by=admin)

    answer = as_staff.put(
        f"{URL}/{rahim.pk}",
        {"name": "Rahim U.", "city": "", "birthday": "", "notes": None, "email": "", "gender": ""},
    )

    assert answer.status_code == 200
    assert answer.json()["message"] == "Customer updated"
    shown = answer.json()["data"]
    assert shown["name"] == "Rahim U."
    cleared = ("city", "birthday", "notes", "email", "gender")
    assert {shown[field] for field in cleared} == {None}
    assert (shown["phone"], shown["verify"]) == ("01911000012", True)
    rahim.refresh_from_db()
    assert (rahim.created_by, rahim.updated_by) == (admin, staff)


def test_the_browsers_form_changes_what_it_sends(as_staff: APIClient) -> None:
    rahim = baker.make(Customer, **RAHIM, verify=True, status="banned")

    form = {"phone": "01911000099", "area": "", "verify": "", "status": ""}
    answer = as_staff.put(f"{URL}/{rahim.pk}", form, format="multipart")

    assert answer.status_code == 200, answer.content
    shown = answer.json()["data"]
    assert (shown["name"], shown["phone"], shown["city"]) == ("Rahim Uddin", "01911000099", "Dhaka")
    assert (shown["verify"], shown["status"]) == (True, "banned")


def test_a_form_cannot_blank_the_name(as_staff: APIClient) -> None:
    rahim = baker.make(Customer, **RAHIM)

    refused(as_staff.put(f"{URL}/{rahim.pk}", {"name": " "}, format="multipart"), 400, "name")
    refused(as_staff.put(f"{URL}/{rahim.pk}", {"name": ""}, format="multipart"), 400, "name")


def test_status_and_verify_can_be_changed_in_every_spelling(as_staff: APIClient) -> None:
    rahim = baker.make(Customer, name="Rahim")
    for sent, expected in ((True, True), ("false", False), (1, True), ("0", False)):
        answer = as_staff.put(f"{URL}/{rahim.pk}", {"verify": sent, "status": "inactive"})
        assert answer.json()["data"]["verify"] is expected
        assert answer.json()["data"]["status"] == "inactive"


# --- Pictures ---


def test_a_picture_comes_with_the_form_is_replaced_and_goes(
    as_staff: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    answer = as_staff.post(URL, RAHIM | {"image": picture()}, format="multipart")
    assert answer.status_code == 201, answer.content
    shown = answer.json()["data"]
    first = shown["image_public_id"]
    assert shown["image_url"] == f"http://testserver/media/{first}"
    assert "image" not in shown
    assert files() == [first]

    url = f"{URL}/{shown['id']}"
    with django_capture_on_commit_callbacks(execute=True):
        second = as_staff.put(url, {"image": picture(), "removeImage": "true"}, format="multipart")
    assert files() == [second.json()["data"]["image_public_id"]] != [first]

    with django_capture_on_commit_callbacks(execute=True):
        gone = as_staff.put(url, {"removeImage": "true"}, format="multipart").json()["data"]
    assert gone["image_url"] is gone["image_public_id"] is None
    assert files() == []


def test_a_refused_request_leaves_no_picture_behind(as_staff: APIClient) -> None:
    bad = RAHIM | {"image": picture(), "email": "nonsense"}
    refused(as_staff.post(URL, bad, format="multipart"), 400, "email")
    refused(as_staff.put(f"{URL}/4711", {"image": picture()}, format="multipart"), 404)
    assert files() == []


def test_a_deleted_customer_takes_the_picture_along(
    as_staff: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    made = as_staff.post(URL, RAHIM | {"image": picture()}, format="multipart").json()
    with django_capture_on_commit_callbacks(execute=True):
        as_staff.delete(f"{URL}/{made['customerId']}")
    assert files() == []


# --- Details ---


def test_details_tell_what_a_customer_owes_bought_and_paid_ahead(as_staff: APIClient) -> None:
    rahim, shirt = shop.a_customer(), shop.a_product()
    shop.stock(shirt, 20)
    shop.an_advance(rahim, 30)
    shop.sell((shirt, 1), customer=rahim, offered=shop.on_credit(use_advance=True))  # 19.99 of 30
    shop.sell((shirt, 6), customer=rahim, offered=shop.cash("20.00"))
    shop.sell((shirt, 1), customer=shop.a_customer(name="Karim"), offered=shop.on_credit())
    shop.hold((shirt, 1), customer=rahim)

    shown = details(as_staff, rahim)

    assert shown["debt"] == 99.94  # 6 × 19.99 − 20
    assert shown["advance_balance"] == 10.01
    assert shown["total_orders"] == 3
    assert shown["last_purchased"].endswith(("AM", "PM"))


def test_a_refund_and_a_due_payment_lower_the_debt(as_staff: APIClient) -> None:
    rahim, shirt = shop.a_customer(), shop.a_product()
    shop.stock(shirt, 20)
    sold = shop.sell((shirt, 3), customer=rahim, offered=shop.on_credit()).sale
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))
    assert details(as_staff, rahim)["debt"] == 39.98

    shop.pay_dues(rahim, "39.98")

    shown = details(as_staff, rahim)
    assert (shown["debt"], shown["advance_balance"], shown["total_orders"]) == (0, 0, 1)


def test_who_entered_a_customer_is_for_admins_and_managers(
    as_staff: APIClient, as_manager: APIClient, as_admin: APIClient, admin: User, staff: User
) -> None:
    rahim = baker.make(Customer, name="Rahim", created_by=admin, updated_by=staff)
    nobodys = baker.make(Customer, name="Karim")

    for client in (as_admin, as_manager):
        shown = details(client, rahim)
        assert (shown["created_by"], shown["updated_by"]) == (admin.name, staff.name)
        assert shown["updated_at"].endswith("+06:00")
        assert details(client, nobodys)["created_by"] is None
        assert client.put(f"{URL}/{nobodys.pk}", {}).json()["data"].keys() >= AUDIT
    assert not AUDIT & details(as_staff, rahim).keys()
    assert not AUDIT & as_staff.put(f"{URL}/{rahim.pk}", {}).json()["data"].keys()


# --- Removing ---


def test_a_customer_without_history_is_deleted(as_staff: APIClient) -> None:
    rahim = baker.make(Customer, name="Rahim")

    answer = as_staff.delete(f"{URL}/{rahim.pk}")

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Customer removed"}
    assert not Customer.objects.exists()


@pytest.mark.parametrize("history", ["bought", "held"])
def test_a_customer_with_history_is_archived_and_keeps_the_name_there(
    as_staff: APIClient, staff: User, history: str
) -> None:
    rahim = shop.a_customer()
    (shop.sell if history == "bought" else shop.hold)((shop.a_service(), 1), customer=rahim)

    assert as_staff.delete(f"{URL}/{rahim.pk}").status_code == 200

    rahim.refresh_from_db()
    assert rahim.archived_at is not None
    assert rahim.updated_by == staff
    assert Sale.objects.get().customer == rahim
    assert as_staff.get(URL).json()["total"] == 0
    if history == "bought":
        assert as_staff.get("/api/sales").json()["data"][0]["customer"] == "Rahim Uddin"


def test_a_customer_who_owes_stays(as_staff: APIClient) -> None:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("120.50"), 1), customer=rahim, offered=shop.on_credit())

    answer = as_staff.delete(f"{URL}/{rahim.pk}")

    refused(answer, 409)
    assert answer.json()["message"] == "Customer still owes 120.50"
    assert answer.json()["details"] == {"debt": 120.5}
    assert Customer.objects.listed().exists()


def test_a_customer_with_an_advance_stays_until_it_is_used(as_staff: APIClient) -> None:
    rahim = shop.a_customer()
    shop.an_advance(rahim, 10)

    answer = as_staff.delete(f"{URL}/{rahim.pk}")

    refused(answer, 409)
    assert "Open balance" in answer.json()["message"]
    offered = shop.on_credit(use_advance=True)
    shop.sell((shop.a_service("10.00"), 1), customer=rahim, offered=offered)
    assert as_staff.delete(f"{URL}/{rahim.pk}").status_code == 200


def test_a_customer_who_buys_while_being_deleted_is_archived(
    as_staff: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rahim = shop.a_customer()
    shop.sell((shop.a_service(), 1), customer=rahim)
    # As if the sale came after the look for history and before the deletion.
    with monkeypatch.context() as unseen:
        unseen.setattr(parties, "_has_history", lambda book, party_id: False)
        assert as_staff.delete(f"{URL}/{rahim.pk}").status_code == 200

    assert Customer.objects.get(pk=rahim.pk).archived_at is not None


# --- Paths ---


@pytest.mark.parametrize("rest", ["", "/details", "/dues", "/payments", "/sales/1/items"])
def test_unknown_and_archived_customers_are_404_and_nonsense_is_400(
    as_admin: APIClient, rest: str
) -> None:
    archived = baker.make(Customer, name="Rahim")
    archived.archive()

    def ask(pk: Any) -> Any:
        return (as_admin.get if rest else as_admin.delete)(f"{URL}/{pk}{rest}")

    for pk in (archived.pk, 4711, 2**63 - 1):
        refused(ask(pk), 404)
        assert ask(pk).json()["message"] == "Customer not found"
    for pk in ("abc", "-1", "1.5", "00", 2**63, "9" * 30, "1 2", "%00"):
        refused(ask(pk), 400)
        assert ask(pk).json()["message"] == "Invalid customer id"


def test_a_change_of_an_unknown_customer_is_404(as_staff: APIClient) -> None:
    refused(as_staff.put(f"{URL}/4711", {"name": "Rahim"}), 404)
    refused(as_staff.put(f"{URL}/abc", {"name": "Rahim"}), 400)
    refused(as_staff.put(f"{URL}/0", {"name": "Rahim"}), 400)


def test_the_figures_of_an_aggregate_keep_their_cents(db: None) -> None:
    rahim = shop.a_customer()
    for _ in range(3):
        shop.sell((shop.a_service("0.10"), 1), customer=rahim, offered=shop.on_credit())

    assert str(parties.owed(CUSTOMER_DUES, [rahim.pk])[rahim.pk]) == str(Decimal("0.30"))
