"""Products coming and going, where two people are at it at the same moment."""

from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connections
from model_bakery import baker

from accounts.models import User
from catalog.models import Brand, Product
from inventory.models import Batch
from inventory.products import change_product, create_product, has_history, remove_product
from pos_project.core.errors import Conflict
from pos_project.core.images.pictures import PictureChange

NOTHING = PictureChange()
FIELDS = {"name": "Blue T-Shirt", "sku": "TS-001", "price": 20}


def create(by: User, **fields: Any) -> Product:
    return create_product({**FIELDS, **fields}, opening=None, picture=NOTHING, by=by)


def test_a_brand_that_goes_while_its_product_comes_is_a_conflict(staff: User) -> None:
    with (
        patch.object(Product, "save", side_effect=IntegrityError("foreign key")),
        pytest.raises(Conflict) as refused,
    ):
        create(staff)
    assert "brand" in refused.value.message
    assert Product.objects.count() == 0


def test_a_product_that_is_sold_while_it_is_deleted_is_archived(staff: User) -> None:
    made = create(staff)
    with patch.object(Product, "delete", side_effect=IntegrityError("foreign key")):
        remove_product(made.pk, by=staff)
    made.refresh_from_db()
    assert made.archived_at is not None
    assert made.sku_key is None


def test_a_change_works_on_the_row_as_it_is_now(staff: User) -> None:
    made = create(staff)
    change_product(made.pk, {"price": 30}, picture=NOTHING)
    change_product(made.pk, {"name": "Red"}, picture=NOTHING)
    made.refresh_from_db()
    assert (made.name, made.price) == ("Red", 30)


def test_any_row_that_refers_to_a_product_is_history(staff: User) -> None:
    stocked, wanted, fresh = create(staff), create(staff, sku="B"), create(staff, sku="C")
    baker.make(Batch, product=stocked, quantity=1, remaining=0, unit_cost=1)
    baker.make("sales.CartItem", product=wanted, quantity=1, unit_price=1)
    assert [has_history(product) for product in (stocked, wanted, fresh)] == [True, True, False]


def test_a_products_creator_is_no_history_of_the_product(staff: User) -> None:
    assert not has_history(create(staff, brand_id=baker.make(Brand, name="A").pk))


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_sku_at_once_one_gets_it() -> None:
    staff = baker.make(User, email="staff@shop.example", store_id=1)
    outcomes: list[str] = []
    start = Barrier(2)

    def take() -> None:
        try:
            start.wait(5)
            create(staff)
            outcomes.append("created")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connections.close_all()

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "created"]
    assert Product.objects.count() == 1
