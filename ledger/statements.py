"""Trial balance, profit and loss, balance sheet and tax account, from sums of the journal.

Pure: sums in, statements out, no query. Where a line shows is decided by the kind of its account;
the few accounts that our own documents post to are told apart by their handle in the chart, so
that gross profit is the dashboards' gross profit. An account that an accountant adds is never left
out: an income is "other income", an expense is an "operating expense".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger import chart
from ledger.chart_models import LedgerAccount
from ledger.journal_models import JournalEntry
from ledger.journal_sums import Moved, Sums, by_account
from ledger.profit_bridge import Bridge, Step, bridge
from pos_project.core.money import ZERO, total

# What sales post to besides tax: together they are net sales (docs/figures.md).
TRADING = frozenset({chart.SALES, chart.SALES_RETURNS, chart.DISCOUNTS_GIVEN})
# Found and lost goods: neither sold nor spent, so outside cost of sales and expenses.
STOCK_DIFFERENCES = frozenset({chart.INVENTORY_GAIN, chart.INVENTORY_LOSS})


@dataclass(frozen=True)
class Account:
    """An account as statements name it."""

    code: str
    number: str
    name: str
    kind: str


Accounts = Mapping[str, Account]


def accounts() -> dict[str, Account]:
    """Every account by its code, in the order of their numbers. One statement."""
    rows = LedgerAccount.objects.order_by("number").values_list("code", "number", "name", "kind")
    return {code: Account(code, number, name, kind) for code, number, name, kind in rows}


# --- Trial balance ---


@dataclass(frozen=True)
class TrialRow:
    """One account: where it stood before the period, what moved, where it stands after it."""

    account: Account
    opening: Decimal  # debit (+) or credit (−)
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit

    @property
    def opening_debit(self) -> Decimal:
        return max(self.opening, ZERO)

    @property
    def opening_credit(self) -> Decimal:
        return max(-self.opening, ZERO)

    @property
    def closing_debit(self) -> Decimal:
        return max(self.closing, ZERO)

    @property
    def closing_credit(self) -> Decimal:
        return max(-self.closing, ZERO)


TRIAL_COLUMNS = (
    *("opening_debit", "opening_credit", "debit", "credit"),
    *("closing_debit", "closing_credit"),
)


@dataclass(frozen=True)
class TrialBalance:
    rows: list[TrialRow]

    @property
    def totals(self) -> dict[str, Decimal]:
        """The sum of every column; each debit column equals its credit column."""
        return {
            column: total(getattr(row, column) for row in self.rows) for column in TRIAL_COLUMNS
        }

    @property
    def balanced(self) -> bool:
        sums = self.totals
        return all(
            sums[debit] == sums[credit]
            for debit, credit in zip(TRIAL_COLUMNS[::2], TRIAL_COLUMNS[1::2], strict=True)
        )


def trial_balance(
    known: Accounts, opening: Mapping[str, Sums], period: Mapping[str, Sums]
) -> TrialBalance:
    """Every account that had a balance or moved."""
    rows = [
        TrialRow(
            account,
            opening.get(code, Sums()).net,
            period.get(code, Sums()).debit,
            period.get(code, Sums()).credit,
        )
        for code, account in known.items()
    ]
    return TrialBalance([row for row in rows if row.opening or row.debit or row.credit])


# --- Sections of a statement ---


@dataclass(frozen=True)
class Line:
    """An account and what it contributes to its section."""

    account: Account
    amount: Decimal


@dataclass(frozen=True)
class Section:
    lines: list[Line]

    @property
    def total(self) -> Decimal:
        return total(line.amount for line in self.lines)

    def of(self, account: Account) -> Decimal:
        """What the account contributes; nothing if it is not among the lines."""
        return total(line.amount for line in self.lines if line.account == account)


def _section(
    known: Accounts,
    sums: Mapping[str, Sums],
    belongs: Callable[[Account], bool],
    *,
    credit: bool,
) -> Section:
    """The accounts that belong here and stand at something, on the side that counts as plus."""
    sign = -1 if credit else 1
    lines = [
        Line(account, sign * sums[code].net)
        for code, account in known.items()
        if code in sums and belongs(account)
    ]
    return Section([line for line in lines if line.amount])


# --- Profit and loss ---


@dataclass(frozen=True)
class ProfitLoss:
    """Income is plus, and so is a section of costs: each is subtracted in its place."""

    net_sales: Section
    cost_of_sales: Section
    operating_expenses: Section
    other_income: Section
    stock_differences: Section
    bridge: Bridge  # from the dashboards' net profit to this operating profit

    @property
    def gross_profit(self) -> Decimal:
        return self.net_sales.total - self.cost_of_sales.total

    @property
    def net_profit(self) -> Decimal:
        """Operating profit: gross profit less expenses. The dashboards' net profit is this without
        the steps of the bridge."""
        return self.gross_profit - self.operating_expenses.total

    @property
    def result(self) -> Decimal:
        """What the period added to equity: net profit, other income, goods found and lost."""
        return self.net_profit + self.other_income.total + self.stock_differences.total

    @property
    def bridge_to_result(self) -> list[Step]:
        """What leads from the dashboards' net profit to the result; steps of nothing are left
        out."""
        after = (
            Step("other_income", "Other income", self.other_income.total),
            Step("stock_differences", "Stock found and lost", self.stock_differences.total),
        )
        return [*self.bridge.steps, *(step for step in after if step.amount)]

    def step(self, name: str) -> Decimal:
        return total(step.amount for step in self.bridge_to_result if step.name == name)


def profit_loss(known: Accounts, moved: Sequence[Moved]) -> ProfitLoss:
    period = by_account(moved)

    def is_income(account: Account) -> bool:
        return account.kind == LedgerAccount.Kind.INCOME

    def is_expense(account: Account) -> bool:
        return account.kind == LedgerAccount.Kind.EXPENSE

    def operates(account: Account) -> bool:
        is_cost = is_expense(account) and account.code not in STOCK_DIFFERENCES
        return is_cost or account.code in TRADING

    special = TRADING | STOCK_DIFFERENCES | {chart.COST_OF_GOODS_SOLD}
    return ProfitLoss(
        net_sales=_section(known, period, lambda a: a.code in TRADING, credit=True),
        cost_of_sales=_section(
            known, period, lambda a: a.code == chart.COST_OF_GOODS_SOLD, credit=False
        ),
        operating_expenses=_section(
            known, period, lambda a: is_expense(a) and a.code not in special, credit=False
        ),
        other_income=_section(
            known, period, lambda a: is_income(a) and a.code not in special, credit=True
        ),
        stock_differences=_section(
            known, period, lambda a: a.code in STOCK_DIFFERENCES, credit=True
        ),
        bridge=bridge(moved, lambda code: operates(known[code])),
    )


# --- Balance sheet ---


@dataclass(frozen=True)
class BalanceSheet:
    """What the shop has, owes and is worth. `result` is what income and expense accounts stand
    at, less what closings of years carried to retained earnings: profit not yet moved there."""

    assets: Section
    liabilities: Section
    equity: Section
    result: Decimal

    @property
    def total_equity(self) -> Decimal:
        return self.equity.total + self.result

    @property
    def liabilities_and_equity(self) -> Decimal:
        return self.liabilities.total + self.total_equity

    @property
    def balanced(self) -> bool:
        return self.assets.total == self.liabilities_and_equity


def balance_sheet(known: Accounts, standing: Mapping[str, Sums]) -> BalanceSheet:
    """`standing` are the sums of everything up to the day."""

    def of(kind: str, *, credit: bool) -> Section:
        return _section(
            known,
            standing,
            lambda account: account.kind == kind and account.code != chart.RESULT_CARRIED,
            credit=credit,
        )

    kinds = LedgerAccount.Kind
    return BalanceSheet(
        assets=of(kinds.ASSET, credit=False),
        liabilities=of(kinds.LIABILITY, credit=True),
        equity=of(kinds.EQUITY, credit=True),
        result=(
            of(kinds.INCOME, credit=True).total
            - of(kinds.EXPENSE, credit=False).total
            - standing.get(chart.RESULT_CARRIED, Sums()).net
        ),
    )


# --- The tax account ---


@dataclass(frozen=True)
class InputTax:
    """What suppliers were paid in tax, what went back of it, what the state still gives back."""

    opening: Decimal
    paid: Decimal
    returned: Decimal
    settled: Decimal  # set off against tax payable, or corrected by hand

    @property
    def net(self) -> Decimal:
        return self.paid - self.returned

    @property
    def reclaimable(self) -> Decimal:
        return self.opening + self.net - self.settled


@dataclass(frozen=True)
class TaxAccount:
    """What customers paid us in tax, what they got back of it, and what is owed to the state."""

    opening: Decimal
    collected: Decimal
    refunded: Decimal
    settled: Decimal  # paid over, or corrected by hand: everything that no sale or refund moved
    input: InputTax

    @property
    def net(self) -> Decimal:
        return self.collected - self.refunded

    @property
    def payable(self) -> Decimal:
        return self.opening + self.net - self.settled

    @property
    def net_payable(self) -> Decimal:
        """What is owed to the state less what it gives back."""
        return self.payable - self.input.reclaimable


def tax_account(opening: Mapping[str, Sums], period: Iterable[Moved]) -> TaxAccount:
    rows = list(period)
    moved = [row for row in rows if row.account == chart.TAX_PAYABLE]

    def net(*events: str) -> Decimal:
        return total(row.credit - row.debit for row in moved if row.event in events)

    sold, refunded = JournalEntry.Event.SALE, JournalEntry.Event.REFUND
    others = {row.event for row in moved} - {sold, refunded}
    return TaxAccount(
        opening=-opening.get(chart.TAX_PAYABLE, Sums()).net,
        collected=net(sold),
        refunded=-net(refunded),
        settled=-net(*others),
        input=_input_tax(opening, rows),
    )


def _input_tax(opening: Mapping[str, Sums], period: Iterable[Moved]) -> InputTax:
    moved = [row for row in period if row.account == chart.INPUT_TAX]
    event = JournalEntry.Event
    papers = (event.PURCHASE, event.EXPENSE, event.DUE_CREDIT)
    bought = [row for row in moved if row.event in papers]
    others = [row for row in moved if row.event not in papers]
    return InputTax(
        opening=opening.get(chart.INPUT_TAX, Sums()).net,
        paid=total(row.debit for row in bought),
        returned=total(row.credit for row in bought),
        settled=total(row.credit - row.debit for row in others),
    )
