"""Routes of the books' statements under `/api`."""

from django.urls import path

from pos_project.core.http.endpoints import ContractRouter
from reports.statements.api.cash_counts import CashCountViewSet
from reports.statements.api.explain import SaleExplainView
from reports.statements.api.party_views import (
    CustomerStatementView,
    PayablesAgeingView,
    PayablesView,
    ReceivablesAgeingView,
    ReceivablesView,
    StockView,
    SupplierStatementView,
)
from reports.statements.api.views import (
    BalanceSheetView,
    CashFlowView,
    GeneralLedgerView,
    ProfitLossView,
    TaxView,
    TrialBalanceView,
)

router = ContractRouter()
router.register("ledger/cash-counts", CashCountViewSet, basename="cash-count")

urlpatterns = [
    *router.urls,
    path("sales/<str:pk>/explain", SaleExplainView.as_view()),
    path("ledger/trial-balance", TrialBalanceView.as_view()),
    path("ledger/general-ledger/<str:account>", GeneralLedgerView.as_view()),
    path("ledger/profit-loss", ProfitLossView.as_view()),
    path("ledger/cash-flow", CashFlowView.as_view()),
    path("ledger/balance-sheet", BalanceSheetView.as_view()),
    path("ledger/tax", TaxView.as_view()),
    path("ledger/receivables", ReceivablesView.as_view()),
    path("ledger/receivables-ageing", ReceivablesAgeingView.as_view()),
    path("ledger/payables", PayablesView.as_view()),
    path("ledger/payables-ageing", PayablesAgeingView.as_view()),
    path("ledger/stock", StockView.as_view()),
    path("ledger/customers/<str:pk>/statement", CustomerStatementView.as_view()),
    path("ledger/suppliers/<str:pk>/statement", SupplierStatementView.as_view()),
]
