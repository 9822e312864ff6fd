"""What shops should get from a warehouse: by level and pace, less what is coming, shared fairly."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from model_bakery import baker

from accounts.models import Store, User
from catalog.models import Product
from conftest import at_the_office, make_user, signed_in
from inventory.store_product_models import StoreProduct
from inventory.suggestions import covered, missing, share, suggest
from inventory.transfer_models import Transfer
from pos_project.core.days import at_noon, today
from pos_project.tests import shop, transfers
from reports.documents.pick_list import pick_list

# --- The rules, pure ---


@pytest.mark.parametrize(
    ("there", "level", "cover", "at_a_time", "lacks"),
    [
        (5, 5, 0, None, 0),  # not below its level
        (4, 5, 0, None, 1),
        (4, 5, 9, None, 5),  # the days of cover need more
        (4, 5, 9, 6, 6),  # as it is packed
        (4, 0, 0, 6, 0),  # never, it was said
        (-1, 0, 1, None, 2),
    ],
)
def test_a_shop_lacks_what_is_missing_to_its_level_or_to_its_days_of_cover(
    there: int, level: int, cover: int, at_a_time: int | None, lacks: int
) -> None:
    found = missing(Decimal(there), level=level, cover=Decimal(cover), at_a_time=at_a_time)
    assert found == lacks


def test_days_of_cover_are_the_pace_of_the_last_days_rounded_up() -> None:
    assert covered(Decimal(30), days=30, cover_days=14) == 14
    assert covered(Decimal(31), days=30, cover_days=14) == 15
    assert covered(Decimal(31), days=30, cover_days=0) == 0


@pytest.mark.parametrize(
    ("free", "lacks", "shares"),
    [
        (9, {1: 4, 2: 5}, {1: 4, 2: 5}),
        (6, {1: 4, 2: 8}, {1: 2, 2: 4}),
        (5, {1: 1, 2: 1, 3: 8}, {1: 1, 2: 0, 3: 4}),
        (1, {2: 3, 1: 3}, {1: 1, 2: 0}),
        (0, {1: 3}, {1: 0}),
    ],
)
def test_what_is_short_is_shared_by_what_each_lacks(
    free: int, lacks: dict[int, int], shares: dict[int, int]
) -> None:
    assert share(free, lacks) == shares


@pytest.mark.property
@given(
    st.integers(0, 10_000),
    st.dictionaries(st.integers(1, 12), st.integers(0, 1_000), min_size=1, max_size=12),
)
def test_nobody_gets_more_than_they_lack_and_all_is_given(free: int, lacks: dict[int, int]) -> None:
    shares = share(free, lacks)
    assert shares.keys() == lacks.keys()
    assert all(0 <= shares[each] <= lacks[each] for each in lacks)
    assert sum(shares.values()) == min(free, sum(lacks.values()))
    # Fair: nobody is a whole unit away from the same part of what they lack.
    if sum(lacks.values()) > free:
        for each, lack in lacks.items():
            assert abs(shares[each] * sum(lacks.values()) - free * lack) < sum(lacks.values())


# --- As it is now ---


@pytest.fixture
def depot(db: None) -> Store:
    return baker.make(Store, name="Depot", kind="warehouse", currency_sign="৳", reorder_level=0)


@pytest.fixture
def lake(db: None) -> Store:
    return baker.make(Store, name="Lake Road", currency_sign="৳", reorder_level=0)


@pytest.fixture
def home(db: None) -> Store:
    Store.objects.filter(pk=1).update(reorder_level=0)
    first = Store.objects.get(pk=1)
    first.save()  # what is remembered of it is read anew
    return first


def there(admin: User, store: Store) -> User:
    by: User = admin.in_store(store.pk, writing=True)
    return by


def a_product_in(depot: Store, units: int, admin: User, **fields: Any) -> Product:
    product = shop.a_product("20.00", **fields)
    shop.buy((product, units, "8.00"), by=there(admin, depot))
    return product


def kept_in(*places: tuple[Product, Store]) -> None:
    """Each has a place there: goods of that store, which has none yet."""
    for product, store in places:
        baker.make(StoreProduct, product=product, store=store, place="Z")


def told(client: Any, depot: Store, query: str = "") -> list[tuple[str, str, int, int]]:
    """Product, shop, missing, to send."""
    answer = client.get(f"/api/transfers/suggestions?from_store_id={depot.pk}{query}")
    assert answer.status_code == 200, answer.content
    return [
        (row["product_name"], row["to_store_name"], row["missing"], row["quantity"])
        for row in answer.json()["data"]["suggestions"]
    ]


def test_goods_are_received_in_a_warehouse_and_may_be_sold_there(admin: User, depot: Store) -> None:
    product = a_product_in(depot, 5, admin)
    sold = shop.sell((product, 2), by=there(admin, depot)).sale
    assert sold.store_id == depot.pk, "over the counter of a warehouse, too"


def test_a_shop_gets_what_its_level_and_its_sales_ask_for(
    as_admin: Any, admin: User, depot: Store, lake: Store, home: Store
) -> None:
    shirt = a_product_in(depot, 100, admin, name="Shirt", reorder_level=4)
    cap = a_product_in(depot, 100, admin, name="Cap")
    shop.a_product(name="Nobody has it", reorder_level=9)
    with time_machine.travel(at_noon(today() - timedelta(days=9)), tick=False):
        shop.buy((cap, 30, "3.00"), by=there(admin, lake))
        shop.sell((cap, 20), by=there(admin, lake))
    with time_machine.travel(at_noon(today() - timedelta(days=40)), tick=False):
        shop.buy((cap, 40, "3.00"), by=there(admin, home))
        shop.sell((cap, 40), by=there(admin, home))
    of_lake = baker.make(StoreProduct, store=lake, product=shirt, place="Z")
    kept_in((shirt, home))
    # 20 caps in 30 days need 10 in 14 (9.33): 10 are there. At home they sold long ago.
    assert told(as_admin, depot) == [("Shirt", "Lake Road", 4, 4), ("Shirt", home.name, 4, 4)]
    assert ("Cap", "Lake Road", 10, 10) in told(as_admin, depot, "&cover_days=30")
    assert told(as_admin, depot, "&days=60&cover_days=30&to_store_id=1") == [
        ("Cap", home.name, 20, 20),
        ("Shirt", home.name, 4, 4),
    ]
    of_lake.reorder_level, of_lake.reorder_quantity = 7, 6
    of_lake.save()
    baker.make(StoreProduct, store=depot, product=shirt, place="A-1")
    assert told(as_admin, depot, f"&to_store_id={lake.pk}") == [("Shirt", "Lake Road", 12, 12)]
    StoreProduct.objects.filter(store=home, product=shirt).update(reorder_level=0)
    assert told(as_admin, depot) == [("Shirt", "Lake Road", 12, 12)], "at home never, it was said"


def test_what_is_coming_counts_as_if_it_were_there(
    as_admin: Any, admin: User, depot: Store, lake: Store, home: Store
) -> None:
    shirt = a_product_in(depot, 10, admin, name="Shirt", reorder_level=6)
    kept_in((shirt, lake), (shirt, home))
    asked = transfers.asked(lake, (shirt, 4), of=depot.pk)
    assert told(as_admin, depot) == [("Shirt", "Lake Road", 2, 1), ("Shirt", home.name, 6, 5)]
    transfers.send_it(asked, 3)
    # Three are on the way: seven are left, of which nobody has asked for any.
    assert told(as_admin, depot) == [("Shirt", "Lake Road", 3, 2), ("Shirt", home.name, 6, 5)]
    transfers.received(asked, (3, 0))
    assert told(as_admin, depot) == [("Shirt", "Lake Road", 3, 2), ("Shirt", home.name, 6, 5)]
    again = transfers.sent(lake, (shirt, 3), of=depot.pk)
    assert told(as_admin, depot) == [("Shirt", home.name, 6, 4)]
    transfers.turn_back(again.pk, "wrong van", by=there(admin, lake))
    assert told(as_admin, depot) == [("Shirt", "Lake Road", 3, 1), ("Shirt", home.name, 6, 3)]


def test_a_shop_gets_what_it_ever_had_or_says_something_of_unless_all_is_asked_for(
    as_admin: Any, admin: User, depot: Store, lake: Store, home: Store
) -> None:
    Store.objects.filter(pk=lake.pk).update(reorder_level=20)
    Store.objects.get(pk=lake.pk).save()
    sold_out, on_list, new = (
        a_product_in(depot, 50, admin, name=name) for name in ("Sold out", "On the list", "New")
    )
    shop.buy((sold_out, 2, "3.00"), by=there(admin, lake))
    shop.sell((sold_out, 2), by=there(admin, lake))
    baker.make(StoreProduct, store=lake, product=on_list, reorder_level=5)
    baker.make(StoreProduct, store=depot, product=new, place="A-1")
    assert told(as_admin, depot) == [
        ("On the list", "Lake Road", 5, 5),
        ("Sold out", "Lake Road", 20, 20),
    ]
    assert ("New", "Lake Road", 20, 20) in told(as_admin, depot, "&all_goods=true")
    page = f"{PAGE}?warehouse={depot.pk}&shop={lake.pk}"
    client = at_the_office(admin)
    shown = [
        [line.suggestion.product for line in client.get(address).context["lines"].forms]
        for address in (page, f"{page}&all_goods=on")
    ]
    assert shown == [[on_list, sold_out], [new, on_list, sold_out]]


def test_suggestions_cost_the_same_for_one_product_as_for_many(
    admin: User, depot: Store, lake: Store, queries: Any
) -> None:
    def statements() -> int:
        return len(queries(lambda: suggest(depot, [lake], today=today())))

    first = shop.a_product(reorder_level=3)
    shop.buy((first, 9, "1.00"), by=there(admin, depot))
    kept_in((first, lake))
    one = statements()
    many = [(shop.a_product(reorder_level=3), 9, "1.00") for _ in range(30)]
    shop.buy(*many, by=there(admin, depot))
    kept_in(*((product, lake) for product, *_ in many))
    assert len(suggest(depot, [lake], today=today())) == 31
    assert statements() == one == 9


# --- Asked for ---


def test_suggestions_are_asked_for_in_one_go_a_transfer_for_each_shop(
    as_admin: Any, admin: User, depot: Store, lake: Store, home: Store
) -> None:
    shirt, cap = (a_product_in(depot, 9, admin, name=name) for name in ("Shirt", "Cap"))
    body = {
        "from_store_id": depot.pk,
        "note": "for Friday",
        "items": [
            {"to_store_id": lake.pk, "product_id": shirt.pk, "quantity": 2},
            {"to_store_id": home.pk, "product_id": shirt.pk, "quantity": 3},
            {"to_store_id": lake.pk, "product_id": cap.pk, "quantity": 4},
        ],
    }
    key = {"HTTP_IDEMPOTENCY_KEY": "friday"}
    first = as_admin.post("/api/transfers/suggestions", body, **key)
    assert first.status_code == 201
    assert as_admin.post("/api/transfers/suggestions", body, **key).json() == first.json()
    made = Transfer.objects.order_by("id")
    assert [(each.to_store_id, each.status, each.note) for each in made] == [
        (home.pk, "asked", "for Friday"),
        (lake.pk, "asked", "for Friday"),
    ]
    lines = made[1].lines.order_by("id").values_list("product_id", "asked")
    assert list(lines) == [(shirt.pk, 2), (cap.pk, 4)]


def test_all_are_asked_for_or_none_and_the_line_is_named(
    as_admin: Any, admin: User, depot: Store, lake: Store, home: Store
) -> None:
    shirt = a_product_in(depot, 9, admin)
    service = shop.a_service()
    good = {"to_store_id": home.pk, "product_id": shirt.pk, "quantity": 2}
    bad = {"to_store_id": lake.pk, "product_id": service.pk, "quantity": 2}
    body = {"from_store_id": depot.pk, "items": [good, bad]}
    refused = as_admin.post("/api/transfers/suggestions", body)
    assert refused.status_code == 400
    assert [*refused.json()["errors"]] == ["items[1].product_id"]
    paid = as_admin.post("/api/transfers/suggestions", {**body, "items": [good], "amount": 5})
    assert [*paid.json()["errors"]] == ["amount"]
    same = {**body, "items": [{**good, "to_store_id": depot.pk}]}
    assert as_admin.post("/api/transfers/suggestions", same).status_code == 400
    assert not Transfer.objects.exists()


def test_who_acts_in_a_shop_asks_for_that_shop_alone(
    admin: User, depot: Store, lake: Store, home: Store
) -> None:
    shirt = a_product_in(depot, 9, admin, name="Shirt", reorder_level=3)
    kept_in((shirt, home))
    client = signed_in(make_user("manager"))
    assert told(client, depot) == [("Shirt", home.name, 3, 3)]
    path = f"/api/transfers/suggestions?from_store_id={depot.pk}&to_store_id={lake.pk}"
    assert client.get(path).status_code == 403
    line = {"to_store_id": lake.pk, "product_id": shirt.pk, "quantity": 2}
    body = {"from_store_id": depot.pk, "items": [line]}
    assert client.post("/api/transfers/suggestions", body).status_code == 403
    own = {**body, "items": [{**line, "to_store_id": home.pk}]}
    assert client.post("/api/transfers/suggestions", own).status_code == 201


@pytest.mark.parametrize(
    "query",
    [
        *("from_store_id=x", "from_store_id=99", "from_store_id=1&to_store_id=1"),
        *("from_store_id=1&days=0", "from_store_id=1&cover_days=-1"),
        *("from_store_id=1&to_store_id=a", "from_store_id=1&all_goods=perhaps"),
    ],
)
def test_what_cannot_be_is_refused_by_name(as_admin: Any, lake: Store, query: str) -> None:
    refused = as_admin.get(f"/api/transfers/suggestions?{query}")
    assert refused.status_code == 400
    assert refused.json()["errors"]


# --- The page and the paper ---

PAGE = "/admin/inventory/storeproduct/suggestions/"


def test_the_page_suggests_is_changed_and_asks(
    admin: User, depot: Store, lake: Store, home: Store
) -> None:
    shirt = a_product_in(depot, 9, admin, name="Shirt", reorder_level=3)
    cap = a_product_in(depot, 9, admin, name="Cap", reorder_level=2)
    kept_in((shirt, lake), (cap, lake))
    client = at_the_office(admin)
    assert "What shops should get" in client.get(reverse("admin:index")).content.decode()
    address = f"{PAGE}?warehouse={depot.pk}&shop={lake.pk}"
    shown = client.get(address)
    lines = shown.context["lines"].forms
    assert [(line.suggestion.product, line.initial["quantity"]) for line in lines] == [
        (cap, 2),
        (shirt, 3),
    ]
    form = {
        "form-TOTAL_FORMS": 2,
        "form-INITIAL_FORMS": 2,
        "form-0-store_id": lake.pk,
        "form-0-product_id": cap.pk,
        "form-0-quantity": 0,
        "form-1-store_id": lake.pk,
        "form-1-product_id": shirt.pk,
        "form-1-quantity": 5,
    }
    nothing = client.post(address, {**form, "form-1-quantity": ""})
    assert "Say how many units of at least one product." in nothing.content.decode()
    assert client.post(address, form).status_code == 302
    [line] = Transfer.objects.get().lines.all()
    assert (line.product, line.asked) == (shirt, 5)
    waiting = client.get(address).content.decode()
    assert "Asked for there, not sent yet" in waiting
    assert "/papers/pick-list/" in waiting
    file = b"".join(client.get(f"{address}&as=csv").streaming_content).decode("utf-8-sig")
    assert file.splitlines()[0].startswith("Store,Place,Product,SKU,In the warehouse")
    assert file.splitlines()[1:] == [f"Lake Road,,Cap,{cap.sku},9,0,0,2,0,2,2"]
    assert client.get(f"{address}&as=xlsx").status_code == 200


def test_what_is_wrong_with_the_choice_is_said(
    admin: User, depot: Store, lake: Store, home: Store
) -> None:
    client = at_the_office(admin)
    same = client.get(f"{PAGE}?warehouse={depot.pk}&shop={depot.pk}").content.decode()
    assert "Goods go to another store than they come from." in same
    none = client.get(f"{PAGE}?warehouse={depot.pk}").content.decode()
    assert "No store is short of anything that is there." in none
    for wrong in ("warehouse=x", f"warehouse={depot.pk}&days=0", f"warehouse={depot.pk}&shop=99"):
        assert client.get(f"{PAGE}?{wrong}").status_code == 200


def test_a_pick_list_goes_along_the_shelves(admin: User, depot: Store, lake: Store) -> None:
    goods = {name: a_product_in(depot, 9, admin, name=name) for name in ("Tea", "Cap", "Mug")}
    for name, place in (("Tea", "A-10"), ("Mug", "A-9")):
        baker.make(StoreProduct, store=depot, product=goods[name], place=place)
        baker.make(StoreProduct, store=lake, product=goods[name], place="Z")
    asked = transfers.asked(lake, *((each, 2) for each in goods.values()), of=depot.pk)
    document = pick_list(asked.pk)
    rows = [row.cells[:2] for row in document.tables[0].rows]
    assert rows == [["A-9", "Mug"], ["A-10", "Tea"], ["–", "Cap"], ["Total", None]]
    client = at_the_office(admin)
    paper = client.get(reverse("open-document", args=["pick-list", asked.pk]), follow=True)
    text = paper.content.decode()
    assert text.index("Mug") < text.index("Tea") < text.index("Cap")
    pdf = client.get(f"{paper.redirect_chain[-1][0]}/pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert (
        client.get(reverse("open-document", args=["pick-list", 99]), follow=True).status_code == 404
    )
