"""What refunded goods are worth."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pos_project.core.money import money, total
from sales.refund_shares import SoldLine, SoldSale, share

ZERO = Decimal("0.00")


def sold(lines: str, *, tax: str = "0.00", discount: str = "0.00") -> SoldSale:
    """A sale of `2×19.99 1×5.00`; the lines' ids are 1, 2, …"""
    pairs = [line.split("×") for line in lines.split()]
    subtotal = total(money(Decimal(units) * Decimal(each)) for units, each in pairs)
    return SoldSale(
        [
            SoldLine(number, Decimal(units), Decimal(each), Decimal(0))
            for number, (units, each) in enumerate(pairs, start=1)
        ],
        subtotal=subtotal,
        tax=Decimal(tax),
        total=subtotal + Decimal(tax) - Decimal(discount),
        refunded=ZERO,
        refunded_tax=ZERO,
    )


def after(sale: SoldSale, wanted: dict[int, Decimal]) -> tuple[SoldSale, Decimal, Decimal]:
    """Refund those units: the sale as it is then, and what was given back (amount, tax)."""
    shares = share(sale, wanted)
    assert shares.amount == sum(shares.amounts)
    assert all(amount >= 0 for amount in shares.amounts)
    lines = [
        replace(line, refunded=line.refunded + wanted.get(line.item_id, 0)) for line in sale.lines
    ]
    refunded, refunded_tax = sale.refunded + shares.amount, sale.refunded_tax + shares.tax
    left = replace(sale, lines=lines, refunded=refunded, refunded_tax=refunded_tax)
    return left, shares.amount, shares.tax


@pytest.mark.parametrize(
    ("sale", "wanted", "amount", "tax"),
    [
        (sold("2×19.99"), {1: 1}, "19.99", "0.00"),
        (sold("2×19.99"), {1: 2}, "39.98", "0.00"),
        (sold("2×50.00", discount="10.00"), {1: 1}, "45.00", "0.00"),
        (sold("2×50.00", tax="15.00"), {1: 1}, "57.50", "7.50"),
        (sold("1×100.00 1×50.00", tax="15.00", discount="15.00"), {2: 1}, "50.00", "5.00"),
        (sold("3×10.00", discount="20.00"), {1: 1}, "3.33", "0.00"),
        (sold("3×10.00", discount="30.00"), {1: 1}, "0.00", "0.00"),
        # Given away, yet taxed: what there is goes by the number of units.
        (sold("4×0.00", tax="1.00"), {1: 1}, "0.25", "0.25"),
        (sold("4×0.00"), {1: 4}, "0.00", "0.00"),
    ],
)
def test_a_refund_is_worth_its_share_of_the_total(sale, wanted, amount, tax):
    shares = share(sale, {item_id: Decimal(units) for item_id, units in wanted.items()})
    assert (shares.amount, shares.tax) == (Decimal(amount), Decimal(tax))


def test_the_refund_that_completes_the_sale_takes_what_is_left():
    sale = sold("3×10.00", discount="20.00")  # 10.00 among three: 3.33, 3.33, 3.34
    given_back = []
    for _ in range(3):
        sale, amount, _ = after(sale, {1: Decimal(1)})
        given_back.append(str(amount))
    assert given_back == ["3.33", "3.33", "3.34"]


def test_shares_that_round_up_never_exceed_what_is_left():
    sale = sold("3×0.01", discount="0.01")  # 0.02 among three: 0.01, 0.01, nothing
    given_back = []
    for _ in range(3):
        sale, amount, _ = after(sale, {1: Decimal(1)})
        given_back.append(str(amount))
    assert given_back == ["0.01", "0.01", "0.00"]


def test_the_rest_of_the_total_is_on_the_last_line_of_the_last_refund():
    shares = share(sold("1×10.00 1×10.00 1×10.00", discount="20.00"), dict.fromkeys((1, 2, 3), 1))
    assert [str(amount) for amount in shares.amounts] == ["3.33", "3.33", "3.34"]


def test_the_last_refund_takes_the_rest_of_the_tax_even_when_it_is_worth_less():
    sale = sold("5×0.01", tax="0.02", discount="0.02")  # 0.05, of which 0.02 is tax
    taxes = []
    for _ in range(5):
        sale, _, tax = after(sale, {1: Decimal(1)})
        taxes.append(str(tax))
    assert taxes == ["0.00", "0.00", "0.00", "0.00", "0.02"]


LINES = st.lists(
    st.tuples(st.integers(1, 6), st.decimals("0", "50", places=2)), min_size=1, max_size=5
)


@given(
    lines=LINES,
    tax=st.decimals("0", "20", places=2),
    off=st.integers(0, 100),
    order=st.randoms(use_true_random=False),
    parts=st.lists(st.integers(1, 4), max_size=30),
)
@example(
    lines=[(2, Decimal("9.99")), (3, Decimal(0))],
    tax=Decimal("0.01"),
    off=100,
    order=None,
    parts=[],
)
def test_any_way_of_refunding_everything_gives_back_total_and_tax_exactly(
    lines, tax, off, order, parts
):
    text = " ".join(f"{units}×{each}" for units, each in lines)
    plain = sold(text)
    discount = (plain.subtotal * off / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    sale = sold(text, tax=str(tax), discount=str(discount))
    units = [line.item_id for line in sale.lines for _ in range(int(line.quantity))]
    if order:
        order.shuffle(units)

    while units:
        size = parts.pop() if parts else 1
        now, units = units[:size], units[size:]
        sale, _, _ = after(sale, {item_id: Decimal(now.count(item_id)) for item_id in now})
        assert sale.refunded <= sale.total
        assert 0 <= sale.refunded_tax <= sale.tax

    assert sale.refunded == sale.total
    assert sale.refunded_tax == sale.tax
