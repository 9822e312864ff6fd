"""A product leaves with its stock, and can come back."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Store, User
from catalog.models import Product
from inventory.models import InventoryLog
from inventory.products import remove_product, restore_product
from pos_project.core.errors import Conflict, Denied, NotFound
from pos_project.tests import shop
from sales.models import RefundItem

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


def test_so_is_the_stock_of_other_stores_by_whoever_may_act_there(staff: User, admin: User) -> None:
    shirt, clerk = shop.a_product(), shop.a_cashier("uptown")
    clerk.store = Store.objects.create(name="Uptown")
    clerk.save()
    shop.stock(shirt, 3)
    shop.buy((shirt, 4, "2.00"), by=clerk)
    before = shop.everything()

    with pytest.raises(Denied):
        remove_product(shirt.pk, by=staff)
    assert shop.everything() == before

    assert remove_product(shirt.pk, by=admin) == 7
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


def test_what_comes_back_of_it_is_not_put_on_the_shelf(as_staff: APIClient, staff: User) -> None:
    """No list would show those units, nor a report their value."""
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    sale = shop.sell((shirt, 2)).sale
    remove_product(shirt.pk, by=staff)

    returned = as_staff.post("/api/refunds", {"sale_id": sale.pk})

    assert returned.status_code == 201
    assert shop.stock_of(shirt) == 0
    assert not RefundItem.objects.get().restocked


def test_its_writing_off_is_undone_by_bringing_it_back_first(
    as_staff: APIClient, staff: User
) -> None:
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    remove_product(shirt.pk, by=staff)
    written_off = InventoryLog.objects.latest("id")

    refused = as_staff.delete(f"/api/inventory/{written_off.pk}")
    assert refused.status_code == 409
    assert refused.json()["message"] == f"{shirt.name} was removed: bring it back first."
    assert shop.stock_of(shirt) == 0

    restore_product(shirt.pk)
    assert as_staff.delete(f"/api/inventory/{written_off.pk}").status_code == 200
    assert shop.stock_of(shirt) == 10


def test_it_is_not_removed_a_second_time_though_it_has_units(as_staff: APIClient) -> None:
    """Units may lie there from before a removal kept them off the shelf."""
    shirt = shop.a_product()
    shop.stock(shirt, 10)
    Product.objects.filter(pk=shirt.pk).update(archived_at=timezone.now(), sku_key=None)

    assert as_staff.delete(f"/api/products/{shirt.pk}").status_code == 404
