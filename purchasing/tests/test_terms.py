"""A supplier's paper says more than units × cost: totals of lines, discount, freight, tax."""

from decimal import Decimal

import pytest

from inventory.models import Batch
from pos_project.core.errors import Invalid
from pos_project.tests import shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]

D = Decimal


@pytest.fixture
def mug():
    return shop.a_product("5.00", name="Mug")


def test_three_for_ten_are_worth_ten_and_are_sold_for_ten(delta, mug):
    bought = shop.buy(shop.for_all(mug, 3, 10), supplier=delta)

    [line] = bought.items.all()
    assert (bought.total_amount, line.subtotal, line.cost_price) == (10, 10, D("3.33"))
    assert shop.entry("purchase", bought) == {"INVENTORY": 10, "CASH": -10}
    assert Batch.objects.get().unit_cost == D("3.3333")
    costs = [shop.entry("sale", shop.sell((mug, 1)).sale)["COST_OF_GOODS_SOLD"] for _ in range(3)]
    assert costs == [D("3.33"), D("3.34"), D("3.33")]


def test_discount_and_freight_are_part_of_what_goods_cost_and_tax_is_not(delta, mug):
    tea = shop.a_product()
    bought = shop.buy(
        (mug, 4, "2.50"),
        (tea, 10, "3.00"),
        supplier=delta,
        offered=shop.cash(20),
        discount=D("2.00"),
        freight=D("6.00"),
        tax=D("5.10"),
        rounding=D("-0.10"),
    )

    assert (bought.total_amount, bought.paid_amount, bought.due_amount) == (49, 20, 29)
    assert [line.landed_cost for line in bought.items.order_by("id")] == [11, 33]
    assert (shop.shelf(mug), shop.shelf(tea)) == ("4@2.75", "10@3.30")
    assert shop.entry("purchase", bought) == {
        "INVENTORY": 44,
        "INPUT_TAX": D("5.10"),
        "ROUNDING": D("-0.10"),
        "CASH": -20,
        "PAYABLES": -29,
    }


def test_what_a_lot_cannot_hold_is_a_rounding_difference(delta, mug):
    bought = shop.buy(shop.for_all(mug, 300, "10.01"), supplier=delta)

    assert Batch.objects.get().unit_cost == D("0.0334")
    assert shop.entry("purchase", bought) == {
        "INVENTORY": D("10.02"),
        "ROUNDING": D("-0.01"),
        "CASH": D("-10.01"),
    }


def test_shares_add_up_to_the_cent(delta):
    lines = [(shop.a_product(), 1, "1.00") for _ in range(3)]
    bought = shop.buy(*lines, supplier=delta, freight=D("1.00"))
    assert [line.landed_cost for line in bought.items.order_by("id")] == [
        D("1.33"),
        D("1.34"),
        D("1.33"),
    ]


def test_gifts_share_the_freight_by_their_units(delta, mug):
    tea = shop.a_product()
    shop.buy((mug, 1, 0), (tea, 3, 0), supplier=delta, freight=D("2.00"))
    assert (shop.shelf(mug), shop.shelf(tea)) == ("1@0.50", "3@0.50")


def test_without_these_words_nothing_is_kept_of_them(delta, mug):
    bought = shop.buy((mug, 4, "2.50"), supplier=delta)
    assert (bought.discount, bought.freight, bought.tax, bought.rounding) == (None,) * 4
    assert bought.items.get().landed_cost is None


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("discount", "10.01"),
        ("discount", "-1"),
        ("freight", "-0.01"),
        ("tax", "-0.01"),
        ("rounding", "10.00"),
        ("rounding", "-10.00"),
    ],
)
def test_what_no_paper_says_is_refused(delta, mug, field, said):
    with shop.refused(Invalid, field):
        shop.buy((mug, 4, "2.50"), supplier=delta, **{field: D(said)})
    assert not Batch.objects.exists()


def test_a_total_below_nothing_is_refused(delta, mug):
    with shop.refused(Invalid, "rounding"):
        shop.buy((mug, 1, "2.50"), supplier=delta, offered=shop.on_credit(), rounding=D("-2.51"))


def test_undoing_it_takes_back_all_of_it(delta, mug):
    bought = shop.buy(
        shop.for_all(mug, 3, 10), supplier=delta, freight=D(2), tax=D("1.20"), rounding=D("0.05")
    )
    opposite = shop.undo_purchase(bought)

    assert (opposite.tax, opposite.freight, opposite.rounding) == (D("-1.20"), -2, D("-0.05"))
    assert shop.entry("purchase", opposite) == {
        account: -amount for account, amount in shop.entry("purchase", bought).items()
    }
