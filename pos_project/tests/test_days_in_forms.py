"""Days in the back office: ISO or day first, and said before booking where they move."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from ledger.journal_models import JournalEntry
from ledger.models import Expense
from ledger.period_lock import lock_through
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from reports.statements.day_closing import close_until

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)
Filled = tuple[str, dict[str, Any], str]


def an_expense(day: str) -> Filled:
    body = {"title": "Rent", "amount": "5", "method": "cash", "expense_date": day}
    return "/admin/ledger/expense/add/", body, "expense_date"


def an_entry(day: str) -> Filled:
    lines = {"form-0-account": "BANK", "form-0-debit": "5"}
    lines |= {"form-1-account": "OWNERS_CAPITAL", "form-1-credit": "5"}
    sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", **lines}
    body = {"memo": "Opening", "entry_date": day, **sent}
    return "/admin/ledger/journalentry/add/", body, "entry_date"


def a_delivery(day: str) -> Filled:
    line = {"form-0-sku": shop.a_product().sku, "form-0-quantity": "1", "form-0-cost_price": "5"}
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", **line}
    supplier = shop.a_supplier().pk
    body = {"supplier": supplier, "purchase_date": day, "method": "cash", "paid": "5", **sent}
    return "/admin/purchasing/purchase/add/", body, "purchase_date"


DOCUMENTS = pytest.mark.parametrize("document", [an_expense, an_entry, a_delivery])


def booked_on() -> list[date]:
    return list(JournalEntry.objects.values_list("business_date", flat=True))


def said(answer: Any, field: str) -> str:
    assert answer.status_code == 200
    return " ".join(answer.context["form"].errors.get(field, []))


@DOCUMENTS
@pytest.mark.parametrize(
    "typed", ["2026-08-03", "03/08/2026", "3-8-2026", "03.8.2026", "০৩/০৮/২০২৬"]
)
def test_a_day_is_iso_or_day_first_in_any_digits(
    office: Client, document: Callable[[str], Filled], typed: str
) -> None:
    path, body, _ = document(typed)
    assert office.post(path, body).status_code == 302
    assert booked_on() == [date(2026, 8, 3)]


@DOCUMENTS
@pytest.mark.parametrize("typed", ["08/13/2026", "31/02/2026", "3/8/26", "yesterday", "1/1/1999"])
def test_what_is_no_day_is_refused_and_never_turned_round(
    office: Client, document: Callable[[str], Filled], typed: str
) -> None:
    path, body, field = document(typed)
    assert said(office.post(path, body), field)
    assert not JournalEntry.objects.exists()


@DOCUMENTS
def test_a_day_that_is_locked_is_said_before_the_document_counts_today(
    office: Client, manager: Any, document: Callable[[str], Filled]
) -> None:
    last = today() - 3 * ONE_DAY
    lock_through(last, reason="Filed", by=manager, role=manager.role)
    path, body, field = document(f"{last:%d/%m/%Y}")

    first = office.post(path, body)
    assert f"{last:%d-%m-%Y} is closed: this would count on {today():%d-%m-%Y}" in said(
        first, field
    )
    assert not JournalEntry.objects.exists()

    agreed = first.context["form"]["moved"].value()
    assert office.post(path, {**body, "moved": agreed}).status_code == 302
    assert booked_on() == [today()]


def test_a_day_that_was_closed_is_said_and_another_is_asked_about_anew(office: Client) -> None:
    with time_machine.travel(at_noon(today() - 3 * ONE_DAY)):
        shop.sell((shop.a_service(), 1))
        closed = today()
    close_until(closed)
    path, body, field = an_expense(str(closed))
    agreed = office.post(path, body).context["form"]["moved"].value()

    other = {**body, "expense_date": str(closed - ONE_DAY), "moved": agreed}
    assert "is closed" in said(office.post(path, other), field)
    assert not Expense.objects.exists()


@DOCUMENTS
def test_tomorrow_is_asked_about_and_later_is_refused(
    office: Client, document: Callable[[str], Filled]
) -> None:
    path, body, field = document(str(today() + ONE_DAY))
    first = office.post(path, body)
    assert "has not come yet: this would count on" in said(first, field)
    later = office.post(path, {**body, field: str(today() + 2 * ONE_DAY)})
    assert "In the future" in said(later, field)
    assert not JournalEntry.objects.exists()

    agreed = first.context["form"]["moved"].value()
    assert office.post(path, {**body, "moved": agreed}).status_code == 302
    assert booked_on() == [today()]


def test_the_filters_of_lists_and_birthdays_are_day_first_too(office: Client) -> None:
    shop.buy((shop.a_product(), 1, "1.00"))
    day = f"{today():%d/%m/%Y}"
    for since, count in ((day, 1), (f"{today() + ONE_DAY:%d/%m/%Y}", 0)):
        page = office.get("/admin/purchasing/purchase/", {"purchase_date_from": since})
        assert page.context["cl"].result_count == count

    form = office.get("/admin/sales/customer/add/").context["adminform"].form
    assert form.fields["birthday"].clean("05/11/1985") == date(1985, 11, 5)


def test_the_days_of_a_calendar_are_written_as_iso(office: Client) -> None:
    script = office.get("/admin/jsi18n/").content.decode()
    assert script.index('"%Y-%m-%d"') < script.index('"%d/%m/%Y"')
    assert "%m/%d" not in script
