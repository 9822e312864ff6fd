"""Day closings and party statements say what the figures say, to those whom they concern."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Store, User
from conftest import at_the_office
from ledger.chart_models import PaymentMethod
from ledger.closing import head
from pos_project.core.days import at_noon, today
from pos_project.core.period import Period
from pos_project.tests import shop
from reports.documents import document, fonts, html, pdf
from reports.documents.document import Document, Letterhead
from reports.statements.day_closing import close_until
from reports.statements.day_closing_document import day_closing
from reports.statements.day_report import day_reports
from reports.statements.party_statement import CUSTOMERS, SUPPLIERS, Side, party_statement
from reports.statements.party_statement import document as party_document

pytestmark = pytest.mark.django_db

PAGES = "/admin/papers"


def closed(day: date) -> Document:
    return day_closing(day, Letterhead.of(Store.objects.get()))


def stated(side: Side, party: Any, first: date, last: date) -> Document:
    statement = party_statement(side, party.pk, Period(first, last))
    return party_document(statement, Letterhead.of(Store.objects.get()))


def rows_of(printed: Document, place: int) -> dict[str, Any]:
    return {row.cells[0]: tuple(row.cells[1:]) for row in printed.tables[place].rows}


def sums_of(printed: Document) -> dict[str, str]:
    return {each.label: f"{each.amount}" for table in printed.tables for each in table.sums}


def test_the_day_report_has_the_figures_of_the_day() -> None:
    shop.a_days_work()
    [report] = day_reports(today(), today())

    printed = closed(today())

    day, money = rows_of(printed, 0), rows_of(printed, 1)
    assert day["Sales"] == (report.sales_total,)
    assert day["of it on credit"] == (report.sold_on_credit,)
    assert day["Tax in the sales"] == (Decimal("2.00"),)
    assert day["Expenses"] == (Decimal("-12.00"),)
    assert money["Cash"][:-1] == tuple(report.by_method["cash"].values())
    assert sums_of(printed)["Expected cash"] == f"{report.drawer.expected}"


def test_an_open_day_says_so_and_a_closed_one_has_its_seal() -> None:
    day = today() - timedelta(days=2)
    shop.sell((shop.a_service("5.00"), 1), at=at_noon(day))
    assert dict(closed(day).facts)["State"].startswith("Open")

    close_until(day)

    printed = closed(day)
    assert dict(printed.facts)["State"] == "Closed and sealed"
    assert head().seal in printed.notes[-1]


def test_a_day_on_which_nothing_happened_has_a_report_too() -> None:
    printed = closed(date(2001, 1, 1))

    assert printed.tables[1].rows == []
    assert pdf.render(printed).startswith(b"%PDF-")


def test_a_statement_runs_from_the_balance_before_to_the_balance_owed() -> None:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.cash(10))
    shop.pay_dues(rahim, 5)

    printed = stated(CUSTOMERS, rahim, today(), today())

    balances = [row.cells[-1] for row in printed.tables[0].rows]
    assert (balances[0], balances[-1]) == (0, 15)
    assert sums_of(printed) == {
        "Balance before": "0.00",
        "Charges": "30.00",
        "Payments and refunds": "-15.00",
        "Balance to pay": "15.00",
    }


def test_what_lies_before_the_days_is_in_the_balance_before() -> None:
    delta, shirt = shop.a_supplier(), shop.a_product()
    shop.buy((shirt, 2, "10.00"), supplier=delta, offered=shop.on_credit())
    tomorrow = today() + timedelta(days=1)

    printed = stated(SUPPLIERS, delta, tomorrow, tomorrow)

    assert [row.cells[-1] for row in printed.tables[0].rows] == [20]
    assert sums_of(printed)["Balance we owe"] == "20.00"


def test_a_statement_costs_the_same_for_few_lines_as_for_many() -> None:
    rahim = shop.a_customer()

    def sold(times: int) -> int:
        for _ in range(times):
            shop.sell((shop.a_service(), 1), customer=rahim, offered=shop.on_credit())
        return len(
            shop.statements(
                lambda: html.render(stated(CUSTOMERS, rahim, today(), today()), pdf_url="/x")
            )
        )

    assert sold(1) == sold(12)


def test_names_in_bengali_stand_in_the_pdf_in_a_font_that_has_them() -> None:
    Store.objects.update(name="রহিম স্টোর")

    assert b"NotoSansBengali" in pdf.render(closed(today()))


def test_bengali_vowels_stand_where_a_reader_expects_them() -> None:
    """ি is written after its consonant and read before it: a shaper puts it there."""
    pytest.importorskip("uharfbuzz")
    fonts.register_fonts()

    name = fonts.text("রহিম Ahmed", fonts.style(9), 400)
    name.wrap(400, 400)

    [line] = name.blPara.lines
    assert [word.text.strip() for word in line.words] == ["রিহম", "Ahmed"]


def test_marks_and_digits_beside_bengali_are_set_in_its_font() -> None:
    """A word is shaped in one font: a comma of another came out as some other letter."""
    fonts.register_fonts()

    parts = fonts.text("৭ রোড, 12 (ঢাকা): ২৫০ml", fonts.style(9), 400).frags

    assert [(part.fontName, part.text) for part in parts if part.text.strip()] == [
        ("Bengali", "৭"),
        ("Bengali", "রোড,"),
        ("Sans", " 12 "),
        ("Bengali", "(ঢাকা):"),
        ("Bengali", "২৫০"),
        ("Sans", " ml"),
    ]


def test_the_pages_and_their_pdf_open_for_the_office(office: Client) -> None:
    rahim, delta = shop.a_customer(), shop.a_supplier()
    for path in (
        f"{PAGES}/day-closing/{today()}",
        f"{PAGES}/statements/customer-statement/{rahim.pk}",
        f"{PAGES}/statements/supplier-statement/{delta.pk}",
    ):
        page = office.get(path)
        assert page.status_code == 200
        assert f"{path}?format=pdf" in page.content.decode()
        assert page["Cache-Control"] == "private, no-store"
        printed = office.get(f"{path}?format=pdf")
        assert printed["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("day-closing/nonsense", 404),
        ("statements/no-printed/1", 404),
        ("statements/customer-statement/999999", 302),
        ("statements/customer-statement/1?fromDate=x", 400),
    ],
)
def test_what_is_not_there_is_no_crash(office: Client, path: str, status: int) -> None:
    assert office.get(f"{PAGES}/{path}").status_code == status


def test_other_days_are_chosen_on_the_page_and_stay_in_its_pdf(
    office: Client,
) -> None:
    rahim, first = shop.a_customer(), today() - timedelta(days=90)
    path = f"{PAGES}/statements/customer-statement/{rahim.pk}"
    assert f'name="fromDate" value="{first}"' in office.get(path).content.decode()

    page = office.get(path, {"fromDate": "2026-02-01", "toDate": "2026-02-28"})

    shown = page.content.decode()
    assert "01-02-2026 to 28-02-2026" in shown
    assert 'name="fromDate" value="2026-02-01"' in shown
    assert 'name="toDate" value="2026-02-28"' in shown
    assert "?fromDate=2026-02-01&amp;toDate=2026-02-28&amp;format=pdf" in shown


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"fromDate": "x"}, "A real date"),
        ({"fromDate": "2026-03-01", "toDate": "2026-02-01"}, "must not be later"),
    ],
)
def test_wrong_days_are_said_where_others_can_be_chosen(
    office: Client, days: dict[str, str], said: str
) -> None:
    rahim = shop.a_customer()

    page = office.get(f"{PAGES}/statements/customer-statement/{rahim.pk}", days)

    assert page.status_code == 400
    assert said in page.content.decode()
    assert 'name="toDate"' in page.content.decode()


def test_too_many_lines_lead_to_fewer_days(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_LINES", 0)
    rahim = shop.a_customer()
    shop.sell((shop.a_service(), 1), customer=rahim, offered=shop.on_credit())

    page = office.get(f"{PAGES}/statements/customer-statement/{rahim.pk}")

    assert "choose fewer days" in page.content.decode()


def test_the_days_are_chosen_on_no_other_document(office: Client) -> None:
    page = office.get(f"{PAGES}/day-closing/{today()}")
    assert "fromDate" not in page.content.decode()


def test_staff_and_strangers_see_no_document_of_the_office(staff: User) -> None:
    client = at_the_office(staff)
    for stranger in (client, Client()):
        for path in (f"day-closing/{today()}", "statements/customer-statement/1"):
            answer = stranger.get(f"{PAGES}/{path}")
            assert answer.status_code == 302
            assert answer["Location"].startswith("/admin/login/")


def test_a_method_is_called_as_it_was_on_the_day() -> None:
    shop.sell((shop.a_service("5.00"), 1), offered=shop.cash(5))
    PaymentMethod.objects.filter(code="cash").update(name="Notes and coins")

    assert list(rows_of(closed(today()), 1)) == ["Cash", "All methods"]


def test_only_a_party_is_thanked() -> None:
    Store.objects.update(receipt_header="Since 1990", receipt_footer="Thank you!")
    rahim = shop.a_customer()

    assert closed(today()).shop.lines == []
    assert closed(today()).shop.footer == ""
    assert stated(CUSTOMERS, rahim, today(), today()).shop.footer == "Thank you!"
