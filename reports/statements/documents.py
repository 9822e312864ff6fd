"""Each statement of the books as a document, for printing and for spreadsheets."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger import chart
from ledger.account_lines import LedgerLine
from ledger.ageing import BUCKETS, Aged
from ledger.models import LedgerAccount
from ledger.party_balances import PartyBalance
from ledger.statements import (
    TRIAL_COLUMNS,
    Account,
    BalanceSheet,
    InputTax,
    ProfitLoss,
    Section,
    TaxAccount,
    TrialBalance,
)
from pos_project.core.money import ZERO, total
from pos_project.core.period import Period
from reports.documents import document
from reports.documents.document import Column, Document, Row, Style, Subject, Table
from reports.statements.financial_statements import Stock, Tax
from reports.statements.scope import Scope

FROM_THE_JOURNAL = "From the posted journal. Amounts in the shop's currency."
IN_CURRENCY = "Amounts in the shop's currency."


def _amounts(*labels: str) -> Iterator[Column]:
    return (Column(label, "accounting") for label in labels)


# --- The books as a whole ---


def trial_balance(balance: TrialBalance, scope: Scope) -> Document:
    sums = balance.totals
    columns = [
        Column("No.", width=0.5),
        Column("Account", width=1.7),
        *_amounts("Opening Dr", "Opening Cr", "Debit", "Credit", "Closing Dr", "Closing Cr"),
    ]
    rows = [
        Row(
            [row.account.number, row.account.name, *(getattr(row, at) for at in TRIAL_COLUMNS)],
            about=_ledgers(row.account, *range(1, 2 + len(TRIAL_COLUMNS))),
        )
        for row in balance.rows
    ]
    rows.append(Row([None, "Total", *(sums[at] for at in TRIAL_COLUMNS)], "grand"))
    return scope.document("Trial balance", "trial-balance", Table(columns, rows), FROM_THE_JOURNAL)


def _ledgers(account: Account, *cells: int) -> dict[int, Subject]:
    """These cells are about the account."""
    return dict.fromkeys(cells, Subject("account", account.code))


_SECTION_COLUMNS = (Column("No.", width=0.5), Column("Account", width=4), *_amounts("Amount"))


@dataclass(frozen=True)
class Earlier:
    """A statement of earlier days, to stand beside the one of the days asked for."""

    statement: ProfitLoss
    period: Period


def profit_loss(statement: ProfitLoss, scope: Scope, earlier: Earlier | None = None) -> Document:
    """With `earlier`, two more columns: what it was then, and by how much it is more now."""
    both = [statement, *([earlier.statement] if earlier else [])]

    def beside(figure: Callable[[ProfitLoss], Decimal]) -> list[Decimal]:
        now, *then = (figure(each) for each in both)
        return [now, *(amount for before in then for amount in (before, now - before))]

    def line(account: Account, section: Callable[[ProfitLoss], Section], sign: int) -> Row:
        amounts = beside(lambda each: sign * section(each).of(account))
        about = _ledgers(account, 1, 2)
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
    columns = (*_SECTION_COLUMNS, *(_amounts("Before", "Change") if earlier else ()))
    before = (
        f" Before: {document.day(earlier.period.first)} to {document.day(earlier.period.last)}."
        if earlier
        else ""
    )
    return scope.document(
        "Profit and loss",
        "profit-loss",
        Table(columns, rows, sectioned=True),
        f"{FROM_THE_JOURNAL}{before}",
        "Sales and returns are without tax. Operating profit is the net profit of the dashboards:"
        " other income and stock found or lost come after it.",
    )


def _section(title: str, section: Section, total_label: str) -> Iterator[Row]:
    yield Row([title], "heading")
    for line in section.lines:
        yield Row(
            [line.account.number, line.account.name, line.amount],
            about=_ledgers(line.account, 1, 2),
        )
    yield Row([None, total_label, section.total], "total")


def balance_sheet(statement: BalanceSheet, scope: Scope) -> Document:
    *equity, _ = _section("Equity", statement.equity, "Total equity")
    rows = [
        *_section("Assets", statement.assets, "Total assets"),
        *_section("Liabilities", statement.liabilities, "Total liabilities"),
        *equity,
        Row([None, "Current result", statement.result]),
        Row([None, "Total equity", statement.total_equity], "total"),
        Row([None, "Liabilities and equity", statement.liabilities_and_equity], "grand"),
    ]
    return scope.document(
        "Balance sheet",
        "balance-sheet",
        Table(_SECTION_COLUMNS, rows, sectioned=True),
        FROM_THE_JOURNAL,
        "The current result is income less expenses not yet moved to an equity account.",
    )


def tax(statement: Tax, scope: Scope) -> Document:
    account, by_rate = statement.account, statement.by_rate

    def standing(label: str, amount: Decimal, style: Style = "total") -> Row:
        cells = [label, None, None, None, None, amount]
        return Row(cells, style, {5: Subject("account", chart.TAX_PAYABLE)})

    figures = [(row.sales, row.taxable, row.collected, row.refunded, row.net) for row in by_rate]
    rows = [
        Row(["By rate"], "heading"),
        *(
            Row([rate_label(row.name, row.rate), *of_rate])
            for row, of_rate in zip(by_rate, figures, strict=True)
        ),
        Row(["Total", *(sum(row[at] for row in figures) for at in range(5))], "total"),
        Row(["Tax payable"], "heading"),
        standing("Owed before the period", account.opening),
        standing("Collected less refunded", account.net),
        standing("Paid over or corrected by manual entries", -account.settled),
        standing("Owed at its end", account.payable, "grand"),
        *_input_tax(account),
    ]
    columns = [
        Column("Rate", width=2.2),
        Column("Sales", "count", 0.7),
        *_amounts("Taxable", "Collected", "Refunded", "Net"),
    ]
    return scope.document(
        "Tax",
        "tax",
        Table(columns, rows),
        FROM_THE_JOURNAL,
        "By the rate of each sale's own day. Other tax was typed in, and no rate explained it.",
    )


def _input_tax(account: TaxAccount) -> Iterator[Row]:
    """What suppliers were paid in tax, where there is any."""
    paid = account.input
    if paid == InputTax(ZERO, ZERO, ZERO, ZERO):
        return

    def standing(label: str, amount: Decimal, style: Style = "total") -> Row:
        about = {5: Subject("account", chart.INPUT_TAX)}
        return Row([label, None, None, None, None, amount], style, about)

    yield Row(["Input tax"], "heading")
    yield standing("To be given back before the period", paid.opening)
    yield standing("Paid to suppliers less returned", paid.net)
    yield standing("Set off or corrected by manual entries", -paid.settled)
    yield standing("To be given back at its end", paid.reclaimable)
    yield Row(["Owed less input tax", None, None, None, None, account.net_payable], "grand")


def rate_label(name: str | None, rate: Decimal | None) -> str:
    if rate is None:
        return "Other tax"
    return document.rate(name, rate) if name else "Without tax"


# --- One account ---


def general_ledger(
    account: LedgerAccount,
    opening: Decimal,
    lines: Iterable[LedgerLine],
    closing: Decimal,
    scope: Scope,
    *,
    opening_label: str = "Opening",
) -> Document:
    def rows() -> Iterator[Row]:
        nothing = [None] * 6
        yield Row([opening_label, *nothing, opening], "total")
        for line in lines:
            event = line.event.replace("_", " ")
            cells = (line.day, line.entry_id, event, line.reference, line.party)
            about = {1: Subject("entry", line.entry_id)}
            if line.document_id is not None:
                about |= dict.fromkeys((2, 3), Subject(line.event, line.document_id))
            yield Row([*cells, line.debit, line.credit, line.balance], about=about)
        yield Row(["Closing", *nothing, closing], "grand")

    columns = [
        Column("Date", "day", 0.95),
        Column("Entry", width=0.7),
        Column("Event", width=1.1),
        Column("Reference", width=1.3),
        Column("Party", width=1.5),
        *_amounts("Debit", "Credit"),
        Column("Balance", "accounting", 1.1),
    ]
    return scope.document(
        f"General ledger: {account}",
        f"ledger-{str(account).split()[0]}",
        Table(columns, rows()),
        FROM_THE_JOURNAL,
        "Balances in brackets are credit balances.",
    )


# --- Lists of parties and goods ---


def ageing(
    title: str, name: str, rows: Sequence[Aged], names: Mapping[int, str], scope: Scope, party: str
) -> Document:
    """`party` is what the rows are about: a customer, or a supplier."""
    sums = [total(row.buckets[at] for row in rows) for at in range(len(BUCKETS))]
    columns = [
        Column("Id", width=0.5),
        Column("Name", width=2),
        *_amounts(*(f"{bucket} days" for bucket in BUCKETS), "Total"),
    ]
    table = Table(
        columns,
        [
            *(
                Row(
                    [row.party_id, names[row.party_id], *row.buckets, row.total],
                    about=dict.fromkeys(range(1, len(columns)), Subject(party, row.party_id)),
                )
                for row in rows
            ),
            Row([None, "Total", *sums, total(sums)], "grand"),
        ],
    )
    note = "Age in days since the document's date."
    return scope.document(title, name, table, note, IN_CURRENCY)


def party_balances(
    title: str,
    name: str,
    rows: Sequence[tuple[int, PartyBalance]],
    names: Mapping[int, str],
    scope: Scope,
    party: str,
) -> Document:
    """`party` is what the rows are about: a customer, or a supplier."""
    sums = sum_of(rows)
    table = Table(
        [
            Column("Id", width=0.5),
            Column("Name", width=3),
            *_amounts("Dues", "Advances", "Balance"),
        ],
        [
            *(
                Row(
                    [party_id, names[party_id], at.dues, at.advances, at.balance],
                    about=dict.fromkeys(range(1, 5), Subject(party, party_id)),
                )
                for party_id, at in rows
            ),
            Row([None, "Total", sums.dues, sums.advances, sums.balance], "grand"),
        ],
    )
    return scope.document(title, name, table, FROM_THE_JOURNAL)


def sum_of(rows: Sequence[tuple[int, PartyBalance]]) -> PartyBalance:
    return PartyBalance(total(at.dues for _, at in rows), total(at.advances for _, at in rows))


def stock(stock: Stock, scope: Scope) -> Document:
    table = Table(
        [
            Column("Id", width=0.5),
            Column("Product", width=3),
            Column("SKU", width=1.2),
            Column("Units", "count"),
            *_amounts("Value"),
        ],
        [
            *(
                Row(
                    [row.product_id, row.name, row.sku, row.units, row.value],
                    about={
                        1: Subject("product", row.product_id),
                        **dict.fromkeys((3, 4), Subject("stock", row.product_id)),
                    },
                )
                for row in stock.rows
            ),
            Row([None, "Total", None, stock.units, stock.value], "grand"),
        ],
    )
    note = "From the stock movements. Value at cost, first in, first out."
    return scope.document("Stock", "stock", table, note)
