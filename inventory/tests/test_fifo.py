"""Which batches goods are taken from, and put back to."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import fifo

SHIRT, MUG = 1, 2


@dataclass
class Shelf:
    """A batch as planning sees it."""

    id: int
    product_id: int
    unit_cost: Decimal
    remaining: Decimal


def batches(text: str, product: int = SHIRT, first_id: int = 1) -> list[Shelf]:
    """`5@8.50 3@9.00`: batches in the order of their arrival, with the ids 1, 2, …"""
    pairs = [part.split("@") for part in text.split()]
    return [
        Shelf(number, product, Decimal(cost), Decimal(units))
        for number, (units, cost) in enumerate(pairs, start=first_id)
    ]


def demand(units: int | str, product: int = SHIRT) -> fifo.Demand:
    return fifo.Demand(product, {SHIRT: "Blue T-Shirt", MUG: "Mug"}[product], Decimal(units))


def written(picks: list[fifo.Pick]) -> str:
    return " ".join(f"{pick.quantity}@{pick.unit_cost}={pick.cost}" for pick in picks)


@pytest.mark.parametrize(
    ("shelf", "demanded", "taken"),
    [
        ("5@8.50 5@9.00", 5, "5@8.50=42.50"),
        ("5@8.50 5@9.00", 7, "5@8.50=42.50 2@9.00=18.00"),
        ("5@8.50 5@9.00", 10, "5@8.50=42.50 5@9.00=45.00"),
        ("1@9.00 1@1.00 1@5.00", 2, "1@9.00=9.00 1@1.00=1.00"),
        ("0@8.50 5@9.00", 1, "1@9.00=9.00"),
        ("3@0.00", 2, "2@0.00=0.00"),
        ("5@8.50", 0, ""),
    ],
)
def test_the_oldest_batch_is_sold_first(shelf, demanded, taken):
    [picks] = fifo.plan(batches(shelf), [demand(demanded)])
    assert written(picks) == taken


def test_three_thirds_of_a_cent_cost_one_cent_together():
    """3 units at 0.3333 are worth 1.00: sold one by one they cost 1.00, not 0.99."""
    [first, second, third] = fifo.plan(batches("3@0.3333"), [demand(1)] * 3)
    assert [picks[0].cost for picks in (first, second, third)] == [
        Decimal("0.33"),
        Decimal("0.34"),
        Decimal("0.33"),
    ]


def test_lines_of_one_product_are_served_one_after_the_other():
    first, second = fifo.plan(batches("5@8.50 5@9.00"), [demand(4), demand(3)])
    assert written(first) == "4@8.50=34.00"
    assert written(second) == "1@8.50=8.50 2@9.00=18.00"


def test_products_do_not_take_from_each_other():
    shelf = batches("5@8.50") + batches("5@1.00", MUG, first_id=9)
    shirts, mugs = fifo.plan(shelf, [demand(5), demand(2, MUG)])
    assert ([pick.batch_id for pick in shirts], [pick.batch_id for pick in mugs]) == ([1], [9])


def test_every_short_line_is_named_with_what_there_is():
    shelf = batches("5@8.50") + batches("1@1.00", MUG, first_id=9)
    with pytest.raises(fifo.InsufficientStock) as short:
        fifo.plan(shelf, [demand(3), demand(1, MUG), demand(3)])
    assert short.value.fields == {
        "items[0].quantity": ["Only 5 in stock."],
        "items[2].quantity": ["Only 5 in stock."],
    }
    assert short.value.message == "Not enough stock: Blue T-Shirt (6 wanted, 5 in stock)."


def test_equal_lines_are_summed_before_stock_is_checked():
    with pytest.raises(fifo.InsufficientStock):
        fifo.plan(batches("5@8.50"), [demand(3), demand(3)])


def test_a_product_that_was_never_in_stock_is_short():
    with pytest.raises(fifo.InsufficientStock) as short:
        fifo.plan([], [demand(1)])
    assert short.value.fields == {"items[0].quantity": ["Only 0 in stock."]}


def put_back(shelf: str, consumptions: str, units: int) -> list[fifo.Pick]:
    """Return units of a line that used `units-of-batch-1 units-of-batch-2 …`."""
    used = [
        fifo.Consumption(number, Decimal(text))
        for number, text in enumerate(consumptions.split(), start=1)
    ]
    on_shelf = {batch.id: batch for batch in batches(shelf)}
    return fifo.plan_return(on_shelf, used, Decimal(units), {})


@pytest.mark.parametrize(
    ("shelf", "consumptions", "units", "returned"),
    [
        ("0@8.50 3@9.00", "5 2", 1, "-1@9.00=-9.00"),
        ("0@8.50 3@9.00", "5 2", 2, "-2@9.00=-18.00"),
        ("0@8.50 3@9.00", "5 2", 4, "-2@9.00=-18.00 -2@8.50=-17.00"),
        # The newest use has come back already.
        ("0@8.50 5@9.00", "5 0", 3, "-3@8.50=-25.50"),
    ],
)
def test_goods_go_back_to_the_newest_use_first_at_their_own_cost(
    shelf, consumptions, units, returned
):
    assert written(put_back(shelf, consumptions, units)) == returned


SHELVES = st.lists(
    st.tuples(st.integers(0, 20), st.decimals("0", "30", places=4)), min_size=1, max_size=6
)


@given(shelf=SHELVES, demands=st.lists(st.integers(1, 15), min_size=1, max_size=5))
def test_what_is_taken_is_what_was_wanted_and_costs_what_left_the_shelf(shelf, demands):
    on_shelf = [
        Shelf(number, SHIRT, cost, Decimal(units)) for number, (units, cost) in enumerate(shelf)
    ]
    there = sum(batch.remaining for batch in on_shelf)
    if sum(demands) > there:
        with pytest.raises(fifo.InsufficientStock):
            fifo.plan(on_shelf, [demand(units) for units in demands])
        return
    taken = fifo.plan(on_shelf, [demand(units) for units in demands])

    assert [sum(pick.quantity for pick in picks) for picks in taken] == demands
    picks = [pick for line in taken for pick in line]
    left = {batch.id: batch.remaining for batch in on_shelf} | {p.batch_id: p.left for p in picks}
    before = sum(fifo.value(batch.remaining, batch.unit_cost) for batch in on_shelf)
    after = sum(fifo.value(left[batch.id], batch.unit_cost) for batch in on_shelf)
    assert fifo.cost_of(picks) == before - after, "costs telescope"
    assert all(pick.quantity > 0 and pick.cost >= 0 and pick.left >= 0 for pick in picks)
    # Oldest first: a batch is touched only when every older one is empty.
    touched = [pick.batch_id for pick in picks]
    assert touched == sorted(touched)
    for batch in on_shelf:
        if touched and batch.id < touched[-1]:
            assert left[batch.id] == 0


@given(shelf=SHELVES, sold=st.integers(1, 60), returns=st.lists(st.integers(1, 20), max_size=8))
def test_a_return_undoes_a_sale_to_the_cent(shelf, sold, returns):
    on_shelf = {
        number: Shelf(number, SHIRT, cost, Decimal(units))
        for number, (units, cost) in enumerate(shelf)
    }
    before = {batch.id: batch.remaining for batch in on_shelf.values()}
    sold = min(sold, int(sum(before.values())))
    if not sold:
        return
    [taken] = fifo.plan(on_shelf.values(), [demand(sold)])
    for pick in taken:
        on_shelf[pick.batch_id].remaining = pick.left
    held = {pick.batch_id: pick.quantity for pick in taken}

    back = []
    for units in [*returns, sold]:  # the last takes whatever is left
        units = min(units, int(sum(held.values())))
        consumptions = [fifo.Consumption(batch_id, quantity) for batch_id, quantity in held.items()]
        for pick in fifo.plan_return(on_shelf, consumptions, Decimal(units), {}):
            assert pick.quantity < 0, "nothing comes back by zero units"
            assert pick.cost <= 0
            on_shelf[pick.batch_id].remaining = pick.left
            held[pick.batch_id] += pick.quantity
            back.append(pick)

    assert {batch.id: batch.remaining for batch in on_shelf.values()} == before
    assert fifo.cost_of(back) == -fifo.cost_of(taken)
