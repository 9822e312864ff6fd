"""When a day is summed up, and when that is invalidated."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from inventory.fifo import InsufficientStock
from pos_project.core.days import at_noon
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.races import Meeting, at_once, on_file
from reports.dashboards.sales_figures import SalesFigures, sales_figures
from reports.summaries import building, sale_sums
from reports.summaries.builder import TableBuilder
from reports.summaries.builders import BUILDERS
from reports.summaries.building import (
    CATCHING_UP,
    FEW,
    build,
    build_missing,
    first_day,
    invalidate,
    last_closed_day,
)
from reports.summaries.day_sets import Days
from reports.summaries.models import BuiltPeriod, Granularity, ProductSummary, SalesSummary
from reports.summaries.plan import ReadPlan, plan_reading
from reports.summaries.sale_sums import CASH, CUSTOMERS, PRODUCTS, SALES
from reports.summaries.sums import figures

__all__ = ["on_file"]
pytestmark = pytest.mark.django_db

NAMES = {builder.name for builder in BUILDERS}
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def noon(day: date) -> time_machine.travel:
    return time_machine.travel(at_noon(day).astimezone(UTC), tick=False)


def sell_on(day: date, units: int = 1, price: str = "10.00") -> None:
    """Sell a service at noon of that day."""
    with noon(day):
        shop.sell((shop.a_service(price), units))


def built(granularity: Granularity = Granularity.DAY) -> set[date]:
    """Days (or months) built of every kind of summary."""
    kinds: dict[date, set[str]] = {}
    for summary, first in BuiltPeriod.objects.filter(granularity=granularity).values_list(
        "summary", "first_day"
    ):
        kinds.setdefault(first, set()).add(summary)
    return {first for first, names in kinds.items() if names == NAMES}


def read(first: date, last: date) -> SalesFigures:
    return sales_figures(plan_reading(Period(first, last), SALES)["sales"])


def days(first: date, last: date) -> set[date]:
    return {first + timedelta(days=each) for each in range((last - first).days + 1)}


@pytest.fixture(autouse=True)
def _nobody_has_looked() -> Iterator[None]:
    CATCHING_UP.forget()
    yield
    CATCHING_UP.forget()


@pytest.fixture
def january() -> Iterator[None]:
    """Sales on 5 and 20 January; it is noon of 3 February."""
    sell_on(date(2026, 1, 5))
    sell_on(date(2026, 1, 20), units=2)
    with noon(date(2026, 2, 3)):
        yield


def test_a_shop_begins_with_goods_that_cost_nothing():
    """They move no money: only the stock's log tells of that day."""
    with noon(date(2026, 1, 3)):
        shop.opening(shop.a_product(), 5, "0.00")
    sell_on(date(2026, 1, 5))

    assert first_day() == date(2026, 1, 3)


@pytest.mark.parametrize("cost", ["0.00", "2.00"])
def test_stock_is_built_anew_where_free_goods_came_first(cost):
    """Until then a shop began with its first entry, and its stock without what came before."""
    with noon(date(2026, 1, 3)):
        shop.opening(shop.a_product(), 5, cost)
    sell_on(date(2026, 1, 5))
    with noon(date(2026, 1, 8)):
        build_missing()
    name = "reports.summaries.migrations.0002_stock_begins_with_its_first_movement"
    editor = SimpleNamespace(connection=connection)
    import_module(name).forget_stock_without_its_first_day(None, editor)

    assert BuiltPeriod.objects.filter(summary="sales").exists()
    assert BuiltPeriod.objects.filter(summary="stock").exists() == (cost != "0.00")


# --- What is built ---


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-02-08T23:59:59+06:00", date(2026, 2, 7)),
        ("2026-02-09T00:00:00+06:00", date(2026, 2, 7)),
        ("2026-02-09T00:09:59+06:00", date(2026, 2, 7)),
        ("2026-02-09T00:10:00+06:00", date(2026, 2, 8)),
        ("2026-02-09T18:00:00+06:00", date(2026, 2, 8)),
    ],
)
def test_a_day_may_be_built_ten_minutes_after_its_end(now, last):
    assert last_closed_day(datetime.fromisoformat(now)) == last


def test_an_empty_shop_has_nothing_to_build():
    assert first_day() is None
    assert build_missing() == 0
    assert not BuiltPeriod.objects.exists()


def test_every_closed_day_is_built_from_the_first_sale_on_and_every_whole_month(january):
    assert build_missing() == len(days(date(2026, 1, 5), date(2026, 2, 2))) * len(BUILDERS)

    assert built() == days(date(2026, 1, 5), date(2026, 2, 2))
    assert built(Granularity.MONTH) == {JANUARY}
    assert build_missing() == 0, "what is built stays"


def test_today_is_never_built(january):
    sell_on(date(2026, 2, 3))
    with noon(date(2026, 2, 3)):
        build_missing(date(2026, 2, 10))
    assert date(2026, 2, 3) not in built()
    with noon(date(2026, 2, 3)):
        assert read(FEBRUARY, date(2026, 2, 3)).orders == 1, "today is read live"


