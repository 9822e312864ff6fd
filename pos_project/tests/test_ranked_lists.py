"""A list in the order of a ranking is, to the byte, what the database would sort."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Brand
from conftest import make_user, signed_in
from pos_project.core.http import ranked_list
from pos_project.core.http.ranked_list import RankedList
from pos_project.tests import shop

pytestmark = pytest.mark.django_db

LISTS = {
    "products": (
        "",
        "limit=3",
        "limit=3&page=2",
        "limit=3&page=4",
        "limit=3&page=5",
        "page=9",
        "limit=4&sort=sold_last_30_days&order=desc",
        "search=go",
        "search=GO&limit=2&page=2",
        "search=nothing",
        "status=active&limit=5",
        "status=inactive",
        "status=all&category=all",
        "stock=in&limit=2",
        "stock=out",
        "stock=low&limit=3&page=2",
        "brand={brand}&limit=2",
        "brand=999999",
    ),
    "customers": (
        "",
        "limit=2",
        "limit=2&page=2",
        "limit=2&page=3",
        "limit=3&page=4",
        "sort=last_purchased",
        "search=rahim&limit=2",
        "status=All",
        "status=inactive",
        "hasDue=true",
        "hasDue=1&limit=1",
    ),
}


@pytest.fixture(scope="module")
def traded(standing: Callable[..., Any]) -> dict[str, Any]:
    """Products and customers of whom some sold and bought, some are archived, some are off."""

    def trade() -> dict[str, Any]:
        brand = Brand.objects.create(name="Acme")
        goods = [
            shop.a_product(
                "5.00",
                name=f"{'Go' if number % 2 else 'Mug'} {number}",
                brand=brand if number % 3 == 0 else None,
                status="inactive" if number == 5 else "active",
            )
            for number in range(12)
        ]
        people = [
            shop.a_customer(
                name=f"{'Rahim' if number % 2 else 'Karim'} {number}",
                status="inactive" if number == 3 else "active",
                created_by=shop.a_cashier(),
            )
            for number in range(8)
        ]
        shop.buy(*((each, 30, "2.00") for each in goods[:9] if each.status == "active"))
        for number in (1, 7, 2, 7, 0, 4, 6):
            shop.sell((goods[number], 1 + number % 3), customer=people[number])
        shop.sell((goods[8], 1), customer=people[2], offered=shop.on_credit())
        goods[7].archive(keys=("sku_key",))
        people[7].archive()
        return {"brand": brand.pk}

    return standing(trade)


@pytest.fixture(params=[500, 3])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All is little, or most is much."""
    monkeypatch.setattr(ranked_list, "FEW", request.param)
    monkeypatch.setattr(ranked_list, "SPARE", 0)
    monkeypatch.setattr(ranked_list, "MORE", 2)
    RankedList._listings.clear()
    yield
    RankedList._listings.clear()


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize("role", ["admin", "staff"])
def test_every_page_is_what_the_database_would_sort(
    traded: dict[str, Any], route: str, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(make_user(role))
    paths = [f"/api/{route}?{query.format(**traded)}" for query in LISTS[route]]
    ranked = [client.get(path).content for path in paths for _ in range(2)]
    monkeypatch.setattr(RankedList, "list_ranked", lambda self, request: None)
    sorted_by_sql = [client.get(path).content for path in paths for _ in range(2)]
    assert ranked == sorted_by_sql
    assert len(set(ranked)) > len(paths) / 2


def test_what_nobody_understands_is_refused_each_time(as_staff: APIClient) -> None:
    for _ in range(2):
        assert as_staff.get("/api/products?brand=nobody").status_code == 400
        assert as_staff.get("/api/products?sort=nothing").status_code == 400


def test_a_list_follows_what_is_entered_and_archived(as_staff: APIClient) -> None:
    def names() -> list[str]:
        rows = as_staff.get("/api/products?search=of this test").json()["data"]
        return [row["name"] for row in rows]

    first = shop.a_product(name="First of this test")
    assert names() == ["First of this test"]
    shop.a_product(name="Second of this test")
    assert names() == ["Second of this test", "First of this test"]
    first.archive(keys=("sku_key",))
    assert names() == ["Second of this test"]
