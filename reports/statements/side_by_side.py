"""Statements with those of other days beside them: profit and loss, balance sheet, cash flow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import methodcaller
from typing import Generic, TypeVar

from ledger.statements import Account, BalanceSheet, ProfitLoss, Section
from pos_project.core.period import Period
from reports.documents import document
from reports.documents.document import Column, Document, Row, Style, Subject, Table
from reports.statements.account_movements import BEGINNING
from reports.statements.cash_flow import CashFlow, Flows
from reports.statements.documents import FROM_THE_JOURNAL, amounts_of, ledgers
from reports.statements.scope import Scope

_SECTION_COLUMNS = (Column("No.", width=0.5), Column("Account", width=4), *amounts_of("Amount"))


Statement = TypeVar("Statement", ProfitLoss, BalanceSheet, CashFlow)


@dataclass(frozen=True)
class Earlier(Generic[Statement]):
    """A statement of earlier days, to stand beside the one of the days asked for."""

    statement: Statement
    period: Period

    @property
    def told(self) -> str:
        """What is said of its days beneath the table."""
        last = document.day(self.period.last)
        if self.period.first == BEGINNING:
            return f" Before: {last}."
        return f" Before: {document.day(self.period.first)} to {last}."


def _beside(
    now: Statement, earlier: Earlier[Statement] | None
) -> Callable[[Callable[[Statement], Decimal]], list[Decimal]]:
    """Reads a figure of the statement: with `earlier` what it was then and how it changed, too."""

    def figures(figure: Callable[[Statement], Decimal]) -> list[Decimal]:
        if earlier is None:
            return [figure(now)]
        then = figure(earlier.statement)
        return [figure(now), then, figure(now) - then]

    return figures


def _more_columns(earlier: object) -> Iterator[Column]:
    return amounts_of("Before", "Change") if earlier else iter(())


def profit_loss(
    statement: ProfitLoss, scope: Scope, earlier: Earlier[ProfitLoss] | None = None
) -> Document:
    """With `earlier`, two more columns: what it was then, and by how much it is more now."""
    both = [statement, *([earlier.statement] if earlier else [])]
    beside = _beside(statement, earlier)

    def line(account: Account, section: Callable[[ProfitLoss], Section], sign: int) -> Row:
        amounts = beside(lambda each: sign * section(each).of(account))
        about = ledgers(account, 1, 2)
        if earlier:
            about[3] = Subject("account", account.code, earlier.period)
        return Row([account.number, account.name, *amounts], about=about)

    def part(
        title: str,
        section: Callable[[ProfitLoss], Section],
        total_label: str = "",
        *,
        sign: int = 1,
    ) -> Iterator[Row]:
        accounts = {each.account for statement in both for each in section(statement).lines}
        yield Row([title], "heading")
        for account in sorted(accounts, key=lambda account: account.number):
            yield line(account, section, sign)
        sums = beside(lambda each: sign * section(each).total)
        yield Row([None, total_label or title, *sums], "total")

    def grand(label: str, figure: Callable[[ProfitLoss], Decimal]) -> Row:
        return Row([None, label, *beside(figure)], "grand")

    rows = [
        *part("Sales", lambda each: each.net_sales, "Net sales"),
        *part("Cost of sales", lambda each: each.cost_of_sales, sign=-1),
        grand("Gross profit", lambda each: each.gross_profit),
        *part("Operating expenses", lambda each: each.operating_expenses, sign=-1),
        grand("Operating profit", lambda each: each.net_profit),
    ]
    if any(each.other_income.lines for each in both):
        rows += part("Other income", lambda each: each.other_income)
    if any(each.stock_differences.lines for each in both):
        rows += part(
            "Stock found and lost", lambda each: each.stock_differences, "Stock differences"
        )
    rows.append(grand("Result of the period", lambda each: each.result))
    if any(each.bridge_to_result for each in both):
        rows += _bridge(both, beside)
    return scope.document(
        "Profit and loss",
        "profit-loss",
        Table((*_SECTION_COLUMNS, *_more_columns(earlier)), rows, sectioned=True),
        f"{FROM_THE_JOURNAL}{earlier.told if earlier else ''}",
        "Sales and returns are without tax. The dashboards' net profit counts sales, refunds and"
        " expenses; what else was booked leads from there to the result.",
    )


def _bridge(
    both: Sequence[ProfitLoss],
    beside: Callable[[Callable[[ProfitLoss], Decimal]], list[Decimal]],
) -> Iterator[Row]:
    titles = {step.name: step.title for each in both for step in each.bridge_to_result}
    yield Row(["From the dashboards to the result"], "heading")
    yield Row([None, "Net profit of the dashboards", *beside(lambda each: each.bridge.dashboards)])
    for name, title in titles.items():
        yield Row([None, title, *beside(methodcaller("step", name))])
    yield Row([None, "Result of the period", *beside(lambda each: each.result)], "total")


def balance_sheet(
    statement: BalanceSheet, scope: Scope, earlier: Earlier[BalanceSheet] | None = None
) -> Document:
    """With `earlier`, two more columns: where it stood then, and by how much it is more now."""
    both = [statement, *([earlier.statement] if earlier else [])]
    beside = _beside(statement, earlier)

    def line(account: Account, section: Callable[[BalanceSheet], Section]) -> Row:
        amounts = beside(lambda each: section(each).of(account))
        about = ledgers(account, 1, 2)
        if earlier:
            about[3] = Subject("account", account.code, earlier.period)
        return Row([account.number, account.name, *amounts], about=about)

    def part(title: str, section: Callable[[BalanceSheet], Section]) -> Iterator[Row]:
        yield Row([title], "heading")
        accounts = {line.account for each in both for line in section(each).lines}
        for account in sorted(accounts, key=lambda account: account.number):
            yield line(account, section)

    def sums(label: str, figure: Callable[[BalanceSheet], Decimal], style: Style = "total") -> Row:
        return Row([None, label, *beside(figure)], style)

    rows = [
        *part("Assets", lambda each: each.assets),
        sums("Total assets", lambda each: each.assets.total),
        *part("Liabilities", lambda each: each.liabilities),
        sums("Total liabilities", lambda each: each.liabilities.total),
        *part("Equity", lambda each: each.equity),
        sums("Current result", lambda each: each.result, "line"),
        sums("Total equity", lambda each: each.total_equity),
        sums("Liabilities and equity", lambda each: each.liabilities_and_equity, "grand"),
    ]
    return scope.document(
        "Balance sheet",
        "balance-sheet",
        Table((*_SECTION_COLUMNS, *_more_columns(earlier)), rows, sectioned=True),
        f"{FROM_THE_JOURNAL}{earlier.told if earlier else ''}",
        "The current result is income less expenses not yet moved to an equity account.",
    )


def cash_flow(
    statement: CashFlow, scope: Scope, earlier: Earlier[CashFlow] | None = None
) -> Document:
    """With `earlier`, two more columns: what it was then, and by how much it is more now."""
    both = [statement, *([earlier.statement] if earlier else [])]
    beside = _beside(statement, earlier)

    def of(name: str, flows: Callable[[CashFlow], Flows]) -> list[Decimal]:
        return beside(lambda each: flows(each).of(name))

    def part(title: str, flows: Callable[[CashFlow], Flows], label: str) -> Iterator[Row]:
        yield Row([title], "heading")
        for name, line in {line.name: line for each in both for line in flows(each).lines}.items():
            number = line.account.number if line.account else None
            about = ledgers(line.account, 1) if line.account else {}
            yield Row([number, line.title, *of(name, flows)], about=about)
        yield Row([None, label, *beside(lambda each: flows(each).total)], "total")

    rows = [
        *part("Running the shop", lambda each: each.operating, "From running the shop"),
        *part("Equipment and other assets", lambda each: each.investing, "From investing"),
        *part("Owner and lenders", lambda each: each.financing, "From owner and lenders"),
        Row([None, "Change of money", *beside(lambda each: each.change)], "grand"),
        Row([None, "Money before the period", *beside(lambda each: each.opening)]),
        Row([None, "Money at its end", *beside(lambda each: each.closing)], "grand"),
    ]
    return scope.document(
        "Cash flow",
        "cash-flow",
        Table((*_SECTION_COLUMNS, *_more_columns(earlier)), rows, sectioned=True),
        f"{FROM_THE_JOURNAL}{earlier.told if earlier else ''}",
        "Money is cash, bank, and what card terminal and wallets have not paid out yet.",
    )
