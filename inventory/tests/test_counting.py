"""Counting many products at once: what differs is adjusted, all of it or nothing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Product
from inventory.counting import Counted, StockMoved, compare, count_stock
from inventory.models import InventoryLog, StockCount
from ledger.journal_models import JournalEntry
from pos_project.core.errors import Invalid
from pos_project.tests import shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def counted(*lines: tuple[Product, int, int]) -> list[Counted]:
    return [Counted(product.pk, Decimal(was), Decimal(found)) for product, was, found in lines]


def count(*lines: tuple[Product, int, int], **fields: Any) -> list[InventoryLog]:
    done = count_stock(counted(*lines), **{"reason": "COUNT", "by": shop.a_cashier(), **fields})
    return list(done.entries)


@pytest.fixture
def shelf() -> Mapping[str, Product]:
    """5 shirts of two costs, 4 caps, and belts that were never bought."""
    shirt, cap = shop.a_product(name="Shirt"), shop.a_product(name="Cap")
    shop.stock(shirt, 3, "8.00")
    shop.stock(shirt, 2, "9.00")
    shop.stock(cap, 4, "2.50")
    return {"shirt": shirt, "cap": cap, "belt": shop.a_product(name="Belt")}


def test_missing_units_leave_the_oldest_batches_and_found_ones_cost_the_last_purchase(
    shelf: Mapping[str, Product],
) -> None:
    shirt, cap, belt = shelf["shirt"], shelf["cap"], shelf["belt"]

    entries = count((shirt, 5, 1), (cap, 4, 6), (belt, 0, 2), note="November")

    assert (shop.shelf(shirt), shop.shelf(cap), shop.shelf(belt)) == (
        "0@8.00 1@9.00",
        "4@2.50 2@2.50",
        "2@0.00",
    )
    assert [(str(each.change_qty), str(each.cost), each.reason, each.note) for each in entries] == [
        ("-4.000", "-33.00", "COUNT", "November"),
        ("2.000", "5.00", "COUNT", "November"),
        ("2.000", "0.00", "COUNT", "November"),
    ]
    assert shop.entry("adjustment", entries[0]) == {"INVENTORY_LOSS": 33, "INVENTORY": -33}
    assert shop.entry("adjustment", entries[1]) == {"INVENTORY": 5, "INVENTORY_GAIN": -5}


def test_a_count_that_agrees_moves_nothing_and_is_written_all_the_same(
    shelf: Mapping[str, Product],
) -> None:
    before = shop.everything()
    assert count((shelf["shirt"], 5, 5), (shelf["cap"], 4, 4)) == []
    after = shop.everything()
    assert {name for name in after if after[name] != before.get(name)} == {
        "stock_counts",
        "stock_count_lines",
    }
    assert [line.log for line in StockCount.objects.get().lines.all()] == [None, None]


def test_a_count_is_a_document_of_what_lay_there(shelf: Mapping[str, Product]) -> None:
    shirt, cap = shelf["shirt"], shelf["cap"]

    entries = count((shirt, 5, 1), (cap, 4, 4), note="November")

    document = StockCount.objects.get()
    assert (document.reason, document.note) == ("COUNT", "November")
    assert document.user == shop.a_cashier()
    assert document.number == entries[0].reference
    told = document.lines.values_list("product_name", "expected", "counted", "cost", "log")
    assert list(told.order_by("id")) == [
        ("Shirt", 5, 1, -33, entries[0].pk),
        ("Cap", 4, 4, 0, None),
    ]


def test_what_was_refused_leaves_no_document(shelf: Mapping[str, Product]) -> None:
    with shop.refused(StockMoved):
        count((shelf["shirt"], 7, 1))
    assert not StockCount.objects.exists()


def test_the_comparison_says_beforehand_what_the_count_will_book(
    shelf: Mapping[str, Product],
) -> None:
    shirt, cap = shelf["shirt"], shelf["cap"]
    shown = compare({shirt.pk: Decimal(1), cap.pk: Decimal(6)}, store_id=shop.a_cashier().store_id)

    entries = count((shirt, 5, 1), (cap, 4, 6))

    assert [(each.change, each.cost) for each in shown] == [
        (entry.change_qty, entry.cost) for entry in entries
    ]


def test_what_was_sold_meanwhile_is_said_and_nothing_is_overwritten(
    shelf: Mapping[str, Product],
) -> None:
    shirt, cap = shelf["shirt"], shelf["cap"]
    shop.sell((cap, 1))

    with shop.refused(StockMoved, "counts[1].counted") as caught:
        count((shirt, 5, 1), (cap, 4, 3))

    assert "Cap (had 4, now 3)" in caught.value.message


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("shirt", 5, 4), ("shirt", 5, 3)], "Shirt is counted twice."),
        ([("shirt", 5, 4), ("postage", 0, 1)], "Postage is a service"),
        ([("shirt", 5, 4), ("gone", 0, 1)], "Unknown product."),
    ],
)
def test_what_cannot_be_counted_is_named(
    shelf: Mapping[str, Product], lines: list[tuple[str, int, int]], said: str
) -> None:
    gone = shop.a_product()
    gone.archive(keys=("sku_key",))
    goods = {**shelf, "postage": shop.a_service(), "gone": gone}

    with shop.refused(Invalid, "counts[1].product_id") as caught:
        count(*((goods[name], was, found) for name, was, found in lines))

    assert said in caught.value.message


def test_goods_worth_more_than_the_books_hold_are_refused() -> None:
    ring = shop.a_product(name="Ring")
    shop.stock(ring, 1, "90000.00")

    with shop.refused(Invalid, "counts[0].counted"):
        count((ring, 1, 10_000))


def test_a_hundred_products_cost_the_statements_of_one() -> None:
    store_id = shop.a_cashier().store_id

    def statements(products: list[Product]) -> tuple[int, int]:
        """Every second product is short by one, the others have one too many."""
        shop.buy(*((product, 3, "1.50") for product in products))
        lines = [(product, 3, 2 + 2 * (n % 2)) for n, product in enumerate(products)]
        ids = {product.pk: Decimal(found) for product, _, found in lines}
        return (
            len(shop.statements(lambda: compare(ids, store_id=store_id))),
            len(shop.statements(lambda: count(*lines))),
        )

    few = statements(shop.many_products(2))
    assert statements(shop.many_products(100)) == few
    assert JournalEntry.objects.filter(event="adjustment").count() == 102
