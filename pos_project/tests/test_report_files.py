"""Reports as files: one, or everything for the accountant."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from pos_project.core.days import today
from pos_project.core.http import xlsx_file
from pos_project.tests import shop, transfers
from pos_project.tests.report_pages import address, opened, sheets

pytestmark = pytest.mark.django_db


def test_the_books_of_another_store_are_refused_as_of_any_report(office: Client) -> None:
    hill = transfers.a_store("Hill Street")
    for page in (reverse("report-accountant"), address("trial-balance")):
        answer = office.get(page, {"store_id": hill.pk})
        assert answer.status_code == 400
        assert "You do not work in this store" in answer.content.decode()


def test_the_accountant_gets_everything_as_one_workbook(office: Client) -> None:
    shop.a_days_work()

    page = opened(office, reverse("report-accountant"), range="this_month")
    book = sheets(
        office.get(reverse("report-accountant"), {"range": "this_month", "format": "xlsx"})
    )

    assert book.sheetnames == [
        "Profit and loss",
        "Cash flow",
        "Tax",
        "Tax by quarter",
        "Balance sheet",
        "Trial balance",
        "Receivables by age",
        "Payables by age",
        "Receivables",
        "Payables",
        "Stock",
        "Journal",
    ]
    assert "range=this_month" in page
    journal = list(book["Journal"].values)[1:]
    debits, credits = (sum(Decimal(str(row[at] or 0)) for row in journal) for at in (7, 8))
    assert debits == credits > 0
    [closing] = [row for row in book["Trial balance"].values if row[1] == "Total"]
    assert closing[6] == closing[7] != 0


def test_a_spreadsheet_runs_nothing_that_somebody_typed(office: Client) -> None:
    names = ("=1+1", "\x01=cmd()", "@SUM(A1)", "Rahim")
    for name in names:
        customer = shop.a_customer(name=name)
        shop.sell((shop.a_service(), 1), customer=customer, offered=shop.on_credit())

    [sheet] = sheets(office.get(address("receivables"), {"format": "xlsx"}))
    written = {row[1] for row in sheet.values} - {"Name", "Total"}

    assert written == {"'=1+1", "'=cmd()", "'@SUM(A1)", "Rahim"}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_workbook_has_numbers_days_and_totals(office: Client) -> None:
    shop.sell((shop.a_service("1250.00"), 1))

    [sheet] = sheets(office.get(address("takings"), {"format": "xlsx", "range": "today"}))
    header, day, total = sheet.iter_rows()

    assert [cell.value for cell in header] == ["Date", "Cash", "Total"]
    assert (day[0].value.date(), day[1].value) == (today(), 1250)
    assert day[1].number_format == "#,##0.00"
    assert (total[0].value, total[2].value, total[2].font.bold) == ("Total", 1250, True)


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_ROWS", 1)

    with pytest.raises(xlsx_file.TooManyRows):
        xlsx_file.render("Sales", ["No."], [[1], [2]])
