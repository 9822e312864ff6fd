"""Routes of `reports` under `/api`."""

from django.urls import path

from reports.dashboards.api.customers import ComprehensiveAnalysisView, CustomerAnalysisView
from reports.dashboards.api.financial_analysis import FinancialAnalysisView
from reports.dashboards.api.main import MainView
from reports.dashboards.api.money import (
    DailyTrendsView,
    FinancialSummaryView,
    PaymentBreakdownView,
    ProfitLossView,
    TaxSummaryView,
)
from reports.dashboards.api.product_analysis import ProductAnalysisView
from reports.dashboards.api.products import TopProductsView
from reports.dashboards.api.staff import (
    OwnPerformanceView,
    StaffPerformanceView,
    UserPerformanceView,
)
from reports.dashboards.api.stock import StockAlertsView, ValuationView
from reports.dashboards.api.stock_details import StockDetailsView
from reports.dashboards.api.stock_movement import MovementView, ReorderView
from reports.dashboards.api.user_history import (
    OwnHistoryViewSet,
    ShopHistoryViewSet,
    UserHistoryViewSet,
)
from reports.documents.api import PurchaseDocumentsView, SaleDocumentsView

urlpatterns = [
    # `me` before any id
    path("users/me/transactions", OwnHistoryViewSet.as_view({"get": "list"})),
    path("users/me/transactions/summary", OwnHistoryViewSet.as_view({"get": "summary"})),
    path("users/me/summary", OwnHistoryViewSet.as_view({"get": "summary"})),
    path("users/me/performance", OwnPerformanceView.as_view()),
    path("users/<str:user>/transactions", UserHistoryViewSet.as_view({"get": "list"})),
    path("users/<str:user>/transactions/summary", UserHistoryViewSet.as_view({"get": "summary"})),
    path("users/<str:user>/summary", UserHistoryViewSet.as_view({"get": "summary"})),
    path("users/<str:user>/performance", UserPerformanceView.as_view()),
    path("dashboard/main", MainView.as_view()),
    path("dashboard/financial-analysis", FinancialAnalysisView.as_view()),
    path("dashboard/financial-summary", FinancialSummaryView.as_view()),
    path("dashboard/daily-trends", DailyTrendsView.as_view()),
    path("dashboard/staff-performance", StaffPerformanceView.as_view()),
    path("dashboard/payment-breakdown", PaymentBreakdownView.as_view()),
    path("dashboard/tax-summary", TaxSummaryView.as_view()),
    path("dashboard/profit-loss", ProfitLossView.as_view()),
    path("dashboard/customer-analysis", CustomerAnalysisView.as_view()),
    path("dashboard/customer-analysis/comprehensive", ComprehensiveAnalysisView.as_view()),
    path("dashboard/inventory/alerts", StockAlertsView.as_view()),
    path("dashboard/inventory/detailed", StockDetailsView.as_view()),
    path("dashboard/inventory/movement", MovementView.as_view()),
    path("dashboard/inventory/reorder-recommendations", ReorderView.as_view()),
    path("dashboard/inventory/valuation", ValuationView.as_view()),
    path("dashboard/product-analysis", ProductAnalysisView.as_view()),
    path("dashboard/top-products", TopProductsView.as_view()),
    path("dashboard/transactions", ShopHistoryViewSet.as_view({"get": "list"})),
    path("sales/<str:sale>/papers", SaleDocumentsView.as_view()),
    path("purchase/<str:purchase>/papers", PurchaseDocumentsView.as_view()),
]
