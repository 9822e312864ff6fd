"""Routes of the dashboards and of users' histories, under `/api`."""

from django.urls import path

from reports.dashboards.comprehensive_analysis import ComprehensiveAnalysisView
from reports.dashboards.customer_analysis import CustomerAnalysisView
from reports.dashboards.daily_trends import DailyTrendsView
from reports.dashboards.financial_analysis import FinancialAnalysisView
from reports.dashboards.financial_summary import FinancialSummaryView
from reports.dashboards.main import MainView
from reports.dashboards.payment_breakdown import PaymentBreakdownView
from reports.dashboards.product_analysis import ProductAnalysisView
from reports.dashboards.profit_loss import ProfitLossView
from reports.dashboards.reordering import ReorderView
from reports.dashboards.staff_performance import StaffPerformanceView
from reports.dashboards.stock_alerts import StockAlertsView
from reports.dashboards.stock_details import StockDetailsView
from reports.dashboards.stock_movement import MovementView
from reports.dashboards.stock_valuation import ValuationView
from reports.dashboards.tax_summary import TaxSummaryView
from reports.dashboards.top_products import TopProductsView
from reports.dashboards.user_history import (
    OwnHistoryViewSet,
    ShopHistoryViewSet,
    UserHistoryViewSet,
)
from reports.dashboards.user_performance import OwnPerformanceView, UserPerformanceView
from reports.documents.api import (
    PurchaseDocumentsView,
    SaleDocumentsView,
    ShiftDocumentsView,
    TransferDocumentsView,
)

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
    path("shifts/<str:shift>/papers", ShiftDocumentsView.as_view()),
    path("transfers/<str:transfer>/papers", TransferDocumentsView.as_view()),
    path("sales/<str:sale>/papers", SaleDocumentsView.as_view()),
    path("purchase/<str:purchase>/papers", PurchaseDocumentsView.as_view()),
]
