"""Routes of `reports` under `/api`."""

from django.urls import URLPattern, path

from reports.api.products import TopProductsView
from reports.api.stock import StockAlertsView, ValuationView
from reports.api.stock_details import StockDetailsView
from reports.api.stock_movement import MovementView, ReorderView

urlpatterns: list[URLPattern] = [
    path("dashboard/inventory/alerts", StockAlertsView.as_view()),
    path("dashboard/inventory/detailed", StockDetailsView.as_view()),
    path("dashboard/inventory/movement", MovementView.as_view()),
    path("dashboard/inventory/reorder-recommendations", ReorderView.as_view()),
    path("dashboard/inventory/valuation", ValuationView.as_view()),
    path("dashboard/top-products", TopProductsView.as_view()),
]
