"""Routes of `reports` under `/api`."""

from django.urls import path

from reports.api.money import (
    DailyTrendsView,
    FinancialSummaryView,
    PaymentBreakdownView,
    ProfitLossView,
    TaxSummaryView,
)
from reports.api.staff import OwnPerformanceView, StaffPerformanceView, UserPerformanceView

urlpatterns = [
    path("users/me/performance", OwnPerformanceView.as_view()),  # before users/<id>/performance
    path("users/<str:user>/performance", UserPerformanceView.as_view()),
    path("dashboard/financial-summary", FinancialSummaryView.as_view()),
    path("dashboard/daily-trends", DailyTrendsView.as_view()),
    path("dashboard/staff-performance", StaffPerformanceView.as_view()),
    path("dashboard/payment-breakdown", PaymentBreakdownView.as_view()),
    path("dashboard/tax-summary", TaxSummaryView.as_view()),
    path("dashboard/profit-loss", ProfitLossView.as_view()),
]
