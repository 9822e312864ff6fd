"""Changing many prices at once: a rule, a preview, and just what was previewed."""

from decimal import Decimal

import pytest

from catalog.models import Product
from catalog.prices import Change, PriceRule, preview, reprice
from pos_project.core.errors import Invalid
from pos_project.tests import shop


@pytest.mark.parametrize(
    ("change", "by", "step", "price", "becomes"),
    [
        ("percent", "10", "0.01", "19.99", "21.99"),
        ("percent", "-10", "0.01", "19.99", "17.99"),
        ("percent", "7.5", "0.05", "19.99", "21.50"),
        ("percent", "0", "1.00", "19.50", "20.00"),
        ("percent", "0", "1.00", "19.49", "19.00"),
        ("amount", "-25", "0.01", "19.99", "0.00"),
        ("amount", "0.51", "0.10", "1.00", "1.50"),
        ("to", "4.99", "0.01", "19.99", "4.99"),
    ],
)
def test_a_rule_moves_and_rounds_half_up_and_never_below_zero(change, by, step, price, becomes):
    rule = PriceRule(Change(change), Decimal(by), Decimal(step))
    assert rule.applied(Decimal(price)) == Decimal(becomes)


@pytest.mark.parametrize(
    ("ending", "price", "becomes"),
    [
        ("0.99", "20.00", "19.99"),
        ("0.99", "20.49", "20.99"),
        ("0.99", "20.48", "19.99"),
        ("0.95", "0.10", "0.95"),
        ("0.00", "19.50", "20.00"),
        ("0.00", "0.20", "0.00"),
    ],
)
def test_an_ending_takes_the_nearest_price_that_ends_so(ending, price, becomes):
    rule = PriceRule(Change.PERCENT, Decimal(0), ending=Decimal(ending))
    assert rule.applied(Decimal(price)) == Decimal(becomes)


@pytest.mark.django_db
def test_a_preview_says_what_changes_and_what_is_left():
    shirt, cap = shop.a_product("20.00"), shop.a_product("0.00")
    [of_shirt, of_cap] = preview(
        [shirt, cap], PriceRule(Change.TO, Decimal(25)), costs={shirt.pk: Decimal("10")}
    )
    assert (of_shirt.change_percent, of_shirt.margin) == ("25.00%", "60.00%")
    assert (of_cap.change_percent, of_cap.margin) == ("–", "–")


@pytest.mark.django_db
def test_what_was_previewed_is_done():
    shirt, cap = shop.a_product("19.99"), shop.a_product("5.00")

    changed = reprice(preview([shirt, cap], PriceRule(Change.TO, Decimal("5.00"))))

    assert changed == 1
    assert set(Product.objects.values_list("price", flat=True)) == {Decimal("5.00")}


@pytest.mark.django_db
def test_a_price_that_moved_since_the_preview_stops_all_of_it():
    shirt, cap = shop.a_product("19.99"), shop.a_product("5.00")
    seen = preview([shirt, cap], PriceRule(Change.PERCENT, Decimal(10)))
    Product.objects.filter(pk=cap.pk).update(price=Decimal("6.00"))

    with shop.refused(Invalid):
        reprice(seen)


@pytest.mark.django_db
def test_a_price_beyond_what_the_books_hold_is_refused():
    shirt = shop.a_product("99999999")
    with shop.refused(Invalid):
        preview([shirt], PriceRule(Change.PERCENT, Decimal(100)))
