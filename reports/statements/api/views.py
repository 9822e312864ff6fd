"""`/api/ledger/…`: the statements of the books as a whole, and of one account."""

from typing import Any

from django.http import QueryDict
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from ledger.account_lines import account_named
from pos_project.core.errors import Invalid
from pos_project.core.http.period_query import day_of, period_of
from pos_project.core.period import Period
from reports.documents.table import Sheet
from reports.statements import financial_statements
from reports.statements import tables as sheets
from reports.statements.api import serializers as shapes
from reports.statements.api.base import Shop, StatementView, statement_schema
from reports.statements.general_ledger import GeneralLedger


def of_period(period: Period, shop: Shop) -> dict[str, Any]:
    first = None if period.first == financial_statements.BEGINNING else period.first
    days = {"first": first, "last": period.last}
    return dict(shapes.OfPeriod({"period": days, "store_id": shop.store_id}).data)


class TrialBalanceView(StatementView):
    message = "Trial balance"

    @statement_schema(shapes.TrialBalanceOut, period=True, as_of=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Every account: opening balance, what moved, closing balance. With `as_of`, everything up
        to that day."""
        return self.answer(request)

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        period = self._period(request.query_params)
        balance = financial_statements.trial_balance(period, store_id=shop.store_id)
        return {**of_period(period, shop), **shapes.TrialBalanceOut(balance).data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        period = self._period(request.query_params)
        balance = financial_statements.trial_balance(period, store_id=shop.store_id)
        return sheets.trial_balance_sheet(balance, period)

    @staticmethod
    def _period(query: QueryDict) -> Period:
        if not query.get("as_of", "").strip():
            return period_of(query)
        if query.get("fromDate") or query.get("toDate"):
            text = "Either as_of or fromDate and toDate."
            raise Invalid(f"as_of: {text}", fields={"as_of": [text]})
        return Period(financial_statements.BEGINNING, day_of(query))


class ProfitLossView(StatementView):
    message = "Profit and loss"
    sectioned = True

    @statement_schema(shapes.ProfitLossOut, period=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Income and costs of a period, down to what it added to equity."""
        return self.answer(request)

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        period = period_of(request.query_params)
        statement = financial_statements.profit_loss(period, store_id=shop.store_id)
        return {**of_period(period, shop), **shapes.ProfitLossOut(statement).data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        period = period_of(request.query_params)
        statement = financial_statements.profit_loss(period, store_id=shop.store_id)
        return sheets.profit_loss_sheet(statement, period)


class BalanceSheetView(StatementView):
    message = "Balance sheet"
    sectioned = True

    @statement_schema(shapes.BalanceSheetOut, as_of=True)
    def get(self, request: Request) -> HttpResponseBase:
        """What the shop has, owes and is worth at the end of a day."""
        return self.answer(request)

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        day = day_of(request.query_params)
        statement = financial_statements.balance_sheet(day, store_id=shop.store_id)
        about = shapes.OfDay({"as_of": day, "store_id": shop.store_id}).data
        return {**about, **shapes.BalanceSheetOut(statement).data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        day = day_of(request.query_params)
        return sheets.balance_sheet_sheet(
            financial_statements.balance_sheet(day, store_id=shop.store_id), day
        )


class TaxView(StatementView):
    message = "Tax"

    @statement_schema(shapes.TaxOut, period=True)
    def get(self, request: Request) -> HttpResponseBase:
        """Tax collected, refunded and payable, and by rate where the rate is known."""
        return self.answer(request)

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        period = period_of(request.query_params)
        statement = financial_statements.tax(period, store_id=shop.store_id)
        return {**of_period(period, shop), **shapes.TaxOut(statement).data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        period = period_of(request.query_params)
        return sheets.tax_sheet(financial_statements.tax(period, store_id=shop.store_id), period)


class GeneralLedgerView(StatementView):
    message = "General ledger"
    paged = True

    @statement_schema(shapes.GeneralLedgerOut, period=True, paged=True)
    def get(self, request: Request, account: str) -> HttpResponseBase:
        """The lines of an account, named by code or number, with a running balance. `carried` is
        the balance before the page's first line."""
        return self.answer(request, account=account)

    def shown(self, request: Request, shop: Shop, **path: str) -> Any:
        account, period = account_named(path["account"]), period_of(request.query_params)
        ledger = GeneralLedger(account.code, period, store_id=shop.store_id)
        page = ledger.page(*self.window(request, ledger.count))
        shown = shapes.GeneralLedgerOut(
            {
                "account": account,
                "opening": ledger.opening,
                "carried": page.carried,
                "lines": list(page.lines),
                "debit": ledger.sums.debit,
                "credit": ledger.sums.credit,
                "closing": ledger.closing,
            }
        )
        return {**of_period(period, shop), **shown.data}

    def sheet(self, request: Request, shop: Shop, **path: str) -> Sheet:
        account, period = account_named(path["account"]), period_of(request.query_params)
        ledger = GeneralLedger(account.code, period, store_id=shop.store_id)
        return sheets.general_ledger_sheet(
            str(account), ledger.opening, ledger.every(), ledger.closing, period
        )
