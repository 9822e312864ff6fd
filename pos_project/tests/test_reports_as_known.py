"""The statements' pages as known on a day: without what was entered later, as the API has them."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from conftest import at_the_office
from ledger.expenses import Spending, record_expense
from pos_project.back_office.reports.catalogue import OF_ONE, REPORTS
from pos_project.core.days import today
from pos_project.core.period import ONE_DAY
from pos_project.tests import shop, transfers
from reports.statements.api import views as api

pytestmark = pytest.mark.django_db

DAY = today() - timedelta(days=7)
STATEMENTS = {
    "profit-loss": api.ProfitLossView,
    "cash-flow": api.CashFlowView,
    "balance-sheet": api.BalanceSheetView,
    "trial-balance": api.TrialBalanceView,
}
OTHERS = [name for name in REPORTS if name not in STATEMENTS]


def asked(**more: object) -> dict[str, object]:
    return {"range": "own", "fromDate": DAY, "toDate": DAY, "known_on": DAY, **more}


def rent(amount: int) -> None:
    """Entered today, for `DAY`."""
    spent = Spending("Rent", Decimal(amount), category="Rent", expense_date=DAY)
    record_expense(spent, by=shop.a_cashier())


def page_of(office: Client, name: str, **query: object) -> str:
    answer = office.get(reverse(f"report-{name}"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_of_the_statements_that_the_api_has_as_known() -> None:
    assert {name for name, each in REPORTS.items() if each.of_entries} == set(STATEMENTS)
    assert all(view.of_entries for view in STATEMENTS.values())
    assert not any(each.of_entries for each in OF_ONE.values())


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_rent_dated_back_is_there_from_the_day_it_was_entered(office: Client, name: str) -> None:
    rent(150)

    assert "150.00" in page_of(office, name, **asked(known_on=""))
    assert "150.00" in page_of(office, name, **asked(known_on=today()))
    assert "150.00" not in page_of(office, name, **asked(known_on=today() - ONE_DAY))


def test_the_figures_are_those_of_the_api(office: Client, as_manager: APIClient) -> None:
    rent(150)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        rent(20)
    told = as_manager.get("/api/ledger/profit-loss", asked(known_on=today())).json()["data"]
    page = page_of(office, "profit-loss", **asked(known_on=today()))

    assert (told["known_on"], told["result"]) == (str(today()), -150)
    assert "(150.00)" in page
    assert "170.00" not in page


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_page_says_it_and_asks_for_it_beside_the_days(office: Client, name: str) -> None:
    words = f"As known on the end of {DAY:%d-%m-%Y}"

    page = page_of(office, name, **asked())

    assert words in page
    assert f'name="known_on" value="{DAY}"' in page
    assert words not in page_of(office, name)
    assert 'name="known_on" value=""' in page_of(office, name)


def test_its_days_stores_and_files_keep_it(admin: User) -> None:
    second = transfers.a_store("Hill Street")
    page = page_of(at_the_office(admin), "profit-loss", **asked(store_id=second.pk))

    links = [unescape(link) for link in re.findall(r'href="(\?.*?)"', page)]

    assert len(links) > 10  # every range, and three files
    assert all(f"known_on={DAY}" in link and f"store_id={second.pk}" in link for link in links)


def test_a_file_says_it(office: Client) -> None:
    rent(150)
    files = {
        form: office.get(reverse("report-trial-balance"), asked(format=form))
        for form in ("csv", "xlsx", "pdf")
    }

    name = f"trial-balance-{DAY}-{DAY}-known-{DAY}"
    for form, answer in files.items():
        assert f'"{name}.{form}"' in answer.headers["Content-Disposition"]
    [sheet] = load_workbook(BytesIO(files["xlsx"].content))
    [head, labels, *_] = sheet.values
    assert head[0] == f"As known on the end of {DAY:%d-%m-%Y}"
    assert labels[:2] == ("No.", "Account")
    assert sheet.freeze_panes == "A3"
    assert "150" not in files["csv"].getvalue().decode()


@pytest.mark.parametrize("name", OTHERS)
def test_other_reports_neither_ask_for_it_nor_pretend(office: Client, name: str) -> None:
    assert 'name="known_on"' not in page_of(office, name)
    answer = office.get(reverse(f"report-{name}"), {"known_on": DAY})
    assert answer.status_code == 400
    assert "not known of this report" in answer.content.decode()


def test_what_it_leads_to_and_the_accountant_s_workbook_do_not_pretend(office: Client) -> None:
    rent(150)
    page = page_of(office, "profit-loss", **asked(known_on=today()))

    [ledger, *_] = re.findall(r'<td[^>]*><a href="(.*?)"', page)

    assert "known_on" not in ledger
    assert office.get(unescape(ledger)).status_code == 200
    assert office.get(reverse("report-accountant"), asked()).status_code == 400


@pytest.mark.parametrize("form", ["", "csv", "xlsx", "pdf"])
def test_no_day_is_said_on_the_page(office: Client, form: str) -> None:
    answer = office.get(reverse("report-profit-loss"), asked(known_on="yesterday", format=form))

    assert answer.status_code == 400
    assert "A real date" in answer.content.decode()


def test_it_costs_the_same_for_a_year_as_for_a_day(
    office: Client, queries: Callable[[Callable[[], Any]], list[str]]
) -> None:
    def counted() -> list[int]:
        pages = [reverse(f"report-{name}") for name in STATEMENTS]
        query = asked(known_on=today())
        return [len(queries(lambda page=page: office.get(page, query))) for page in pages]

    rent(10)
    counted()  # what is remembered from now on
    few = counted()
    for amount in range(1, 20):
        rent(amount)

    assert counted() == few
    assert max(few) <= 55
