"""`/api/transfers`: a transfer's way over the wire, and what is refused."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Store, User
from accounts.shop_settings import change_settings
from catalog.models import Product
from conftest import make_user, signed_in
from inventory.models import Batch
from pos_project.tests import shop, transfers

pytestmark = pytest.mark.django_db
MAIN = transfers.MAIN


@pytest.fixture
def lake(db: None) -> Store:
    return transfers.a_store()


@pytest.fixture
def tea(db: None) -> Product:
    product = shop.a_product("9.00", name="Tea")
    shop.stock(product, 10, "2.00")
    return product


@pytest.fixture
def here(db: None) -> APIClient:
    """Somebody of the first store."""
    return signed_in(make_user("staff", name="Here", email="here@shop.example"))


@pytest.fixture
def there(lake: Store) -> APIClient:
    """Somebody of Lake Road."""
    user: User = make_user("staff", name="There", email="there@shop.example", store_id=lake.pk)
    return signed_in(user)


def post(client: APIClient, path: str, status: int, body: Any = None, **headers: Any) -> Any:
    answer = client.post(f"/api/{path}", body or {}, format="json", headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def get(client: APIClient, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def wants(lake: Store, tea: Product, units: int = 4, **fields: Any) -> dict[str, Any]:
    items = [{"product_id": tea.pk, "quantity": units}]
    return {"from_store_id": MAIN, "to_store_id": lake.pk, "items": items, **fields}


def test_asking_for_more_than_there_is_says_so_line_by_line_and_sending_refuses(
    lake: Store, tea: Product, here: APIClient, there: APIClient
) -> None:
    salt = shop.a_product("2.00", name="Salt")
    shop.buy((salt, 9, "1.00"), by=transfers.somebody_at(lake.pk))  # not where it is asked for
    body = wants(lake, tea, 12)
    body["items"].append({"product_id": salt.pk, "quantity": 3})
    asked = post(there, "transfers", 201, body)["data"]

    def lacking() -> list[int]:
        found = get(here, f"transfers/{asked['id']}")["data"]
        return [line["not_in_stock"] for line in found["items"]]

    assert [line["not_in_stock"] for line in asked["items"]] == [2, 3]
    refused = post(here, f"transfers/{asked['id']}/send", 400)
    assert refused["code"] == "insufficient_stock"
    shop.stock(tea, 5, "2.00")
    assert lacking() == [0, 3], "it came in meanwhile"
    shop.stock(salt, 3, "1.00")
    post(here, f"transfers/{asked['id']}/send", 200)
    assert lacking() == [0, 0], "what was sent is not looked for"


def test_a_transfer_is_asked_for_sent_and_received_short(
    lake: Store, tea: Product, here: APIClient, there: APIClient
) -> None:
    asked = post(there, "transfers", 201, wants(lake, tea, note="For Friday"))["data"]
    assert (asked["status"], asked["from_store"], asked["to_store"]) == (
        "asked",
        "Main store",
        "Lake Road",
    )
    [line] = asked["items"]
    assert (line["product_name"], line["asked"], line["sent"]) == ("Tea", 4, None)
    post(there, f"transfers/{asked['id']}/send", 403)
    twice = {"items": [{"id": line["id"], "quantity": units} for units in (3, 1)]}
    refused = post(here, f"transfers/{asked['id']}/send", 400, twice)
    assert list(refused["errors"]) == ["items[1].id"]
    sent = post(
        here, f"transfers/{asked['id']}/send", 200, {"items": [{"id": line["id"], "quantity": 3}]}
    )
    assert (sent["message"], sent["data"]["items"][0]["sent"]) == ("Transfer sent", 3)
    post(here, f"transfers/{asked['id']}/receive", 403)
    came = {"id": line["id"], "received": 2}
    refused = post(there, f"transfers/{asked['id']}/receive", 400, {"items": [came]})
    assert list(refused["errors"]) == ["items[0].reason"]
    came["reason"] = "One is missing"
    done = post(there, f"transfers/{asked['id']}/receive", 200, {"items": [came]})["data"]
    assert (done["status"], done["ended_by_name"]) == ("received", "There")
    assert done["items"][0]["reason"] == "One is missing"
    post(there, f"transfers/{asked['id']}/receive", 409, {"items": [came]})
    assert get(there, f"transfers/{asked['id']}")["data"] == done
    assert Batch.objects.get(store=lake).remaining == 2


def test_what_is_sent_at_once_leaves_at_once_and_a_key_sends_it_once(
    lake: Store, tea: Product, here: APIClient
) -> None:
    body = wants(lake, tea, send=True)
    first = post(here, "transfers", 201, body, **{"Idempotency-Key": "van-7"})
    again = post(here, "transfers", 201, body, **{"Idempotency-Key": "van-7"})
    assert first == again
    assert first["data"]["status"] == "sent"
    assert Batch.objects.get(store=MAIN).remaining == 6
    refused = post(here, "transfers", 400, wants(lake, tea, 7, send=True))
    assert refused["errors"]["items[0].quantity"] == ["Only 6 in stock."]


def test_goods_are_turned_back_and_what_has_not_left_is_cancelled(
    lake: Store, tea: Product, here: APIClient, there: APIClient
) -> None:
    going = post(here, "transfers", 201, wants(lake, tea, send=True))["data"]["id"]
    post(there, f"transfers/{going}/cancel", 409, {"reason": "Too late"})
    post(there, f"transfers/{going}/turn-back", 400)
    turned = post(there, f"transfers/{going}/turn-back", 200, {"reason": "Too many"})["data"]
    assert (turned["goes_back"], turned["reason"]) == (True, "Too many")
    post(there, f"transfers/{going}/receive", 403)
    post(here, f"transfers/{going}/receive", 200)
    asked = post(there, "transfers", 201, wants(lake, tea))["data"]["id"]
    gone = post(here, f"transfers/{asked}/cancel", 200, {"reason": "None left"})["data"]
    assert gone["status"] == "cancelled"


def test_a_store_sees_the_transfers_that_it_is_part_of(
    lake: Store, tea: Product, here: APIClient, there: APIClient, as_admin: APIClient
) -> None:
    hill = transfers.a_store("Hill Street")
    first = post(here, "transfers", 201, wants(lake, tea))["data"]["id"]
    second = post(here, "transfers", 201, wants(hill, tea, send=True))["data"]["id"]

    def listed(client: APIClient, query: str = "") -> list[int]:
        return [row["id"] for row in get(client, f"transfers?{query}")["data"]]

    assert listed(here) == [second, first]
    assert listed(there) == [first]
    assert listed(as_admin) == [second, first]
    assert listed(as_admin, f"store_id={hill.pk}") == [second]
    assert listed(as_admin, "status=asked") == [first]
    assert listed(here, f"to_store_id={hill.pk}") == [second]
    assert listed(here, "search=TRF-0") == [second, first]
    assert listed(here, "fromDate=2099-01-01") == []
    get(there, f"transfers/{second}", 404)
    post(there, f"transfers/{second}/receive", 404)
    get(here, "transfers?status=lost", 400)
    elsewhere = wants(lake, tea) | {"from_store_id": hill.pk}
    post(here, "transfers", 403, elsewhere)


def test_the_list_costs_the_same_for_one_transfer_as_for_ten(
    lake: Store, tea: Product, here: APIClient, queries: Any
) -> None:
    post(here, "transfers", 201, wants(lake, tea, 1))
    get(here, "transfers")
    one = len(queries(lambda: get(here, "transfers")))
    for _ in range(9):
        post(here, "transfers", 201, wants(lake, tea, 1, send=True))
    assert len(queries(lambda: get(here, "transfers"))) == one


def test_a_manager_approves_what_staff_may_not(
    lake: Store, tea: Product, here: APIClient, manager: User
) -> None:
    change_settings(MAIN, {"staff_transfer_stock": False})
    body = wants(lake, tea, send=True)
    refused = post(here, "transfers", 403, body)
    assert refused["code"] == "approval_required"
    signed = {"approval": {"email": manager.email, "password": "a-good-password"}}
    post(here, "transfers", 201, body | signed)
