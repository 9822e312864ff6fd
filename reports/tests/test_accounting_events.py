"""What each event of a shop books, as an accountant reads it.

One shop, from its first day on: each event is done by the use case that tills, pages and imports
call, and its entry must be the one that stands beside it. Credits are indented. In the end every
account of a document agrees with what stands behind it, and the statements balance.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalEntry, JournalLine
from ledger.manual_entries import ManualEntry, open_balances
from ledger.models import Expense, Payment
from ledger.own_money import MoneyMoved, move_money
from ledger.posting import Line
from ledger.year_end import YearEnd, close_year
from pos_project.core.days import at_noon, today
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from reports.statements.cash_counting import Counted, count_cash
from reports.statements.financial_statements import balance_sheet, trial_balance

pytestmark = pytest.mark.django_db

D = Decimal


class Shop:
    """The people and things of the table, and what was done last."""

    def __init__(self):
        self.by = shop.a_cashier()
        self.rahim, self.karim = shop.a_customer(name="Rahim"), shop.a_customer(name="Karim")
        self.delta, self.mills = shop.a_supplier(name="Delta"), shop.a_supplier(name="Mills")
        self.shirt, self.cap = shop.a_product("20.00"), shop.a_product("5.00")
        self.repair = shop.a_service("15.00")

    def moves(self, kind, amount, **fields):
        return move_money(MoneyMoved(kind, D(amount), **fields), by=self.by)

    def opens_the_bank(self):
        bank = Line("BANK", debit=D("1000"))
        return open_balances(ManualEntry([bank], "Day one", entry_date=today()), by=self.by)

    def buys_on_credit(self):
        bought = (self.cap, 20, "2.50")
        self.bought = shop.buy(bought, supplier=self.mills, offered=shop.on_credit())

    def buys_by_a_paper(self):
        mugs = shop.for_all(shop.a_product("7.00"), 3, 10)
        paper = {"freight": D("2"), "tax": D("1.80"), "rounding": D("0.20")}
        self.paper = shop.buy(mugs, supplier=self.mills, offered=shop.on_credit(), **paper)

    def buys_at_once(self):
        self.paid = shop.buy((shop.a_product("7.00"), 2, "3.50"), supplier=self.delta)

    def sells_on_credit(self):
        sold = shop.sell((self.shirt, 3), customer=self.rahim, offered=shop.on_credit())
        self.on_credit = sold.sale

    def sells_for_cash(self):
        self.for_cash = shop.sell((self.shirt, 2), offered=shop.cash(50)).sale

    def spends(self, title, amount, category=None):
        return record_expense(Spending(title, D(amount), category), by=self.by)

    def loses_a_cap(self):
        self.lost = shop.adjust(self.cap, -1, reason="BROKEN")

    def counts_the_drawer(self):
        day = today()
        counted = Counted(self.in_the_drawer() - 2, reason="Short", banked=D("100"), day=day)
        return count_cash(counted, by=self.by)

    def in_the_drawer(self):
        lines = JournalLine.objects.filter(account="CASH")
        return sum((line.debit - line.credit for line in lines), D(0))

    def writes_depreciation(self):
        written = Line("OTHER_EXPENSES", debit=D("25")), Line("FIXED_ASSETS", credit=D("25"))
        self.by_hand = shop.post_by_hand(*written, memo="Depreciation")


# (what happened, how it is done, what it books)
EVENTS = [
    (
        "The bank held 1,000 when the books began",
        lambda s: s.opens_the_bank(),
        """
        Bank                             1000.00
            Opening balance equity       1000.00
        """,
    ),
    (
        "10 shirts at 8.50 were there when the books began",
        lambda s: shop.opening(s.shirt, 10, "8.50"),
        """
        Inventory                          85.00
            Opening balance equity         85.00
        """,
    ),
    (
        "A customer owed 80 when the books began",
        lambda s: shop.open_due(s.rahim, "80.00", reference="OLD-7"),
        """
        Receivables (Rahim)                80.00
            Opening balance equity         80.00
        """,
    ),
    (
        "A supplier was owed 60 when the books began",
        lambda s: shop.open_due(s.delta, "60.00", reference="D-1"),
        """
        Opening balance equity             60.00
            Payables (Delta)               60.00
        """,
    ),
    (
        "The owner puts 500 into the drawer",
        lambda s: s.moves("contribution", 500),
        """
        Cash                              500.00
            Owner's capital               500.00
        """,
    ),
    (
        "200 are taken to the bank",
        lambda s: s.moves("deposit", 200),
        """
        Bank                              200.00
            Cash                          200.00
        """,
    ),
    (
        "50 of change are fetched from the bank",
        lambda s: s.moves("withdrawal", 50),
        """
        Cash                               50.00
            Bank                           50.00
        """,
    ),
    (
        "The bank lends 400",
        lambda s: s.moves("loan", 400),
        """
        Bank                              400.00
            Loans                         400.00
        """,
    ),
    (
        "A shelf is bought for 300",
        lambda s: s.moves("equipment", 300),
        """
        Fixed assets                      300.00
            Bank                          300.00
        """,
    ),
    (
        "10 shirts at 9.00 come and are paid in cash",
        lambda s: shop.buy((s.shirt, 10, "9.00"), supplier=s.delta),
        """
        Inventory                          90.00
            Cash                           90.00
        """,
    ),
    (
        "20 caps at 2.50 come on credit",
        lambda s: s.buys_on_credit(),
        """
        Inventory                          50.00
            Payables (Mills)               50.00
        """,
    ),
    (
        "4 caps at 3.00 come, 5.00 of it paid by card",
        lambda s: shop.buy((s.cap, 4, "3.00"), supplier=s.mills, offered=shop.by_method("card", 5)),
        """
        Inventory                          12.00
            Card terminal                   5.00
            Payables (Mills)                7.00
        """,
    ),
    (
        "A supplier who is owed 60 gets 75: the rest is an advance",
        lambda s: shop.pay_the(s.delta, 75),
        """
        Payables (Delta)                   60.00
        Advances to suppliers (Delta)      15.00
            Cash                           75.00
        """,
    ),
    (
        "1 shirt at 9.00 comes, paid out of that advance",
        lambda s: shop.buy(
            (s.shirt, 1, "9.00"), supplier=s.delta, offered=shop.cash(0, use_advance=True)
        ),
        """
        Inventory                           9.00
            Advances to suppliers (Delta)   9.00
        """,
    ),
    (
        "The delivery of 20 caps was another shop's, and is reversed",
        lambda s: shop.undo_purchase(s.bought),
        """
        Payables (Mills)                   50.00
            Inventory                      50.00
        """,
    ),
    (
        "3 mugs for 10.00, with freight of 2.00, tax of 1.80 and the total rounded up, on credit",
        lambda s: s.buys_by_a_paper(),
        """
        Inventory                          12.00
        Input tax                           1.80
        Rounding differences                0.20
            Payables (Mills)               14.00
        """,
    ),
    (
        "1 of the mugs is cracked and goes back",
        lambda s: shop.send_back(s.paper, 1),
        """
        Payables (Mills)                    4.67
            Inventory                       4.00
            Input tax                       0.60
            Rounding differences            0.07
        """,
    ),
    (
        "2 jugs are paid at once",
        lambda s: s.buys_at_once(),
        """
        Inventory                           7.00
            Cash                            7.00
        """,
    ),
    (
        "1 of these goes back, and the supplier pays in cash",
        lambda s: shop.send_back(s.paid, 1, method="cash"),
        """
        Cash                                3.50
            Inventory                       3.50
        """,
    ),
    (
        "2 shirts are sold for cash; the oldest had cost 8.50",
        lambda s: s.sells_for_cash(),
        """
        Cash                               40.00
        Cost of goods sold                 17.00
            Sales                          40.00
            Inventory                      17.00
        """,
    ),
    (
        "1 shirt with a discount of 2.00 and tax of 1.80",
        lambda s: shop.sell(
            (s.shirt, 1), offered=shop.cash("19.80"), discount=D("2.00"), tax=D("1.80")
        ),
        """
        Cash                               19.80
        Discounts given                     2.00
        Cost of goods sold                  8.50
            Sales                          20.00
            Tax payable                     1.80
            Inventory                       8.50
        """,
    ),
    (
        "3 shirts on credit",
        lambda s: s.sells_on_credit(),
        """
        Receivables (Rahim)                60.00
        Cost of goods sold                 25.50
            Sales                          60.00
            Inventory                      25.50
        """,
    ),
    (
        "A repair, 10.00 of it by card and 5.00 in cash",
        lambda s: shop.sell((s.repair, 1), offered=shop.split(card=10, cash=5)),
        """
        Card terminal                      10.00
        Cash                                5.00
            Sales                          15.00
        """,
    ),
    (
        "A repair by bKash",
        lambda s: shop.sell((s.repair, 1), offered=shop.by_method("bkash", 15)),
        """
        bKash                              15.00
            Sales                          15.00
        """,
    ),
    (
        "A customer who owes 140 pays 150: the rest is an advance",
        lambda s: shop.pay_dues(s.rahim, 150),
        """
        Cash                              150.00
            Receivables (Rahim)           140.00
            Advances from customers (Rahim)  10.00
        """,
    ),
    (
        "A repair, paid by the advance of 10 and 5 in cash",
        lambda s: shop.sell(
            (s.repair, 1), customer=s.rahim, offered=shop.cash(5, use_advance=True)
        ),
        """
        Cash                                5.00
        Advances from customers (Rahim)    10.00
            Sales                          15.00
        """,
    ),
    (
        "1 of the 2 shirts comes back for cash and goes on the shelf",
        lambda s: shop.take_back(s.for_cash, shop.units_of(s.for_cash.items.get(), 1)),
        """
        Sales returns                      20.00
        Inventory                           8.50
            Cash                           20.00
            Cost of goods sold              8.50
        """,
    ),
    (
        "A repair is left due",
        lambda s: shop.sell((s.repair, 1), customer=s.karim, offered=shop.on_credit()),
        """
        Receivables (Karim)                15.00
            Sales                          15.00
        """,
    ),
    (
        "He is not satisfied: the due is cancelled",
        lambda s: shop.take_back(s.karim.sales.latest("id")),
        """
        Sales returns                      15.00
            Receivables (Karim)            15.00
        """,
    ),
    (
        "Another repair of his is left due",
        lambda s: shop.sell((s.repair, 1), customer=s.karim, offered=shop.on_credit()),
        """
        Receivables (Karim)                15.00
            Sales                          15.00
        """,
    ),
    (
        "2.00 of it are allowed afterwards",
        lambda s: shop.credit(s.karim, "allowance", "2.00"),
        """
        Discounts allowed later             2.00
            Receivables (Karim)             2.00
        """,
    ),
    (
        "He is gone: the rest is a bad debt, and the law gives 1.00 of tax back",
        lambda s: shop.credit(s.karim, "bad_debt", "13.00", tax=D("1.00")),
        """
        Bad debts                          12.00
        Tax payable                         1.00
            Receivables (Karim)            13.00
        """,
    ),
    (
        "The supplier of the caps allows 1.00",
        lambda s: shop.credit(s.mills, "allowance", "1.00"),
        """
        Payables (Mills)                    1.00
            Discounts received              1.00
        """,
    ),
    (
        "0.50 of what they are owed nobody will ever ask for",
        lambda s: shop.credit(s.mills, "write_off", "0.50"),
        """
        Payables (Mills)                    0.50
            Other income                    0.50
        """,
    ),
    (
        "The supplier gives back 6.00 of the advance",
        lambda s: shop.pay_back(s.delta, 6),
        """
        Cash                                6.00
            Advances to suppliers (Delta)   6.00
        """,
    ),
    (
        "4.00 are paid on what is owed for the caps",
        lambda s: shop.pay_the(s.mills, 4),
        """
        Payables (Mills)                    4.00
            Cash                            4.00
        """,
    ),
    (
        "They went to the wrong supplier, and come back",
        lambda s: shop.undo_payment(Payment.objects.filter(supplier=s.mills).latest("id")),
        """
        Cash                                4.00
            Payables (Mills)                4.00
        """,
    ),
    (
        "The rent",
        lambda s: s.spends("Rent of August", "30.00", "rent"),
        """
        Rent                               30.00
            Cash                           30.00
        """,
    ),
    (
        "Tea, of no category",
        lambda s: s.spends("Tea", "3.00"),
        """
        Other expenses                      3.00
            Cash                            3.00
        """,
    ),
    (
        "The tea was private, and is taken back",
        lambda s: shop.undo_expense(Expense.objects.latest("id")),
        """
        Cash                                3.00
            Other expenses                  3.00
        """,
    ),
    (
        "A cap is broken",
        lambda s: s.loses_a_cap(),
        """
        Inventory loss                      3.00
            Inventory                       3.00
        """,
    ),
    (
        "It is not, after all",
        lambda s: shop.void(s.lost),
        """
        Inventory                           3.00
            Inventory loss                  3.00
        """,
    ),
    (
        "2 caps are found, worth 3.00 each",
        lambda s: shop.adjust(s.cap, 2, "3.00"),
        """
        Inventory                           6.00
            Inventory gain                  6.00
        """,
    ),
    (
        "The drawer is counted, 2.00 short, and 100 of it go to the bank",
        lambda s: s.counts_the_drawer(),
        """
        Cash over and short                 2.00
        Bank                              100.00
            Cash                            2.00
            Cash                          100.00
        """,
    ),
    (
        "The wallet pays out 15.00 and keeps 0.30",
        lambda s: s.moves("arrival", "15.00", fee=D("0.30"), from_account="BKASH"),
        """
        Bank                               14.70
        Card and bank fees                  0.30
            bKash                          15.00
        """,
    ),
    (
        "The owner takes 40 home",
        lambda s: s.moves("drawing", 40),
        """
        Drawings                           40.00
            Cash                           40.00
        """,
    ),
    (
        "The tax of 1.80 is paid over",
        lambda s: s.moves("tax_payment", "1.80"),
        """
        Tax payable                         1.80
            Bank                            1.80
        """,
    ),
    (
        "The input tax that is left is set off against tax payable",
        lambda s: s.moves("tax_offset", "1.20"),
        """
        Tax payable                         1.20
            Input tax                       1.20
        """,
    ),
    (
        "100 of the loan are paid back",
        lambda s: s.moves("loan_repayment", 100),
        """
        Loans                             100.00
            Bank                          100.00
        """,
    ),
    (
        "The shelf is worth 25 less",
        lambda s: s.writes_depreciation(),
        """
        Other expenses                     25.00
            Fixed assets                   25.00
        """,
    ),
    (
        "That was the wrong year, and is reversed",
        lambda s: shop.undo_entry(s.by_hand),
        """
        Fixed assets                       25.00
            Other expenses                 25.00
        """,
    ),
]


def written(entry):
    """An entry as accountants write it: debits, then credits indented."""
    lines = entry.lines.select_related("account", "customer", "supplier")
    rows = []
    for line in sorted(lines, key=lambda line: (line.credit > 0, line.pk)):
        party = line.customer or line.supplier
        name = f"{line.account.name} ({party})" if party else line.account.name
        indent = "    " if line.credit else ""
        rows.append(f"{indent}{name} {line.debit or line.credit}")
    return rows


def as_written(text):
    """The table's entry, whatever its columns are aligned to."""
    rows = [line[8:].rstrip() for line in text.strip("\n").splitlines() if line.strip()]
    return [f"{row[: len(row) - len(row.lstrip())]}{' '.join(row.split())}" for row in rows]


def test_each_event_books_the_entry_that_stands_beside_it():
    assert len(EVENTS) >= 30
    a_shop = Shop()
    for what, happens, books in EVENTS:
        before = JournalEntry.objects.count()
        happens(a_shop)
        entry = JournalEntry.objects.latest("id")
        assert JournalEntry.objects.count() == before + 1, what
        assert written(entry) == as_written(books), what
    books_agree()
    assert balance_sheet(today()).balanced
    assert trial_balance(Period(today(), today())).balanced


def test_at_the_end_of_the_year_its_result_goes_to_retained_earnings():
    a_shop = Shop()
    shop.sell((a_shop.repair, 1))
    a_shop.spends("Rent of August", "4.00", "rent")
    last_day = today()
    with time_machine.travel(at_noon(last_day + timedelta(days=1))):
        [entry] = close_year(YearEnd(last_day), by=a_shop.by)
    assert written(entry) == [
        "Results carried to retained earnings 11.00",
        "    Retained earnings 11.00",
    ]
