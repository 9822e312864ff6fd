"""Each statement as a table, for printing and for spreadsheets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ledger.account_lines import LedgerLine
from ledger.ageing import BUCKETS, Aged
from ledger.party_balances import PartyBalance
from ledger.party_statement import StatementLine
from ledger.statements import (
    TRIAL_COLUMNS,
    BalanceSheet,
    ProfitLoss,
    Section,
    TrialBalance,
)
from pos_project.core.money import total
from pos_project.core.period import Period
from reports.documents.table import Column, Row, Sheet
from reports.statements.financial_statements import BEGINNING, Stock, Tax

ALL_LINES_OF_BOOKS = "From the posted journal. Amounts in the shop's currency."


def days(period: Period) -> str:
    if period.first == BEGINNING:
        return f"Up to {period.last.isoformat()}"
    return f"{period.first.isoformat()} to {period.last.isoformat()}"


def as_of(day: date) -> str:
    return f"As of the end of {day.isoformat()}"


def span(period: Period) -> str:
    """The period in a file's name."""
    first = "" if period.first == BEGINNING else f"{period.first.isoformat()}-"
    return f"{first}{period.last.isoformat()}"


# --- The books as a whole ---


def trial_balance_sheet(balance: TrialBalance, period: Period) -> Sheet:
    labels = ("Opening Dr", "Opening Cr", "Debit", "Credit", "Closing Dr", "Closing Cr")
    sums = balance.totals
    return Sheet(
        "Trial balance",
        f"trial-balance-{span(period)}",
        [days(period)],
        [
            Column("No.", width=0.5),
            Column("Account", width=1.7),
            *(Column(label, "money") for label in labels),
        ],
        [
            *(
                Row(
                    [
                        row.account.number,
                        row.account.name,
                        *(getattr(row, name) for name in TRIAL_COLUMNS),
                    ]
                )
                for row in balance.rows
            ),
            Row([None, "Total", *(sums[name] for name in TRIAL_COLUMNS)], "grand"),
        ],
        [ALL_LINES_OF_BOOKS],
    )


_SECTION_COLUMNS = (Column("No.", width=0.5), Column("Account", width=4), Column("Amount", "money"))


def _section(title: str, section: Section, total_label: str, *, sign: int = 1) -> Iterator[Row]:
    yield Row([title], "heading")
    for line in section.lines:
        yield Row([line.account.number, line.account.name, sign * line.amount])
    yield Row([None, total_label, sign * section.total], "total")


def profit_loss_sheet(statement: ProfitLoss, period: Period) -> Sheet:
    rows = [
        *_section("Sales", statement.net_sales, "Net sales"),
        *_section("Cost of sales", statement.cost_of_sales, "Cost of sales", sign=-1),
        Row([None, "Gross profit", statement.gross_profit], "grand"),
        *_section(
            "Operating expenses", statement.operating_expenses, "Operating expenses", sign=-1
        ),
        Row([None, "Net profit", statement.net_profit], "grand"),
    ]
    if statement.other_income.lines:
        rows += _section("Other income", statement.other_income, "Other income")
    if statement.stock_differences.lines:
        rows += _section("Stock found and lost", statement.stock_differences, "Stock differences")
    rows.append(Row([None, "Result of the period", statement.result], "grand"))
    return Sheet(
        "Profit and loss",
        f"profit-loss-{span(period)}",
        [days(period)],
        _SECTION_COLUMNS,
        rows,
        [
            ALL_LINES_OF_BOOKS,
            "Sales and returns are without tax. Net profit is that of the dashboards: other income"
            " and stock found or lost come after it.",
        ],
    )


def balance_sheet_sheet(statement: BalanceSheet, day: date) -> Sheet:
    return Sheet(
        "Balance sheet",
        f"balance-sheet-{day.isoformat()}",
        [as_of(day)],
        _SECTION_COLUMNS,
        [
            *_section("Assets", statement.assets, "Total assets"),
            *_section("Liabilities", statement.liabilities, "Total liabilities"),
            Row(["Equity"], "heading"),
            *(
                Row([line.account.number, line.account.name, line.amount])
                for line in statement.equity.lines
            ),
            Row([None, "Current result", statement.result]),
            Row([None, "Total equity", statement.total_equity], "total"),
            Row([None, "Liabilities and equity", statement.liabilities_and_equity], "grand"),
        ],
        [
            ALL_LINES_OF_BOOKS,
            "The current result is income less expenses not yet moved to an equity account.",
        ],
    )


def tax_sheet(statement: Tax, period: Period) -> Sheet:
    account = statement.account
    blank: list[None] = [None] * 3

    def standing(label: str, amount: Decimal, style: str = "total") -> Row:
        return Row([label, *blank, None, amount], style)  # type: ignore[arg-type]

    by_rate = statement.by_rate
    return Sheet(
        "Tax",
        f"tax-{span(period)}",
        [days(period)],
        [
            Column("Rate", width=2.2),
            Column("Sales", "count", 0.7),
            Column("Taxable", "money"),
            Column("Collected", "money"),
            Column("Refunded", "money"),
            Column("Net", "money"),
        ],
        [
            Row(["By rate"], "heading"),
            *(
                Row(
                    [
                        rate_label(row.name, row.rate),
                        row.sales,
                        row.taxable,
                        row.collected,
                        row.refunded,
                        row.net,
                    ]
                )
                for row in by_rate
            ),
            Row(
                [
                    "Total",
                    sum(row.sales for row in by_rate),
                    total(row.taxable for row in by_rate),
                    total(row.collected for row in by_rate),
                    total(row.refunded for row in by_rate),
                    total(row.net for row in by_rate),
                ],
                "total",
            ),
            Row(["Tax payable"], "heading"),
            standing("Owed before the period", account.opening),
            standing("Collected less refunded", account.net),
            standing("Paid over or corrected by hand", -account.settled),
            standing("Owed at its end", account.payable, "grand"),
        ],
        [
            ALL_LINES_OF_BOOKS,
            "A sale keeps its tax as an amount: its rate is the shop's rate that gives this amount"
            " to the cent, the lowest where several do.",
        ],
    )


