"""Stock moved by hand, opening stock, and the undoing of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from model_bakery import baker

from inventory import adjustments
from inventory.fifo import InsufficientStock
from inventory.models import Batch, InventoryLog, InventoryLogBatch
from pos_project.core.days import today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop
from pos_project.tests.invariants import balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture
def shirt():
    """3 Blue T-Shirts that cost 8.00 and 2 that cost 9.00."""
    product = shop.a_product("20.00", name="Blue T-Shirt")
    shop.stock(product, 3, "8.00", on=today() - timedelta(days=1))
    shop.stock(product, 2, "9.00")
    return product


def test_opening_stock_is_shelved_logged_and_balanced_by_equity():
    product = shop.a_product()
    batch = shop.opening(product, 25, "8.3333")
    assert (batch.origin, batch.quantity, batch.remaining) == ("opening", 25, 25)
    log = InventoryLog.objects.get()
    assert (log.kind, log.reason, log.change_qty) == ("opening", "OPENING", 25)
    assert log.cost == Decimal("208.33")
    moved = InventoryLogBatch.objects.get()
    assert (moved.batch_id, moved.quantity, moved.cost) == (batch.pk, 25, Decimal("208.33"))
    assert shop.entry("opening", log) == {
        "INVENTORY": Decimal("208.33"),
        "OPENING_BALANCE_EQUITY": Decimal("-208.33"),
    }


def test_opening_stock_without_a_cost_posts_no_entry():
    product = shop.a_product()
    shop.opening(product, 25, 0)
    assert (shop.stock_of(product), shop.entry("opening")) == (25, {})


def test_a_service_has_no_opening_stock():
    postage = shop.a_service()
    with shop.refused(Invalid, "product_id"):
        shop.opening(postage, 1, 1)


def test_found_goods_are_a_batch_of_their_own_and_a_gain(shirt):
    log = shop.adjust(shirt, 5, "7.00", reason="COUNT", note="Shelf recount", reference="C-7")
    assert (log.kind, log.reason, log.change_qty, log.cost) == ("adjustment", "COUNT", 5, 35)
    assert (log.note, log.reference) == ("Shelf recount", "C-7")
    assert shop.shelf(shirt) == "3@8.00 2@9.00 5@7.00"
    assert shop.entry("adjustment", log) == {"INVENTORY": 35, "INVENTORY_GAIN": -35}


def test_found_goods_cost_what_the_last_purchase_cost(shirt):
    shop.adjust(shirt, 1)
    assert Batch.objects.latest("id").unit_cost == 9
    never_bought = shop.a_product()
    shop.adjust(never_bought, 1)
    assert Batch.objects.latest("id").unit_cost == 0


def test_lost_goods_are_taken_from_the_oldest_batch_and_are_a_loss(shirt):
    log = shop.adjust(shirt, -4, reason=None)
    assert (log.reason, log.change_qty, log.cost) == ("ADJUSTMENT", -4, -33)
    assert shop.shelf(shirt) == "0@8.00 1@9.00"
    moved = InventoryLogBatch.objects.filter(log=log).order_by("id")
    assert [(row.quantity, row.cost) for row in moved] == [(-3, -24), (-1, -9)]
    assert shop.entry("adjustment", log) == {"INVENTORY_LOSS": 33, "INVENTORY": -33}


def test_more_than_there_is_cannot_be_lost(shirt):
    with shop.refused(InsufficientStock, "change_qty"):
        shop.adjust(shirt, -6)
    shop.adjust(shirt, -5)
    assert shop.stock_of(shirt) == 0


def test_only_goods_of_this_shop_are_adjusted(shirt):
    postage = shop.a_service()
    shirt.archive(keys=("sku_key",))
    with shop.refused(Invalid, "product_id"):
        shop.adjust(shirt, 1)
    with shop.refused(Invalid, "product_id"):
        shop.adjust(postage, 1)


def test_an_adjustment_too_large_for_the_books_is_refused(shirt):
    with shop.refused(Invalid):
        shop.adjust(shirt, 10**6, "99999999.99")


# --- Undoing ---


def test_an_undone_find_takes_its_batch_away_and_mirrors_its_entry(shirt):
    found = shop.adjust(shirt, 3, "0.3333", reference="C-7")
    undone = shop.void(found)
    assert (undone.kind, undone.voids_id, undone.change_qty) == ("void", found.pk, -3)
    assert (undone.cost, undone.reference) == (-found.cost, "C-7")
    assert shop.shelf(shirt) == "3@8.00 2@9.00 0@0.33"
    assert shop.entry("void", undone) == {"INVENTORY_GAIN": 1, "INVENTORY": -1}
    assert balance("INVENTORY_GAIN") == 0


def test_an_undone_loss_puts_the_goods_back_where_they_were(shirt):
    lost = shop.adjust(shirt, -4)
    undone = shop.void(lost)
    assert (undone.change_qty, undone.cost) == (4, 33)
    assert shop.shelf(shirt) == "3@8.00 2@9.00"
    assert shop.entry("void", undone) == {"INVENTORY": 33, "INVENTORY_LOSS": -33}


def test_a_loss_can_be_undone_although_goods_were_sold_meanwhile(shirt):
    lost = shop.adjust(shirt, -2)
    shop.sell((shirt, 2))
    shop.void(lost)
    assert shop.shelf(shirt) == "2@8.00 1@9.00"


def test_found_goods_that_are_partly_sold_cannot_be_undone():
    product = shop.a_product()
    found = shop.adjust(product, 3, "1.00")
    shop.sell((product, 1))
    with shop.refused(Invalid):
        shop.void(found)


def test_found_goods_that_came_back_whole_can_be_undone():
    product = shop.a_product()
    found = shop.adjust(product, 3, "1.00")
    shop.take_back(shop.sell((product, 1)).sale)
    shop.void(found)
    assert shop.stock_of(product) == 0


def test_an_adjustment_is_undone_once(shirt):
    found = shop.adjust(shirt, 1)
    undone = shop.void(found)
    for entry in (found, undone):
        with shop.refused(NotFound):
            shop.void(entry)


def test_what_a_document_wrote_is_not_undone_by_hand(shirt):
    shop.take_back(shop.sell((shirt, 1)).sale)
    shop.opening(shop.a_product(), 1, 1)
    for kind in ("purchase", "sale", "refund", "opening"):
        with shop.refused(Conflict):
            shop.void(InventoryLog.objects.filter(kind=kind).first())
    with shop.refused(NotFound):
        adjustments.void(10**9, by=shop.a_cashier())


def test_goods_are_put_back_into_the_store_they_were_taken_from(shirt):
    lost = shop.adjust(shirt, -1)
    elsewhere = shop.a_cashier("elsewhere", store=baker.make("accounts.Store"))
    elsewhere.stores.add(1)
    undone = adjustments.void(lost.pk, by=elsewhere)
    assert undone.store_id == lost.store_id
