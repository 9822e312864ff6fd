"""Closing a day while tills write documents dated into it: none ends up in it unsealed.

The race runs twice: with the shared lock, and as a control without it, where it goes wrong.
"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from ledger import closing, sealing
from ledger.closing_models import DaySeal
from ledger.journal_models import JournalEntry
from pos_project.core import past_days
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import Meeting, at_once
from sales.models import Sale

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

YESTERDAY = timedelta(days=1)


def broken_seals() -> list[DaySeal]:
    return [
        seal
        for seal in DaySeal.objects.filter(day__isnull=False).order_by("day")
        if sealing.seal_of(seal, new=seal.earlier).seal != seal.seal
    ]


@pytest.fixture
def late_sale(monkeypatch: pytest.MonkeyPatch) -> tuple[Meeting, Any, Any]:
    """A till has heard that yesterday is open; before it writes, yesterday is closed."""
    meeting, service = Meeting(), shop.a_service()
    yesterday = today() - YESTERDAY
    by = shop.a_cashier()
    shop.sell((service, 1), at=at_noon(yesterday))
    meeting.after(monkeypatch, past_days, "claim")
    real = closing.seal_of

    def hash_then_meet(*args: Any, **kwargs: Any) -> Any:
        sealed = real(*args, **kwargs)
        meeting.wait()
        return sealed

    monkeypatch.setattr(closing, "seal_of", hash_then_meet)
    return (
        meeting,
        lambda: shop.sell((service, 1), at=at_noon(yesterday), by=by),
        lambda: closing.seal(yesterday),
    )


def test_a_document_on_its_way_into_a_day_is_sealed_with_it_or_counts_today(late_sale: Any) -> None:
    meeting, selling, closing_it = late_sale
    sold, seal = at_once(selling, closing_it)
    assert not meeting.met
    assert isinstance(seal, DaySeal), seal
    inside = Sale.objects.filter(business_date=seal.day).count()
    assert seal.row_counts["journal_entries"] == inside
    assert sold.sale.business_date in (seal.day, today())
    assert broken_seals() == []
    books_agree()


def test_control_without_the_shared_lock_it_ends_up_in_the_day_unsealed(
    late_sale: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, selling, closing_it = late_sale
    monkeypatch.setattr(closing, "hold_chain", lambda **_: None)
    at_once(selling, closing_it)
    assert meeting.met
    assert len(broken_seals()) == 1


def test_days_are_closed_while_many_tills_write_into_them() -> None:
    days = [today() - timedelta(days=ago) for ago in range(4, 0, -1)]
    service = shop.a_service()
    shop.sell((service, 1), at=at_noon(days[0]))
    tills = [shop.a_cashier(f"till-{number}") for number in range(5)]
    done = threading.Event()

    def keep_selling(by: Any) -> int:
        sales = 0
        while not done.is_set() and sales < 200:
            shop.sell((service, 1), at=at_noon(days[sales % len(days)]), by=by)
            sales += 1
        return sales

    def close_all() -> list[Any]:
        try:
            return [closing.seal(day) for day in days]
        finally:
            done.set()

    *sold, sealed = at_once(*(lambda by=by: keep_selling(by) for by in tills), close_all)
    assert [type(each) for each in (*sold, sealed)] == [int] * 5 + [list], (sold, sealed)
    assert broken_seals() == []
    assert Sale.objects.count() == sum(sold) + 1
    assert not JournalEntry.objects.exclude(status="posted").exists()
    # Whatever was refused its day for being closed counts today.
    moved = JournalEntry.objects.filter(business_date=today())
    assert moved.count() + sum(seal.row_counts["journal_entries"] for seal in sealed) == (
        JournalEntry.objects.count()
    )
    books_agree()


def test_two_closings_at_once_make_one_seal() -> None:
    yesterday = today() - YESTERDAY
    shop.sell((shop.a_service(), 1), at=at_noon(yesterday))
    first, second = at_once(*[lambda: closing.seal(yesterday)] * 2)
    assert first == second
    assert DaySeal.objects.filter(day__isnull=False).count() == 1
    assert not DaySeal.objects.filter(seal=F("previous")).exists()
