"""A document dated ahead, a clock that was set back, a clock that runs ahead."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from ledger import closing
from ledger.closing_models import DaySeal
from ledger.journal_models import JournalEntry
from pos_project.core.days import at_noon, today
from pos_project.core.errors import Unavailable
from pos_project.tests import shop
from reports.statements.day_closing import close_until, last_closable_day

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


def a_delivery(date: str) -> tuple[str, dict[str, object], str]:
    line = {"product_id": shop.a_product().pk, "quantity": 1, "cost_price": 5}
    body = {"supplier_id": shop.a_supplier().pk, "items": [line], "purchase_date": date}
    return "/api/purchase", body, "purchase_date"


def an_expense(date: str) -> tuple[str, dict[str, object], str]:
    return "/api/expenses", {"title": "Rent", "amount": 5, "expense_date": date}, "expense_date"


def an_entry(date: str) -> tuple[str, dict[str, object], str]:
    lines = [{"account": "BANK", "debit": 5}, {"account": "OWNERS_CAPITAL", "credit": 5}]
    return "/api/ledger/entries", {"memo": "x", "lines": lines, "entry_date": date}, "entry_date"


@pytest.mark.parametrize("document", [a_delivery, an_expense, an_entry])
def test_a_document_of_tomorrow_counts_today_and_a_later_one_is_refused(
    document: Callable[[str], tuple[str, dict[str, object], str]], as_admin: APIClient
) -> None:
    path, body, field = document(str(today() + 2 * ONE_DAY))
    refused = as_admin.post(path, body)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert not JournalEntry.objects.exists()

    accepted = as_admin.post(path, {**body, field: str(today() + ONE_DAY)})
    assert accepted.status_code == 201, accepted.content
    assert JournalEntry.objects.get().business_date == today()


def test_what_is_moved_into_an_open_day_says_so(as_admin: APIClient) -> None:
    with time_machine.travel(at_noon(today() - 3 * ONE_DAY)):
        shop.sell((shop.a_service(), 1))
        sold_on = today()
    shop.sell((shop.a_service(), 1))
    close_until(sold_on)
    for document in (a_delivery, an_expense):
        path, body, _ = document(str(sold_on))
        assert as_admin.post(path, body).json()["data"]["business_date"] == str(today())
        path, body, _ = document(str(sold_on + ONE_DAY))
        answer = as_admin.post(path, body).json()
        assert answer["data"]["business_date"] == str(sold_on + ONE_DAY)


def test_a_clock_set_back_into_a_closed_day_stops_sales_and_posts_nothing(admin: User) -> None:
    shirt, closed_on = shop.a_product(), today()
    shop.stock(shirt, 5)
    with time_machine.travel(at_noon(closed_on + 3 * ONE_DAY)):
        shop.sell((shirt, 1))
        close_until(closed_on)
    before = shop.everything()
    closing.LAST_SEALED_DAY.forget()
    with pytest.raises(Unavailable, match=f"the books are closed until {closed_on}"):
        shop.sell((shirt, 1))

    assert shop.everything() == before


def test_a_clock_that_runs_ahead_closes_no_day_after_the_newest_entry() -> None:
    shop.sell((shop.a_service(), 1))
    newest = today()
    with time_machine.travel(at_noon(newest + 20 * ONE_DAY)):
        close_until(last_closable_day())

    assert list(DaySeal.objects.exclude(day=None).values_list("day", flat=True)) == [newest]


def test_the_root_leads_to_the_back_office(client: object) -> None:
    assert APIClient().get("/").headers["Location"] == "/admin/"
