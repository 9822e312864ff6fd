"""Closing days: in order, once over, and nothing is posted into them any more."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from ledger import closing, sealing
from ledger.closing import DayNotOver, NotInOrder
from ledger.closing_models import DaySeal
from ledger.journal_models import JournalEntry
from pos_project.core import past_days
from pos_project.core.days import at_noon, day_start, today
from pos_project.core.posting_context import PostingContext
from pos_project.tests import shop
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.reconcile import examine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def sell_on(day: date, **fields: Any) -> Any:
    return shop.sell((shop.a_service("5.00"), 1), at=at_noon(day), **fields).sale


def close_until_yesterday() -> list[DaySeal]:
    seals = []
    while (day := closing.next_day()) and day < today():
        seals.append(closing.seal(day))
    return seals


# --- When a day may be closed ---


@pytest.mark.parametrize(
    ("after_midnight", "is_over"), [(-1, False), (0, False), (599, False), (600, True)]
)
def test_a_day_is_over_ten_minutes_after_it_ended(after_midnight: int, is_over: bool) -> None:
    day = date(2026, 3, 8)
    now = day_start(date(2026, 3, 9)) + timedelta(seconds=after_midnight)
    assert closing.is_over(day, now) is is_over


def test_today_is_not_closed() -> None:
    sell_on(today())
    with pytest.raises(DayNotOver):
        closing.seal(today())
    assert closing.last_sealed_day() is None


def test_a_shop_without_any_row_has_nothing_to_close() -> None:
    assert closing.next_day() is None
    with pytest.raises(NotInOrder):
        closing.seal(days_ago(1))


def test_days_are_closed_in_order_from_the_first_that_has_a_row() -> None:
    sell_on(days_ago(4))
    sell_on(days_ago(2))
    for wrong in (5, 3, 1):
        with pytest.raises(NotInOrder):
            closing.seal(days_ago(wrong))
    seals = close_until_yesterday()
    assert [seal.day for seal in seals] == [days_ago(4), days_ago(3), days_ago(2), days_ago(1)]
    assert [sum(seal.row_counts.values()) for seal in seals] == [6, 0, 6, 0]
    with pytest.raises(NotInOrder):
        closing.seal(days_ago(5))


def test_the_first_day_is_the_first_of_any_sealed_table() -> None:
    sell_on(days_ago(2))
    shop.buy((shop.a_product(), 3, "0.00"), on=days_ago(3))  # worthless: a log row alone
    assert not JournalEntry.objects.filter(business_date=days_ago(3)).exists()
    assert closing.next_day() == days_ago(3)


def test_closing_a_closed_day_gives_the_seal_it_has() -> None:
    sell_on(days_ago(1))
    first = closing.seal(days_ago(1))
    assert closing.seal(days_ago(1)) == first
    assert DaySeal.objects.filter(day__isnull=False).count() == 1


# --- What a closed day means for those who write ---


def test_what_is_dated_into_a_closed_day_is_posted_today() -> None:
    sell_on(days_ago(2))
    closing.seal(days_ago(2))
    assert sell_on(days_ago(2)).business_date == today()
    assert sell_on(days_ago(3)).business_date == today(), "before the first closed day"
    assert sell_on(days_ago(1)).business_date == days_ago(1)


def test_a_purchase_of_a_closed_day_keeps_its_own_date_and_counts_today() -> None:
    sell_on(days_ago(2))
    closing.seal(days_ago(2))
    purchase = shop.buy((shop.a_product(), 1, "2.00"), on=days_ago(2))
    assert (purchase.purchase_date, purchase.business_date) == (days_ago(2), today())


def test_todays_writes_never_ask_whether_the_day_is_closed(monkeypatch: Any) -> None:
    def asked(_: date) -> bool:
        raise AssertionError("asked")

    monkeypatch.setattr(past_days, "_seals", [asked])
    assert PostingContext.claim(shop.a_cashier()).business_date == today()
    with pytest.raises(AssertionError, match="asked"):
        PostingContext.claim(shop.a_cashier(), at_noon(days_ago(1)))


# --- The seal ---


def test_what_happened_in_the_hours_of_a_day_is_sealed_with_it() -> None:
    """Audit, sign-ins and locks have a moment, and no day by which they count."""
    sell_on(days_ago(2))
    with time_machine.travel(at_noon(days_ago(1)), tick=False):
        shop.a_cashier("Bina")
    with time_machine.travel(day_start(today()), tick=False):  # no second later
        shop.a_cashier("Dipa")
    before, yesterday = close_until_yesterday()
    assert (before.row_counts["audit_entries"], yesterday.row_counts["audit_entries"]) == (0, 1)
    assert yesterday.begins_at == before.ends_at == day_start(days_ago(1))


def test_a_table_that_no_seal_covered_before_has_its_older_rows_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in a shop whose first days were closed by an older version."""
    sell_on(days_ago(3))
    known = {book.table: book for book in sealing.books()}
    with monkeypatch.context() as older:
        older.setattr(closing, "FORM", 1)
        older.setattr(sealing, "_BOOKS", {table: known[table] for table in sealing.ALWAYS_COVERED})
        first = closing.seal(days_ago(3))
    second = closing.seal(days_ago(2))
    assert (first.form, second.form) == (1, sealing.FORM)
    assert first.earlier == dict.fromkeys(sealing.ALWAYS_COVERED, 0)
    assert second.earlier["sales"] == second.earlier["sale_items"] == 1
    assert second.earlier.keys() == known.keys() - sealing.ALWAYS_COVERED
    assert closing.seal(days_ago(1)).earlier == {}
    assert [str(verdict) for verdict in examine(CHECKS) if not verdict.holds] == []


def test_every_seal_holds_the_one_before_and_the_first_the_genesis() -> None:
    sell_on(days_ago(3))
    seals = [closing.head(), *close_until_yesterday()]
    assert seals[0].seal == sealing.GENESIS
    assert [seal.previous for seal in seals[1:]] == [seal.seal for seal in seals[:-1]]
    assert len({seal.seal for seal in seals}) == 4
    assert closing.head() == seals[-1]


def test_a_seal_covers_every_row_of_the_day_and_says_of_which_tables() -> None:
    mug = shop.a_product("5.00")
    shop.stock(mug, 3, "2.00")
    sold = shop.sell((mug, 1), at=at_noon(days_ago(1))).sale
    counts = closing.seal(days_ago(1)).row_counts
    assert {table: count for table, count in counts.items() if count} == {
        "inventory_log": 1,
        "journal_entries": 1,
        "journal_lines": 4,
        "payments": 1,
        "sale_cogs": 1,
        "sale_item_batches": 1,
        "sale_items": 1,
        "sales": 1,
    }
    assert {table for table, count in counts.items() if not count} == {
        "audit_entries",
        "batches",
        "cash_counts",
        "cash_movements",
        "customer_dues",
        "document_numbers",
        "due_credits",
        "expenses",
        "inventory_log_batches",
        "login_events",
        "period_locks",
        "purchase_items",
        "purchases",
        "refund_items",
        "refunds",
        "shifts",
        "stock_count_lines",
        "stock_counts",
        "shop_time_zones",
        "supplier_dues",
        "transfer_lines",
        "transfer_lots",
        "transfers",
    }
    assert sold.business_date == days_ago(1)
