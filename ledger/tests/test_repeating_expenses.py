"""Expenses that come again each month, booked by the night."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from time_machine import travel

from ledger.chart_models import PaymentMethod
from ledger.expenses import Spending, month_after, record_expense, reverse_expense
from ledger.models import Expense, RepeatingExpense
from ledger.repeating_expenses import NotBooked, book_due, end
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.tests import shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_books_agree")]


@pytest.fixture(autouse=True)
def the_twelfth_of_august() -> Iterator[None]:
    """What is booked each month depends on the day on which it was booked first."""
    with travel("2026-08-12T14:00:00+06:00"):
        yield


def rent(amount: str = "115.00", **fields: Any) -> Expense:
    spending = Spending("Rent", Decimal(amount), "Rent", tax=Decimal(15), repeats=True, **fields)
    return record_expense(spending, by=shop.a_cashier("manager", role="manager"))


def months_later(count: int) -> Any:
    day = today()
    for _ in range(count):
        day = month_after(day, on=day.day)
    return travel(at_noon(day))


def days() -> list[date]:
    return list(Expense.objects.order_by("id").values_list("business_date", flat=True))


def test_what_repeats_began_at_most_a_year_ago() -> None:
    rent(expense_date=date(2025, 8, 12))
    with shop.refused(Invalid, "expense_date"):
        rent(expense_date=date(2025, 8, 10))
    assert book_due() == 12


@pytest.mark.parametrize(
    ("day", "on", "after"),
    [
        ("2026-01-31", 31, "2026-02-28"),
        ("2026-02-28", 31, "2026-03-31"),
        ("2027-12-15", 15, "2028-01-15"),
        ("2028-01-30", 30, "2028-02-29"),
    ],
)
def test_the_last_day_of_a_month_stays_the_last(day: str, on: int, after: str) -> None:
    assert month_after(date.fromisoformat(day), on=on) == date.fromisoformat(after)


def test_it_is_booked_each_month_on_its_day_and_once() -> None:
    first = rent()
    assert book_due() == 0

    with months_later(1):
        assert (book_due(), book_due()) == (1, 0)
        second = Expense.objects.latest("id")
        assert second.business_date == today() == month_after(first.business_date, on=12)
        assert shop.entry("expense", second) == {"RENT": 100, "INPUT_TAX": 15, "CASH": -115}
        assert (second.title, second.created_by) == (first.title, first.created_by)


def test_months_that_no_night_came_to_are_made_up_for_each_on_its_day() -> None:
    rent()

    with months_later(3):
        assert book_due() == 3

    assert [each.month for each in days()] == [8, 9, 10, 11]
    assert {each.day for each in days()} == {12}


def test_what_was_ended_or_taken_back_is_booked_no_more() -> None:
    by = shop.a_cashier()
    rent()
    reverse_expense(rent("230.00").pk, reason="Wrong", by=by)
    row = RepeatingExpense.objects.earliest("id")
    end(row.pk, by=by)

    with months_later(2):
        assert book_due() == 0
    with shop.refused(Conflict):
        end(row.pk, by=by)
    with shop.refused(NotFound):
        end(98765, by=by)


def test_one_that_cannot_be_booked_is_named_and_the_others_are_booked() -> None:
    rent(payment_method="nagad")
    rent()
    PaymentMethod.objects.filter(code="nagad").update(is_active=False)

    with months_later(1):
        PaymentMethod.objects.get(code="nagad").save()  # what is remembered is read anew
        with pytest.raises(NotBooked, match=r"^repeating expense \d+: \S+"):
            book_due()

    assert Expense.objects.count() == 3


def test_the_night_books_it(capsys: Any) -> None:
    rent(expense_date=today() - timedelta(days=40))

    call_command("nightly")

    assert "1 repeating expenses booked" in capsys.readouterr().out
    assert len(days()) == 2


def test_it_is_begun_and_ended_in_the_back_office(office: Client) -> None:
    form = {"title": "Rent", "amount": "60", "category": "Rent", "method": "cash", "repeats": "on"}
    office.post("/admin/ledger/expense/add/", form)
    row = RepeatingExpense.objects.get()
    page = reverse("admin:ledger_repeatingexpense_change", args=[row.pk])
    end_it = reverse("admin:ledger_repeatingexpense_end_it", args=[row.pk])
    assert row.next_on == month_after(today(), on=today().day)
    assert end_it in office.get(page).content.decode()

    office.post(end_it)

    row.refresh_from_db()
    assert row.ended_at is not None
    assert end_it not in office.get(page).content.decode()