def test_one_day_can_be_built_alone(january):
    build(date(2026, 1, 20))

    assert built() == {date(2026, 1, 20)}
    assert not BuiltPeriod.objects.filter(granularity=Granularity.MONTH).exists()
    assert read(JANUARY, date(2026, 1, 31)).gross_total == 30


def test_built_days_are_read_from_their_summaries(january):
    build_missing()
    SalesSummary.objects.filter(granularity=Granularity.DAY).update(gross_total=7)
    SalesSummary.objects.filter(granularity=Granularity.MONTH).update(gross_total=1000)

    assert read(date(2026, 1, 2), date(2026, 1, 10)).gross_total == 7
    assert read(JANUARY, date(2026, 1, 31)).gross_total == 1000, "a whole month by its own"


def test_months_that_add_up_are_read_as_a_difference(january):
    sell_on(date(2026, 2, 14), units=5)
    with noon(date(2026, 3, 2)):
        build_missing()
        assert built(Granularity.MONTH) == {JANUARY, FEBRUARY}
        plan = plan_reading(Period(FEBRUARY, date(2026, 2, 28)), PRODUCTS)["products"]
    assert list(plan.months) == [FEBRUARY]
    assert list(plan.less) == [JANUARY]
    assert not plan.days
    assert not plan.live
    until_february = ProductSummary.objects.filter(
        granularity=Granularity.MONTH, first_day=FEBRUARY
    )
    assert sorted(until_february.values_list("quantity", flat=True)) == [1, 2, 5]


@pytest.fixture
def spring() -> Iterator[None]:
    """Sales on every third day from 5 January to 8 March; it is noon of 9 March, all is built."""
    goods = [shop.a_service(price) for price in ("1.00", "2.00", "3.00")]
    for number in range(22):
        with noon(date(2026, 1, 5) + timedelta(days=3 * number)):
            customer = shop.a_customer() if number % 2 else None
            shop.sell((goods[number % 3], 1 + number % 2), (goods[0], 1), customer=customer)
    with noon(date(2026, 3, 9)):
        build_missing()
        yield


def moved(builder: TableBuilder, plan: ReadPlan) -> dict[Any, Any]:
    """What is not zero of a summary whose months add up."""
    found = figures(builder, plan, by=builder.keys)
    return {key: [float(value) for value in row[:3]] for key, row in found.items() if any(row[:3])}


@pytest.mark.parametrize("builder", [PRODUCTS, CUSTOMERS], ids=lambda builder: builder.name)
def test_any_period_is_the_same_however_it_is_put_together(spring, builder):
    ways = set()
    for first in Days.between(date(2026, 1, 1), date(2026, 3, 9)):
        for last in (first, first + timedelta(days=16), date(2026, 2, 20), date(2026, 3, 10)):
            if first.day % 4 == 0 and first <= last:
                plan = plan_reading(Period(first, last), builder)[builder.name]
                ways.add((bool(plan.months), bool(plan.less), bool(plan.days), bool(plan.live)))
                live = ReadPlan(live=Days.between(first, last))
                assert moved(builder, plan) == moved(builder, live), (first, last, plan)
    assert len(ways) >= 6, ways


# --- Invalidating ---


def test_a_late_document_invalidates_its_day_and_the_months_with_that_day_in_them(january):
    sell_on(date(2026, 2, 14))
    with noon(date(2026, 3, 5)):
        build_missing()
        shop.sell((shop.a_service("3.00"), 1), at=at_noon(date(2026, 1, 20)))

        assert built() == days(date(2026, 1, 5), date(2026, 3, 4)) - {date(2026, 1, 20)}
        left = BuiltPeriod.objects.filter(granularity=Granularity.MONTH).values_list(
            "summary", "first_day"
        )
        cumulative = {builder.name for builder in BUILDERS if builder.cumulative}
        assert set(left) == {(name, FEBRUARY) for name in NAMES - cumulative}
        assert read(JANUARY, date(2026, 1, 31)).gross_total == 33

        build_missing()
        assert built(Granularity.MONTH) == {JANUARY, FEBRUARY}
        assert read(JANUARY, date(2026, 1, 31)).gross_total == 33


def test_a_late_document_that_is_refused_invalidates_nothing(january):
    build_missing()
    nothing_there = shop.a_product()
    with shop.refused(InsufficientStock):
        shop.sell((nothing_there, 1), at=at_noon(date(2026, 1, 20)))
    assert date(2026, 1, 20) in built()


def test_a_sale_of_today_invalidates_nothing_and_asks_for_no_lock(january, queries):
    build_missing()
    before = built()
    sent = queries(lambda: shop.sell((shop.a_service(), 1)))
    assert built() == before
    assert not [sql for sql in sent if "fact_" in sql]


def test_a_sale_before_the_first_one_invalidates_the_months_after_it(january):
    build_missing()
    shop.sell((shop.a_service("3.00"), 1), at=at_noon(date(2025, 12, 30)))

    assert not built(Granularity.MONTH)
    assert read(date(2025, 12, 1), date(2026, 1, 31)).gross_total == 33
    build_missing()
    assert built(Granularity.MONTH) == {date(2025, 12, 1), JANUARY}
    assert read(date(2025, 12, 1), date(2026, 1, 31)).gross_total == 33


