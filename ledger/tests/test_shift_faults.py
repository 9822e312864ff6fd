"""The invariants of shifts can fail: with one fault planted, an honest shift goes red."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger import posting, shift_figures, shifts
from pos_project.tests.shifts import a_closed_shift
from reports.reconciliation.reconcile import reconcile

pytestmark = pytest.mark.django_db

Plant = Callable[[pytest.MonkeyPatch], None]


def the_drawer_s_money_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shift_figures, "WITHIN_THE_STORE", ("to_drawer",))


def the_sum_takes_what_went_for_what_came(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shift_figures.ShiftSums, "cash_out", property(lambda sums: sums.cash_in))


def a_difference_is_not_booked(patch: pytest.MonkeyPatch) -> None:
    real = posting.post

    def all_but_that(event: str, lines: Any, **how: Any) -> Any:
        return real(event, [] if event == "shift" else lines, **how)

    patch.setattr(posting, "post", all_but_that)


def a_movement_is_booked_into_the_drawer(patch: pytest.MonkeyPatch) -> None:
    real = posting.post

    def outside(event: str, lines: Any, *, context: Any, **how: Any) -> Any:
        if event == "cash_movement":
            context = replace(context, shift_id=None)
        return real(event, lines, context=context, **how)

    patch.setattr(posting, "post", outside)


def a_number_is_passed_over(patch: pytest.MonkeyPatch) -> None:
    real = shifts._last_z
    patch.setattr(shifts, "_last_z", lambda store_id: real(store_id) + 1)


def slips_are_compared_with_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shift_figures.ShiftSums, "of_methods", lambda _: {})


def a_difference_is_the_shift_s_own(patch: pytest.MonkeyPatch) -> None:
    real = posting.post

    def inside(event: str, lines: Any, *, context: Any, **how: Any) -> Any:
        if event == "shift":
            context = replace(context, shift_id=how["document_id"])
        return real(event, lines, context=context, **how)

    patch.setattr(posting, "post", inside)


def names_of_the_broken() -> set[str]:
    return {each.invariant.name for each in reconcile() if not each.holds}


def test_an_honest_shift_breaks_nothing() -> None:
    a_closed_shift()
    assert names_of_the_broken() == set()


@pytest.mark.parametrize(
    ("plant", "caught_by"),
    [
        (the_drawer_s_money_is_forgotten, "shifts_expect_their_cash"),
        (the_sum_takes_what_went_for_what_came, "shifts_expect_their_cash"),
        (a_difference_is_not_booked, "documents_posted_what_they_say"),
        (a_movement_is_booked_into_the_drawer, "cash_movements_are_in_their_entry_s_shift"),
        (a_number_is_passed_over, "z_numbers_have_no_gaps"),
        (slips_are_compared_with_nothing, "slips_were_compared_with_the_books"),
        (a_difference_is_the_shift_s_own, "entries_are_in_a_shift_of_their_store"),
    ],
)
def test_a_planted_fault_is_caught(
    plant: Plant, caught_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    a_closed_shift()
    assert caught_by in names_of_the_broken()
