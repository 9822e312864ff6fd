"""A timeline is its strands put together, however it is cut."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_bakery import baker

from accounts.models import User
from ledger.chart_models import PaymentMethod
from ledger.models import Expense
from pos_project.core.days import at_noon
from pos_project.core.db import merged_list
from pos_project.core.db.merged_list import Source, Timeline
from pos_project.tests import shop
from pos_project.tests.examples import examples
from sales.models import Refund

NOON = at_noon(date(2026, 2, 8))

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier(db: None) -> User:
    return shop.a_cashier()


def spend(cashier: User, minutes: list[int]) -> None:
    """One expense for each of these minutes before noon."""
    cash = PaymentMethod.objects.get(code="cash")
    for minute in minutes:
        at = NOON - timedelta(minutes=minute)
        baker.make(
            Expense,
            amount=minute + 1,
            payment_method=cash,
            created_by=cashier,
            store_id=1,
            business_date=at.date(),
            created_at=at,
            title="odd" if minute % 2 else "even",
        )


def odd_and_even() -> Timeline:
    columns = {"ref_id": "pk", "created_at": "created_at", "amount": "amount"}
    return Timeline(
        Source(title, Expense.objects.filter(title=title), columns, {"status": "spent"})
        for title in ("odd", "even")
    )


def put_together() -> list[dict[str, Any]]:
    rows = sorted(
        Expense.objects.all(),
        key=lambda row: (row.created_at, row.title == "odd", row.pk),
        reverse=True,
    )
    return [
        {
            "type": row.title,
            "status": "spent",
            "ref_id": row.pk,
            "created_at": row.created_at,
            "amount": row.amount,
        }
        for row in rows
    ]


@examples(20)
@given(
    minutes=st.lists(st.integers(0, 5), max_size=8),
    start=st.integers(0, 12),
    length=st.integers(0, 6),
    piece=st.integers(1, 4),
)
def test_a_timeline_is_cut_like_a_list(
    cashier: User,
    monkeypatch: pytest.MonkeyPatch,
    minutes: list[int],
    start: int,
    length: int,
    piece: int,
) -> None:
    monkeypatch.setattr(merged_list, "PIECE", piece)
    spend(cashier, minutes)
    expected = put_together()

    assert len(odd_and_even()) == len(expected)
    assert odd_and_even()[start : start + length] == expected[start : start + length]
    assert list(odd_and_even()) == expected
    odd = sum(row["type"] == "odd" for row in expected)
    assert odd_and_even().counts == {"odd": odd, "even": len(expected) - odd}


def test_a_single_row_can_be_asked_for(cashier: User) -> None:
    spend(cashier, [3, 1, 2])
    assert odd_and_even()[1] == put_together()[1]
    assert odd_and_even()[-1] == put_together()[-1]
    with pytest.raises(IndexError):
        odd_and_even()[3]


def test_a_page_costs_the_same_whatever_is_on_it(
    cashier: User, queries: Callable[..., list[str]]
) -> None:
    spend(cashier, [1])
    one = len(queries(lambda: odd_and_even()[:50]))
    spend(cashier, list(range(60)))
    assert len(queries(lambda: odd_and_even()[:50])) == one
    assert len(queries(lambda: odd_and_even()[20:50])) == one


def test_nothing_at_all_is_an_empty_list(db: None) -> None:
    nothing = Timeline([Source("Refund", Refund.objects.all(), {"created_at": "created_at"})])
    assert (len(nothing), nothing[:10], list(nothing)) == (0, [], [])
