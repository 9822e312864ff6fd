"""Each statement of the books as a document, for printing and for spreadsheets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from ledger.account_lines import LedgerLine
from ledger.ageing import BUCKETS, Aged
from ledger.models import LedgerAccount
from ledger.party_balances import PartyBalance
from ledger.statements import TRIAL_COLUMNS, BalanceSheet, ProfitLoss, Section, TrialBalance
from pos_project.core.money import total
from reports.documents import document
from reports.documents.document import Column, Document, Row, Table
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
        Row([row.account.number, row.account.name, *(getattr(row, at) for at in TRIAL_COLUMNS)])
        for row in balance.rows
    ]
    rows.append(Row([None, "Total", *(sums[at] for at in TRIAL_COLUMNS)], "grand"))
    return scope.document("Trial balance", "trial-balance", Table(columns, rows), FROM_THE_JOURNAL)


_SECTION_COLUMNS = (Column("No.", width=0.5), Column("Account", width=4), *_amounts("Amount"))


def _section(title: str, section: Section, total_label: str, *, sign: int = 1) -> Iterator[Row]:
    yield Row([title], "heading")
    for line in section.lines:
        yield Row([line.account.number, line.account.name, sign * line.amount])
    yield Row([None, total_label, sign * section.total], "total")


def profit_loss(statement: ProfitLoss, scope: Scope) -> Document:
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
    return scope.document(
        "Profit and loss",
        "profit-loss",
        Table(_SECTION_COLUMNS, rows, sectioned=True),
        FROM_THE_JOURNAL,
        "Sales and returns are without tax. Net profit is that of the dashboards: other income"
        " and stock found or lost come after it.",
    )


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

    def standing(label: str, amount: Decimal) -> list[object]:
        return [label, None, None, None, None, amount]

    figures = [(row.sales, row.taxable, row.collected, row.refunded, row.net) for row in by_rate]
    rows = [
        Row(["By rate"], "heading"),
        *(
            Row([rate_label(row.name, row.rate), *of_rate])
            for row, of_rate in zip(by_rate, figures, strict=True)
        ),
        Row(["Total", *(sum(row[at] for row in figures) for at in range(5))], "total"),
        Row(["Tax payable"], "heading"),
        Row(standing("Owed before the period", account.opening), "total"),
        Row(standing("Collected less refunded", account.net), "total"),
        Row(standing("Paid over or corrected by manual entries", -account.settled), "total"),
        Row(standing("Owed at its end", account.payable), "grand"),
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
) -> Document:
    def rows() -> Iterator[Row]:
        nothing = [None] * 6
        yield Row(["Opening", *nothing, opening], "total")
        for line in lines:
            event = line.event.replace("_", " ")
            about = (line.day, line.entry_id, event, line.reference, line.party)
            yield Row([*about, line.debit, line.credit, line.balance])
        yield Row(["Closing", *nothing, closing], "grand")

    columns = [
        Column("Date", width=0.95),
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
    title: str, name: str, rows: Sequence[Aged], names: Mapping[int, str], scope: Scope
) -> Document:
    sums = [total(row.buckets[at] for row in rows) for at in range(len(BUCKETS))]
    columns = [
        Column("Id", width=0.5),
        Column("Name", width=2),
        *_amounts(*(f"{bucket} days" for bucket in BUCKETS), "Total"),
    ]
    table = Table(
        columns,
        [
            *(Row([row.party_id, names[row.party_id], *row.buckets, row.total]) for row in rows),
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
) -> Document:
    sums = sum_of(rows)
    table = Table(
        [
            Column("Id", width=0.5),
            Column("Name", width=3),
            *_amounts("Dues", "Advances", "Balance"),
        ],
        [
            *(Row([party, names[party], at.dues, at.advances, at.balance]) for party, at in rows),
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
            *(Row([row.product_id, row.name, row.sku, row.units, row.value]) for row in stock.rows),
            Row([None, "Total", None, stock.units, stock.value], "grand"),
        ],
    )
    note = "From the stock movements. Value at cost, first in, first out."
    return scope.document("Stock", "stock", table, note)
