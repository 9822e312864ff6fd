"""The list of customers: its rows, order, search and filters (docs/api.md §5, §20)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from model_bakery import baker
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import refused
from pos_project.core.days import local_text
from pos_project.tests import shop
from sales.models import Customer

pytestmark = pytest.mark.usefixtures("the_books_agree")

URL = "/api/customers"


def names(client: APIClient, **query: Any) -> list[str]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["data"]]


def bought(customer: Customer, days_ago: int = 0, **fields: Any) -> datetime:
    at = timezone.now() - timedelta(days=days_ago)
    shop.sell((shop.a_service("10.00"), 1), customer=customer, at=at, **fields)
    return at


def test_a_row_is_what_the_contract_shows(as_admin: APIClient, admin: User) -> None:
    rahim = baker.make(
        Customer,
        name="Rahim Uddin",
        email="rahim@mail.example",
        district="Dhaka",
        city="Dhaka",
        phone="01911000012",
        created_by=admin,
    )
    at = bought(rahim, offered=shop.on_credit())

    body = as_admin.get(URL).json()

    assert body["data"] == [
        {
            "id": rahim.pk,
            "name": "Rahim Uddin",
            "email": "rahim@mail.example",
            "district": "Dhaka",
            "city": "Dhaka",
            "phone": "01911000012",
            "status": "active",
            "image_url": None,
            "debt": 10,
            "join_at": local_text(rahim.join_at),
            "last_purchased": local_text(at),
            "user_name": admin.name,
        }
    ]
    assert (body["message"], body["total"], body["page"], body["limit"]) == ("Fetched", 1, 1, 9)
    assert body["pagination"]["pages"] == 1


def test_staff_do_not_see_who_entered_a_customer(
    as_staff: APIClient, as_manager: APIClient, admin: User
) -> None:
    baker.make(Customer, name="Rahim", created_by=admin)

    assert "user_name" not in as_staff.get(URL).json()["data"][0]
    assert as_manager.get(URL).json()["data"][0]["user_name"] == admin.name


def test_the_latest_buyers_come_first_then_the_newest_customers(as_staff: APIClient) -> None:
    old, new, before, lately = (
        baker.make(Customer, name=name) for name in ("old", "new", "before", "lately")
    )
    bought(before, days_ago=3)
    bought(lately, days_ago=9)
    bought(lately, days_ago=1)
    shop.hold((shop.a_service(), 1), customer=old)  # a held sale is no purchase

    assert names(as_staff) == ["lately", "before", "new", "old"]
    assert names(as_staff, sort="last_purchased", order="asc") == ["before", "lately", "new", "old"]
    last = {row["name"]: row["last_purchased"] for row in as_staff.get(URL).json()["data"]}
    assert last["old"] is last["new"] is None
    assert new.pk > old.pk


def test_it_can_be_ordered_by_each_allowed_column(as_staff: APIClient) -> None:
    a, b, c = (baker.make(Customer, name=name) for name in "abc")
    bought(b, offered=shop.on_credit())
    bought(c, offered=shop.on_credit())
    bought(c, offered=shop.on_credit())
    shop.pay_dues(b, "10.00")

    assert names(as_staff, sort="name") == ["c", "b", "a"]
    assert names(as_staff, sort="name", order="asc") == ["a", "b", "c"]
    assert names(as_staff, sort="debt") == ["c", "b", "a"]
    assert names(as_staff, sort="debt", order="asc") == ["b", "a", "c"]
    assert names(as_staff, sort="id") == names(as_staff, sort="join_at") == ["c", "b", "a"]
    assert names(as_staff, sort="id", order="asc") == ["a", "b", "c"]
    assert names(as_staff, order="asc") == ["b", "c", "a"]  # by last purchase, never last
    assert a.pk < b.pk < c.pk
    refused(as_staff.get(URL, {"sort": "phone"}), 400, "sort")
    refused(as_staff.get(URL, {"sort": "name", "order": "up"}), 400, "order")


def test_search_finds_name_phone_and_mail_literally(as_staff: APIClient) -> None:
    baker.make(Customer, name="Rahim Uddin", phone="01911000012", email="rahim@mail.example")
    baker.make(Customer, name="100%_Cotton", phone="01811", email=None)

    for text in ("RAHIM", "  uddin ", "1000012", "@mail"):
        assert names(as_staff, search=text) == ["Rahim Uddin"], text
    assert names(as_staff, search="%") == names(as_staff, search="_") == ["100%_Cotton"]
    assert names(as_staff, search="") == names(as_staff, sort="id")
    assert names(as_staff, search="nobody") == []
    refused(as_staff.get(URL, {"search": "\0"}), 400, "search")


def test_it_is_narrowed_by_status_and_by_debt(as_staff: APIClient) -> None:
    baker.make(Customer, name="active")
    owing = baker.make(Customer, name="owing", status="inactive")
    paid = baker.make(Customer, name="paid", status="banned")
    bought(owing, offered=shop.on_credit())
    bought(paid, offered=shop.on_credit())
    shop.pay_dues(paid, "10.00")

    assert names(as_staff, status="inactive") == ["owing"]
    assert sorted(names(as_staff, status="All")) == ["active", "owing", "paid"]
    assert names(as_staff, hasDue="true") == names(as_staff, hasDue="1") == ["owing"]
    assert len(names(as_staff, hasDue="false")) == len(names(as_staff, hasDue="")) == 3
    assert names(as_staff, hasDue="true", status="active") == []
    refused(as_staff.get(URL, {"status": "gone"}), 400, "status")


def test_archived_customers_are_not_listed(as_staff: APIClient) -> None:
    baker.make(Customer, name="gone").archive()
    baker.make(Customer, name="here")

    assert names(as_staff) == ["here"]


def test_pages_do_not_repeat_rows(as_staff: APIClient) -> None:
    baker.make(Customer, _quantity=12, name="Rahim")

    first, second = (
        [row["id"] for row in as_staff.get(URL, {"page": page}).json()["data"]] for page in (1, 2)
    )

    assert (len(first), len(second)) == (9, 3)
    assert not set(first) & set(second)
    beyond = as_staff.get(URL, {"page": 9, "limit": "x"}).json()
    assert (beyond["data"], beyond["page"], beyond["limit"], beyond["total"]) == ([], 9, 9, 12)
    assert as_staff.get(URL, {"limit": 5000}).json()["limit"] == 100
