"""Where money came from and went, and why profit and dashboards are not the same figure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Store
from ledger import tills
from ledger.chart_models import LedgerAccount
from ledger.expenses import Spending, record_expense
from ledger.journal_sums import Moved
from ledger.own_money import MoneyMoved, move_money
from ledger.posting import Line
from ledger.profit_bridge import bridge
from ledger.shifts import Movement, ShiftCount, close_shift, move_cash, open_shift
from pos_project.core.days import at_noon, today
from pos_project.core.period import Period
from pos_project.tests import shop
from reports.statements.cash_counting import Counted, count_cash
from reports.statements.cash_flow import cash_flow
from reports.statements.financial_statements import profit_loss
from reports.tests.a_shops_week import Week

pytestmark = pytest.mark.django_db

D = Decimal


def trade() -> None:
    """Something of everything that moves money, and something of what does not."""
    rahim, delta, mug = shop.a_customer(), shop.a_supplier(), shop.a_product("10.00")
    moves: list[tuple[str, str, dict[str, Any]]] = [
        ("contribution", "500", {}),
        ("deposit", "200", {}),
        ("loan", "80", {}),
        ("equipment", "120", {}),
        ("drawing", "30", {}),
    ]
    for kind, amount, fields in moves:
        move_money(MoneyMoved(kind, D(amount), **fields), by=shop.a_cashier())
    bought = shop.buy((mug, 10, "4.00"), supplier=delta, offered=shop.cash(30), tax=D(6))
    shop.send_back(bought, 2)
    shop.sell((mug, 3), customer=rahim, offered=shop.by_method("card", 12), tax=D("1.50"))
    shop.pay_dues(rahim, 5)
    shop.credit(rahim, "bad_debt", "4.00")
    record_expense(Spending("Rent", D(25), "rent"), by=shop.a_cashier())
    move_money(MoneyMoved("arrival", D(10), fee=D("0.50")), by=shop.a_cashier())
    move_money(MoneyMoved("tax_payment", D("1.50")), by=shop.a_cashier())
    wear = Line("OTHER_EXPENSES", debit=D(7)), Line("FIXED_ASSETS", credit=D(7))
    shop.post_by_hand(*wear, memo="Depreciation")
    shop.adjust(mug, -1)


def told(flows: Any) -> dict[str, Decimal]:
    return {line.name: line.amount for line in flows.lines}


def test_each_flow_is_told_by_what_caused_it() -> None:
    trade()
    flow = cash_flow(Period(today(), today()))

    assert told(flow.operating) == {
        "customers": 17,
        "suppliers": -30,
        "expenses": -25,
        "TAX_PAYABLE": D("-1.50"),
        "CARD_FEES": D("-0.50"),
    }
    assert told(flow.investing) == {"FIXED_ASSETS": -120}, "wear moves no money"
    assert told(flow.financing) == {"LOANS": 80, "OWNERS_CAPITAL": 500, "DRAWINGS": -30}
    assert (flow.opening, flow.change, flow.closing) == (0, 390, 390)
    assert flow.balanced


def test_money_counted_short_is_a_flow_and_money_taken_to_the_bank_is_none() -> None:
    move_money(MoneyMoved("contribution", D(100)), by=shop.a_cashier())
    counted = Counted(D(98), reason="Short", banked=D(50), day=today())
    count_cash(counted, by=shop.a_cashier())
    flow = cash_flow(Period(today(), today()))
    assert told(flow.operating) == {"cash_counts": -2}
    assert (flow.change, flow.balanced) == (98, True)


def test_what_a_till_brings_away_is_told_by_where_it_goes() -> None:
    by, till = shop.a_cashier(), tills.add_till("Front", store_id=Store.FIRST_ID)
    move_money(MoneyMoved("contribution", D(100)), by=by)
    shift = open_shift(till.pk, D(50), by=by)
    for kind, amount in (("to_bank", 20), ("drawn", 10), ("paid_out", 4)):
        move_cash(shift.pk, Movement(kind, D(amount), "Because"), by=by)
    close_shift(shift.pk, ShiftCount(D(15), reason="Short"), by=by)

    flow = cash_flow(Period(today(), today()))
    assert told(flow.operating) == {"expenses": -4, "cash_counts": -1}
    assert told(flow.financing) == {"OWNERS_CAPITAL": 100, "DRAWINGS": -10}
    assert (flow.closing, flow.balanced) == (85, True)


def test_an_account_numbered_10_is_money_and_another_is_an_investment() -> None:
    kind = LedgerAccount.Kind.ASSET
    LedgerAccount.objects.create(code="SAVINGS", number="1005", name="Savings", kind=kind)
    LedgerAccount.objects.create(code="DEPOSIT", number="1600", name="Rent deposit", kind=kind)
    for account in ("SAVINGS", "DEPOSIT"):
        sides = Line(account, debit=D(10)), Line("CASH", credit=D(10))
        shop.post_by_hand(*sides, memo="Moved")
    flow = cash_flow(Period(today(), today()))
    assert (told(flow.investing), flow.change) == ({"DEPOSIT": -10}, -10)


def test_days_follow_one_another_and_every_week_of_trade_is_explained() -> None:
    Week()
    days = [today() - timedelta(days=back) for back in range(7, -1, -1)]
    flows = [cash_flow(Period(day, day)) for day in days]
    assert all(flow.balanced for flow in flows)
    assert [flow.opening for flow in flows[1:]] == [flow.closing for flow in flows[:-1]]
    whole = cash_flow(Period(days[0], days[-1]))
    assert (whole.change, whole.closing) == (sum(f.change for f in flows), flows[-1].closing)


def test_the_bridge_leads_from_the_dashboards_to_the_result(as_admin: APIClient) -> None:
    trade()
    dashboard = as_admin.get("/api/dashboard/profit-loss").json()["data"]["profit"]
    said = as_admin.get("/api/ledger/profit-loss").json()["data"]
    bridge = said["bridge"]

    assert bridge["dashboard_net_profit"] == dashboard["net_profit"]
    assert {step["name"]: step["amount"] for step in bridge["steps"]} == {
        "manual_entries": -7.5,
        "due_credits": -4,
        "stock_differences": -4,
    }
    steps = sum(step["amount"] for step in bridge["steps"])
    assert bridge["result"] == said["result"] == dashboard["net_profit"] + steps


def test_the_bridge_holds_after_a_week_of_everything(as_admin: APIClient) -> None:
    Week()
    dashboard = as_admin.get("/api/dashboard/profit-loss").json()["data"]["profit"]
    statement = profit_loss(Period(today() - timedelta(days=30), today()))
    assert float(statement.bridge.dashboards) == dashboard["net_profit"]
    steps = sum(step.amount for step in statement.bridge_to_result)
    assert statement.bridge.dashboards + steps == statement.result
    assert {"due_credits", "rounding", "other_income"} <= {
        s.name for s in statement.bridge_to_result
    }


def test_what_no_step_names_is_a_step_of_its_own() -> None:
    moved = [
        Moved("RENT", "expense", D(5), D(0)),
        Moved("RENT", "a new kind", D(3), D(0)),
        Moved("CASH", "a new kind", D(0), D(3)),
    ]
    crossed = bridge(moved, lambda account: account == "RENT")
    assert (crossed.dashboards, [(s.name, s.amount) for s in crossed.steps]) == (
        -5,
        [("other", -3)],
    )


# --- Beside other days ---


@pytest.fixture
def two_days() -> None:
    shop.sell((shop.a_service("30.00"), 1), at=at_noon(today() - timedelta(days=1)))
    shop.sell((shop.a_service("50.00"), 1))


@pytest.mark.usefixtures("two_days")
@pytest.mark.parametrize(
    ("path", "figure", "now", "then"),
    [("profit-loss", "result", 50, 30), ("cash-flow", "change", 50, 30)],
)
def test_other_days_stand_beside_a_statement(
    as_admin: APIClient, path: str, figure: str, now: int, then: int
) -> None:
    day, before = str(today()), str(today() - timedelta(days=1))
    asked = {"fromDate": day, "toDate": day}
    other = {"compareFrom": before, "compareTo": before}
    alone = as_admin.get(f"/api/ledger/{path}", asked).json()["data"]
    said = as_admin.get(f"/api/ledger/{path}", {**asked, **other}).json()["data"]

    assert "compared" not in alone
    assert said[figure] == now
    assert said.pop("compared") == {
        **as_admin.get(f"/api/ledger/{path}", {"fromDate": before, "toDate": before}).json()["data"]
    }
    assert said == alone
    printed = as_admin.get(f"/api/ledger/{path}", {**asked, **other, "format": "csv"})
    text = printed.getvalue().decode()
    assert "Amount,Before,Change" in text
    assert as_admin.get(f"/api/ledger/{path}", {**other, "format": "pdf"}).content[:4] == b"%PDF"


@pytest.mark.usefixtures("two_days")
def test_another_day_stands_beside_the_balance_sheet(as_admin: APIClient) -> None:
    before = str(today() - timedelta(days=1))
    said = as_admin.get("/api/ledger/balance-sheet", {"compare_as_of": before}).json()["data"]
    compared = said["compared"]
    assert (said["liabilities_and_equity"], compared["liabilities_and_equity"]) == (80, 30)
    assert (compared["as_of"], compared["balanced"]) == (before, True)


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("profit-loss", {"compareFrom": "2026-01-01"}, "compareFrom"),
        ("cash-flow", {"compareTo": "2026-01-01"}, "compareFrom"),
        (
            "profit-loss",
            {"compareFrom": "2026-01-02", "compareTo": "2026-01-01"},
            "compareFrom",
        ),
        ("balance-sheet", {"compare_as_of": "soon"}, "compare_as_of"),
    ],
)
def test_other_days_that_are_none_are_named(
    as_admin: APIClient, path: str, query: dict[str, str], field: str
) -> None:
    answer = as_admin.get(f"/api/ledger/{path}", query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.usefixtures("two_days")
def test_the_back_office_shows_them_beside_the_days_before(office: Client) -> None:
    for name in ("cash-flow", "profit-loss"):
        page = office.get(reverse(f"report-{name}"), {"range": "today"}).content.decode()
        assert all(text in page for text in ("Before", "50.00", "30.00", "20.00")), name
    trade()
    page = office.get(reverse("report-profit-loss"), {"range": "today"}).content.decode()
    assert "Net profit of the dashboards" in page


def test_the_balance_sheet_stands_beside_the_end_of_the_month_before(office: Client) -> None:
    end = today().replace(day=1) - timedelta(days=1)
    shop.sell((shop.a_service("30.00"), 1), at=at_noon(end))
    shop.sell((shop.a_service("50.00"), 1))
    page = office.get(reverse("report-balance-sheet"), {"range": "today"}).content.decode()
    assert all(text in page for text in ("80.00", "30.00", "50.00", f"Before: {end:%d-%m-%Y}"))
