"""`/api/ledger/…`: the statements of the books as a whole, and of one account."""

from typing import Any

from django.http import QueryDict

from ledger.account_lines import account_named
from pos_project.core.errors import Invalid
from pos_project.core.http.period_query import day_of
from pos_project.core.period import Period
from reports.documents.document import Document
from reports.statements import documents, financial_statements, side_by_side
from reports.statements.account_movements import BEGINNING
from reports.statements.api import serializers as shapes
from reports.statements.api.base import StatementView, statement
from reports.statements.cash_flow import cash_flow
from reports.statements.general_ledger import GeneralLedger
from reports.statements.scope import Scope


@statement(shapes.TrialBalanceOut, period=True, as_of=True, of_entries=True)
class TrialBalanceView(StatementView):
    """Every account: opening balance, what moved, closing balance. With `as_of`, everything up
    to that day."""

    message = "Trial balance"
    figures, printed = financial_statements.trial_balance, documents.trial_balance

    def period(self, query: QueryDict) -> Period:
        if not query.get("as_of", "").strip():
            return super().period(query)
        if query.get("fromDate") or query.get("toDate"):
            text = "Either as_of or fromDate and toDate."
            raise Invalid(f"as_of: {text}", fields={"as_of": [text]})
        return Period(BEGINNING, day_of(query))


@statement(shapes.ProfitLossOut, period=True, of_entries=True, compares=True)
class ProfitLossView(StatementView):
    """Income and costs of a period, down to what it added to equity."""

    message = "Profit and loss"
    figures, printed = financial_statements.profit_loss, side_by_side.profit_loss


@statement(shapes.BalanceSheetOut, as_of=True, of_entries=True, compares=True)
class BalanceSheetView(StatementView):
    """What the shop has, owes and is worth at the end of a day."""

    message = "Balance sheet"
    figures, printed = financial_statements.balance_sheet, side_by_side.balance_sheet


@statement(shapes.CashFlowOut, period=True, of_entries=True, compares=True)
class CashFlowView(StatementView):
    """Where money came from and went in a period, and where all money accounts stood."""

    message = "Cash flow"
    figures, printed = cash_flow, side_by_side.cash_flow


@statement(shapes.TaxOut, period=True)
class TaxView(StatementView):
    """Tax collected, refunded and payable, and by rate where the rate is known."""

    message = "Tax"
    figures, printed = financial_statements.tax, documents.tax


@statement(shapes.GeneralLedgerOut, period=True, paged=True)
class GeneralLedgerView(StatementView):
    """The lines of an account, named by code or number, with a running balance. `carried` is
    the balance before the page's first line."""

    message = "General ledger"

    def read(self, scope: Scope, **path: str) -> Any:
        account = account_named(path["account"])
        return account, GeneralLedger(account.code, scope.period, store_id=scope.store_id)

    def wire(self, figures: Any, scope: Scope) -> dict[str, Any]:
        account, ledger = figures
        window = self.window(ledger.count)
        page = ledger.page(window.start, self.pages.limit)
        return super().wire(
            {
                "account": account,
                "opening": ledger.opening,
                "carried": page.carried,
                "lines": list(page.lines),
                "debit": ledger.sums.debit,
                "credit": ledger.sums.credit,
                "closing": ledger.closing,
            },
            scope,
        )

    def document(self, figures: Any, scope: Scope) -> Document:
        account, ledger = figures
        lines = ledger.every()
        return documents.general_ledger(account, ledger.opening, lines, ledger.closing, scope)
