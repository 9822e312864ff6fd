"""What an order comes to."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.tax_rates import Rate
from pos_project.core.errors import Invalid
from sales.pricing import Line, Order, PricedOrder, price

PRICES = st.decimals("0", "9999.99", places=2)
UNITS = st.integers(1, 1000).map(Decimal)


@dataclass
class Good:
    """A product as pricing sees it."""

    price: Decimal
    name: str = "Blue T-Shirt"
    keeps_stock: bool = True


def priced(lines: str, list_price: str = "19.99", *, percent: str | None = None, **order: str):
    """Price `2×19.99 1×5.00`; a line without × takes the list price."""
    asked = []
    for line in lines.split():
        units, _, unit_price = line.partition("×")
        asked.append(Line(1, Decimal(units), Decimal(unit_price) if unit_price else None))
    amounts = {name: Decimal(amount) for name, amount in order.items()}
    rate = Rate(1, "VAT", Decimal(percent)) if percent else None
    return price(Order(asked, **amounts), {1: Good(Decimal(list_price))}, rate=rate)


def summary(order: PricedOrder) -> str:
    return f"{order.subtotal} + {order.tax} - {order.discount} = {order.total}"


@pytest.mark.parametrize(
    ("lines", "order", "sums"),
    [
        ("2×19.99", {}, "39.98 + 0.00 - 0.00 = 39.98"),
        ("2", {}, "39.98 + 0.00 - 0.00 = 39.98"),
        ("1×0.10 1×0.20", {}, "0.30 + 0.00 - 0.00 = 0.30"),
        ("2×50.00", {"discount": "10.50"}, "100.00 + 0.00 - 10.50 = 89.50"),
        ("2×50.00", {"tax": "7.25"}, "100.00 + 7.25 - 0.00 = 107.25"),
        ("2×50.00", {"tax": "5.00", "discount": "100.00"}, "100.00 + 5.00 - 100.00 = 5.00"),
        ("1×100.00", {"percent": "15"}, "100.00 + 15.00 - 0.00 = 115.00"),
        ("1×100.00", {"percent": "15", "discount": "50.00"}, "100.00 + 7.50 - 50.00 = 57.50"),
        ("3×0.00", {}, "0.00 + 0.00 - 0.00 = 0.00"),
    ],
)
def test_the_total_is_subtotal_plus_tax_minus_discount(lines, order, sums):
    assert summary(priced(lines, **order)) == sums


@pytest.mark.parametrize(
    ("subtotal", "percent", "tax"),
    [
        ("0.10", "5", "0.01"),  # 0.005 rounds up
        ("0.30", "15", "0.05"),  # 0.045 rounds up; half-even would say 0.04
        ("0.29", "15", "0.04"),  # 0.0435
    ],
)
def test_a_tax_rate_is_rounded_half_up(subtotal, percent, tax):
    assert priced(f"1×{subtotal}", percent=percent).tax == Decimal(tax)


@pytest.mark.parametrize(
    ("quantity", "unit_price", "subtotal"),
    [("0.5", "0.01", "0.01"), ("2.5", "0.05", "0.13"), ("0.333", "1.00", "0.33")],
)
def test_each_line_is_rounded_half_up_before_it_is_summed(quantity, unit_price, subtotal):
    order = priced(f"{quantity}×{unit_price} {quantity}×{unit_price}")
    assert [line.subtotal for line in order.lines] == [Decimal(subtotal)] * 2
    assert order.subtotal == 2 * Decimal(subtotal)


def test_a_price_other_than_the_list_price_is_charged():
    line = priced("1×15.00", list_price="19.99").lines[0]
    assert (line.unit_price, line.subtotal) == (Decimal("15.00"), Decimal("15.00"))


def test_a_price_of_zero_is_a_price_and_not_the_list_price():
    assert priced("1×0.00", list_price="19.99").total == 0


@pytest.mark.parametrize(
    ("field", "order"),
    [
        ("discount", {"discount": "39.99"}),
        ("subtotal", {"subtotal": "39.97"}),
        ("total_amount", {"total_amount": "39.99"}),
        ("total_amount", {"discount": "1.00", "total_amount": "39.98"}),
    ],
)
def test_sums_that_do_not_fit_are_refused_by_name(field, order):
    with pytest.raises(Invalid) as refused:
        priced("2×19.99", **order)
    assert list(refused.value.fields) == [field]


def test_a_sale_too_large_for_the_books_is_refused():
    with pytest.raises(Invalid):
        priced("1000000×99999999.99")


@given(
    lines=st.lists(st.tuples(UNITS, PRICES), min_size=1, max_size=20),
    share=st.integers(0, 100),
    percent=st.decimals("0", "100", places=2),
)
def test_every_receipt_adds_up(lines, share, percent):
    asked = [Line(1, units, unit_price) for units, unit_price in lines]
    plain = price(Order(asked), {1: Good(Decimal(1))})
    discount = (plain.subtotal * share / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    rate = Rate(1, "VAT", percent)
    order = price(Order(asked, discount=discount), {1: Good(Decimal(1))}, rate=rate)

    assert order.subtotal == sum(line.subtotal for line in order.lines)
    assert order.total == order.subtotal + order.tax - order.discount
    assert order.total >= 0
    for line in order.lines:
        assert line.subtotal == line.quantity * line.unit_price, "whole units need no rounding"
    exact = (order.subtotal - discount) * percent / 100
    assert abs(order.tax - exact) <= Decimal("0.005")
