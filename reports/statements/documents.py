"""Each statement of the books as a document, for printing and for spreadsheets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from ledger import chart
from ledger.account_lines import LedgerLine
from ledger.ageing import BUCKETS, Aged
from ledger.chart_models import LedgerAccount
from ledger.party_balances import PartyBalance
from ledger.statements import (
    TRIAL_COLUMNS,
    Account,
    InputTax,
    TaxAccount,
    TrialBalance,
)
from pos_project.core.money import ZERO, total
from reports.documents import document
from reports.documents.document import Column, Document, Row, Style, Subject, Table
from reports.statements.financial_statements import Stock, Tax
from reports.statements.scope import Scope

FROM_THE_JOURNAL = "From the posted journal. Amounts in the shop's currency."
IN_CURRENCY = "Amounts in the shop's currency."
ALL = slice(None)  # rows


def amounts_of(*labels: str) -> Iterator[Column]:
    return (Column(label, "accounting") for label in labels)


# --- The books as a whole ---


def trial_balance(balance: TrialBalance, scope: Scope) -> Document:
    sums = balance.totals
    columns = [
        Column("No.", width=0.5),
        Column("Account", width=1.7),
        *amounts_of("Opening Dr", "Opening Cr", "Debit", "Credit", "Closing Dr", "Closing Cr"),
    ]
    rows = [
        Row(
            [row.account.number, row.account.name, *(getattr(row, at) for at in TRIAL_COLUMNS)],
            about=ledgers(row.account, *range(1, 2 + len(TRIAL_COLUMNS))),
        )
        for row in balance.rows
    ]
    rows.append(Row([None, "Total", *(sums[at] for at in TRIAL_COLUMNS)], "grand"))
    return scope.document("Trial balance", "trial-balance", Table(columns, rows), FROM_THE_JOURNAL)


def ledgers(account: Account, *cells: int) -> dict[int, Subject]:
    """These cells are about the account."""
    return dict.fromkeys(cells, Subject("account", account.code))


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
        *amounts_of("Taxable", "Collected", "Refunded", "Net"),
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
        *amounts_of("Debit", "Credit"),
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
    title: str,
    name: str,
    rows: Sequence[Aged],
    names: Mapping[int, str],
    scope: Scope,
    party: str,
    shown: slice = ALL,
) -> Document:
    """`party` is what the rows are about: a customer, or a supplier. The sums are of all rows,
    whichever of them are `shown`."""
    sums = [total(row.buckets[at] for row in rows) for at in range(len(BUCKETS))]
    columns = [
        Column("Id", width=0.5),
        Column("Name", width=2),
        *amounts_of(*(f"{bucket} days" for bucket in BUCKETS), "Total"),
    ]
    table = Table(
        columns,
        [
            *(
                Row(
                    [row.party_id, names[row.party_id], *row.buckets, row.total],
                    about=dict.fromkeys(range(1, len(columns)), Subject(party, row.party_id)),
                )
                for row in rows[shown]
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
    shown: slice = ALL,
) -> Document:
    """`party` is what the rows are about: a customer, or a supplier. The sums are of all rows,
    whichever of them are `shown`."""
    sums = sum_of(rows)
    table = Table(
        [
            Column("Id", width=0.5),
            Column("Name", width=3),
            *amounts_of("Dues", "Advances", "Balance"),
        ],
        [
            *(
                Row(
                    [party_id, names[party_id], at.dues, at.advances, at.balance],
                    about=dict.fromkeys(range(1, 5), Subject(party, party_id)),
                )
                for party_id, at in rows[shown]
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
            *amounts_of("Value"),
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
