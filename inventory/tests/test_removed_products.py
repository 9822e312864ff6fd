"""A product leaves with its stock, and can come back."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Store, User
from inventory.models import InventoryLog
from inventory.products import remove_product, restore_product
from pos_project.core.errors import Conflict, NotFound
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def test_its_stock_is_written_off_in_the_same_step(as_staff: APIClient) -> None:
    shirt = shop.a_product(sku="TS-1")
    shop.opening(shirt, 60, "2.50")
    shop.stock(shirt, 40, "3.00")
    answer = as_staff.delete(f"/api/products/{shirt.pk}")

    assert answer.json() == {"success": True, "message": "Product removed", "written_off": 100}
    assert shop.stock_of(shirt) == 0
    assert shop.entry("adjustment") == {"INVENTORY_LOSS": 270, "INVENTORY": -270}
    assert InventoryLog.objects.latest("id").reason == "REMOVED"


def test_so_is_the_stock_of_other_stores(staff: User) -> None:
    shirt, clerk = shop.a_product(), shop.a_cashier("uptown")
    clerk.store = Store.objects.create(name="Uptown")
    clerk.save()
    shop.stock(shirt, 3)
    shop.buy((shirt, 4, "2.00"), by=clerk)

    assert remove_product(shirt.pk, by=staff) == 7
    assert shop.stock_of(shirt) == 0


def test_it_comes_back_as_it_was(staff: User) -> None:
    shirt = shop.a_product(sku="TS-1")
    shop.stock(shirt, 1)
    remove_product(shirt.pk, by=staff)
    restore_product(shirt.pk)
    shirt.refresh_from_db()

    assert (shirt.archived_at, shirt.sku_key) == (None, "ts-1")
    with pytest.raises(NotFound):
        restore_product(shirt.pk)


def test_it_does_not_come_back_while_another_has_its_sku(staff: User) -> None:
    shirt = shop.a_product(sku="TS-1")
    shop.stock(shirt, 1)
    remove_product(shirt.pk, by=staff)
    shop.a_product(sku="ts-1")
    with pytest.raises(Conflict):
        restore_product(shirt.pk)
