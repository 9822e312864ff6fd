"""How a payment is shared among what is open."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.dues import OpenDue, allocate

AMOUNTS = st.decimals("0.01", "9999.99", places=2)


def dues(*amounts: str | Decimal) -> list[OpenDue]:
    """Open dues, oldest first, of the documents 1, 2, …"""
    return [
        OpenDue(number, number, f"INV-{number}", Decimal(amount), Decimal(0))
        for number, amount in enumerate(amounts, start=1)
    ]


@pytest.mark.parametrize(
    ("amount", "open_dues", "parts", "rest"),
    [
        ("30.00", ["50.00", "20.00"], "1:30.00", "0.00"),
        ("50.00", ["50.00", "20.00"], "1:50.00", "0.00"),
        ("60.00", ["50.00", "20.00"], "1:50.00 2:10.00", "0.00"),
        ("70.00", ["50.00", "20.00"], "1:50.00 2:20.00", "0.00"),
        ("75.50", ["50.00", "20.00"], "1:50.00 2:20.00", "5.50"),
        ("5.00", [], "", "5.00"),
    ],
)
def test_the_oldest_due_is_paid_first_and_the_rest_is_left_over(amount, open_dues, parts, rest):
    allocations, left = allocate(Decimal(amount), dues(*open_dues))
    assert " ".join(f"{each.due.document_id}:{each.amount}" for each in allocations) == parts
    assert left == Decimal(rest)


@given(amount=AMOUNTS, open_dues=st.lists(AMOUNTS, max_size=10))
def test_parts_and_rest_add_up_and_nobody_pays_more_than_is_open(amount, open_dues):
    allocations, left = allocate(amount, dues(*open_dues))

    assert sum(each.amount for each in allocations) + left == amount
    assert all(0 < each.amount <= each.due.due for each in allocations)
    assert all(each.remaining == each.due.due - each.amount for each in allocations)
    assert [each.due.document_id for each in allocations] == list(range(1, len(allocations) + 1))
    assert all(not each.remaining for each in allocations[:-1]), "only the newest stays open"
    if left:
        assert len(allocations) == len(open_dues)
