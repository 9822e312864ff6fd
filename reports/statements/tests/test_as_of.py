"""What the shop had and owed at the end of a past day is what it had and owed then."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from inventory.fifo import value
from inventory.models import Batch
from ledger import chart
from ledger.ageing import bucket_of
from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalLine
from ledger.party_balances import standing
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.examples import examples
from pos_project.tests.invariants import books_agree
from purchasing.models import SupplierDue
from purchasing.payables import payables_ageing
from purchasing.supplier_payments import SUPPLIER_DUES
from reports.statements import financial_statements
from reports.statements.stock_as_of import held_as_of
from reports.summaries.building import build_missing
from reports.tests.trader import Happening, Trader, on, weeks
from sales.customer_payments import CUSTOMER_DUES
from sales.models import CustomerDue
from sales.receivables import receivables_ageing

pytestmark = pytest.mark.django_db

Figures = dict[str, dict[Any, Any]]


@pytest.fixture
def trader() -> Trader:
    return Trader()


def as_it_stands(today: date) -> Figures:
    """From the columns that move: what is on the shelves and open right now."""
    units: dict[int, Decimal] = defaultdict(Decimal)
    worth: dict[int, Decimal] = defaultdict(Decimal)
    for batch in Batch.objects.all():
        units[batch.product_id] += batch.remaining
        worth[batch.product_id] += value(batch.remaining, batch.unit_cost)
    accounts: dict[str, Decimal] = defaultdict(Decimal)
    advances: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for line in JournalLine.objects.all():
        accounts[line.account_id] += line.debit - line.credit
        if line.account_id == chart.CUSTOMER_ADVANCES:
            advances["customer", line.customer_id] += line.credit - line.debit
        if line.account_id == chart.SUPPLIER_ADVANCES:
            advances["supplier", line.supplier_id] += line.debit - line.credit
    dues: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    ages: dict[tuple[str, int, int], Decimal] = defaultdict(Decimal)
    for due in CustomerDue.objects.select_related("sale"):
        dues["customer", due.customer_id] += due.due_amount
        bucket = bucket_of(due.sale.business_date, today)
        ages["customer", due.customer_id, bucket] += due.due_amount
    for owed in SupplierDue.objects.select_related("purchase"):
        dues["supplier", owed.supplier_id] += owed.due_amount
        bucket = bucket_of(owed.purchase.purchase_date, today)
        ages["supplier", owed.supplier_id, bucket] += owed.due_amount
    return _without_zeros(
        units=units, worth=worth, accounts=accounts, dues=dues, advances=advances, ages=ages
    )


def as_told(day: date) -> Figures:
    """The same from the statements as of the day."""
    stock = held_as_of(day)
    parties = {
        (book.party, party): at
        for book in (CUSTOMER_DUES, SUPPLIER_DUES)
        for party, at in standing(book, day).items()
    }
    trial = financial_statements.trial_balance(Period(financial_statements.BEGINNING, day))
    assert trial.balanced
    return _without_zeros(
        units={row.product_id: row.units for row in stock},
        worth={row.product_id: row.value for row in stock},
        accounts={row.account.code: row.closing for row in trial.rows},
        dues={party: at.dues for party, at in parties.items()},
        advances={party: at.advances for party, at in parties.items()},
        ages={
            (party, row.party_id, bucket): amount
            for party, rows in (
                ("customer", receivables_ageing(day)),
                ("supplier", payables_ageing(day)),
            )
            for row in rows
            for bucket, amount in enumerate(row.buckets)
        },
    )


def _without_zeros(**figures: dict[Any, Decimal]) -> Figures:
    return {
        name: {key: amount for key, amount in each.items() if amount}
        for name, each in figures.items()
    }


@examples(20)
@given(weeks)
def test_as_of_a_day_is_what_was_seen_on_that_day(trader: Trader, days: Any) -> None:
    seen = {}
    for later, happened in days:
        day = trader.open_on(later, *happened)
        seen[day] = as_it_stands(day)
        if later % 3 == 0:
            with on(day):
                build_missing()

    for day, figures in seen.items():
        assert as_told(day) == figures, day
        sheet = financial_statements.balance_sheet(day)
        assert sheet.balanced
    books_agree()


def test_between_two_open_days_nothing_changes(trader: Trader) -> None:
    first = trader.open_on(1, Happening("sell_on_credit", 0, 2), Happening("buy", 0, 3))
    trader.open_on(10, Happening("collect", 0, 2), Happening("refund", 0, 1))

    before, after = as_told(first), as_told(first + timedelta(days=9))
    assert before.pop("ages")
    assert after.pop("ages")
    assert before == after


def test_a_document_dated_back_later_shows_from_its_own_day_on(trader: Trader) -> None:
    goods, delta = trader.goods[0], trader.suppliers[0]
    day = trader.open_on(5, Happening("sell_for_cash"))
    then = as_told(day)
    with on(day + timedelta(days=20)):
        build_missing()
        shop.buy((goods, 4, "2.50"), supplier=delta, offered=shop.on_credit(), on=day)
        record_expense(Spending("Rent", Decimal(30), expense_date=day), by=shop.a_cashier())

    now = as_told(day)

    assert now["units"][goods.pk] == then["units"][goods.pk] + 4
    assert now["worth"][goods.pk] == then["worth"][goods.pk] + 10
    assert now["dues"]["supplier", delta.pk] == 10
    assert now["accounts"][chart.CASH] == then["accounts"][chart.CASH] - 30
    the_day_before = as_told(day - timedelta(days=1))
    assert the_day_before["units"][goods.pk] == 20


def test_what_was_paid_later_was_still_open_then(trader: Trader) -> None:
    rahim = trader.customers[0]
    day = trader.open_on(1, Happening("sell_on_credit", 0, 2))  # two shirts on credit
    trader.open_on(45, Happening("collect", 0, 9))  # paid, and more than that

    [then] = receivables_ageing(day)
    assert (then.party_id, then.buckets[0], then.total) == (
        rahim.pk,
        Decimal("39.98"),
        Decimal("39.98"),
    )
    [older] = receivables_ageing(day + timedelta(days=44))
    assert older.buckets[1] == Decimal("39.98")
    assert receivables_ageing(trader.day) == []
    assert standing(CUSTOMER_DUES, trader.day)[rahim.pk].advances == Decimal("113.02")
