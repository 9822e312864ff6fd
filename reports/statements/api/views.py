"""`/api/ledger/…`: the statements of the books as a whole, and of one account."""

from typing import Any

from django.http import QueryDict
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from ledger.account_lines import account_named
from pos_project.core.errors import Invalid
from pos_project.core.http.period_query import day_of
from pos_project.core.period import Period
from reports.documents.document import Document
from reports.statements import documents, financial_statements
from reports.statements.account_movements import BEGINNING
from reports.statements.api import serializers as shapes
from reports.statements.api.base import StatementView, statement_schema
from reports.statements.general_ledger import GeneralLedger
from reports.statements.scope import Scope


class TrialBalanceView(StatementView):
    message = "Trial balance"
    shape = shapes.TrialBalanceOut

    @statement_schema(shapes.TrialBalanceOut, period=True, as_of=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Every account: opening balance, what moved, closing balance. With `as_of`, everything up
        to that day."""
        return self.answer(request)

    def period(self, query: QueryDict) -> Period:
        if not query.get("as_of", "").strip():
            return super().period(query)
        if query.get("fromDate") or query.get("toDate"):
            text = "Either as_of or fromDate and toDate."
            raise Invalid(f"as_of: {text}", fields={"as_of": [text]})
        return Period(BEGINNING, day_of(query))

    def read(self, scope: Scope, **path: str) -> Any:
        return financial_statements.trial_balance(scope.period, store_id=scope.store_id)

    def document(self, statement: Any, scope: Scope) -> Document:
        return documents.trial_balance(statement, scope)


class ProfitLossView(StatementView):
    message = "Profit and loss"
    shape = shapes.ProfitLossOut

    @statement_schema(shapes.ProfitLossOut, period=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Income and costs of a period, down to what it added to equity."""
        return self.answer(request)

    def read(self, scope: Scope, **path: str) -> Any:
        return financial_statements.profit_loss(scope.period, store_id=scope.store_id)

    def document(self, statement: Any, scope: Scope) -> Document:
        return documents.profit_loss(statement, scope)


class BalanceSheetView(StatementView):
    message = "Balance sheet"
    shape = shapes.BalanceSheetOut
    of_day = True

    @statement_schema(shapes.BalanceSheetOut, as_of=True)
    def get(self, request: Request) -> HttpResponseBase:
        """What the shop has, owes and is worth at the end of a day."""
        return self.answer(request)

    def read(self, scope: Scope, **path: str) -> Any:
        return financial_statements.balance_sheet(scope.day, store_id=scope.store_id)

    def document(self, statement: Any, scope: Scope) -> Document:
        return documents.balance_sheet(statement, scope)


class TaxView(StatementView):
    message = "Tax"
    shape = shapes.TaxOut

    @statement_schema(shapes.TaxOut, period=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Tax collected, refunded and payable, and by rate where the rate is known."""
        return self.answer(request)

    def read(self, scope: Scope, **path: str) -> Any:
        return financial_statements.tax(scope.period, store_id=scope.store_id)

    def document(self, statement: Any, scope: Scope) -> Document:
        return documents.tax(statement, scope)


class GeneralLedgerView(StatementView):
    message = "General ledger"
    shape = shapes.GeneralLedgerOut
    paged = True

    @statement_schema(shapes.GeneralLedgerOut, period=True, paged=True)
    def get(self, request: Request, account: str) -> HttpResponseBase:
        """The lines of an account, named by code or number, with a running balance. `carried` is
        the balance before the page's first line."""
        return self.answer(request, account=account)

    def read(self, scope: Scope, **path: str) -> Any:
        account = account_named(path["account"])
        return account, GeneralLedger(account.code, scope.period, store_id=scope.store_id)

    def wire(self, statement: Any, scope: Scope) -> dict[str, Any]:
        account, ledger = statement
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

    def document(self, statement: Any, scope: Scope) -> Document:
        account, ledger = statement
        lines = ledger.every()
        return documents.general_ledger(account, ledger.opening, lines, ledger.closing, scope)
