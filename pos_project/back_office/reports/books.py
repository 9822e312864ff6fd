"""Reports of the books, for the shop and its accountant: the statements of the API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from ledger import chart
from ledger.account_lines import account_named
from ledger.journal_sums import lines_between
from pos_project.back_office.reports.report import (
    Asked,
    Chart,
    Field,
    Report,
    Window,
    listing,
    statement,
)
from pos_project.core.back_office.ranges import before, quarters
from pos_project.core.period import ONE_DAY, Period
from reports.documents import document
from reports.documents.document import Column, Document, Row, Subject, Table
from reports.statements import documents, financial_statements
from reports.statements.account_movements import BEGINNING
from reports.statements.api.base import StatementView
from reports.statements.api.views import (
    BalanceSheetView,
    CashFlowView,
    ProfitLossView,
    TaxView,
    TrialBalanceView,
)
from reports.statements.general_ledger import GeneralLedger
from reports.statements.scope import Scope

READ_AT_ONCE = 5000


def _beside(view: type[StatementView]) -> Callable[[Asked], Document]:
    """The document of a statement of the API, beside that of the days before; one of a day beside
    the end of the month before."""

    def build(asked: Asked) -> Document:
        shown, scope = view(), asked.scope
        if view.of_day:
            earlier = Period(BEGINNING, scope.day.replace(day=1) - ONE_DAY)
        else:
            earlier = before(asked.period, asked.range)
        then = replace(scope, period=earlier)
        return shown.compared_document(shown.read(scope), scope, shown.read(then), then)

    return build


# --- Tax ---


@dataclass(frozen=True)
class QuarterTax:
    """The tax account in a quarter."""

    period: Period
    account: financial_statements.TaxAccount

    @property
    def title(self) -> str:
        first, last = self.period.first, self.period.last
        return (
            f"Q{(first.month + 2) // 3} {first.year}, {document.day(first)} to {document.day(last)}"
        )

    @property
    def settled(self) -> Decimal:
        return -self.account.settled


def _of_quarter(row: QuarterTax) -> Subject:
    return Subject("tax", None, row.period)


def _on_tax_account(row: QuarterTax) -> Subject:
    return Subject("account", chart.TAX_PAYABLE, row.period)


def _tax_quarters(asked: Asked) -> list[QuarterTax]:
    oldest_first = quarters(asked.period.last)[::-1]
    accounts = financial_statements.tax_accounts(oldest_first, store_id=asked.scope.store_id)
    return [QuarterTax(*each) for each in zip(oldest_first, accounts, strict=True)][::-1]


# --- One account ---


def _ledger(asked: Asked) -> Document:
    account = account_named(asked.of)
    ledger = GeneralLedger(account.code, asked.period, store_id=asked.scope.store_id)
    lines = ledger.every()
    return documents.general_ledger(account, ledger.opening, lines, ledger.closing, asked.scope)


def _some_of_ledger(asked: Asked, start: int, limit: int) -> Window:
    account = account_named(asked.of)
    ledger = GeneralLedger(account.code, asked.period, store_id=asked.scope.store_id)
    page = ledger.page(start, limit)
    shown = documents.general_ledger(
        account,
        page.carried,
        page.lines,
        ledger.closing,
        asked.scope,
        opening_label="Carried" if start else "Opening",
    )
    return Window(shown, ledger.count)


def journal(scope: Scope) -> Document:
    """Every line of the period, for a spreadsheet."""

    def rows() -> Iterator[Row]:
        columns = (
            *("entry__business_date", "entry_id", "entry__event", "entry__reference"),
            *("entry__memo", "account__number", "account__name", "debit", "credit"),
        )
        lines = lines_between(scope.period.first, scope.day, store_id=scope.store_id)
        ordered = lines.order_by("entry__business_date", "entry_id", "id").values_list(*columns)
        for line in ordered.iterator(chunk_size=READ_AT_ONCE):
            yield Row(line)

    columns = [
        Column("Date", "day"),
        Column("Entry", "text", 0.7),
        Column("Event"),
        Column("Reference", width=1.3),
        Column("Memo", width=2),
        Column("No.", width=0.5),
        Column("Account", width=1.7),
        Column("Debit", "money"),
        Column("Credit", "money"),
    ]
    return scope.document("Journal", "journal", Table(columns, rows()))


REPORTS = (
    Report(
        "profit-loss",
        "Profit and loss",
        "What was earned and spent, beside the days before.",
        _beside(ProfitLossView),
        chart=Chart((2, 3), label=1, style="grand"),
        of_entries=True,
    ),
    Report(
        "cash-flow",
        "Cash flow",
        "Where money came from and went, beside the days before.",
        _beside(CashFlowView),
        of_entries=True,
    ),
    Report(
        "tax",
        "Tax",
        "Tax collected, refunded, paid over and still owed; by rate.",
        statement(TaxView),
        usual="this_quarter",
    ),
    Report(
        "tax-quarters",
        "Tax by quarter",
        "The tax account in each quarter of the year up to the last day chosen.",
        listing(
            "Tax by quarter",
            "tax-quarters",
            _tax_quarters,
            (
                Field("Quarter", "title", width=2.6, about=_of_quarter),
                Field("Collected", "account.collected", "accounting", is_summed=True),
                Field("Refunded", "account.refunded", "accounting", is_summed=True),
                Field("Net", "account.net", "accounting", about=_of_quarter, is_summed=True),
                Field("Paid over", "settled", "accounting", is_summed=True),
                Field("Owed at its end", "account.payable", "accounting", about=_on_tax_account),
                Field("Input tax", "account.input.net", "accounting", is_summed=True),
                Field("Owed less input tax", "account.net_payable", "accounting"),
            ),
            documents.FROM_THE_JOURNAL,
        ),
        usual="this_year",
        chart=Chart((3,), oldest_first=True),
    ),
    Report(
        "balance-sheet",
        "Balance sheet",
        "What the shop has, owes and is worth at the end of a day, beside the month before.",
        _beside(BalanceSheetView),
        of_day=True,
        usual="today",
        of_entries=True,
    ),
    Report(
        "trial-balance",
        "Trial balance",
        "Every account: where it stood, what moved, where it stands.",
        statement(TrialBalanceView),
        of_entries=True,
    ),
)
OF_ONE = (
    Report(
        "ledger",
        "General ledger",
        "The lines of one account, with the balance after each.",
        _ledger,
        window=_some_of_ledger,
        explains="account",
    ),
)
