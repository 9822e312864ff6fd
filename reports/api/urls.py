"""Routes of `reports` under `/api`."""

from django.urls import path

from reports.api.user_history import OwnHistoryViewSet, ShopHistoryViewSet, UserHistoryViewSet

urlpatterns = [
    path("dashboard/transactions", ShopHistoryViewSet.as_view({"get": "list"})),
    # `me` before any id
    path("users/me/transactions", OwnHistoryViewSet.as_view({"get": "list"})),
    path("users/me/transactions/summary", OwnHistoryViewSet.as_view({"get": "summary"})),
    path("users/me/summary", OwnHistoryViewSet.as_view({"get": "summary"})),
    path("users/<str:user>/transactions", UserHistoryViewSet.as_view({"get": "list"})),
    path("users/<str:user>/transactions/summary", UserHistoryViewSet.as_view({"get": "summary"})),
    path("users/<str:user>/summary", UserHistoryViewSet.as_view({"get": "summary"})),
]
