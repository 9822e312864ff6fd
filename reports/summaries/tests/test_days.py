"""Sets of days as runs."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reports.summaries.day_sets import Days, month_after, month_before, month_end

DAYS = st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=25)


@given(mine=DAYS, theirs=DAYS)
def test_runs_are_sets_of_days(mine, theirs):
    a, b = Days.of(mine), Days.of(theirs)

    assert set(a) == mine
    assert set(a | b) == mine | theirs
    assert set(a - b) == mine - theirs
    assert all((day in a) == (day in mine) for day in mine | theirs)
    assert Days.of(a | b) == a | b, "runs never touch"


@given(days=DAYS, most=st.integers(1, 5))
def test_coarser_days_hold_all_of_them_in_fewer_runs(days, most):
    coarse = Days.of(days).coarse(most)

    assert len(coarse.runs) <= most
    assert set(coarse) >= days
    if days:
        assert (coarse.runs[0][0], coarse.runs[-1][1]) == (min(days), max(days))


def test_the_smallest_gaps_are_filled_first():
    days = Days.of([date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 20)])

    assert days.coarse(2).runs == (
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 1, 20), date(2026, 1, 20)),
    )


def test_months_have_neighbours_and_an_end():
    assert month_after(date(2025, 12, 15)) == date(2026, 1, 1)
    assert month_before(date(2026, 1, 31)) == date(2025, 12, 1)
    assert month_end(date(2024, 2, 1)) == date(2024, 2, 29)


def test_no_days_are_no_condition_that_holds():
    assert Days().on("day") == "1 = 0"
    assert Days().parameters() == {}
