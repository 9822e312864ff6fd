"""`/api/ledger/…`: who reads statements, of which days, as JSON, CSV and PDF."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Store
from ledger.chart_models import LedgerAccount
from ledger.expenses import Spending, record_expense
from ledger.own_money import MoneyMoved, move_money
from pos_project.core.days import today
from pos_project.tests import shop
from reports.documents import document, fonts, pdf, pdf_table

pytestmark = pytest.mark.django_db

OF_PERIOD = ("trial-balance", "profit-loss", "cash-flow", "tax", "general-ledger/CASH")
AS_OF = ("balance-sheet", "stock", "receivables", "receivables-ageing", "payables")
AS_OF += ("payables-ageing", "trial-balance")
PARTIES = ("customers/1/statement", "suppliers/1/statement")
ALL = tuple(dict.fromkeys(OF_PERIOD + AS_OF + PARTIES))


@pytest.fixture(autouse=True)
def a_shop() -> None:
    rahim, delta = shop.a_customer(pk=1), shop.a_supplier(pk=1, name="=Delta")
    tea = shop.a_product("10.00", name="@Tea")
    shop.buy((tea, 10, "4.00"), supplier=delta, offered=shop.cash(15))
    shop.sell((tea, 3), customer=rahim, offered=shop.cash(12), tax=Decimal("1.50"))
    shop.sell((tea, 1))


def get(client: APIClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/ledger/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- The envelope and what may be asked ---


@pytest.mark.parametrize("path", ALL)
def test_managers_read_staff_do_not(path: str, as_manager: APIClient, as_staff: APIClient) -> None:
    body = get(as_manager, path)
    assert body["success"] is True
    assert body["message"]
    assert body["data"]["store_id"] is None
    assert set(body["meta"]) == {"timestamp", "userId"}
    for wanted in ("json", "csv", "pdf"):
        answer = as_staff.get(f"/api/ledger/{path}", {"format": wanted})
        assert (answer.status_code, answer.json()["message"]) == (403, "Access denied")


@pytest.mark.parametrize("path", [*OF_PERIOD, *PARTIES])
def test_a_period_is_the_last_30_days_unless_it_is_named(path: str, as_admin: APIClient) -> None:
    assert get(as_admin, path)["data"]["period"] == {
        "fromDate": f"{today() - timedelta(days=30)}",
        "toDate": f"{today()}",
    }
    named = get(as_admin, path, fromDate="2026-01-05", toDate="2026-02-03")
    assert named["data"]["period"] == {"fromDate": "2026-01-05", "toDate": "2026-02-03"}


@pytest.mark.parametrize("path", [*OF_PERIOD, *PARTIES])
@pytest.mark.parametrize(
    "query",
    [
        {"fromDate": "2026-02-30"},
        {"toDate": "yesterday"},
        {"fromDate": "2026-02-02", "toDate": "2026-02-01"},
        {"store_id": "99"},
        {"store_id": "x"},
        {"format": "xml"},
    ],
)
def test_nonsense_is_refused_in_every_format(
    path: str, query: dict[str, str], as_admin: APIClient
) -> None:
    for wanted in ({}, {"format": "csv"}, {"format": "pdf"}):
        answer = as_admin.get(f"/api/ledger/{path}", {**wanted, **query})
        assert answer.status_code == 400, (query, wanted)
        assert answer.json()["success"] is False
        assert set(answer.json()["errors"]) <= set(query)


@pytest.mark.parametrize("path", AS_OF)
def test_as_of_is_a_real_day_that_has_come(path: str, as_admin: APIClient) -> None:
    yesterday = today() - timedelta(days=1)
    tomorrow = today() + timedelta(days=1)

    for wrong in (f"{tomorrow}", "2026-13-01", "now", "2026-1-1"):
        answer = as_admin.get(f"/api/ledger/{path}", {"as_of": wrong})
        assert answer.status_code == 400
        assert "as_of" in answer.json()["errors"]
    data = get(as_admin, path, as_of=f"{yesterday}")["data"]
    shown = data["period"]["toDate"] if "period" in data else data["as_of"]
    assert shown == f"{yesterday}"
    if path != "trial-balance":
        assert get(as_admin, path, as_of="")["data"]["as_of"] == f"{today()}"


def test_a_trial_balance_is_of_a_period_or_as_of_a_day(as_admin: APIClient) -> None:
    day = f"{today()}"
    everything = get(as_admin, "trial-balance", as_of=day)["data"]
    assert everything["period"] == {"fromDate": None, "toDate": day}
    assert everything["balanced"] is True
    assert all(row["opening_debit"] == row["opening_credit"] == 0 for row in everything["rows"])
    both = as_admin.get("/api/ledger/trial-balance", {"as_of": day, "toDate": day})
    assert both.status_code == 400


def test_what_does_not_exist_is_not_found(as_admin: APIClient) -> None:
    for path in ("general-ledger/NOTHING", "customers/999/statement", "suppliers/999/statement"):
        for wanted in ("json", "csv", "pdf"):
            answer = as_admin.get(f"/api/ledger/{path}", {"format": wanted})
            assert (answer.status_code, answer.json()["success"]) == (404, False)
    assert as_admin.get("/api/ledger/customers/x/statement").status_code == 400


# --- The figures on the wire ---


def test_the_statements_of_a_small_day(as_admin: APIClient) -> None:
    profit = get(as_admin, "profit-loss")["data"]
    assert (profit["net_sales"]["total"], profit["gross_profit"]) == (40, 24)
    assert profit["net_sales"]["lines"] == [
        {"account": "SALES", "number": "4000", "name": "Sales", "kind": "income", "amount": 40}
    ]

    sheet = get(as_admin, "balance-sheet")["data"]
    assert {line["account"]: line["amount"] for line in sheet["assets"]["lines"]} == {
        "CASH": 7,
        "RECEIVABLES": 19.5,
        "INVENTORY": 24,
    }
    assert {line["account"]: line["amount"] for line in sheet["liabilities"]["lines"]} == {
        "PAYABLES": 25,
        "TAX_PAYABLE": 1.5,
    }
    assert (sheet["current_result"], sheet["liabilities_and_equity"]) == (24, 50.5)
    assert sheet["balanced"] is True

    tax = get(as_admin, "tax")["data"]
    assert (tax["collected"], tax["refunded"], tax["payable"]) == (1.5, 0, 1.5)

    statement = get(as_admin, "customers/1/statement")
    assert statement["data"]["party"] == {"id": 1, "name": "Rahim Uddin"}
    assert [
        (line["kind"], line["charge"], line["payment"], line["balance"])
        for line in statement["data"]["lines"]
    ] == [("sale", 31.5, 0, 31.5), ("payment", 0, 12, 19.5)]
    assert (statement["data"]["dues"], statement["data"]["closing"]) == (19.5, 19.5)

    [aged] = get(as_admin, "payables-ageing")["data"]["rows"]
    assert (aged["name"], aged["days_0_30"], aged["total"]) == ("=Delta", 25, 25)
    [held] = get(as_admin, "stock")["data"]["rows"]
    assert (held["name"], held["units"], held["value"]) == ("@Tea", 6, 24)
    assert isinstance(held["units"], int)
    [owing] = get(as_admin, "receivables")["data"]["rows"]
    assert (owing["party_id"], owing["dues"], owing["advances"]) == (1, 19.5, 0)


def test_a_general_ledger_is_found_by_code_or_number_and_comes_in_pages(
    as_admin: APIClient,
) -> None:
    whole = get(as_admin, "general-ledger/1010")
    assert whole["data"]["account"]["account"] == "CASH"
    assert [line["balance"] for line in whole["data"]["lines"]] == [-15, -3, 7]
    assert [line["party"] for line in whole["data"]["lines"]] == ["=Delta", "Rahim Uddin", None]
    assert (whole["data"]["opening"], whole["data"]["closing"]) == (0, 7)
    assert (whole["total"], whole["limit"], whole["pagination"]["pages"]) == (3, 100, 1)

    page = get(as_admin, "general-ledger/cash", page=2, limit=2)
    assert (page["data"]["carried"], len(page["data"]["lines"])) == (-3, 1)
    assert page["pagination"]["hasPrevPage"] is True
    assert get(as_admin, "general-ledger/cash", page=9)["data"]["lines"] == []


def test_an_archived_customers_statement_can_still_be_read(as_admin: APIClient) -> None:
    salma = shop.a_customer(pk=2, name="Salma")
    shop.sell((shop.a_service(), 1), customer=salma)
    salma.archive()

    assert get(as_admin, "customers/2/statement")["total"] == 2


# --- CSV ---


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("path", ALL)
def test_every_statement_opens_in_a_spreadsheet(path: str, as_admin: APIClient) -> None:
    answer = as_admin.get(f"/api/ledger/{path}", {"format": "csv"})

    header, *rows = table(answer)

    assert rows
    assert all(len(row) == len(header) for row in rows)
    name = answer.headers["Content-Disposition"]
    assert name.startswith("attachment; filename=")
    assert f"{today()}.csv" in name


def test_a_text_is_never_a_formula_and_amounts_are_numbers(as_admin: APIClient) -> None:
    [_, supplier] = table(as_admin.get("/api/ledger/payables", {"format": "csv"}))
    assert supplier == ["1", "'=Delta", "25.00", "0.00", "25.00"]
    [_, tea] = table(as_admin.get("/api/ledger/stock", {"format": "csv"}))
    assert tea[1] == "'@Tea"
    lines = table(as_admin.get("/api/ledger/general-ledger/CASH", {"format": "csv"}))
    assert lines[1][4:] == ["'=Delta", "0.00", "15.00", "-15.00"]


def test_a_csv_has_every_line_where_json_has_a_page(as_admin: APIClient) -> None:
    query = {"format": "csv", "limit": "1", "page": "2"}

    assert len(table(as_admin.get("/api/ledger/general-ledger/CASH", query))) == 1 + 3


def test_profit_and_loss_names_the_section_of_each_line(as_admin: APIClient) -> None:
    rows = table(as_admin.get("/api/ledger/profit-loss", {"format": "csv"}))

    assert rows == [
        ["Section", "No.", "Account", "Amount"],
        ["Sales", "4000", "Sales", "40.00"],
        ["Cost of sales", "5000", "Cost of goods sold", "-16.00"],
    ]


# --- PDF ---


@pytest.mark.parametrize("path", ALL)
def test_every_statement_can_be_printed(path: str, as_admin: APIClient) -> None:
    answer = as_admin.get(f"/api/ledger/{path}", {"format": "pdf"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('.pdf"')
    assert answer.content.startswith(b"%PDF-")


def test_a_shop_and_an_account_in_bengali_are_printed_in_a_font_that_has_them(
    as_admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.objects.update(name="রহিম স্টোর", address="৭ লেক রোড")
    LedgerAccount.objects.filter(code="CASH").update(name="হাতে নগদ")
    words_in_bengali, set_in = [], fonts.text

    def noted(words: str, look: Any, width: float) -> Any:
        paragraph = set_in(words, look, width)
        words_in_bengali.extend(
            part.text for part in paragraph.frags if part.fontName.startswith("Bengali")
        )
        return paragraph

    for module in (pdf, pdf_table):
        monkeypatch.setattr(module, "text", noted)
    printed = as_admin.get("/api/ledger/trial-balance", {"format": "pdf"}).content

    assert b"NotoSansBengali" in printed
    for word in ("রহিম", "স্টোর", "লেক", "হাতে", "নগদ"):
        assert word in words_in_bengali


def test_a_document_that_would_be_too_long_is_refused(
    as_admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MAX_LINES", 2)

    answer = as_admin.get("/api/ledger/general-ledger/CASH", {"format": "pdf"})

    assert answer.status_code == 400
    assert "format=csv" in answer.json()["message"]


def test_amounts_are_written_as_accountants_write_them() -> None:
    texts = [document.accounted(Decimal(each)) for each in ("1234.5", "-0.07", "0.00")]

    assert texts == ["1,234.50", "(0.07)", "–"]


def test_input_tax_lowers_what_is_owed_to_the_state(as_admin: APIClient, office: Client) -> None:
    page = reverse("report-tax")
    told = "Owed less input tax"
    assert told not in office.get(page).content.decode(), "nobody is told who has none"
    rice = shop.a_product()
    bought = shop.buy((rice, 4, "10.00"), tax=Decimal("6.00"), offered=shop.on_credit())
    shop.send_back(bought, 1)
    record_expense(Spending("Light", Decimal(23), tax=Decimal(3)), by=shop.a_cashier())
    shop.sell((rice, 1), tax=Decimal("7.50"))
    move_money(MoneyMoved("tax_offset", Decimal("2.50")), by=shop.a_cashier())

    tax = get(as_admin, "tax")["data"]
    assert tax["input_tax"] == {
        "opening": 0,
        "paid": 9,
        "returned": 1.5,
        "settled": 2.5,
        "reclaimable": 5,
    }
    assert (tax["payable"], tax["net_payable"]) == (6.5, 1.5)
    shown = office.get(page).content.decode()
    assert told in shown
    assert "1.50" in shown