def test_one_kind_of_summary_can_be_invalidated_by_name(january):
    build_missing()
    invalidate([date(2026, 1, 20)], summaries=["cash"])

    left = BuiltPeriod.objects.filter(granularity=Granularity.DAY, first_day=date(2026, 1, 20))
    assert set(left.values_list("summary", flat=True)) == NAMES - {CASH.name}
    assert build_missing(summaries=["cash"]) == 1


# --- On the way ---


def test_a_reader_builds_a_few_days_on_the_way_the_newest_first(january):
    CATCHING_UP.now()
    last = date(2026, 2, 2)
    assert built() == days(last - timedelta(days=FEW - 1), last)

    CATCHING_UP.now()
    assert len(built()) == FEW, "it looks once a minute at most"
    CATCHING_UP.forget()
    CATCHING_UP.now()
    assert len(built()) == 2 * FEW


def test_a_reader_makes_the_month_that_its_days_complete(january):
    build_missing(date(2026, 1, 30))
    assert not built(Granularity.MONTH)
    CATCHING_UP.now()
    assert built(Granularity.MONTH) == {JANUARY}


def test_a_reader_that_cannot_build_reads_live(january, monkeypatch):
    def refuse(mode: str) -> None:
        raise OperationalError(1290, "The server is running with --read-only")

    monkeypatch.setattr(building, "_lock", refuse)
    CATCHING_UP.now()

    assert not BuiltPeriod.objects.exists()
    assert read(JANUARY, date(2026, 1, 31)).gross_total == 30


# --- rebuild_facts ---


def rebuilt(*arguments: str) -> str:
    out = StringIO()
    call_command("rebuild_facts", *arguments, stdout=out)
    return out.getvalue()


def spoil() -> None:
    SalesSummary.objects.update(gross_total=7)


def test_summaries_are_rebuilt_whatever_is_there(january):
    build_missing()
    spoil()
    assert "built, from 2026-01-05 to 2026-02-02." in rebuilt()
    assert read(JANUARY, date(2026, 2, 2)).gross_total == 30
    assert built() == days(date(2026, 1, 5), date(2026, 2, 2))
    assert built(Granularity.MONTH) == {JANUARY}


def test_only_some_days_are_rebuilt_if_asked(january):
    build_missing()
    spoil()
    rebuilt("--from", "2026-01-10", "--until", "2026-01-25")

    assert read(date(2026, 1, 10), date(2026, 1, 25)).gross_total == 20
    assert read(date(2026, 1, 1), date(2026, 1, 9)).gross_total == 7, "left as it was"
    assert read(JANUARY, date(2026, 1, 31)).gross_total == 27, "the month is what its days say"


def test_only_what_is_missing_is_made_if_asked(january):
    build_missing(date(2026, 1, 10))
    spoil()
    rebuilt("--missing")
    assert read(JANUARY, date(2026, 1, 10)).gross_total == 7
    assert built() == days(date(2026, 1, 5), date(2026, 2, 2))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "2026-02-02", "--until", "2026-02-01"),
        ("--from", "yesterday"),
        ("--only", "gossip"),
        ("--only", ","),
    ],
)
def test_nonsense_is_refused(arguments):
    with pytest.raises((CommandError, SystemExit)):
        rebuilt(*arguments)


def test_an_empty_shop_is_told_so():
    assert "no summaries to build" in rebuilt()


# --- At the same moment ---


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_no_late_sale_is_missing_from_a_built_day(
    monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """A late sale is being written while its day is summed up. Unlocked, it would be lost."""
    day = date(2026, 1, 20)
    sell_on(day)
    service, cashier = shop.a_service("5.00"), shop.a_cashier()
    if not guarded:
        monkeypatch.setattr(building, "_lock", lambda mode: None)
    meeting = Meeting()
    # The seller meets after having invalidated the day, the builder after having summed it up.
    meeting.after(monkeypatch, building, "invalidate")
    meeting.after(monkeypatch, building, "_record")

    def sell_late() -> Any:
        return shop.sell((service, 1), at=at_noon(day), by=cashier)

    with time_machine.travel(at_noon(date(2026, 1, 22)).astimezone(UTC), tick=True):
        outcomes = at_once(sell_late, lambda: building.build(day))
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        assert meeting.met != guarded
        is_right = read(day, day).gross_total == Decimal(15)
    assert is_right == guarded
    assert connection.vendor == "mysql"


@pytest.mark.skipif("connection.vendor == 'mysql'", reason="plans depend on the rows there")
def test_what_a_line_cost_is_read_by_its_line():
    """SQLite plans by the shape of a query alone; by the other index it would read every line."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT {sale_sums.SOLD_COST} FROM sale_items i")
        plan = str(cursor.fetchall())
    assert "(sale_item_id=?)" in plan, plan
