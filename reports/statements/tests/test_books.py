"""The statements of the books agree with the documents, with each other and with the dashboards.

The second opinion is docs/figures.md in plain Python over the raw rows.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Store, User
from conftest import signed_in
from ledger import chart, posting
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalLine
from ledger.models import Expense
from ledger.party_balances import PartyBalance, standing
from pos_project.core.db.transactions import transact
from pos_project.core.period import Period
from pos_project.core.posting_context import PostingContext
from pos_project.tests import shop
from pos_project.tests.examples import examples
from purchasing.models import Purchase
from purchasing.payables import payables_ageing, supplier_statement
from purchasing.returns import cost_of
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.statements import financial_statements
from reports.statements.general_ledger import GeneralLedger
from reports.summaries.building import build_missing
from reports.summaries.models import AccountSummary
from reports.tests.trader import FIRST_DAY, Happening, Trader, on, weeks
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Refund, Sale, SaleCogs
from sales.receivables import customer_statement, receivables_ageing
from sales.tax_by_rate import tax_by_rate

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)

ranges = st.tuples(st.integers(-3, 120), st.integers(0, 90))


@pytest.fixture
def trader() -> Trader:
    return Trader()


def traded(trader: Trader, days: Any, reach: tuple[int, int], *, freeze: bool = False) -> Period:
    """Trade, perhaps freeze what is closed, and choose a period somewhere in it."""
    for later, happened in days:
        trader.open_on(later, *happened)
    first = trader.day - timedelta(days=reach[0])
    if freeze:
        trader.day += timedelta(days=40)  # time goes on: nothing more happens on a closed day
        with on(trader.day):
            build_missing()
    return Period(first, first + timedelta(days=reach[1]))


slow = examples(15)


# --- Profit and loss, and tax: the dashboards' definitions ---


def rounded(period: Period) -> Decimal:
    """What papers of purchases add up to beyond their goods and their tax."""
    papers = Purchase.objects.exclude(status=Purchase.Status.OPENING)
    return sum(
        (
            each.total_amount - (each.tax or ZERO) - sum(map(cost_of, each.items.all()), ZERO)
            for each in papers.prefetch_related("items")
            if each.business_date in period
        ),
        ZERO,
    )


@slow
@given(weeks, ranges, st.booleans())
def test_profit_and_loss_is_that_of_section_18(
    trader: Trader, days: Any, reach: tuple[int, int], freeze: bool
) -> None:
    period = traded(trader, days, reach, freeze=freeze)
    sales = [each for each in Sale.objects.completed() if each.business_date in period]
    refunds = [each for each in Refund.objects.all() if each.business_date in period]
    costs = SaleCogs.objects.select_related("sale_item__sale", "refund_item__refund")
    cogs = sum(
        (
            cost.total_cost
            for cost in costs
            if (
                cost.refund_item.refund.business_date
                if cost.refund_item
                else cost.sale_item.sale.business_date
            )
            in period
        ),
        ZERO,
    )
    spent = [each.amount for each in Expense.objects.all() if each.business_date in period]

    statement = financial_statements.profit_loss(period)

    assert statement.net_sales.total == sum(s.subtotal - s.discount for s in sales) - sum(
        r.refund_amount - r.tax_amount for r in refunds
    )
    assert statement.cost_of_sales.total == cogs
    assert statement.gross_profit == statement.net_sales.total - cogs
    assert statement.operating_expenses.total == sum(spent) + rounded(period)
    assert statement.net_profit == statement.gross_profit - sum(spent) - rounded(period)
    tax = financial_statements.tax(period)
    assert tax.account.collected == sum(s.tax for s in sales)
    assert tax.account.refunded == sum(r.tax_amount for r in refunds)
    by_hand = JournalLine.objects.filter(
        account_id=chart.TAX_PAYABLE,
        entry__event="manual",
        entry__business_date__range=(period.first, period.last),
    )
    assert tax.account.settled == sum(line.debit - line.credit for line in by_hand)
    assert sum(row.collected for row in tax.by_rate) == tax.account.collected
    assert sum(row.refunded for row in tax.by_rate) == tax.account.refunded
    assert sum(row.sales for row in tax.by_rate) == len(sales)
    before = financial_statements.balance_sheet(period.first - timedelta(days=1))
    after = financial_statements.balance_sheet(period.last)
    assert after.result - before.result == statement.result


def test_profit_and_loss_of_the_contracts_example(worked_dataset: Any) -> None:
    data = worked_dataset.data("ledger/profit-loss")

    assert data["period"] == {"fromDate": "2026-02-01", "toDate": "2026-02-08"}
    assert data["net_sales"]["total"] == 280.49
    assert [line["amount"] for line in data["net_sales"]["lines"]] == [300.57, -19.99, -0.09]
    assert data["cost_of_sales"]["total"] == 149
    assert data["gross_profit"] == 131.49
    assert data["operating_expenses"]["total"] == 72.5
    assert [line["account"] for line in data["operating_expenses"]["lines"]] == [
        "RENT",
        "OTHER_EXPENSES",
    ]
    assert data["net_profit"] == 58.99 == data["result"]
    assert data["other_income"]["lines"] == data["stock_differences"]["lines"] == []


def test_goods_found_and_lost_are_neither_sold_nor_spent(trader: Trader) -> None:
    # 3 found at 2.3333, 2 lost at 8.05
    day = trader.open_on(1, Happening("adjust", 1, 3), Happening("adjust", 2, 2))

    statement = financial_statements.profit_loss(Period(day, day))

    found = {line.account.code: line.amount for line in statement.stock_differences.lines}
    assert found == {chart.INVENTORY_GAIN: Decimal("7.00"), chart.INVENTORY_LOSS: Decimal("-16.10")}
    assert statement.net_profit == 0
    assert statement.result == Decimal("-9.10")


# --- Trial balance, balance sheet, general ledger ---


@slow
@given(weeks, ranges, st.booleans())
def test_every_balance_is_the_sum_of_the_accounts_lines(
    trader: Trader, days: Any, reach: tuple[int, int], freeze: bool
) -> None:
    period = traded(trader, days, reach, freeze=freeze)
    lines = list(JournalLine.objects.select_related("entry").order_by("id"))

    def net(account: str, counts: Callable[[date], bool]) -> Decimal:
        return sum(
            (
                line.debit - line.credit
                for line in lines
                if line.account_id == account and counts(line.entry.business_date)
            ),
            ZERO,
        )

    trial = financial_statements.trial_balance(period)
    rows = {row.account.code: row for row in trial.rows}

    assert trial.balanced
    for code in LedgerAccount.objects.values_list("code", flat=True):
        opening = net(code, lambda day: day < period.first)
        closing = net(code, lambda day: day <= period.last)
        row = rows.get(code)
        assert (row.opening if row else 0, row.closing if row else 0) == (opening, closing)
        ledger = GeneralLedger(code, period)
        assert (ledger.opening, ledger.closing) == (opening, closing)
        listed = list(ledger.every())
        assert ledger.count == len(listed)
        assert (listed[-1].balance if listed else opening) == closing
        assert [line.debit - line.credit for line in listed] == [
            line.debit - line.credit
            for line in sorted(lines, key=lambda line: (line.entry.business_date, line.entry_id))
            if line.account_id == code and line.entry.business_date in period
        ]
        middle = len(listed) // 2
        page = ledger.page(middle, 3)
        assert list(page.lines) == listed[middle : middle + 3]
        assert page.carried == (listed[middle - 1].balance if middle else opening)
    for day in (period.first, period.last):
        assert financial_statements.balance_sheet(day).balanced


def test_an_account_that_an_accountant_adds_shows_by_its_kind(trader: Trader, admin: User) -> None:
    for code, number, kind in (
        ("BANK_2", "1051", "asset"),
        ("LOAN_2", "2301", "liability"),
        ("CAPITAL_2", "3101", "equity"),
        ("INTEREST", "4901", "income"),
        ("FEES", "6501", "expense"),
    ):
        LedgerAccount.objects.create(code=code, number=number, name=code.title(), kind=kind)
    day = trader.day
    before = financial_statements.balance_sheet(day)
    lines = [
        posting.Line("BANK_2", debit=Decimal(170)),
        posting.Line("LOAN_2", credit=Decimal(100)),
        posting.Line("CAPITAL_2", credit=Decimal(60)),
        posting.Line("INTEREST", credit=Decimal(15)),
        posting.Line("FEES", debit=Decimal(5)),
    ]
    with on(day):
        transact(lambda: posting.post("adjustment", lines, context=PostingContext.claim(admin)))

    after, result = (
        financial_statements.balance_sheet(day),
        financial_statements.profit_loss(Period(day, day)),
    )

    assert after.balanced
    assert after.assets.total - before.assets.total == 170
    assert after.liabilities.total - before.liabilities.total == 100
    assert after.equity.total - before.equity.total == 60
    assert after.result - before.result == 10
    assert [(line.account.code, line.amount) for line in result.other_income.lines] == [
        ("INTEREST", 15)
    ]
    assert [(line.account.code, line.amount) for line in result.operating_expenses.lines] == [
        ("FEES", 5)
    ]


def test_each_store_has_books_of_its_own(trader: Trader, admin: User) -> None:
    other = Store.objects.create(name="Uptown")
    clerk = shop.a_cashier("uptown")
    clerk.store = other
    clerk.save()
    day = trader.day
    with on(day):
        shop.buy((trader.goods[0], 4, "3.00"), by=clerk, supplier=trader.suppliers[1])
        shop.sell((trader.goods[0], 1), by=clerk)
        shop.sell((trader.goods[1], 1))

    def gross(store: int | None) -> Decimal:
        return financial_statements.profit_loss(Period(day, day), store_id=store).gross_profit

    assert gross(other.pk) == Decimal("16.99")
    assert gross(Store.FIRST_ID) == Decimal("32.05")
    assert gross(None) == Decimal("49.04")
    for store in (None, other.pk, Store.FIRST_ID):
        assert financial_statements.balance_sheet(day, store_id=store).balanced
    assert [row.units for row in financial_statements.stock(day, store_id=other.pk).rows] == [3]
    assert financial_statements.stock(day, store_id=other.pk).account == 9


def test_what_is_closed_is_read_from_facts(trader: Trader) -> None:
    """A frozen month is believed: so the journal is not added up again."""
    trader.open_on(1, Happening("sell_for_cash", 1, 2))
    with on(trader.day + timedelta(days=60)):
        build_missing()
    end = trader.day.replace(day=31)
    before = financial_statements.balance_of(chart.CASH, end)
    AccountSummary.objects.filter(granularity=2, account_id=chart.CASH, event="sale").update(
        debit=1000
    )

    assert financial_statements.balance_of(chart.CASH, end) == before - Decimal("80.20") + 1000


# --- Customers and suppliers ---


@slow
@given(weeks, ranges)
def test_a_partys_statement_runs_from_what_it_owed_to_what_it_owes(
    trader: Trader, days: Any, reach: tuple[int, int]
) -> None:
    period = traded(trader, days, reach)
    for book, people, statement in (
        (CUSTOMER_DUES, trader.customers, customer_statement),
        (SUPPLIER_DUES, trader.suppliers, supplier_statement),
    ):
        opening_of = standing(book, period.first - timedelta(days=1))
        closing_of = standing(book, period.last)
        for party in people:
            opening = opening_of.get(party.pk, PartyBalance()).balance
            closing = closing_of.get(party.pk, PartyBalance()).balance
            lines = statement(party.pk, period.first, period.last)
            listed = list(lines.every(opening))
            assert (listed[-1].balance if listed else opening) == closing
            assert lines.count() == len(listed)
            assert [line.day for line in listed] == sorted(line.day for line in listed)
            charges, payments = lines.sides()
            assert opening + charges - payments == closing
            middle = len(listed) // 2
            carried = lines.carried(opening, middle)
            assert lines.page(carried, middle, 2) == listed[middle : middle + 2]


@slow
@given(weeks, ranges)
def test_ageing_adds_up_to_the_control_account_and_to_each_partys_dues(
    trader: Trader, days: Any, reach: tuple[int, int]
) -> None:
    period = traded(trader, days, reach)
    for book, rows, sign in (
        (CUSTOMER_DUES, receivables_ageing(period.last), 1),
        (SUPPLIER_DUES, payables_ageing(period.last), -1),
    ):
        total = sum((row.total for row in rows), ZERO)
        assert total == sign * financial_statements.balance_of(book.control_account, period.last)
        dues = {party: at.dues for party, at in standing(book, period.last).items() if at.dues}
        assert {row.party_id: row.total for row in rows} == dues


def test_a_customers_statement_tells_the_story_of_the_account(trader: Trader) -> None:
    rahim, shirt, day = trader.customers[0], trader.goods[0], FIRST_DAY + timedelta(days=1)
    with on(day, hour=9):
        sold = shop.sell((shirt, 3), customer=rahim, offered=shop.cash(20)).sale
    with on(day, hour=11):
        shop.take_back(sold, shop.units_of(sold.items.get(), 1))
    with on(day, hour=12):
        shop.pay_dues(rahim, 30, "bkash")
    with on(day, hour=13):
        offered = shop.on_credit(use_advance=True)
        shop.sell((shirt, 1), customer=rahim, offered=offered)

    lines = customer_statement(rahim.pk, day, day).every(ZERO)

    assert [
        (line.kind, line.method, f"{line.charge:.2f}", f"{line.payment:.2f}", f"{line.balance:.2f}")
        for line in lines
    ] == [
        ("sale", None, "59.97", "0.00", "59.97"),
        ("payment", "cash", "0.00", "20.00", "39.97"),
        ("refund_of_sale", None, "0.00", "19.99", "19.98"),
        ("due_payment", "bkash", "0.00", "19.98", "0.00"),
        ("advance", "bkash", "0.00", "10.02", "-10.02"),
        ("sale", None, "19.99", "0.00", "9.97"),
    ]


# --- Tax by rate ---


def test_a_sales_rate_is_the_one_that_gives_its_tax_to_the_cent(trader: Trader) -> None:
    shirt, day = trader.goods[0], trader.day
    with on(day):
        shop.sell((shirt, 2), tax_rate_id=trader.rate.pk)  # 7.5 % of 39.98 = 3.00
        shop.sell((shirt, 1), tax=Decimal("7.77"))
        back = shop.sell((shirt, 2), tax_rate_id=trader.rate.pk).sale
        shop.take_back(back)
        shop.sell((shirt, 1))

    rows = tax_by_rate(day, day)

    assert [(row.name, row.rate, row.sales, row.collected, row.refunded) for row in rows] == [
        ("VAT", Decimal("7.50"), 2, 6, 3),
        (None, Decimal("0.00"), 1, 0, 0),
        (None, None, 1, Decimal("7.77"), 0),
    ]
    assert rows[0].taxable == Decimal("79.96")


def test_moments_decide_the_order_within_a_day(trader: Trader) -> None:
    rahim, day = trader.customers[0], trader.day + timedelta(days=1)
    for hour in (15, 9, 12):
        with on(day, hour=hour):
            shop.sell((trader.goods[0], 1), customer=rahim)

    lines = list(customer_statement(rahim.pk, day, day).every(ZERO))

    assert [line.kind for line in lines] == ["sale", "payment"] * 3
    moments: list[datetime] = [line.at for line in lines]
    assert moments == sorted(moments)


def test_statements_and_dashboards_say_the_same(trader: Trader, admin: User) -> None:
    for later, which in ((1, 1), (3, 2), (2, 0), (4, 3)):
        trader.open_on(
            later,
            Happening("sell_split_and_taxed", which, 2),
            Happening("sell_on_credit", which, 3),
            Happening("sell_for_cash", which),
            Happening("refund", 0, 1),
            Happening("refund", 1, 3),
            Happening("spend", 0, 3),
        )
    days = {"fromDate": f"{FIRST_DAY + timedelta(days=3)}", "toDate": f"{trader.day}"}

    def asked(path: str) -> Any:
        answer = signed_in(admin).get(f"/api/{path}", days)
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    with on(trader.day, hour=20):
        statement, dashboard = asked("ledger/profit-loss"), asked("dashboard/profit-loss")
        tax, tax_dashboard = asked("ledger/tax"), asked("dashboard/tax-summary")

    assert statement["net_sales"]["total"] == dashboard["revenue"]["net_revenue"] > 0
    assert statement["cost_of_sales"]["total"] == dashboard["cost_of_goods"]["total_cogs"] > 0
    assert statement["gross_profit"] == dashboard["profit"]["gross_profit"]
    assert statement["operating_expenses"]["total"] == dashboard["expenses"]["total_expenses"] > 0
    assert statement["net_profit"] == dashboard["profit"]["net_profit"]
    assert tax["net"] == tax_dashboard["tax_summary"]["total_tax_collected"] > 0