def rate_label(name: str | None, rate: Decimal | None) -> str:
    if rate is None:
        return "Other tax"
    return f"{name} ({rate.normalize():f} %)" if name else "Without tax"


# --- One account, one party ---


def general_ledger_sheet(
    account: str, opening: Decimal, lines: Iterable[LedgerLine], closing: Decimal, period: Period
) -> Sheet:
    def rows() -> Iterator[Row]:
        nothing: list[None] = [None] * 3
        yield Row(["Opening", *nothing, None, None, None, opening], "total")
        for line in lines:
            yield Row(
                [
                    line.day,
                    line.entry_id,
                    line.event.replace("_", " "),
                    line.reference,
                    line.party,
                    line.debit,
                    line.credit,
                    line.balance,
                ]
            )
        yield Row(["Closing", *nothing, None, None, None, closing], "grand")

    return Sheet(
        f"General ledger: {account}",
        f"ledger-{account.split()[0]}-{span(period)}",
        [days(period)],
        [
            Column("Date", "day", 0.95),
            Column("Entry", "text", 0.7),
            Column("Event", width=1.1),
            Column("Reference", width=1.3),
            Column("Party", width=1.5),
            Column("Debit", "money"),
            Column("Credit", "money"),
            Column("Balance", "money", 1.1),
        ],
        rows(),
        [ALL_LINES_OF_BOOKS, "Balances in brackets are credit balances."],
    )


def party_statement_sheet(
    title: str,
    party: str,
    opening: Decimal,
    lines: Iterable[StatementLine],
    closing: PartyBalance,
    period: Period,
    *,
    file_name: str,
) -> Sheet:
    def rows() -> Iterator[Row]:
        yield Row(["Opening", None, None, None, None, opening], "total")
        for line in lines:
            kind = line.kind.replace("_", " ").capitalize()
            what = f"{kind}, {line.method}" if line.method else kind
            yield Row([line.day, what, line.reference, line.charge, line.payment, line.balance])
        yield Row(["Closing", None, None, None, None, closing.balance], "grand")

    return Sheet(
        title,
        f"{file_name}-{span(period)}",
        [party, days(period)],
        [
            Column("Date", "day", 0.9),
            Column("What", width=1.8),
            Column("Reference", width=1.8),
            Column("Charge", "money"),
            Column("Payment", "money"),
            Column("Balance", "money"),
        ],
        rows(),
        [
            f"Closing balance = dues {closing.dues:,.2f} less advances {closing.advances:,.2f}.",
            "Amounts in the shop's currency.",
        ],
    )


# --- Lists of parties and goods ---


def ageing_sheet(
    title: str, rows: Sequence[Aged], names: Mapping[int, str], day: date, *, file_name: str
) -> Sheet:
    columns = [total(row.buckets[at] for row in rows) for at in range(len(BUCKETS))]
    return Sheet(
        title,
        f"{file_name}-{day.isoformat()}",
        [as_of(day)],
        [
            Column("Id", "text", 0.5),
            Column("Name", width=2),
            *(Column(f"{bucket} days", "money") for bucket in BUCKETS),
            Column("Total", "money"),
        ],
        [
            *(Row([row.party_id, names[row.party_id], *row.buckets, row.total]) for row in rows),
            Row([None, "Total", *columns, total(columns)], "grand"),
        ],
        ["Age in days since the document's date.", "Amounts in the shop's currency."],
    )


def party_balances_sheet(
    title: str,
    rows: Sequence[tuple[int, PartyBalance]],
    names: Mapping[int, str],
    day: date,
    *,
    file_name: str,
) -> Sheet:
    return Sheet(
        title,
        f"{file_name}-{day.isoformat()}",
        [as_of(day)],
        [
            Column("Id", "text", 0.5),
            Column("Name", width=3),
            *(Column(label, "money") for label in ("Dues", "Advances", "Balance")),
        ],
        [
            *(Row([party, names[party], at.dues, at.advances, at.balance]) for party, at in rows),
            Row(
                [
                    None,
                    "Total",
                    total(at.dues for _, at in rows),
                    total(at.advances for _, at in rows),
                    total(at.balance for _, at in rows),
                ],
                "grand",
            ),
        ],
        [ALL_LINES_OF_BOOKS],
    )


def stock_sheet(stock: Stock, day: date) -> Sheet:
    return Sheet(
        "Stock",
        f"stock-{day.isoformat()}",
        [as_of(day)],
        [
            Column("Id", "text", 0.5),
            Column("Product", width=3),
            Column("SKU", width=1.2),
            Column("Units", "count"),
            Column("Value", "money"),
        ],
        [
            *(Row([row.product_id, row.name, row.sku, row.units, row.value]) for row in stock.rows),
            Row([None, "Total", None, stock.units, stock.value], "grand"),
        ],
        ["From the stock movements. Value at cost, first in, first out."],
    )
